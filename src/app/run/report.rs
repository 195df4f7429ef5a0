//! What the report of a run tells beside its steps: how long each span of its plan was, and whether that was its goal. Pure: of the plan and of the journal alone.
//!
//! It must never give a length for what did not come to its end, nor one across two processes: their clocks are not one.

use crate::config::quantity::time_text;
use crate::engine::Plan;
use crate::engine::chain::Record;
use crate::engine::entry::Entry;
use crate::engine::plan::Span;
use crate::engine::states::StepEvent;
use std::time::Duration;

/// A span of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Measured {
    pub name: String,
    /// Why there is none where there is none.
    pub took: Result<Duration, String>,
    /// How long it might be.
    pub goal: Option<Duration>,
}

impl Measured {
    /// Whether its goal was kept; `None`: it has none, or its length is not known.
    #[must_use]
    pub fn kept(&self) -> Option<bool> {
        let took = self.took.as_ref().ok()?;
        self.goal.map(|goal| *took <= goal)
    }

    /// One line for a person.
    #[must_use]
    pub fn line(&self) -> String {
        let goal = match (self.goal, self.kept()) {
            (Some(goal), Some(kept)) => format!(" (goal {}: {})", time_text(goal), if kept { "kept" } else { "broken" }),
            _ => String::new(),
        };
        match &self.took {
            Ok(took) => format!("{}: {}{goal}", self.name, time_text(*took)),
            Err(why) => format!("{}: not known: {why}", self.name),
        }
    }
}

/// The spans of `plan` by the `records` of its journal.
#[must_use]
pub fn report(plan: &Plan, records: &[Record<Entry>]) -> Vec<Measured> {
    let steps: Vec<&str> = plan.steps.iter().map(|step| step.id.as_str()).collect();
    measured(&plan.spans, &steps, records)
}

fn measured(spans: &[Span], steps: &[&str], records: &[Record<Entry>]) -> Vec<Measured> {
    let takings = records.iter().filter(|record| matches!(record.entry, Entry::Taken(_))).count();
    let of = |span: &Span| {
        let took = if takings > 1 { Err("more than one process had the run".to_owned()) } else { length(steps, span, records) };
        Measured { name: span.name.clone(), took, goal: span.goal_ms.map(Duration::from_millis) }
    };
    // what was skipped took no time of anybody
    spans.iter().filter(|span| !skipped(steps, &span.from, records)).map(of).collect()
}

/// Whether the step `name`, and all that its list became, was skipped.
fn skipped(steps: &[&str], name: &str, records: &[Record<Entry>]) -> bool {
    let skip = |step: &str| {
        let is =
            |record: &Record<Entry>| matches!(&record.entry, Entry::Step(happened) if happened.step == step && happened.event == StepEvent::Skip);
        records.iter().any(is)
    };
    let mut all = steps.iter().filter(|step| of(step, name)).peekable();
    all.peek().is_some() && all.all(|step| skip(step))
}

fn length(steps: &[&str], span: &Span, records: &[Record<Entry>]) -> Result<Duration, String> {
    let of_from = |step: &str| of(step, &span.from);
    let begun = records.iter().find_map(|record| match &record.entry {
        Entry::Intent(intent) if intent.event == StepEvent::Begin && of_from(&intent.step) => Some(record.mono_ms),
        _ => None,
    });
    let begun = begun.ok_or_else(|| format!("{} was not begun", span.from))?;
    // each that the list of the step became, and the moment when the last of them was proven
    let mut ended = None;
    for step in steps.iter().filter(|step| of(step, &span.to)) {
        let proven = records.iter().rev().find_map(|record| match &record.entry {
            Entry::Step(happened) if happened.step == **step && matches!(happened.event, StepEvent::Verified | StepEvent::Skip) => {
                Some((happened.event == StepEvent::Verified, record.mono_ms))
            }
            _ => None,
        });
        match proven {
            Some((true, at)) => ended = ended.max(Some(at)),
            Some((false, _)) => {}
            None => return Err(format!("{step} did not come to its end")),
        }
    }
    let ended = ended.ok_or_else(|| format!("{} was skipped", span.to))?;
    Ok(Duration::from_millis(ended.saturating_sub(begun)))
}

/// Whether the step `id` of a plan is `name`, or one that its list became.
fn of(id: &str, name: &str) -> bool {
    id == name || id.strip_prefix(name).is_some_and(|rest| rest.starts_with('['))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn records(entries: &[(u64, serde_json::Value)]) -> Vec<Record<Entry>> {
        let record = |(n, (mono_ms, entry)): (usize, &(u64, serde_json::Value))| {
            let whole = json!({ "n": n + 1, "at": "2026-11-22T03:00:00Z", "mono_ms": mono_ms, "prev": "", "entry": entry });
            serde_json::from_value(whole).expect("a record")
        };
        entries.iter().enumerate().map(record).collect()
    }

    fn intent(step: &str) -> serde_json::Value {
        json!({ "intent": { "step": step, "event": "begin", "key": "k", "target": "", "call": "", "body": null, "token": 1, "send_before_ms": 0 } })
    }

    fn step(step: &str, event: &str) -> serde_json::Value {
        json!({ "step": { "step": step, "event": event } })
    }

    fn told(records: &[Record<Entry>]) -> Vec<String> {
        let span = |name: &str, from: &str, to: &str, goal_ms| Span { name: name.to_owned(), from: from.to_owned(), to: to.to_owned(), goal_ms };
        let spans =
            [span("held", "pause", "resume", Some(3000)), span("pausing", "pause", "pause", Some(100)), span("rest", "resume", "after", None)];
        measured(&spans, &["pause[a]", "pause[b]", "resume", "after"], records).iter().map(Measured::line).collect()
    }

    #[test]
    fn a_span_is_from_the_first_intent_to_the_last_proof() {
        let all = [
            (1_000, intent("pause[b]")),
            (1_010, intent("pause[a]")),
            (1_100, step("pause[b]", "verified")),
            (1_300, step("pause[a]", "verified")),
            (3_000, intent("resume")),
            (3_500, step("resume", "verified")),
            (3_600, step("after", "skip")),
        ];
        assert_eq!(told(&records(&all)), ["held: 2.5s (goal 3s: kept)", "pausing: 300ms (goal 100ms: broken)", "rest: not known: after was skipped"]);
    }

    #[test]
    fn a_span_whose_beginning_was_skipped_is_none() {
        let all =
            [(1_000, step("pause[a]", "skip")), (1_000, step("pause[b]", "skip")), (3_000, intent("resume")), (3_600, step("after", "verified"))];
        assert_eq!(told(&records(&all)), ["rest: 600ms"]);
    }

    #[test]
    fn what_did_not_come_to_its_end_has_no_length() {
        let some = [(1_000, intent("pause[b]")), (1_100, step("pause[b]", "verified"))];
        assert_eq!(
            told(&records(&some)),
            [
                "held: not known: resume did not come to its end",
                "pausing: not known: pause[a] did not come to its end",
                "rest: not known: resume was not begun"
            ]
        );
    }
}
