//! What is wrong, worst first, and below the list all about the selected one: since when and by whose clock, the evidence, what to do.
//!
//! ```text
//! ┌ FINDINGS  ✗ 1 critical  ▲ 2 warning ─────────────────────────────────────────────────────────┐
//! │ ▸ ✗ critical  split-brain   -     3m 12s  pg1 and pg2 both accept writes                      │
//! │   ▲ warning   replica-lag   pg3      41s  pg3 is 41 s behind                                  │
//! ├ REQUIRED AND NOT KNOWN  every required fact is known ─────────────────────────────────────────┤
//! ├ EXPLAIN ──────────────────────────────────────────────────────────────────────────────────────┤
//! │ pg1 and pg2 both accept writes                                                                │
//! │ SINCE        2026-11-20 14:00:10Z, 3m 12s, by the server's own time                           │
//! │ WHAT TO DO   Fence one of them before ...                                                     │
//! └───────────────────────────────────────────────────────────────────────────────────────────────┘
//! ```

use super::stack::{Pane, Plan};
use super::{Around, ScreenDef, Sight, sheet, tab};
use crate::app::Observed;
use crate::app::views::{explain, parts};
use crate::systems::view::Table;
use crate::tui::panel;
use crate::tui::place::{Place, Screen};
use crate::tui::scope::Scope;
use crate::tui::widgets::Canvas;
use ratatui::layout::Rect;

pub(super) static DEF: ScreenDef = ScreenDef {
    place: Place::Findings,
    doc: "What is wrong, worst first, since when, on which evidence, and what to do",
    tab: Some(8),
    panels: |observed, scope, screen| panel::remembered(observed, screen.cluster.is_some(), |observed| tables(observed, scope, screen)),
    draw,
};

fn tables(observed: &Observed, scope: &Scope, screen: &Screen) -> Vec<Table> {
    let clusters = panel::clusters(observed, scope, screen.cluster.as_deref());
    vec![parts::findings(observed, &clusters), explain::required(observed, &clusters)]
}

fn draw(canvas: &mut Canvas<'_>, area: Rect, sight: &Sight<'_>) -> Around {
    let list = sight.panels.iter().find(|panel| panel.table().key == panel::FINDINGS);
    let key = list.and_then(|list| list.row(list.selected(&sight.screen.cursor(panel::FINDINGS))?)).map(|row| row.key.as_str());
    let finding = sight.observed.judgement.findings.iter().find(|finding| Some(parts::finding_key(finding).as_str()) == key);
    let pane = finding.map(|finding| Pane { title: "EXPLAIN", told: sheet::of_finding(sight.observed, finding, canvas.look().glyphs()) });
    tab::placed(canvas, area, sight, &Plan { pane, ..Plan::default() })
}
