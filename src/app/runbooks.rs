//! The runbooks as something to look at: which there are, what one does, what is wrong with them.

use crate::config::quantity::time_text;
use crate::config::{Diagnostic, Sources};
use crate::runbook::expression::Kind as Value;
use crate::runbook::facts::FACTS;
use crate::runbook::format::Step;
use crate::runbook::kinds::Effect;
use crate::runbook::kinds::check::{self, Asked};
use crate::runbook::library::{Entry, Origin};
use crate::runbook::{Judged, Library, Runbook};
use crate::systems::view::{Cell, Column, Kind, Page, Row, Table, Tone};
use crate::text::Untrusted;
use jiff::civil::Date;
use jiff::{Timestamp, tz::TimeZone};

/// A page of `runbook` by the name of its schema.
type Named = (&'static str, fn() -> Option<Page>);

/// The pages of `runbook`, each as it is without anything in it.
pub static PAGES: &[Named] = &[
    ("runbook-list", || Some(list(&[]))),
    ("runbook-show", || {
        let library = Library::shipped();
        let entry = library.entries().first()?;
        Some(show(entry, entry.parsed.as_ref().ok()?))
    }),
    ("runbook-validate", || Some(problems(&[]))),
    ("runbook-facts", || Some(facts())),
];

/// The day of `now`, by UTC: a rehearsal is counted in days, and no zone has to be known for that.
#[must_use]
pub fn day(now: Timestamp) -> Date {
    now.to_zoned(TimeZone::UTC).date()
}

/// Those of this program and those beside the configuration.
#[must_use]
pub fn library(sources: &Sources) -> Library {
    Library::of(sources)
}

/// A runbook, or a file, with what is wrong with it.
pub struct Looked<'a> {
    pub entry: &'a Entry,
    pub judged: Judged,
}

const LIST: &[Column] = &[
    Column::new("name", "NAME", Kind::Text, 0, "as its file is called"),
    Column::new("state", "STATE", Kind::Word, 0, "good; warned: it can be run, and its author should read the warnings; broken: it cannot be run"),
    Column::new("risk", "RISK", Kind::Word, 2, "low, medium, high: at high risk the name of the cluster is typed and a second person approves"),
    Column::new("steps", "STEPS", Kind::Count, 3, "how many steps it has as it is written"),
    Column::new("summary", "WHAT IT DOES", Kind::Text, 0, "one sentence, as the file says it"),
    Column::new("rehearsed", "REHEARSED", Kind::Text, 4, "the day of its last rehearsal, as the file says it"),
    Column::new("from", "FROM", Kind::Text, 5, "shipped with this program, or the file; one of your own stands before a shipped one of its name"),
];

/// The list.
#[must_use]
pub fn list(all: &[Looked<'_>]) -> Page {
    let rows = all.iter().map(|Looked { entry, judged }| {
        let runbook = entry.parsed.as_ref().ok();
        let (word, tone) = state(judged);
        let said = |of: fn(&Runbook) -> Cell| runbook.map_or(Cell::Nothing, of);
        let from = match &entry.origin {
            Origin::File(_) if entry.overrides => format!("{}, before the shipped one", entry.place()),
            _ => entry.place(),
        };
        let cells = vec![
            Cell::text(entry.name.as_str()),
            Cell::word(word, tone),
            said(|runbook| Cell::word(runbook.risk.value.word(), Tone::Plain)),
            said(|runbook| Cell::count(runbook.steps.len())),
            said(|runbook| Cell::text(runbook.summary.as_str())),
            said(|runbook| runbook.rehearsed.as_ref().map_or(Cell::Nothing, |day| Cell::text(day.value.to_string()))),
            Cell::text(from),
        ];
        Row::new(entry.name.as_str(), cells)
    });
    let mut page = Page::new("Runbooks");
    page.tables = vec![Table { key: "runbooks", title: "RUNBOOKS", columns: LIST.to_vec(), rows: rows.collect(), when_empty: "there is no runbook" }];
    page
}

const fn state(judged: &Judged) -> (&'static str, Tone) {
    match (judged.errors.is_empty(), judged.warnings.is_empty()) {
        (false, _) => ("broken", Tone::Bad),
        (true, false) => ("warned", Tone::Warn),
        (true, true) => ("good", Tone::Good),
    }
}

const PARAMS: &[Column] = &[
    Column::new("name", "PARAMETER", Kind::Text, 0, "--param NAME=VALUE"),
    Column::new("type", "TYPE", Kind::Word, 0, "what it is"),
    Column::new("default", "DEFAULT", Kind::Text, 2, "the value where nobody says one; without it the parameter has to be given"),
    Column::new("check", "CHECK", Kind::Text, 4, "what has to be true of it"),
    Column::new("doc", "WHAT IT IS", Kind::Text, 1, "as the file says it"),
];

const STEPS: &[Column] = &[
    Column::new("id", "STEP", Kind::Text, 0, "what the journal and people call it"),
    Column::new("does", "DOES", Kind::Word, 0, "looks, asks a person, reads, or changes something"),
    Column::new("call", "CALL", Kind::Text, 0, "what is asked or sent, values as they are written"),
    Column::new("for_each", "FOR EACH", Kind::Text, 3, "once for each record of this list"),
    Column::new("when", "WHEN", Kind::Text, 4, "only then"),
    Column::new("timeout_seconds", "TIMEOUT", Kind::Seconds, 3, "the engine ends it then"),
    Column::new("undo", "UNDO", Kind::Text, 2, "the effect that takes it back"),
    Column::new("marks", "MARKS", Kind::List, 1, "hold, finally, point of no return, idempotent, probed, group"),
    Column::new("why", "WHY", Kind::Text, 6, "as the file says it"),
];

const CHECKS: &[Column] = &[
    Column::new("step", "STEP", Kind::Text, 0, "the gate"),
    Column::new("says", "CHECK", Kind::Text, 0, "what it means, as the file says it"),
    Column::new("that", "THAT", Kind::Text, 0, "what has to be true"),
    Column::new("when", "WHEN", Kind::Text, 2, "only asked then"),
    Column::new("warns", "WARNS", Kind::Flag, 1, "not true is shown, and stops nobody"),
];

const FACTS_OF_ONE: &[Column] = &[
    Column::new("name", "NAME", Kind::Text, 0, "as its file is called"),
    Column::new("summary", "SUMMARY", Kind::Text, 0, "what it does"),
    Column::new("why", "WHEN", Kind::Text, 0, "when one reaches for it"),
    Column::new("risk", "RISK", Kind::Word, 0, "low, medium, high"),
    Column::new("impact", "IMPACT", Kind::Text, 0, "what users feel, and for how long"),
    Column::new("binds", "BOUND TO", Kind::List, 0, "another value of these when it starts, and nothing is sent"),
    Column::new("from", "FROM", Kind::Text, 0, "where it comes from"),
];

/// One runbook: what it is told and what it does.
#[must_use]
pub fn show(entry: &Entry, runbook: &Runbook) -> Page {
    let text = |text: &Option<String>| text.as_ref().map_or(Cell::Nothing, |text| Cell::text(text.as_str()));
    let facts = [
        Cell::text(entry.name.as_str()),
        Cell::text(runbook.summary.as_str()),
        text(&runbook.why),
        Cell::word(runbook.risk.value.word(), Tone::Plain),
        text(&runbook.impact),
        Cell::List(runbook.binds.iter().map(|bind| Untrusted::new(bind.text.as_str())).collect()),
        Cell::text(entry.place()),
    ];
    let params = runbook.params.iter().map(|param| {
        let default = param
            .default
            .as_ref()
            .map_or(Cell::Nothing, |default| Cell::text(default.value.as_str().map_or_else(|| default.value.to_string(), str::to_owned)));
        let check = param.check.as_ref().map_or(Cell::Nothing, |check| Cell::text(check.text.as_str()));
        Row::new(
            param.name.value.as_str(),
            vec![Cell::text(param.name.value.as_str()), Cell::word(param.of.value.word(), Tone::Plain), default, check, text(&param.doc)],
        )
    });
    let mut page = Page::new("Runbook");
    page.facts = FACTS_OF_ONE.iter().copied().zip(facts).collect();
    page.tables = vec![
        Table { key: "params", title: "PARAMETERS", columns: PARAMS.to_vec(), rows: params.collect(), when_empty: "it is told nothing" },
        Table { key: "steps", title: "STEPS", columns: STEPS.to_vec(), rows: runbook.steps.iter().map(step).collect(), when_empty: "it has no step" },
        Table { key: "checks", title: "CHECKS", columns: CHECKS.to_vec(), rows: checks(runbook), when_empty: "it has no gate" },
    ];
    page
}

/// What the gates of a runbook ask.
fn checks(runbook: &Runbook) -> Vec<Row> {
    let gates = runbook.steps.iter().filter(|step| step.job.kind.name == "check");
    let row = |step: &Step, place: usize, check: Asked| {
        let text = |text: Option<String>| text.map_or(Cell::Nothing, Cell::text);
        let cells = vec![Cell::text(step.id.value.as_str()), text(check.says), Cell::text(check.that), text(check.when), Cell::Flag(check.warn)];
        Row::new(format!("{}[{}]", step.id.value, place + 1), cells)
    };
    gates.flat_map(|step| check::asked(&step.job.body).into_iter().enumerate().map(move |(place, check)| row(step, place, check))).collect()
}

fn step(step: &Step) -> Row {
    let effect = (step.job.kind.effect)(&step.job.body);
    let tone = if effect == Effect::Changes { Tone::Warn } else { Tone::Plain };
    let mut marks: Vec<String> = Vec::new();
    marks.extend(step.point_of_no_return.as_ref().map(|_| "point of no return".to_owned()));
    marks.extend(step.hold.as_ref().map(|hold| format!("hold {}", time_text(hold.value))));
    marks.extend(step.finally.as_ref().map(|_| "finally".to_owned()));
    marks.extend(step.idempotent.then(|| "idempotent".to_owned()));
    marks.extend(step.probe.as_ref().map(|_| "probed".to_owned()));
    marks.extend(step.group.as_ref().map(|group| format!("group {}", group.value)));
    let text = |text: Option<&str>| text.map_or(Cell::Nothing, Cell::text);
    let cells = vec![
        Cell::text(step.id.value.as_str()),
        Cell::word(effect.word(), tone),
        Cell::text(format!("{} {}", step.job.kind.name, (step.job.kind.call)(&step.job.body))),
        text(step.foreach.as_ref().map(|foreach| foreach.list.text.as_str())),
        text(step.when.as_ref().map(|when| when.text.as_str())),
        if matches!(effect, Effect::Nothing) { Cell::Nothing } else { Cell::Seconds(step.timeout.as_secs_f64()) },
        step.undo.as_ref().map_or(Cell::Nothing, |undo| Cell::text(format!("{} {}", undo.job.kind.name, (undo.job.kind.call)(&undo.job.body)))),
        Cell::List(marks.into_iter().map(Untrusted::from).collect()),
        text(step.why.as_deref()),
    ];
    Row::new(step.id.value.as_str(), cells)
}

const PROBLEMS: &[Column] = &[
    Column::new("runbook", "RUNBOOK", Kind::Text, 0, "its name"),
    Column::new("severity", "SEVERITY", Kind::Word, 0, "error: it cannot be run; warning: its author should read it"),
    Column::new("file", "FILE", Kind::Text, 1, "the file it stands in"),
    Column::new("line", "LINE", Kind::Count, 1, "from 1"),
    Column::new("column", "COLUMN", Kind::Count, 1, "from 1, in characters"),
    Column::new("problem", "WHAT", Kind::Text, 0, "what is wrong"),
    Column::new("hint", "WHAT TO TRY", Kind::Text, 2, "what would be right"),
];

const SUMMARY: &[Column] = &[
    Column::new("checked", "CHECKED", Kind::Count, 0, "runbooks that were looked at"),
    Column::new("errors", "ERRORS", Kind::Count, 0, "what keeps one from being run"),
    Column::new("warnings", "WARNINGS", Kind::Count, 0, "what its author should read"),
];

/// What is wrong with them.
#[must_use]
pub fn problems(all: &[Looked<'_>]) -> Page {
    let of = |entry: &Entry, error: &Diagnostic, severity: &'static str, tone: Tone| {
        let place = error.place();
        let position = place.map(crate::config::Place::position);
        let cells = vec![
            Cell::text(entry.name.as_str()),
            Cell::word(severity, tone),
            place.map_or(Cell::Nothing, |place| Cell::text(place.source.name())),
            position.map_or(Cell::Nothing, |at| Cell::count(at.line)),
            position.map_or(Cell::Nothing, |at| Cell::count(at.column)),
            Cell::text(error.sentence()),
            error.advice().map_or(Cell::Nothing, Cell::text),
        ];
        Row::new(error.label().unwrap_or_else(|| entry.name.clone()), cells)
    };
    let rows: Vec<Row> = all
        .iter()
        .flat_map(|Looked { entry, judged }| {
            let errors = judged.errors.iter().map(move |error| of(entry, error, "error", Tone::Bad));
            errors.chain(judged.warnings.iter().map(move |warning| of(entry, warning, "warning", Tone::Warn)))
        })
        .collect();
    let count = |of: fn(&Judged) -> usize| Cell::count(all.iter().map(|looked| of(&looked.judged)).sum::<usize>());
    let mut page = Page::new("RunbookProblems");
    let facts = [Cell::count(all.len()), count(|judged| judged.errors.len()), count(|judged| judged.warnings.len())];
    page.facts = SUMMARY.iter().copied().zip(facts).collect();
    page.tables = vec![Table { key: "problems", title: "PROBLEMS", columns: PROBLEMS.to_vec(), rows, when_empty: "nothing is wrong" }];
    page
}

const FACTS_COLUMNS: &[Column] = &[
    Column::new("name", "FACT", Kind::Text, 0, "what a condition calls it"),
    Column::new("kind", "KIND", Kind::Text, 0, "only what is alike is compared"),
    Column::new("fields", "FIELDS", Kind::List, 2, "of each record"),
    Column::new("doc", "WHAT IT IS", Kind::Text, 1, "and who says it"),
];

/// What a condition may ask.
#[must_use]
pub fn facts() -> Page {
    let rows = FACTS.iter().map(|fact| {
        let fields =
            Value::fields(fact.kind).map_or(Cell::Nothing, |fields| Cell::List(fields.iter().map(|field| Untrusted::from(field.name)).collect()));
        Row::new(fact.name, vec![Cell::text(fact.name), Cell::text(fact.kind.phrase()), fields, Cell::text(fact.doc)])
    });
    let mut page = Page::new("RunbookFacts");
    page.tables = vec![Table { key: "facts", title: "FACTS", columns: FACTS_COLUMNS.to_vec(), rows: rows.collect(), when_empty: "there are none" }];
    page
}
