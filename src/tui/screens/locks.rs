//! The root first: the session that holds up most, how many, since when; below it those that wait, and what to do about it.
//!
//! ```text
//! ┌ BLOCKING TREES ───────────────────────────────────────────────────────────────────────────────────────────┐
//! │   SERVER  PID        HOLDS UP  WAITS   WAITS FOR      STATE                FROM              STATEMENT     │
//! │ ▸ pg1     18431          22 ✗       -  -              idle in transaction  batch@10.0.4.12   UPDATE orders │
//! │   pg1     ├ 18502           -  4m 38s  transactionid  active               app@10.0.4.31     UPDATE orders │
//! │   pg1     │ └ 18507         -  4m 02s  tuple orders   active               app@10.0.4.33     UPDATE orders │
//! │   pg1     └ 18611           -  1m 12s  relation       active               ddl@10.0.4.2      ALTER TABLE … │
//! │           … 19 more            -       -  tuple orders                                                     │
//! ├ WHAT TO DO ───────────────────────────────────────────────────────────────────────────────────────────────┤
//! │ 18431 holds up 22 sessions for 4m 38s                                                                      │
//! │ End the root: pg_terminate_backend(18431) ...                                                              │
//! └───────────────────────────────────────────────────────────────────────────────────────────────────────────┘
//! ```

use super::{Around, PaneDef, Panels, ScreenDef, Sight, fleet, tab};
use crate::app::Observed;
use crate::systems::view::{Cell, Row, Table, Tone};
use crate::theme::{Glyphs, Role, State as Mark};
use crate::tui::arranged::Arranged;
use crate::tui::panel;
use crate::tui::place::{Place, Screen};
use crate::tui::scope::Scope;
use crate::tui::widgets::Canvas;
use crate::tui::widgets::prose::Paragraph;
use ratatui::layout::Rect;

/// Sessions that wait for the same below one that holds them up; of more the first are shown and the others counted.
const SHOWN: usize = 6;
/// The rules on what stands in a tree.
const RULES: [&str; 2] = ["lock-tree", "long-transaction"];

pub(super) static DEF: ScreenDef = ScreenDef {
    place: Place::Locks,
    doc: "Who holds up whom, the root of each tree first, and what to do about it",
    tab: Some(4),
    panels: Panels::Tables(tables),
    pane: Some(PaneDef { title: |_| "WHAT TO DO", told: what_to_do }),
    draw,
};

fn draw(canvas: &mut Canvas<'_>, area: Rect, sight: &Sight<'_>) -> Around {
    let mut around = tab::draw(canvas, area, sight);
    if let Some((trees, held, worst)) = sight.panels.first().map(|panel| counted(panel.table())).filter(|(trees, ..)| *trees > 0) {
        let trees = if trees == 1 { "1 tree".to_owned() } else { format!("{trees} trees") };
        around.counts = vec![canvas.state(worst, &format!("{trees}, {held} held up"))];
    }
    around
}

fn tables(observed: &Observed, scope: &Scope, screen: &Screen) -> Vec<Table> {
    let mut tables = panel::tables(observed, scope, Place::Locks.word(), screen.cluster.as_deref());
    tables.iter_mut().for_each(gather);
    tables
}

fn place(table: &Table, key: &str) -> Option<usize> {
    table.columns.iter().position(|column| column.key == key)
}

/// How many trees there are, how many sessions wait in them, and how bad the worst is: those of a root count what waits behind others of its tree too.
fn counted(table: &Table) -> (usize, i64, Mark) {
    let Some(at) = place(table, "holds_up") else { return (0, 0, Mark::Warning) };
    let roots = table.rows.iter().filter(|row| row.depth == 0).filter_map(|row| row.cells.get(at));
    let held: Vec<(i64, Tone)> = roots
        .filter_map(|cell| match cell {
            Cell::Toned(count, tone) => {
                if let Cell::Count(count) = count.as_ref() {
                    Some((*count, *tone))
                } else {
                    None
                }
            }
            Cell::Count(count) => Some((*count, Tone::Warn)),
            _ => None,
        })
        .collect();
    let worst = if held.iter().any(|(_, tone)| *tone == Tone::Bad) { Mark::Critical } else { Mark::Warning };
    (held.len(), held.iter().map(|(count, _)| count).sum(), worst)
}

/// Of many that wait side by side for the same, the first stay and the others become one row.
fn gather(table: &mut Table) {
    let (Some(stem), Some(object)) = (place(table, "pid"), place(table, "waits_for")) else { return };
    let rows = std::mem::take(&mut table.rows);
    let is_leaf = |at: usize| rows.get(at + 1).is_none_or(|next| rows.get(at).is_some_and(|row| next.depth <= row.depth));
    let mut at = 0;
    while let Some(row) = rows.get(at) {
        let alike = |other: &&Row| other.depth == row.depth && other.cells.get(object) == row.cells.get(object);
        let run = rows.iter().skip(at).take_while(alike).count();
        // the last of a run may have others behind it
        let leaves = (at..at + run).take_while(|at| is_leaf(*at)).count();
        if row.depth == 0 || leaves <= SHOWN + 1 {
            table.rows.push(row.clone());
            at += 1;
            continue;
        }
        table.rows.extend(rows.iter().skip(at).take(SHOWN).cloned());
        let mut rest = Row { key: format!("{}/more", row.key), cells: row.cells.iter().map(|_| Cell::Nothing).collect(), depth: row.depth };
        for (key, cell) in [(Some(stem), Some(Cell::text(format!("… {} more", leaves - SHOWN)))), (Some(object), row.cells.get(object).cloned())] {
            if let (Some(place), Some(cell)) = (key.and_then(|at| rest.cells.get_mut(at)), cell) {
                *place = cell;
            }
        }
        table.rows.push(rest);
        at += leaves;
    }
}

/// What the rules say about the trees, and what to do.
fn what_to_do(observed: &Observed, screen: &Screen, _: &[Arranged], _: Glyphs) -> Vec<Paragraph> {
    let here = |cluster: &str| screen.cluster.as_deref().is_none_or(|name| name == cluster);
    let findings = observed.judgement.findings.iter().filter(|finding| RULES.contains(&finding.rule.as_str()) && here(&finding.subject.cluster));
    let mut told = Vec::new();
    for finding in findings.take(3) {
        // the sentence says since when
        told.push(Paragraph::new(finding.severity.word(), finding.sentence.shown(), fleet::mark(finding.severity).role()));
        told.push(Paragraph::new("", crate::text::untrusted::visible(&finding.cure.words()), Role::Text));
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::cells::words;
    use crate::systems::view::{Column, Kind};

    fn tree(rows: &[(i64, usize, &str)]) -> Table {
        let columns = vec![
            Column::new("pid", "PID", Kind::Count, 0, ""),
            Column::new("waits_for", "WAITS FOR", Kind::Text, 0, ""),
            Column::new("holds_up", "HOLDS UP", Kind::Count, 0, ""),
        ];
        let row = |(pid, depth, object): &(i64, usize, &str)| {
            let held = if *depth == 0 { Cell::Count(9).toned(Tone::Bad) } else { Cell::Count(1) };
            Row { key: format!("c/pg1/{pid}"), cells: vec![Cell::Count(*pid), Cell::text(*object), held], depth: *depth }
        };
        Table { key: "sessions", title: "", columns, rows: rows.iter().map(row).collect(), when_empty: "" }
    }

    fn pids(table: &Table) -> Vec<String> {
        table.rows.iter().map(|row| format!("{}{}", " ".repeat(row.depth), words(&row.cells[0]).0)).collect()
    }

    #[test]
    fn of_many_that_wait_for_the_same_the_first_stay_and_the_others_are_counted() {
        let mut rows = vec![(1, 0, "")];
        rows.extend((10..30).map(|pid| (pid, 1, "tuple orders")));
        rows.push((40, 1, "relation orders"));
        let mut table = tree(&rows);
        gather(&mut table);
        assert_eq!(pids(&table), ["1", " 10", " 11", " 12", " 13", " 14", " 15", " … 14 more", " 40"]);
        assert_eq!(counted(&table), (1, 9, Mark::Critical));
        let at = place(&table, "holds_up").expect("the column");
        table.rows[0].cells[at] = Cell::Count(9).toned(Tone::Warn);
        assert_eq!(counted(&table), (1, 9, Mark::Warning), "as bad as the rule finds the tree");
    }

    #[test]
    fn one_who_holds_up_others_himself_is_never_counted_away() {
        let mut rows = vec![(1, 0, "")];
        rows.extend((10..14).map(|pid| (pid, 1, "tuple orders")));
        rows.extend([(20, 2, "tuple orders"), (21, 1, "tuple orders")]);
        let mut table = tree(&rows);
        gather(&mut table);
        assert_eq!(table.rows.len(), rows.len());
    }
}
