//! If it dies now: one row for each thing that can die, the ones that would break an objective in the colour of what is critical.
//!
//! ```text
//!  opsctl ▸ fleet ▸ orders-eu ▸ foresee   [PROD]   RO   14:03:22Z   ● data 0s
//! ┌ IF IT DIES NOW ──────────────────────────────────────────────────────────────┐
//! │   IF IT DIES     NAME         TAKES OVER  WRITES BACK    LOST  CUT OFF         │
//! │ ✗ leader         pg1          ✗ NOBODY    ✗ by a person  0 B   3               │
//! │   sync standby   pg2          not needed  0s to 4.5s     0 B   0 to 12         │
//! │   store          etcd-1       not needed  no outage      0 B   0               │
//! │   zone           a            pg2         17s to 27s     0 B   3 to 40         │
//! ├ EVIDENCE ─────────────────────────────────────────────────────────────────────┤
//! │   leader   pg1   GET /config of pg2   ttl 20, loop_wait 2 ...            0s    │
//! └───────────────────────────────────────────────────────────────────────────────┘
//!  why: pg2 is in /sync, 0 B behind; lease 20s, renewed every 2s
//! ```

use super::{Around, Panels, ScreenDef, Sight, tab};
use crate::app::cells::words;
use crate::theme::Role;
use crate::tui::arranged::focused;
use crate::tui::panel;
use crate::tui::place::Place;
use crate::tui::widgets::Canvas;
use ratatui::layout::Rect;

pub(super) static DEF: ScreenDef = ScreenDef {
    place: Place::Foresee,
    doc: "If it dies now: who takes over, how soon, and what is lost",
    tab: None,
    panels: Panels::Own(|observed, scope, screen| {
        let cluster = screen.cluster.as_deref();
        panel::bare(panel::tables(observed, scope, screen.place.word(), cluster), cluster.is_some())
    }),
    pane: None,
    draw,
};

fn draw(canvas: &mut Canvas<'_>, area: Rect, sight: &Sight<'_>) -> Around {
    let mut around = tab::draw(canvas, area, sight);
    // the line below has the room that the column has not
    if let Some(why) = why(sight) {
        around.detail = vec![("why: ".to_owned(), Role::Muted), (why, Role::Text)];
    }
    around
}

/// What the selected fate rests on.
fn why(sight: &Sight<'_>) -> Option<String> {
    let panel = sight.panels.get(focused(sight.screen, sight.panels))?;
    let row = panel.row(panel.selected(&sight.screen.cursor(panel.table().key))?)?;
    let at = panel.table().columns.iter().position(|column| column.key == "why")?;
    let (text, _) = words(row.cells.get(at)?);
    (!text.is_empty()).then_some(text)
}
