//! Where a run stands: the sum of its journal. The executor has no other memory, so that what it does next is what anybody who reads the journal would do.

use super::entry::{Answer, Entry, Happened, Intent, Opened, Taken};
use super::plan::Plan;
use super::states::{Asked, At, Board, Event, Shape, StepEvent, StepState, next};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// What is known of one step beside its state.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Story {
    /// Why it is where it is, in one sentence.
    pub why: Option<String>,
    /// What it answered last.
    pub output: Option<Value>,
    /// The last moment at which a byte of its last intent could leave, by the monotonic clock of the host that wrote it.
    pub send_before_ms: u64,
    /// The token under which its last intent was written.
    pub token: u64,
    pub hold_until_ms: Option<u64>,
}

/// The sum of a journal.
#[derive(Clone, Debug)]
pub struct Standing {
    shapes: Vec<Shape>,
    ids: Vec<String>,
    pub board: Board,
    pub stories: Vec<Story>,
    /// What steps saved, by step.
    pub saved: BTreeMap<String, Map<String, Value>>,
    pub opened: Option<Opened>,
    /// The last process that took the run.
    pub taken: Option<Taken>,
    /// Why the run is where it is.
    pub why: Option<String>,
}

/// An entry that cannot follow what the journal says.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Unfitting(pub String);

fn unfitting<T>(why: impl Into<String>) -> Result<T, Unfitting> {
    Err(Unfitting(why.into()))
}

impl Standing {
    /// Before the first entry.
    #[must_use]
    pub fn new(plan: &Plan) -> Standing {
        Standing {
            shapes: plan.shapes(),
            ids: plan.steps.iter().map(|step| step.id.clone()).collect(),
            board: Board::new(plan.steps.len()),
            stories: vec![Story::default(); plan.steps.len()],
            saved: BTreeMap::new(),
            opened: None,
            taken: None,
            why: None,
        }
    }

    #[must_use]
    pub fn shapes(&self) -> &[Shape] {
        &self.shapes
    }

    /// Whether `entry` may be written now that `asked` is so.
    ///
    /// # Errors
    /// No row of the tables allows it, or it speaks of a step that the plan does not have.
    pub fn check(&self, entry: &Entry, asked: Asked) -> Result<(), Unfitting> {
        if self.opened.is_none() != matches!(entry, Entry::Opened(_)) {
            return unfitting("a journal begins with 'opened', and has it once");
        }
        match entry {
            Entry::Taken(taken) if self.taken.as_ref().is_some_and(|before| before.token >= taken.token) => {
                unfitting(format!("token {} is not newer than the one before", taken.token))
            }
            Entry::Opened(_) | Entry::Taken(_) => Ok(()),
            Entry::Run { event, .. } => {
                let guard = self.board.guard(None, &self.shapes, asked);
                let row = next(At::Run(self.board.run), Event::Run(*event), &guard);
                row.map(|_| ()).ok_or_else(|| Unfitting(format!("a run that is {:?} cannot {event:?}", self.board.run)))
            }
            Entry::Step(happened) if happened.event.announces() => {
                unfitting(format!("'{}' is an intent, and is written as nothing else", happened.step))
            }
            Entry::Intent(intent) if !intent.event.announces() => unfitting(format!("'{}' has an intent that announces nothing", intent.step)),
            Entry::Step(Happened { step, event, .. }) | Entry::Intent(Intent { step, event, .. }) | Entry::Result(Answer { step, event, .. }) => {
                let at = self.at(step)?;
                let state = self.board.steps.get(at).map(|mark| mark.state);
                let guard = self.board.guard(Some(at), &self.shapes, asked);
                let row = state.and_then(|state| next(At::Step(state), Event::Step(*event), &guard));
                row.map(|_| ()).ok_or_else(|| Unfitting(format!("step '{step}' is {state:?} and cannot {event:?}")))
            }
        }
    }

    /// Adds an entry that was written when `asked` was so; what does not fit changes nothing.
    ///
    /// # Errors
    /// As [`Standing::check`].
    pub fn apply(&mut self, entry: &Entry, asked: Asked) -> Result<(), Unfitting> {
        self.check(entry, asked)?;
        match entry {
            Entry::Opened(opened) => self.opened = Some(opened.clone()),
            Entry::Taken(taken) => {
                self.board.taken();
                self.board.across = taken.across;
                self.taken = Some(taken.clone());
            }
            Entry::Run { event, why } => {
                let guard = self.board.guard(None, &self.shapes, asked);
                self.board.run(*event, &guard);
                self.why.clone_from(why);
            }
            Entry::Step(happened) => {
                self.step(&happened.step, happened.event, asked)?.why.clone_from(&happened.why);
                if happened.event == StepEvent::Verified {
                    self.saved.insert(happened.step.clone(), happened.saved.clone());
                }
            }
            Entry::Intent(intent) => {
                let story = self.step(&intent.step, intent.event, asked)?;
                (story.send_before_ms, story.token, story.why) = (intent.send_before_ms, intent.token, None);
                if intent.event == StepEvent::Begin {
                    (story.hold_until_ms, story.output) = (intent.hold_until_ms, None);
                }
            }
            Entry::Result(answer) => {
                let story = self.step(&answer.step, answer.event, asked)?;
                story.why.clone_from(&answer.why);
                let output = Some(answer.output.clone()).filter(|output| !output.is_null());
                let at = self.at(&answer.step)?;
                let Some(mark) = self.board.steps.get_mut(at) else { return Ok(()) };
                mark.retryable = answer.retryable;
                if mark.state == StepState::Applied
                    && let Some(story) = self.stories.get_mut(at)
                {
                    story.output = output;
                }
            }
        }
        Ok(())
    }

    /// As [`Standing::apply`], of an entry that is read: what was so when it was written was asked then.
    ///
    /// # Errors
    /// As [`Standing::apply`].
    pub fn replay(&mut self, entry: &Entry) -> Result<(), Unfitting> {
        self.apply(entry, Asked { token: true, stopping: false, settled: true })
    }

    /// The number of the step called `id`.
    ///
    /// # Errors
    /// The plan has no such step.
    pub fn at(&self, id: &str) -> Result<usize, Unfitting> {
        self.ids.iter().position(|known| known == id).ok_or_else(|| Unfitting(format!("the plan has no step '{id}'")))
    }

    fn step(&mut self, id: &str, event: StepEvent, asked: Asked) -> Result<&mut Story, Unfitting> {
        let at = self.at(id)?;
        let guard = self.board.guard(Some(at), &self.shapes, asked);
        self.board.step(at, event, &guard);
        self.stories.get_mut(at).ok_or_else(|| Unfitting(format!("the plan has no step '{id}'")))
    }
}
