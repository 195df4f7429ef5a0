//! Runs as something to look at: which there are, one with its steps, and who has which cluster.

use super::found::{Found, FoundError, Life};
use super::report::{self, Measured};
use super::words::{self, word};
use crate::engine::RunId;
use crate::engine::chain;
use crate::engine::copier::{self, Behind, Told};
use crate::engine::entry::Entry;
use crate::engine::lock::Known;
use crate::engine::states::{Choice, RunState, StepState};
use crate::model::{Gap, Reason};
use crate::systems::view::{Cell, Column, Kind, Page, Row, Table, Tone};
use crate::text::Untrusted;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A page by the name of its schema.
type Named = (&'static str, fn() -> Option<Page>);

/// The pages of `run`, each as it is without anything in it.
pub static PAGES: &[Named] = &[("run-list", || Some(list(&[]))), ("run-show", || Some(nothing())), ("run-locks", || Some(locks(&[])))];

const LIST: &[Column] = &[
    Column::new("id", "RUN", Kind::Text, 0, "its name; the last letters of it are enough, where no other run has them"),
    Column::new("runbook", "RUNBOOK", Kind::Text, 0, "what it does"),
    Column::new("cluster", "CLUSTER", Kind::Text, 0, "what it changes"),
    Column::new("state", "STATE", Kind::Word, 0, "where it stands; interrupted: its process is gone in the middle"),
    Column::new("step", "STEP", Kind::Text, 1, "the step that it is at; none where it is over"),
    Column::new("steps_done", "DONE", Kind::Count, 3, "steps that are done, undone or skipped"),
    Column::new("steps", "OF", Kind::Count, 3, "steps in all"),
    Column::new("owes", "HOLDS", Kind::List, 1, "steps that may still hold clients, or owe another undo"),
    Column::new("by", "BY", Kind::Text, 2, "who confirmed it last"),
    Column::new("begun_at", "BEGUN", Kind::Time, 4, "first entry of its journal"),
    Column::new("last_at", "LAST", Kind::Time, 5, "last entry of its journal"),
    Column::new("why", "WHY", Kind::Text, 6, "why it is where it is"),
];

/// A run of the list, or why it cannot be shown.
pub struct Listed {
    pub id: RunId,
    pub found: Result<Arc<Found>, FoundError>,
}

/// The list.
#[must_use]
pub fn list(all: &[Listed]) -> Page {
    let rows = all.iter().map(|Listed { id, found }| {
        let cells = match found {
            Ok(found) => listed(found),
            Err(error) => {
                let unknown = |fact: &str| Cell::unknown(Gap::new(format!("{fact} of run {id}"), Reason::Malformed(error.to_string())));
                let rest = LIST.iter().skip(1).map(|column| unknown(column.title));
                [Cell::text(id.as_str())].into_iter().chain(rest).collect()
            }
        };
        Row::new(id.as_str(), cells)
    });
    let mut page = Page::new("Runs");
    page.tables =
        vec![Table { key: "runs", title: "RUNS", columns: LIST.to_vec(), rows: rows.collect(), when_empty: "there was no run on this host" }];
    page
}

fn listed(found: &Found) -> Vec<Cell> {
    let time =
        |of: fn(&(jiff::Timestamp, jiff::Timestamp)) -> jiff::Timestamp| found.span.as_ref().map_or(Cell::Nothing, |span| Cell::Time(of(span)));
    vec![
        Cell::text(found.folder.id.as_str()),
        Cell::text(found.plan.runbook.name.as_str()),
        Cell::text(found.plan.cluster.as_str()),
        state(found),
        step_of(found).map_or(Cell::Nothing, Cell::text),
        Cell::count(found.standing.board.steps.iter().filter(|mark| mark.state.over()).count()),
        Cell::count(found.plan.steps.len()),
        Cell::List(found.owes().into_iter().map(Untrusted::new).collect()),
        found.consent.as_ref().map_or(Cell::Nothing, |(_, consent)| Cell::text(format!("{}@{}", consent.by.name, consent.by.host))),
        time(|span| span.0),
        time(|span| span.1),
        found.standing.why.as_deref().map_or(Cell::Nothing, Cell::text),
    ]
}

fn state(found: &Found) -> Cell {
    let (word, tone) = standing(found);
    Cell::word(word, tone)
}

/// Where a run stands in a word, and how that is.
#[must_use]
pub fn standing(found: &Found) -> (String, Tone) {
    let state = found.state();
    let tone = match state {
        RunState::Succeeded => Tone::Good,
        RunState::Paused | RunState::Stuck | RunState::Interrupted | RunState::Failed => Tone::Bad,
        RunState::RollingBack | RunState::RolledBack | RunState::Abandoned | RunState::LockHeld | RunState::Refused => Tone::Warn,
        RunState::Planned | RunState::Locking | RunState::Preflight | RunState::Running => Tone::Plain,
    };
    (words::state(state), tone)
}

/// The step that it is at: the one in flight, else the first that is not settled; `None` where nothing is left of it.
fn step_of(found: &Found) -> Option<&str> {
    if found.state().ended() {
        return None;
    }
    let at = StepState::at(found.standing.board.steps.iter().map(|mark| mark.state))?;
    found.plan.steps.get(at).map(|step| step.id.as_str())
}

const FACTS: &[Column] = &[
    Column::new("id", "RUN", Kind::Text, 0, "its name"),
    Column::new("runbook", "RUNBOOK", Kind::Text, 0, "what it does"),
    Column::new("cluster", "CLUSTER", Kind::Text, 0, "what it changes"),
    Column::new("state", "STATE", Kind::Word, 0, "where it stands; interrupted: its process is gone in the middle"),
    Column::new("ending", "MEANS", Kind::Text, 0, "what that means for the platform"),
    Column::new("why", "WHY", Kind::Text, 0, "why it is where it is"),
    Column::new("next", "WHAT TO DO", Kind::Text, 0, "the commands by which it goes on"),
    Column::new("owes", "HOLDS", Kind::List, 0, "steps that may still hold clients, or owe another undo"),
    Column::new("by", "BY", Kind::Text, 0, "who confirmed it last, and how the name is known"),
    Column::new("process", "PROCESS", Kind::Text, 0, "the process that had it last, and whether it is at work"),
    Column::new(
        "mirror",
        "COPY",
        Kind::Text,
        0,
        "whether its records are in etcd too, for another host to go on with; behind: since when not all of them, and why; none where nobody wants it",
    ),
    Column::new("break_glass", "BREAK GLASS", Kind::Text, 0, "why the lock was not asked for"),
    Column::new("begun_at", "BEGUN", Kind::Time, 0, "first entry of its journal"),
    Column::new("last_at", "LAST", Kind::Time, 0, "last entry of its journal"),
    Column::new("plan_sha256", "PLAN", Kind::Text, 0, "what the confirmation is bound to"),
    Column::new("definition_sha256", "RUNBOOK'S TEXT", Kind::Text, 0, "SHA-256 of the runbook as it was"),
];

const STEPS: &[Column] = &[
    Column::new("id", "STEP", Kind::Text, 0, "what the journal calls it"),
    Column::new("state", "STATE", Kind::Word, 0, "where it stands"),
    Column::new("attempt", "TRY", Kind::Count, 2, "attempts so far, over all processes"),
    Column::new("target", "TARGET", Kind::Text, 3, "the endpoint it is sent to"),
    Column::new("call", "CALL", Kind::Text, 4, "the exact call"),
    Column::new("took_seconds", "TOOK", Kind::Seconds, 3, "from its intent to its answer, the last attempt"),
    Column::new("why", "WHY", Kind::Text, 1, "why it is where it is"),
];

const REPORT: &[Column] = &[
    Column::new("span", "REPORT", Kind::Text, 0, "what the runbook measures"),
    Column::new("took_seconds", "TOOK", Kind::Seconds, 0, "from the first intent of one step to the proof of another, by the journal"),
    Column::new("goal_seconds", "GOAL", Kind::Seconds, 0, "how long it might be"),
    Column::new("verdict", "VERDICT", Kind::Word, 0, "kept, broken, unknown; none where there is no goal"),
    Column::new("why", "WHY", Kind::Text, 1, "why its length is not known"),
];

/// One run.
#[must_use]
pub fn show(found: &Found) -> Page {
    let mut page = nothing();
    let records = chain::read::<Entry>(&found.folder.journal()).map(|chained| chained.records).unwrap_or_default();
    let took = took(&records);
    let facts = facts(found);
    page.facts = FACTS.iter().copied().zip(facts).collect();
    let marks = found.standing.board.steps.iter().zip(&found.standing.stories).zip(&found.plan.steps);
    let rows = marks.map(|((mark, story), step)| {
        let cells = vec![
            Cell::text(step.id.as_str()),
            Cell::word(word(&mark.state), tone(mark.state)),
            Cell::count(mark.attempt),
            Some(step.job.target.as_str()).filter(|target| !target.is_empty()).map_or(Cell::Nothing, Cell::text),
            Cell::text(step.job.call.as_str()),
            took.get(&step.id).map_or(Cell::Nothing, |seconds| Cell::Seconds(*seconds)),
            story.why.as_deref().map_or(Cell::Nothing, Cell::text),
        ];
        Row::new(step.id.as_str(), cells)
    });
    let rows: Vec<Row> = rows.collect();
    let measured = report::report(&found.plan, &records).iter().map(measured).collect();
    for (table, rows) in page.tables.iter_mut().zip([rows, measured]) {
        table.rows = rows;
    }
    page
}

fn measured(measured: &Measured) -> Row {
    let seconds = |time: &std::time::Duration| Cell::Seconds(time.as_secs_f64());
    let verdict = match (measured.goal, measured.kept()) {
        (None, _) => Cell::Nothing,
        (Some(_), Some(true)) => Cell::word("kept", Tone::Good),
        (Some(_), Some(false)) => Cell::word("broken", Tone::Bad),
        (Some(_), None) => Cell::word("unknown", Tone::Warn),
    };
    let unknown = |why: &String| Cell::unknown(Gap::new(measured.name.clone(), Reason::Untold(why.clone())));
    let cells = vec![
        Cell::text(measured.name.as_str()),
        measured.took.as_ref().map_or_else(unknown, seconds),
        measured.goal.as_ref().map_or(Cell::Nothing, seconds),
        verdict,
        measured.took.as_ref().err().map_or(Cell::Nothing, |why| Cell::text(why.as_str())),
    ];
    Row::new(measured.name.as_str(), cells)
}

fn nothing() -> Page {
    let mut page = Page::new("Run");
    page.facts = FACTS.iter().map(|column| (*column, Cell::Nothing)).collect();
    page.tables = vec![
        Table { key: "steps", title: "STEPS", columns: STEPS.to_vec(), rows: Vec::new(), when_empty: "it has no step" },
        Table { key: "report", title: "REPORT", columns: REPORT.to_vec(), rows: Vec::new(), when_empty: "its runbook measures nothing" },
    ];
    page
}

fn facts(found: &Found) -> Vec<Cell> {
    let text = |text: Option<String>| text.map_or(Cell::Nothing, Cell::text);
    let taken = found.standing.taken.as_ref();
    let process = taken.map(|taken| {
        let life = match taken.process.runs() {
            Some(true) => "at work",
            Some(false) => "gone",
            None => "of another host, or of a container: only there it can be told whether it is at work",
        };
        format!("{} on {}: {life}", taken.process.pid, taken.process.host)
    });
    let consent = found.consent.as_ref().map(|(_, consent)| consent);
    vec![
        Cell::text(found.folder.id.as_str()),
        Cell::text(found.plan.runbook.name.as_str()),
        Cell::text(found.plan.cluster.as_str()),
        state(found),
        text(means(found).map(str::to_owned)),
        text(found.standing.why.clone()),
        text(next(found)),
        Cell::List(found.owes().into_iter().map(Untrusted::new).collect()),
        text(consent.map(|consent| format!("{}@{} by {}", consent.by.name, consent.by.host, consent.by.via))),
        text(process),
        text(copier::told(found.folder.path()).map(|told| copied(&told))),
        text(consent.and_then(|consent| consent.break_glass.clone())),
        found.span.map_or(Cell::Nothing, |span| Cell::Time(span.0)),
        found.span.map_or(Cell::Nothing, |span| Cell::Time(span.1)),
        Cell::text(found.plan.sha256()),
        Cell::text(found.plan.runbook.sha256.as_str()),
    ]
}

fn copied(told: &Told) -> String {
    match &told.behind {
        None => "in etcd".to_owned(),
        Some(Behind { since, why }) => format!("behind since {since}: {why}"),
    }
}

/// What it means where a run stands; a run that goes on has no ending yet.
fn means(found: &Found) -> Option<&'static str> {
    (found.life() != Life::Runs && found.standing.opened.is_some()).then(|| words::ending(found.ending()))
}

/// By which commands it goes on.
fn next(found: &Found) -> Option<String> {
    let id = &found.folder.id;
    if found.state().ended() {
        return None;
    }
    Some(match found.life() {
        Life::Runs => format!("opsctl run attach {id}; opsctl run cancel {id}"),
        Life::Elsewhere => format!("on its host: opsctl run attach {id}; if that is gone, here: opsctl run resume {id} --write"),
        Life::Nobody if found.standing.opened.is_none() => format!("it was confirmed and never began: opsctl run resume {id} --write"),
        Life::Nobody => {
            let human = crate::engine::ending::needs_human(&found.standing);
            let said = if human { "; say what became of a step with --applied STEP or --absent STEP" } else { "" };
            let write = if found.sends(Choice::Abandon) { " --write" } else { "" };
            format!("opsctl run resume {id} --write; opsctl run rollback {id} --write; opsctl run abandon {id} --reason WHY{write}{said}")
        }
    })
}

fn tone(state: StepState) -> Tone {
    match state {
        StepState::Done => Tone::Good,
        state if state.unclear() => Tone::Bad,
        StepState::FailedApplied | StepState::FailedNoEffect | StepState::UndoFailed => Tone::Bad,
        StepState::Undone | StepState::Kept => Tone::Warn,
        _ => Tone::Plain,
    }
}

/// How long the last answer of each step took.
fn took(records: &[chain::Record<Entry>]) -> BTreeMap<String, f64> {
    let answered = records.iter().filter_map(|record| match &record.entry {
        Entry::Result(answer) => Some((answer.step.clone(), std::time::Duration::from_millis(answer.took_ms).as_secs_f64())),
        _ => None,
    });
    answered.collect()
}

const LOCKS: &[Column] = &[
    Column::new("cluster", "CLUSTER", Kind::Text, 0, "what is locked"),
    Column::new(
        "state",
        "STATE",
        Kind::Word,
        0,
        "locked: a process is at work; open: a run is not ended and nobody is at work; unclear: it cannot be told",
    ),
    Column::new("run", "RUN", Kind::Text, 0, "whose"),
    Column::new("runbook", "RUNBOOK", Kind::Text, 1, "what it does"),
    Column::new("by", "BY", Kind::Text, 1, "who confirmed it"),
    Column::new("process", "PROCESS", Kind::Text, 2, "the process that has it, or had it"),
    Column::new("place", "PLACE", Kind::Text, 2, "who says so: this host alone, or the etcd that everybody shares"),
    Column::new("since", "SINCE", Kind::Time, 3, "when it was taken"),
    Column::new("why", "WHY", Kind::Text, 4, "what cannot be read"),
];

/// Who has which cluster, by every place where that is kept.
#[must_use]
pub fn locks(known: &[Known]) -> Page {
    let rows = known.iter().map(|known| {
        let (word, tone) = match (&known.trouble, &known.holder) {
            (Some(_), _) => ("unclear", Tone::Bad),
            (None, Some(_)) => ("locked", Tone::Warn),
            (None, None) => ("open", Tone::Bad),
        };
        let who = known.holder.as_ref().or(known.open.as_ref());
        let text = |text: Option<String>| text.map_or(Cell::Nothing, Cell::text);
        let cells = vec![
            Cell::text(known.cluster.as_str()),
            Cell::word(word, tone),
            text(who.map(|who| who.run.clone())),
            text(who.map(|who| who.runbook.clone())),
            text(who.map(|who| format!("{}@{}", who.by.name, who.by.host))),
            text(who.map(|who| format!("{} on {}", who.process.pid, who.process.host))),
            Cell::text(known.place),
            who.map_or(Cell::Nothing, |who| Cell::Time(who.since)),
            text(known.trouble.clone()),
        ];
        Row::new(format!("{} {}", known.cluster, known.place), cells)
    });
    let mut page = Page::new("RunLocks");
    page.tables = vec![Table { key: "locks", title: "LOCKS", columns: LOCKS.to_vec(), rows: rows.collect(), when_empty: "nobody has a cluster" }];
    page
}
