//! What a run came to, as one document: `result.json` in its folder, written once when it is over, and what `run result` prints. Of its plan and its journal
//! alone, so that whoever reads it later can check it.
//!
//! It must never say how clients fared: a run has none, and what nobody measured is not zero.

use super::found::Found;
use super::report::{self, Measured};
use super::words;
use crate::app::json;
use crate::engine::chain::{self, Record};
use crate::engine::entry::Entry;
use crate::engine::states::StepEvent;
use crate::model::{Clock, Gap, Reason};
use crate::systems::view::{Cell, Column, Kind, Page, Row, Table, Tone};
use crate::text::Untrusted;

/// A page by the name of its schema.
type Named = (&'static str, fn() -> Option<Page>);

/// The page as it is without anything in it.
pub static PAGES: &[Named] = &[("run-result", || Some(nothing()))];

const FACTS: &[Column] = &[
    Column::new("run", "RUN", Kind::Text, 0, "its name"),
    Column::new("runbook", "RUNBOOK", Kind::Text, 0, "what it did"),
    Column::new("cluster", "CLUSTER", Kind::Text, 0, "what it changed"),
    Column::new("environment", "ENVIRONMENT", Kind::Word, 0, "of the cluster"),
    Column::new("told", "TOLD", Kind::List, 0, "its parameters but for secrets: NAME=VALUE"),
    Column::new("by", "BY", Kind::Text, 0, "who confirmed it last, and how the name is known"),
    Column::new("begun_at", "BEGUN", Kind::Time, 0, "first entry of its journal"),
    Column::new("ended_at", "ENDED", Kind::Time, 0, "last entry of its journal"),
    Column::new("state", "STATE", Kind::Word, 0, "where it ended"),
    Column::new("ending", "MEANS", Kind::Text, 0, "what that means for the platform"),
    Column::new("why", "WHY", Kind::Text, 0, "why it ended there"),
    Column::new("errors", "ERRORS", Kind::Count, 0, "attempts of steps that were refused, failed, or that nobody knows the end of"),
    Column::new("client_errors", "CLIENT ERRORS", Kind::Count, 0, "errors that clients saw; unknown: a run has no clients of its own"),
    Column::new("gap_seconds", "LONGEST GAP", Kind::Seconds, 0, "the longest stretch that the goal is set for: writes waited or failed"),
    Column::new("goal_seconds", "GOAL", Kind::Seconds, 0, "rto_goal of the cluster when it was planned"),
    Column::new("verdict", "VERDICT", Kind::Word, 0, "kept, broken, unknown; none where the runbook measures nothing against a goal"),
    Column::new("plan_sha256", "PLAN", Kind::Text, 0, "what the confirmation was bound to"),
];

const SPANS: &[Column] = &[
    Column::new("span", "SPAN", Kind::Text, 0, "what the runbook measures"),
    Column::new("took_seconds", "TOOK", Kind::Seconds, 0, "from the first intent of one step to the proof of another, by the journal"),
    Column::new("goal_seconds", "GOAL", Kind::Seconds, 0, "how long it might be"),
];

fn nothing() -> Page {
    let mut page = Page::new("RunResult");
    page.facts = FACTS.iter().map(|column| (*column, Cell::Nothing)).collect();
    page.tables = vec![Table { key: "spans", title: "SPANS", columns: SPANS.to_vec(), rows: Vec::new(), when_empty: "its runbook measures nothing" }];
    page
}

/// What the run that was found came to so far.
#[must_use]
pub fn page(found: &Found) -> Page {
    let records = chain::read::<Entry>(&found.folder.journal()).map(|chained| chained.records).unwrap_or_default();
    let spans = report::report(&found.plan, &records);
    let mut page = nothing();
    page.facts = FACTS.iter().copied().zip(facts(found, &spans, &records)).collect();
    let seconds = |time: &std::time::Duration| Cell::Seconds(time.as_secs_f64());
    let row = |span: &Measured| {
        let took = span.took.as_ref().map_or_else(|why| unknown(&span.name, why), seconds);
        Row::new(span.name.as_str(), vec![Cell::text(span.name.as_str()), took, span.goal.as_ref().map_or(Cell::Nothing, seconds)])
    };
    for table in &mut page.tables {
        table.rows = spans.iter().map(row).collect();
    }
    page
}

/// Keeps it in the folder of a run that is over.
pub(super) fn keep(found: &Found, clock: &Clock) {
    if !found.state().ended() || found.plan.spans.is_empty() {
        return;
    }
    if let Err(error) = found.folder.result(&json::document(&page(found), clock.now())) {
        // the journal has it all: `run result` makes it anew
        tracing::warn!(%error, "the result of the run is not kept");
    }
}

fn unknown(what: &str, why: &str) -> Cell {
    Cell::unknown(Gap::new(what, Reason::Untold(why.to_owned())))
}

fn facts(found: &Found, spans: &[Measured], records: &[Record<Entry>]) -> Vec<Cell> {
    let plan = &found.plan;
    let told = plan
        .open_params()
        .into_iter()
        .map(|(name, value)| Untrusted::from(format!("{name}={}", value.as_str().map_or_else(|| value.to_string(), str::to_owned))));
    let consent = found.consent.as_ref().map(|(_, consent)| format!("{}@{} by {}", consent.by.name, consent.by.host, consent.by.via));
    let text = |text: Option<String>| text.map_or(Cell::Nothing, Cell::text);
    let (word, tone) = super::pages::standing(found);
    let (gap, verdict) = judged(spans);
    let goal = spans.iter().find_map(|span| span.goal);
    vec![
        Cell::text(found.folder.id.as_str()),
        Cell::text(plan.runbook.name.as_str()),
        Cell::text(plan.cluster.as_str()),
        Cell::word(plan.environment.clone(), Tone::Plain),
        Cell::List(told.collect()),
        text(consent),
        found.span.map_or(Cell::Nothing, |span| Cell::Time(span.0)),
        found.span.map_or(Cell::Nothing, |span| Cell::Time(span.1)),
        Cell::word(word, tone),
        if found.state().ended() { Cell::text(words::ending(found.ending())) } else { Cell::Nothing },
        text(found.standing.why.clone()),
        Cell::count(errors(records)),
        unknown("errors of clients", "a run has no clients of its own, and the poolers do not tell of theirs"),
        gap,
        goal.map_or(Cell::Nothing, |goal| Cell::Seconds(goal.as_secs_f64())),
        verdict,
        Cell::text(plan.sha256()),
    ]
}

/// The longest of the spans that have a goal, and whether all of them kept it. A span that was skipped altogether was nobody's gap.
fn judged(spans: &[Measured]) -> (Cell, Cell) {
    let with_goal: Vec<&Measured> = spans.iter().filter(|span| span.goal.is_some()).collect();
    if with_goal.is_empty() {
        return (Cell::Nothing, Cell::Nothing);
    }
    let lacks = with_goal.iter().find_map(|span| Some((span.name.as_str(), span.took.as_ref().err()?)));
    let longest = with_goal.iter().filter_map(|span| span.took.as_ref().ok()).max();
    let gap = match (lacks, longest) {
        (Some((name, why)), _) => unknown(name, why),
        (None, Some(longest)) => Cell::Seconds(longest.as_secs_f64()),
        (None, None) => Cell::Nothing,
    };
    let verdict = if with_goal.iter().any(|span| span.kept() == Some(false)) {
        Cell::word("broken", Tone::Bad)
    } else if lacks.is_some() {
        Cell::word("unknown", Tone::Warn)
    } else {
        Cell::word("kept", Tone::Good)
    };
    (gap, verdict)
}

/// Answers that were no success.
fn errors(records: &[Record<Entry>]) -> usize {
    let failed = |record: &&Record<Entry>| match &record.entry {
        Entry::Result(answer) => matches!(answer.event, StepEvent::Refused | StepEvent::Unclear),
        Entry::Step(happened) => matches!(happened.event, StepEvent::Disproved | StepEvent::Unverifiable | StepEvent::Crashed),
        _ => false,
    };
    records.iter().filter(failed).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn span(took: Result<u64, &str>, goal: Option<u64>) -> Measured {
        let took = took.map(Duration::from_secs).map_err(str::to_owned);
        Measured { name: "x".to_owned(), took, goal: goal.map(Duration::from_secs) }
    }

    #[test]
    fn a_verdict_is_only_given_of_what_was_measured_and_broken_by_one_is_broken() {
        let told = |spans: &[Measured]| match judged(spans) {
            (gap, Cell::Word(word, _)) => (matches!(gap, Cell::Unknown(_)), word.raw().to_owned()),
            (_, _) => (false, String::new()),
        };
        assert_eq!(told(&[span(Ok(3), Some(30)), span(Ok(900), None)]), (false, "kept".to_owned()));
        assert_eq!(told(&[span(Ok(3), Some(30)), span(Ok(31), Some(30))]), (false, "broken".to_owned()));
        assert_eq!(told(&[span(Ok(3), Some(30)), span(Err("it did not come to its end"), Some(30))]), (true, "unknown".to_owned()));
        assert_eq!(told(&[span(Err("it did not come to its end"), Some(30)), span(Ok(31), Some(30))]), (true, "broken".to_owned()));
        assert_eq!(told(&[span(Ok(3), None)]), (false, String::new()));
        assert!(matches!(judged(&[span(Ok(3), Some(30)), span(Ok(5), Some(30))]).0, Cell::Seconds(5.0)));
    }
}
