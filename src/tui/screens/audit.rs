//! Who asked for what on this host, the newest first, and whether every record is there, unchanged and in its place.
//!
//! ```text
//!  opsctl ▸ fleet ▸ audit   RO   14:03:22Z
//!  ● whole: 1204 records, the last is 9f3c21d0a7b4
//! ┌ AUDIT ───────────────────────────────────────────────────────────────────────┐
//! │   N     AT                    WHAT       BY                  CLUSTER          │
//! │ ▸ 1204  2026-11-22 14:02:51Z  ended      ana@jump1 by login  orders-eu        │
//! └───────────────────────────────────────────────────────────────────────────────┘
//!  ⏎ open   / filter   esc back   ? help                                    1/1204
//! ```

use super::answered::{self, age};
use super::stack::Plan;
use super::{Around, Panels, ScreenDef, Sight};
use crate::app::change::question::{Audited, Verdict};
use crate::systems::view::{Column, Table};
use crate::text::untrusted::visible;
use crate::theme::State as Mark;
use crate::tui::inquiry::Inquiry;
use crate::tui::panel;
use crate::tui::place::Place;
use crate::tui::widgets::Canvas;
use ratatui::layout::Rect;

/// Letters of a hash that people compare.
const COMPARED: usize = 12;

pub(super) static DEF: ScreenDef = ScreenDef {
    place: Place::Audit,
    doc: "Who asked for what on this host, and whether every record of it is there",
    tab: None,
    panels: Panels::Own(|_, _, screen| {
        let audited = screen.asked.as_ref().and_then(Inquiry::audited);
        audited.map_or_else(Vec::new, |audited| panel::bare(vec![told_whole(audited)], false))
    }),
    pane: None,
    draw,
};

/// The records with what was said in each told to its last word. Nobody takes a chain that is broken for one without records.
fn told_whole(audited: &Audited) -> Table {
    let mut table = audited.records.clone();
    for column in table.columns.iter_mut().filter(|column| column.key == "text") {
        *column = Column { key: "sentence", drop: 0, ..*column };
    }
    if matches!(audited.verdict, Verdict::Broken { .. }) {
        table.when_empty = "what a broken chain says is not shown; `opsctl audit verify` tells where it breaks";
    }
    table
}

fn draw(canvas: &mut Canvas<'_>, area: Rect, sight: &Sight<'_>) -> Around {
    answered::draw(canvas, area, sight, "reading the audit of this host", &Plan::default(), |canvas, asked| {
        let piece = match asked.audited().map(|audited| &audited.verdict) {
            Some(Verdict::Whole { records, head }) => {
                canvas.state(Mark::Healthy, &format!("whole: {records} records, the last is {}", visible(head.get(..COMPARED).unwrap_or(head))))
            }
            Some(Verdict::Broken { record: Some(record), why }) => {
                canvas.state(Mark::Critical, &format!("broken at record {record}: {}", visible(why)))
            }
            Some(Verdict::Broken { record: None, why }) => canvas.state(Mark::Critical, &format!("broken: {}", visible(why))),
            Some(Verdict::Missing) => canvas.state(Mark::Info, "nothing was asked for on this host: there is no audit"),
            None => canvas.state(Mark::Unknown, "nobody can say whether it is whole"),
        };
        vec![piece, age(sight, asked)]
    })
}
