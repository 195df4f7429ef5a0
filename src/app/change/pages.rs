//! The tables of change: runbooks as they stand now, a plan with how long it usually takes, the steps and the output of a run. Pure.

use super::question::{Drawn, OnShelf};
use super::sight::{Sight, Step};
use crate::app::plan;
use crate::engine::history::Spread;
use crate::engine::states::StepState;
use crate::model::Moment;
use crate::systems::view::{Cell, Column, Kind, Row, Table, Tone};
use std::time::Duration;

const SHELF: &[Column] = &[
    Column::new("name", "RUNBOOK", Kind::Text, 0, "as its file is called"),
    Column::new(
        "state",
        "NOW",
        Kind::Word,
        0,
        "ready: its checks pass; blocked: one says no; unknown: one cannot be judged; broken: it cannot be run as written",
    ),
    Column::new("risk", "RISK", Kind::Word, 2, "low, medium, high: at high risk the name of the cluster is typed"),
    Column::new("last", "LAST RUN", Kind::Word, 1, "how its last run on this cluster stands"),
    Column::new("last_seconds", "AGO", Kind::Seconds, 2, "how long that is ago"),
    Column::new("p50_seconds", "P50", Kind::Seconds, 3, "half of its past runs on this cluster took no longer"),
    Column::new("p95_seconds", "P95", Kind::Seconds, 4, "nineteen of twenty took no longer"),
    Column::new(
        "sentence",
        "WHY, OR WITH WHAT",
        Kind::Text,
        0,
        "the check that says no, what cannot be judged, or the parameters with which it could be run",
    ),
];

/// The runbooks of `shelf`.
#[must_use]
pub fn shelf(shelf: &[OnShelf], now: Moment) -> Table {
    let rows = shelf.iter().map(|one| {
        let word = |word: Option<&str>| word.map_or(Cell::Nothing, |word| Cell::word(word, Tone::Plain));
        let ago = one.last.as_ref().map(|last| super::sight::between(last.at, now.wall).as_secs_f64().floor());
        let cells = vec![
            Cell::text(one.name.as_str()),
            Cell::word(one.now.word(), one.now.tone()),
            word(one.risk),
            one.last.as_ref().map_or(Cell::Nothing, |last| Cell::word(last.word.as_str(), last.tone)),
            ago.map_or(Cell::Nothing, Cell::Seconds),
            seconds(one.took.map(|took| took.p50)),
            seconds(one.took.map(|took| took.p95)),
            if one.now.why().is_empty() { Cell::Nothing } else { Cell::text(one.now.why()) },
        ];
        Row::new(one.name.as_str(), cells)
    });
    Table { key: "runbooks", title: "RUNBOOKS", columns: SHELF.to_vec(), rows: rows.collect(), when_empty: "there is no runbook" }
}

fn seconds(time: Option<Duration>) -> Cell {
    time.map_or(Cell::Nothing, |time| Cell::Seconds(time.as_secs_f64()))
}

/// How long past runs of a step took.
const TOOK: Column = Column::new("p50_seconds", "USUALLY", Kind::Seconds, 0, "half of the past runs on this cluster took no longer for it");

/// What will happen and what was checked: the tables that the command line shows, with how long each step usually takes and a line at the point of no return.
#[must_use]
pub fn plan(drawn: &Drawn) -> Vec<Table> {
    let Ok(planned) = &drawn.made else { return Vec::new() };
    let mut tables = plan::show(planned).tables;
    if let Some(steps) = tables.iter_mut().find(|table| table.key == "steps") {
        steps.title = "WHAT WILL HAPPEN";
        let usual = |row: &Row| drawn.steps_took.get(&row.key).map(|took: &Spread| took.p50);
        insert(steps, "call", TOOK, |row| seconds(usual(row)));
        let point = planned.plan.steps.iter().find(|step| step.point_of_no_return).map(|step| step.id.as_str());
        if let Some(at) = steps.rows.iter().position(|row| Some(row.key.as_str()) == point) {
            let mark = line(&steps.columns, "call", "==== point of no return ====");
            steps.rows.insert(at, mark);
        }
    }
    // what happens first, then what it rests on
    tables.reverse();
    tables
}

/// The key of the row that is no step.
pub const POINT: &str = "====";

/// A row that stands for a line between two others.
fn line(columns: &[Column], key: &str, text: &str) -> Row {
    let cell = |column: &Column| match column.key {
        "id" => Cell::text(POINT),
        own if own == key => Cell::text(text),
        _ => Cell::Nothing,
    };
    Row::new(POINT, columns.iter().map(cell).collect())
}

/// Adds a column behind the one called `after`.
fn insert(table: &mut Table, after: &str, column: Column, cell: impl Fn(&Row) -> Cell) {
    let at = table.columns.iter().position(|known| known.key == after).map_or(table.columns.len(), |at| at + 1);
    table.columns.insert(at, column);
    for row in &mut table.rows {
        let own = cell(row);
        row.cells.insert(at.min(row.cells.len()), own);
    }
}

const STEPS: &[Column] = &[
    Column::new("id", "STEP", Kind::Text, 0, "what the journal calls it"),
    Column::new("state", "STATE", Kind::Word, 0, "where it stands"),
    Column::new("took_seconds", "TOOK", Kind::Seconds, 0, "from its first intent to its end, or to now"),
    Column::new("attempt", "TRY", Kind::Count, 4, "attempts so far, over all processes"),
    Column::new("target", "TARGET", Kind::Text, 3, "the endpoint it is sent to"),
    Column::new("call", "CALL", Kind::Text, 5, "the exact call"),
    Column::new("sentence", "WHY", Kind::Text, 2, "why it is where it is"),
];

/// The steps of a run.
#[must_use]
pub fn steps(sight: &Sight) -> Table {
    let mut rows: Vec<Row> = Vec::new();
    for step in &sight.steps {
        if step.point {
            rows.push(line(STEPS, "state", "point of no return"));
        }
        let (word, tone) = stands(sight, step);
        let cells = vec![
            Cell::text(step.id.as_str()),
            Cell::word(word, tone),
            step.took.map_or(Cell::Nothing, |took| Cell::Seconds(took.as_secs_f64())),
            if step.attempt == 0 { Cell::Nothing } else { Cell::count(step.attempt) },
            if step.target.is_empty() { Cell::Nothing } else { Cell::text(step.target.as_str()) },
            Cell::text(step.call.as_str()),
            step.why.as_deref().map_or(Cell::Nothing, Cell::text),
        ];
        rows.push(Row::new(step.id.as_str(), cells));
    }
    Table { key: "steps", title: "STEPS", columns: STEPS.to_vec(), rows, when_empty: "it has no step" }
}

/// A step in a word or two, and how that stands. An effect that holds clients is done as long as it holds them.
fn stands(sight: &Sight, step: &Step) -> (&'static str, Tone) {
    use StepState as S;
    if sight.asks.as_ref().is_some_and(|asks| asks.step == step.id) {
        return ("asks you", Tone::Warn);
    }
    let holds = step.holds && sight.held.iter().any(|held| held.step == step.id);
    match step.state {
        S::Pending => ("waits", Tone::Muted),
        S::Skipped => ("skipped", Tone::Muted),
        // nobody is at work on it any more
        S::Intent if !sight.is_live() => ("in doubt", Tone::Bad),
        S::Intent => ("goes on", Tone::Plain),
        S::Probing | S::UndoProbing => ("asked", Tone::Plain),
        S::InDoubt | S::UndoInDoubt => ("in doubt", Tone::Bad),
        S::NeedsHuman | S::UndoNeedsHuman => ("needs you", Tone::Bad),
        S::Applied => ("applied", Tone::Plain),
        S::Done if holds => ("holds", Tone::Warn),
        S::Done => ("done", Tone::Good),
        S::FailedApplied => ("not so", Tone::Bad),
        S::FailedNoEffect => ("refused", Tone::Bad),
        S::UndoIntent => ("is undone", Tone::Plain),
        S::Undone if step.holds => ("freed", Tone::Good),
        S::Undone => ("undone", Tone::Warn),
        S::UndoFailed => ("stuck", Tone::Bad),
        S::Kept => ("stays", Tone::Warn),
    }
}

const OUTPUT: &[Column] = &[
    Column::new("at", "AT", Kind::Text, 0, "when it was told; nobody says when a program printed a line"),
    Column::new("sentence", "WHAT", Kind::Text, 0, "what was told or printed"),
];

/// What was told and printed, the newest first.
#[must_use]
pub fn output(sight: &Sight) -> Table {
    let row = |(at, line): (usize, &super::sight::Line)| {
        let told = line.at.map_or_else(|| "  |".to_owned(), |at| at.strftime("%H:%M:%SZ").to_string());
        Row::new(at.to_string(), vec![Cell::text(told), Cell::text(line.text.as_str())])
    };
    let rows = sight.output.iter().enumerate().map(row).collect();
    Table { key: "output", title: "OUTPUT, newest first", columns: OUTPUT.to_vec(), rows, when_empty: "nothing was told yet" }
}
