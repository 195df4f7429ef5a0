//! What happened, the newest first, and all that is said of the selected event.
//!
//! ```text
//! ┌ EVENTS ────────────────────────────────────────────────────────────────────────────────────────────────────┐
//! │   AT                    AGO     KIND           MEMBER  WHAT                                   WITNESS       │
//! │ ▸ 2026-11-20 14:00:10Z  3m 12s  ✗ finding      pg1     pg1 and pg2 both accept writes         server        │
//! │   2026-11-20 13:59:58Z  3m 24s  ▲ role-change  pg2     timeline 41 ended at 0/5A2             server        │
//! ├ WHAT ──────────────────────────────────────────────────────────────────────────────────────────────────────┤
//! │ pg1 and pg2 both accept writes                                                                              │
//! └────────────────────────────────────────────────────────────────────────────────────────────────────────────┘
//! ```

use super::{PaneDef, Panels, ScreenDef, tab};
use crate::app::Observed;
use crate::app::cells::words;
use crate::theme::{Glyphs, Role};
use crate::tui::arranged::Arranged;
use crate::tui::place::{Place, Screen};
use crate::tui::widgets::prose::Paragraph;

pub(super) static DEF: ScreenDef = ScreenDef {
    place: Place::Events,
    doc: "What happened and when, the newest first, by whose clock",
    tab: Some(9),
    panels: Panels::View,
    pane: Some(PaneDef { title: |_| "WHAT", told }),
    draw: tab::draw,
};

fn told(_: &Observed, screen: &Screen, panels: &[Arranged], _: Glyphs) -> Vec<Paragraph> {
    let list = panels.first();
    let row = list.and_then(|list| list.row(list.selected(&screen.cursor(list.table().key))?));
    list.zip(row).map_or_else(Vec::new, |(list, row)| {
        let said = |key: &str| list.table().columns.iter().zip(&row.cells).find(|(column, _)| column.key == key).map(|(_, cell)| words(cell).0);
        let line = |label: &str, key: &str| said(key).filter(|text| text != "-").map(|text| Paragraph::new(label, text, Role::Text));
        [line("WHAT", "what"), line("ABOUT", "member"), line("AT", "at"), told_by(said("witness").as_deref())].into_iter().flatten().collect()
    })
}

/// Whose clock the time is of, in words.
fn told_by(witness: Option<&str>) -> Option<Paragraph> {
    let whose = match witness? {
        "server" => "the server itself, by its own clock",
        "first-seen" => "this process, when it first saw it; it may have begun earlier",
        other => other,
    };
    Some(Paragraph::new("TOLD BY", whose, Role::Text))
}
