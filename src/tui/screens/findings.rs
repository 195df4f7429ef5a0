//! What is wrong, worst first, and below the list all about the selected one: since when and by whose clock, the evidence, what to do.
//!
//! ```text
//! ┌ FINDINGS  ✗ 1 critical  ▲ 2 warning ─────────────────────────────────────────────────────────┐
//! │ ▸ ✗ critical  split-brain   -     3m 12s  pg1 and pg2 both accept writes                      │
//! │   ▲ warning   replica-lag   pg3      41s  pg3 is 41 s behind                                  │
//! ├ REQUIRED AND NOT KNOWN  every required fact is known ─────────────────────────────────────────┤
//! ├ EXPLAIN ──────────────────────────────────────────────────────────────────────────────────────┤
//! │ pg1 and pg2 both accept writes                                                                │
//! │ WHAT TO DO   Fence one of them before ...                                                     │
//! │ SINCE        2026-11-20 14:00:10Z, 3m 12s, by the server's own time                           │
//! └───────────────────────────────────────────────────────────────────────────────────────────────┘
//! ```

use super::{PaneDef, Panels, ScreenDef, sheet, tab};
use crate::app::Observed;
use crate::app::views::{explain, parts, subject};
use crate::systems::view::Table;
use crate::theme::Glyphs;
use crate::tui::arranged::Arranged;
use crate::tui::panel;
use crate::tui::place::{Place, Screen};
use crate::tui::scope::Scope;
use crate::tui::widgets::prose::Paragraph;

pub(super) static DEF: ScreenDef = ScreenDef {
    place: Place::Findings,
    doc: "What is wrong, worst first, since when, on which evidence, and what to do",
    tab: Some(8),
    panels: Panels::Tables(tables),
    pane: Some(PaneDef { title: |_| "EXPLAIN", told }),
    draw: tab::draw,
};

fn tables(observed: &Observed, scope: &Scope, screen: &Screen) -> Vec<Table> {
    let clusters = panel::clusters(observed, scope, screen.cluster.as_deref());
    vec![parts::findings(observed, &clusters), explain::required(observed, &clusters)]
}

/// All about the selected finding that does not stand in its row, what to do first.
fn told(observed: &Observed, screen: &Screen, panels: &[Arranged], _: Glyphs) -> Vec<Paragraph> {
    let list = panels.iter().find(|panel| panel.table().key == panel::FINDINGS);
    let key = list.and_then(|list| list.row(list.selected(&screen.cursor(panel::FINDINGS))?)).map(|row| row.key.as_str());
    let finding = observed.judgement.findings.iter().find(|finding| Some(subject::finding_key(finding).as_str()) == key);
    finding.map(|finding| sheet::in_short(observed, finding)).unwrap_or_default()
}
