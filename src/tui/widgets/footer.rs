//! The last line: the keys that do something here, from the registry, those of most worth first, and where in the list one is.

use super::canvas::{Canvas, Piece};
use crate::text::untrusted::visible;
use crate::text::width::columns;
use crate::theme::Role;
use crate::tui::command::{Deed, Keymap};
use crate::tui::hit::Hit;
use crate::tui::key::Chord;
use crate::tui::state::State;
use ratatui::layout::Rect;

/// Blanks between two keys, and in a window of fewer columns than [`WIDE`].
const GAP: usize = 3;
const NARROW_GAP: usize = 2;
const WIDE: u16 = 100;

/// Draws the footer; `position` is where the cursor stands and of how many.
pub fn draw(canvas: &mut Canvas<'_>, area: Rect, state: &State, keymap: &Keymap, position: Option<(usize, usize)>) {
    if let Some(dialog) = &state.dialog {
        said(canvas, area, dialog.keys());
        return;
    }
    let place = position.map(|(at, of)| format!("{}/{of}", at + 1)).unwrap_or_default();
    let gap = if area.width < WIDE { NARROW_GAP } else { GAP };
    let aside = if place.is_empty() { 0 } else { gap + columns(&place) };
    let room = usize::from(area.width).saturating_sub(2 + aside);
    let mut x = area.x + 1;
    for (nth, deed) in fitting(state, keymap, canvas.look().is_ascii(), (room, gap)) {
        let pieces = pieces(deed, keymap, canvas.look().is_ascii());
        let used = canvas.pieces(x, area.y, room, &pieces);
        canvas.hit(Rect { x, y: area.y, width: used, height: 1 }, Hit::Command(nth));
        x = x.saturating_add(used).saturating_add(u16::try_from(gap).unwrap_or(3));
    }
    let right = area.right().saturating_sub(u16::try_from(columns(&place) + 1).unwrap_or(1));
    canvas.put(right.max(area.x), area.y, columns(&place), &place, Role::Muted);
}

/// The keys of what is open.
fn said(canvas: &mut Canvas<'_>, area: Rect, keys: &[(&str, &str)]) {
    let mut x = area.x + 1;
    for (key, name) in keys {
        let key = Chord::parse(key).map(|chord| chord.shown(canvas.look().is_ascii())).unwrap_or_default();
        let room = usize::from(area.right().saturating_sub(x));
        let used = canvas.pieces(x, area.y, room, &[(key, Role::Key), (format!(" {name}"), Role::Text)]);
        x = x.saturating_add(used).saturating_add(u16::try_from(GAP).unwrap_or(3));
    }
}

/// What fits, the most important first.
fn fitting<'a>(state: &State, keymap: &'a Keymap, plain: bool, (room, gap): (usize, usize)) -> Vec<(usize, Deed<'a>)> {
    let here = |deed: Deed<'_>| deed.footer() > 0 && deed.places().contains(&state.place()) && deed.is_useful(state);
    let bound = |deed: Deed<'a>| !keymap.keys_of(deed).is_empty();
    let mut deeds: Vec<(usize, Deed<'a>)> = keymap.deeds().enumerate().filter(|(_, deed)| here(*deed) && bound(*deed)).collect();
    deeds.sort_by_key(|(_, deed)| deed.footer());
    let width = |(_, deed): &(usize, Deed<'a>)| pieces(*deed, keymap, plain).iter().map(|(text, _)| columns(text)).sum::<usize>() + gap;
    while deeds.iter().map(width).sum::<usize>() > room + gap && deeds.pop().is_some() {}
    deeds
}

fn pieces(deed: Deed<'_>, keymap: &Keymap, plain: bool) -> Vec<Piece> {
    let key = keymap.keys_of(deed).first().and_then(|key| Chord::parse(key)).map(|chord| chord.shown(plain)).unwrap_or_default();
    vec![(key, Role::Key), (format!(" {}", visible(deed.name())), Role::Text)]
}
