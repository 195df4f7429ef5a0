//! What a person orders from a console, and what becomes of it.

use crate::app::plan::Planned;
use crate::app::run::cancel::Stage;
use crate::engine::states::Choice;
use crate::model::Moment;
use std::sync::Arc;
use std::time::Duration;

/// What is ordered.
#[derive(Clone, Debug, PartialEq)]
pub enum Order {
    /// Writing to this cluster is allowed for a time.
    Unlock {
        cluster: String,
        time: Duration,
    },
    /// The plan that was shown is begun.
    Start {
        planned: Arc<Planned>,
        phrase: Option<String>,
        unlock: Option<Unlock>,
    },
    Cancel {
        run: String,
        stage: Stage,
    },
    /// The answer to a step that asks.
    Answer {
        run: String,
        step: String,
        accept: bool,
        evidence: Option<String>,
    },
    /// A run goes on that paused, or whose process is gone; `reason` was typed.
    GoOn {
        run: String,
        choice: Choice,
        reason: Option<String>,
        unlock: Option<Unlock>,
    },
}

/// Writing to one cluster is allowed until a moment. Nothing is unlocked when a console opens, and nothing stays so when it is left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unlock {
    pub cluster: String,
    pub until: Moment,
}

/// Nobody needs longer than this at once, from wherever.
pub use crate::app::run::writing::LONGEST;

impl Unlock {
    /// How long it still holds for `cluster`.
    #[must_use]
    pub fn left(&self, cluster: &str, now: Moment) -> Option<Duration> {
        (self.cluster == cluster && now.mono < self.until.mono).then(|| self.until.since(now))
    }
}

/// What an order came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    Unlocked(Unlock),
    /// A process has the run of this name; `plan` is the hash of the plan that was begun by it, `None` where a run goes on.
    Began {
        run: String,
        plan: Option<String>,
    },
    /// One sentence, raw.
    Said(String),
}

/// Why nothing came of it: what, and what to try. Words of others raw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    pub what: String,
    pub hint: String,
}

impl Refusal {
    pub fn new(what: impl Into<String>, hint: impl Into<String>) -> Refusal {
        Refusal { what: what.into(), hint: hint.into() }
    }
}
