//! The palette over the lower part of the screen.
//!
//! ```text
//! ┌ 12 of 58 ────────────────────────────────────────────────────────────────┐
//! │ ▸ locks          Page: who holds up whom                               4 │
//! │   show-config    Page: the dynamic configuration                       C │
//! └──────────────────────────────────────────────────────────────────────────┘
//!  :lo▏
//! ```

use super::{Entry, found};
use crate::text::untrusted::visible;
use crate::text::width::{columns, fit, pad};
use crate::theme::Role;
use crate::tui::command::Keymap;
use crate::tui::state::State;
use crate::tui::widgets::{Canvas, choice};
use ratatui::layout::Rect;

/// Columns for what is typed.
const SAID: usize = 24;

/// Draws what fits `typed` into the lower part of `area`; `at` is selected.
pub fn draw(canvas: &mut Canvas<'_>, area: Rect, state: &State, keymap: &Keymap, typed: &str, at: usize) {
    let entries = found(state, keymap, typed);
    let selected = at.min(entries.len().saturating_sub(1));
    let title = match entries.len() {
        0 => "nothing is called so".to_owned(),
        count => format!("{} of {count}", selected + 1),
    };
    choice::draw(canvas, area, &title, entries.len(), selected, |canvas, place, nth| {
        if let Some(entry) = entries.get(nth) {
            line(canvas, place, entry);
        }
    });
}

fn line(canvas: &mut Canvas<'_>, area: Rect, entry: &Entry<'_>) {
    let room = usize::from(area.width);
    let said = visible(&entry.said);
    let wide = SAID.max(columns(&said)).min(room / 2);
    let keys = columns(&entry.keys);
    let doc = room.saturating_sub(wide + keys + 2);
    canvas.put(area.x, area.y, wide, &fit(&said, wide), Role::Strong);
    let x = area.x.saturating_add(u16::try_from(wide + 1).unwrap_or(u16::MAX));
    canvas.put(x, area.y, doc, &entry.doc, Role::Text);
    let x = area.right().saturating_sub(u16::try_from(keys).unwrap_or(0));
    canvas.put(x.max(area.x), area.y, keys, &pad(&entry.keys, keys, true), Role::Key);
}
