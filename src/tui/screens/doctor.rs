//! Can opsctl do its work here: every endpoint with what became of the newest question, what the rules lack, and what to try for the selected one.
//!
//! ```text
//! ┌ ENDPOINTS ─────────────────────────────────────────────────────────────────────────────────────────────────┐
//! │   SYSTEM    NAME   ANSWERS               LATENCY  AGE  READ AS  ERROR                                       │
//! │ ▸ postgres  pg3    ✗ connection refused     4 ms  12s  opsctl   10.0.0.13:5432: connection refused          │
//! ├ MISSING INPUTS ────────────────────────────────────────────────────────────────────────────────────────────┤
//! │   RULE         MEMBER  MISSING         WHY                                                                  │
//! ├ TRY ───────────────────────────────────────────────────────────────────────────────────────────────────────┤
//! │ Is the server running, and does it listen on this address?                                                  │
//! └────────────────────────────────────────────────────────────────────────────────────────────────────────────┘
//! ```

use super::{PaneDef, Panels, ScreenDef, tab};
use crate::app::Observed;
use crate::app::cells::words;
use crate::systems::view::Cell;
use crate::theme::{Glyphs, Role};
use crate::tui::arranged::Arranged;
use crate::tui::panel;
use crate::tui::place::{Place, Screen};
use crate::tui::widgets::prose::Paragraph;

pub(super) static DEF: ScreenDef = ScreenDef {
    place: Place::Doctor,
    doc: "Can opsctl do its work here: what was tried, what is missing, and what to try",
    tab: None,
    panels: Panels::Own(|observed, scope, screen| {
        let mut panels = panel::of_view(observed, scope, Place::Doctor.word(), screen.cluster.as_deref());
        // what does not answer is why one is here
        for panel in &mut panels {
            let Some(at) = panel.table.columns.iter().position(|column| column.key == "answers") else { continue };
            panel.table.rows.sort_by_key(|row| row.cells.get(at).map(Cell::tone) == Some(crate::systems::view::Tone::Good));
        }
        panels
    }),
    pane: Some(PaneDef { title: |_| "TRY", told }),
    draw: tab::draw,
};

fn told(_: &Observed, screen: &Screen, panels: &[Arranged], _: Glyphs) -> Vec<Paragraph> {
    let list = panels.first();
    let row = list.and_then(|list| list.row(list.selected(&screen.cursor(list.table().key))?));
    list.zip(row).map_or_else(Vec::new, |(list, row)| {
        let cell = |key: &str| list.table().columns.iter().zip(&row.cells).find(|(column, cell)| column.key == key && **cell != Cell::Nothing);
        let line = |key: &str, label: &str, role| cell(key).map(|(_, cell)| Paragraph::new(label, words(cell).0, role));
        [line("error", "WHAT HAPPENED", Role::Text), line("hint", "TRY", Role::Strong)].into_iter().flatten().collect()
    })
}
