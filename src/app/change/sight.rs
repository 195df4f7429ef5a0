//! A run as one sees it: where each step stands and how long it took, what was printed last, who is held until when, what it asks. Plain data, made of what its
//! folder says.

use crate::app::run::cancel::Stage;
use crate::app::run::found::Life;
use crate::engine::ending::Ending;
use crate::engine::event::{Event, Told};
use crate::engine::history::Spread;
use crate::engine::plan::OnCancel;
use crate::engine::states::{RunState, StepState};
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::time::Duration;

/// A run.
#[derive(Clone, Debug, PartialEq)]
pub struct Sight {
    pub id: String,
    pub runbook: String,
    pub summary: String,
    pub cluster: String,
    pub by: Option<String>,
    pub state: RunState,
    pub life: Life,
    /// Why it is where it is.
    pub why: Option<String>,
    /// What that means, once nobody is at work on it.
    pub ending: Option<Ending>,
    /// The process that had it last: its number, and its host.
    pub process: Option<String>,
    pub on_cancel: OnCancel,
    /// That the lock it takes keeps nobody off who works on another host, and why, in one sentence.
    pub alone: Option<String>,
    /// First and last entry of its journal.
    pub span: Option<(Timestamp, Timestamp)>,
    pub steps: Vec<Step>,
    /// Steps that owe an undo whatever becomes of the run.
    pub owes: Vec<String>,
    /// Those of them that hold clients.
    pub held: Vec<Held>,
    pub asks: Option<Asks>,
    /// The hardest that anybody ordered of the process that has it.
    pub ordered: Option<Stage>,
    /// What was told and printed last, the newest first.
    pub output: Vec<Line>,
    /// How long past runs took.
    pub took: Option<Spread>,
    /// When this was looked at.
    pub at: Timestamp,
}

/// A step of it.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "independent properties, each a key of the runbook")]
pub struct Step {
    pub id: String,
    pub state: StepState,
    pub attempt: u32,
    /// From its first intent to its end, or to now.
    pub took: Option<Duration>,
    pub target: String,
    pub call: String,
    pub why: Option<String>,
    pub changes: bool,
    pub undoable: bool,
    /// From here on there is no way back without a second choice.
    pub point: bool,
    pub holds: bool,
}

/// A step that holds clients.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    pub step: String,
    /// At the latest; `None`: it is not known.
    pub until: Option<Timestamp>,
    pub guard: Guard,
}

/// What becomes of a hold whose runner is gone, by what its guard wrote down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guard {
    /// It is there, and frees it.
    Stands,
    /// It has freed it already.
    Freed,
    /// Nobody frees it.
    Gone,
    /// It is of another host or of a container, or what it wrote cannot be read.
    Unknown,
}

/// What a step asks a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asks {
    pub step: String,
    pub text: String,
    /// What was seen has to be typed.
    pub evidence: bool,
}

/// Something that was told or printed; raw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Nobody says when a program printed its lines.
    pub at: Option<Timestamp>,
    pub text: String,
}

impl Sight {
    /// Somebody is at work on it, here or on another host.
    #[must_use]
    pub fn is_live(&self) -> bool {
        self.life != Life::Nobody && !self.state.ended()
    }

    /// The first step that is not settled, and its place.
    #[must_use]
    pub fn current(&self) -> Option<(usize, &Step)> {
        let next = StepState::at(self.steps.iter().map(|step| step.state))?;
        Some((next, self.steps.get(next)?))
    }

    /// Steps that are over.
    #[must_use]
    pub fn over(&self) -> usize {
        self.steps.iter().filter(|step| step.state.over()).count()
    }

    /// The point of no return is behind.
    #[must_use]
    pub fn past_point(&self) -> bool {
        let begun = |state: StepState| !matches!(state, StepState::Pending | StepState::Skipped | StepState::FailedNoEffect);
        self.steps.iter().any(|step| step.point && begun(step.state))
    }

    /// From its first entry to its last, or to now.
    #[must_use]
    pub fn lasted(&self) -> Option<Duration> {
        let (first, last) = self.span?;
        Some(between(first, if self.is_live() { self.at } else { last }))
    }
}

/// From one instant to another; a clock that went back makes it nothing.
#[must_use]
pub fn between(from: Timestamp, to: Timestamp) -> Duration {
    Duration::try_from(to.duration_since(from)).unwrap_or_default()
}

/// How long each step took by the events of a run, up to `now` for those that go on.
#[must_use]
pub(super) fn took(events: &[Told], now: Timestamp) -> BTreeMap<&str, Duration> {
    let mut known: BTreeMap<&str, (Timestamp, Option<Timestamp>)> = BTreeMap::new();
    for Told { at, event, .. } in events {
        let Event::Step { step, state, .. } = event else { continue };
        match state {
            StepState::Intent => {
                let (_, end) = known.entry(step).or_insert((*at, None));
                *end = None;
            }
            StepState::Pending | StepState::Skipped | StepState::Applied | StepState::Probing => {}
            // what is undone later took no longer for it
            _ => {
                if let Some((_, end)) = known.get_mut(step.as_str()) {
                    end.get_or_insert(*at);
                }
            }
        }
    }
    known.into_iter().map(|(step, (begun, end))| (step, between(begun, end.unwrap_or(now)))).collect()
}

/// The question that waits for an answer, if one does: the last that was asked by a step that is still at it.
#[must_use]
pub(super) fn asks(events: &[Told], steps: &[Step]) -> Option<Asks> {
    events.iter().rev().find_map(|told| match &told.event {
        Event::Asked { step, text, evidence } => {
            let waits = steps.iter().any(|known| known.id == *step && known.state == StepState::Intent);
            waits.then(|| Asks { step: step.clone(), text: text.clone(), evidence: *evidence })
        }
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(seconds: i64, event: Event) -> Told {
        Told { n: 1, at: Timestamp::from_second(seconds).expect("a time"), event }
    }

    fn step(seconds: i64, step: &str, state: StepState) -> Told {
        told(seconds, Event::Step { step: step.to_owned(), state, attempt: 1, why: None })
    }

    #[test]
    fn a_step_lasts_from_its_first_intent_to_its_end_and_one_that_goes_on_to_now() {
        use StepState as S;
        let events = [
            step(10, "pause", S::Intent),
            step(11, "pause", S::Applied),
            step(12, "pause", S::Done),
            step(20, "switch", S::Intent),
            step(22, "switch", S::InDoubt),
            step(30, "switch", S::Intent),
            step(90, "pause", S::Undone),
        ];
        let seconds = |step: &str| took(&events, Timestamp::from_second(50).expect("a time")).get(step).map(Duration::as_secs);
        assert_eq!((seconds("pause"), seconds("switch"), seconds("later")), (Some(2), Some(30), None));
        // a clock that was put back takes no time away
        assert_eq!(between(Timestamp::from_second(9).expect("a time"), Timestamp::UNIX_EPOCH), Duration::ZERO);
    }

    #[test]
    fn a_question_waits_only_as_long_as_its_step_is_at_it() {
        let steps = |state: StepState| {
            [Step {
                id: "rack".to_owned(),
                state,
                attempt: 1,
                took: None,
                target: String::new(),
                call: String::new(),
                why: None,
                changes: false,
                undoable: false,
                point: false,
                holds: false,
            }]
        };
        let events = [told(1, Event::Asked { step: "rack".to_owned(), text: "look".to_owned(), evidence: true })];
        assert_eq!(asks(&events, &steps(StepState::Intent)).map(|asks| asks.text).as_deref(), Some("look"));
        assert_eq!(asks(&events, &steps(StepState::Done)), None);
    }
}
