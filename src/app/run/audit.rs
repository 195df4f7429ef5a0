//! The audit as something to look at: who asked for what on this host, one record, and whether every record is there, unchanged and in its place.

use super::words::word;
use crate::config::state::State;
use crate::engine::audit::{Act, Audit, Verdict};
use crate::engine::chain::{ChainError, Record};
use crate::systems::view::{Cell, Column, Kind, Page, Row, Table, Tone};

/// A page by the name of its schema.
type Named = (&'static str, fn() -> Option<Page>);

/// The pages of `audit`, each as it is without anything in it.
pub static PAGES: &[Named] = &[
    ("audit-list", || Some(list(&[]))),
    ("audit-show", || Some(page("AuditRecord", SHOW, std::iter::repeat(Cell::Nothing)))),
    ("audit-verify", || Some(verdict(&Verdict::Missing, "", true))),
];

const LIST: &[Column] = &[
    Column::new("n", "N", Kind::Count, 0, "the number of the record, from 1"),
    Column::new("at", "AT", Kind::Time, 0, "when it was written"),
    Column::new("what", "WHAT", Kind::Word, 0, "confirmed, refused, ended, approved, unlocked, broke-glass, lock-taken, cancelled"),
    Column::new("by", "BY", Kind::Text, 0, "who, and how the name is known"),
    Column::new("cluster", "CLUSTER", Kind::Text, 1, "what it concerns"),
    Column::new("run", "RUN", Kind::Text, 3, "the run it belongs to"),
    Column::new("text", "WHAT WAS SAID", Kind::Text, 2, "the call, the reason that was typed, why it was refused"),
];

const SHOW: &[Column] = &[
    Column::new("n", "N", Kind::Count, 0, "the number of the record, from 1"),
    Column::new("at", "AT", Kind::Time, 0, "when it was written"),
    Column::new("what", "WHAT", Kind::Word, 0, "confirmed, refused, ended, approved, unlocked, broke-glass, lock-taken, cancelled"),
    Column::new("by", "BY", Kind::Text, 0, "who, and how the name is known"),
    Column::new("cluster", "CLUSTER", Kind::Text, 0, "what it concerns"),
    Column::new("run", "RUN", Kind::Text, 0, "the run it belongs to"),
    Column::new("text", "WHAT WAS SAID", Kind::Text, 0, "the call, the reason that was typed, why it was refused"),
    Column::new("prev", "BEFORE", Kind::Text, 0, "SHA-256 of the record before, as its line stands in the file"),
];

const VERDICT: &[Column] = &[
    Column::new("verdict", "AUDIT", Kind::Word, 0, "whole, broken, missing; none: nothing was asked for on this host yet"),
    Column::new("records", "RECORDS", Kind::Count, 0, "how many there are, where it is whole"),
    Column::new("head", "LAST", Kind::Text, 0, "SHA-256 of the last record: kept elsewhere, it proves that nobody made the whole anew"),
    Column::new("record", "RECORD", Kind::Count, 0, "the first record that does not fit"),
    Column::new("why", "WHY", Kind::Text, 0, "what does not fit"),
    Column::new("file", "FILE", Kind::Text, 0, "where it lies"),
];

fn cells(record: &Record<Act>) -> Vec<Cell> {
    let act = &record.entry;
    let text = |text: &Option<String>| text.as_deref().map_or(Cell::Nothing, Cell::text);
    vec![
        Cell::count(record.n),
        Cell::Time(record.at),
        Cell::word(word(&act.what), Tone::Plain),
        Cell::text(format!("{}@{} by {}", act.by.name, act.by.host, act.by.via)),
        text(&act.cluster),
        text(&act.run),
        Cell::text(act.text.as_str()),
    ]
}

fn page(kind: &'static str, columns: &[Column], cells: impl Iterator<Item = Cell>) -> Page {
    let mut page = Page::new(kind);
    page.facts = columns.iter().copied().zip(cells).collect();
    page
}

/// The records, in the order in which they were written.
#[must_use]
pub fn list(records: &[Record<Act>]) -> Page {
    let rows = records.iter().map(|record| Row::new(record.n.to_string(), cells(record)));
    let mut page = Page::new("Audit");
    page.tables = vec![Table {
        key: "records",
        title: "AUDIT",
        columns: LIST.to_vec(),
        rows: rows.collect(),
        when_empty: "nothing was asked for on this host",
    }];
    page
}

/// One record.
#[must_use]
pub fn show(record: &Record<Act>) -> Page {
    page("AuditRecord", SHOW, cells(record).into_iter().chain([Cell::text(record.prev.as_str())]))
}

/// Whether it is whole. `begun`: something else on this host tells that there was one.
#[must_use]
pub fn verdict(verdict: &Verdict, file: &str, begun: bool) -> Page {
    let nothing = || Cell::Nothing;
    let [word, records, head, record, why] = match verdict {
        Verdict::Whole { records, head } => [Cell::word("whole", Tone::Good), Cell::count(*records), Cell::text(head.as_str()), nothing(), nothing()],
        Verdict::Missing if begun => {
            let why = "there is no such file, and there was one: runs, or a folder for it, are there";
            [Cell::word("missing", Tone::Bad), nothing(), nothing(), nothing(), Cell::text(why)]
        }
        Verdict::Missing => {
            let why = "nothing was asked for on this host yet: no run, no record; who expects one has to know that from elsewhere";
            [Cell::word("none", Tone::Warn), nothing(), nothing(), nothing(), Cell::text(why)]
        }
        Verdict::Broken(error) => {
            let record = if let ChainError::Broken { record, .. } = error { Cell::count(*record) } else { nothing() };
            [Cell::word("broken", Tone::Bad), nothing(), nothing(), record, Cell::text(error.to_string())]
        }
    };
    page("AuditVerdict", VERDICT, [word, records, head, record, why, Cell::text(file)].into_iter())
}

/// The audit of this host.
#[must_use]
pub fn audit(state: &State) -> Audit {
    Audit::new(state.clone())
}
