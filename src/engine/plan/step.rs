//! A step of a plan: what it does to which target, how that is proven, asked and undone.

use super::millis;
use crate::engine::expression::Expr;
use crate::engine::states::Shape;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use std::time::Duration;

/// How often an undo is tried while one process runs it.
const UNDO_ATTEMPTS: u32 = 3;

/// What is done, by a kind of step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Job {
    pub kind: String,
    /// As written: expressions are filled in when the step begins. A secret is a reference.
    pub body: Value,
    /// The endpoint; empty where there is none.
    pub target: String,
    /// The exact call in one line, as shown.
    pub call: String,
    /// The facts that its expressions name, sorted: they are read before they are filled in.
    pub facts: Vec<String>,
}

/// What has to come about before a step counts as done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expect {
    pub that: Expr,
    #[serde(rename = "every_ms", with = "millis")]
    pub every: Duration,
    /// How long it may take; zero is one look.
    #[serde(rename = "within_ms", with = "millis")]
    pub within: Duration,
}

/// How often a step is tried, and how long is waited between: `pause`, then `factor` times as long each time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Retry {
    /// In all; at least one.
    pub attempts: u32,
    #[serde(rename = "pause_ms", with = "millis")]
    pub pause: Duration,
    pub factor: u32,
}

/// How it is found out whether a step was applied. Neither true: not known.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Probe {
    pub applied: Expr,
    pub absent: Expr,
    #[serde(rename = "every_ms", with = "millis")]
    pub every: Duration,
    #[serde(rename = "within_ms", with = "millis")]
    pub within: Duration,
    /// It is looked at while the answer is awaited, too: servers answer later than they act, and some never do.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub meanwhile: bool,
    /// One text that is told while nobody knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tells: Option<Expr>,
}

/// How a step is undone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Undo {
    pub job: Job,
    #[serde(rename = "timeout_ms", with = "millis")]
    pub timeout: Duration,
    /// Harmless where it was done already, and where nothing was applied.
    pub idempotent: bool,
}

/// A step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "independent properties, each a key of the runbook")]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Unique in its plan: `pause`, or `pause[pgb-write-1]` of a `foreach`.
    pub id: String,
    pub title: String,
    pub why: Option<String>,
    /// Neighbours of the same group run side by side.
    pub group: Option<String>,
    pub job: Job,
    /// It sends an effect.
    pub changes: bool,
    /// Doing it twice is as good as once.
    pub idempotent: bool,
    pub when: Option<Expr>,
    /// It begins when this is so, and nothing of it is sent before; not so in time, and the run pauses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub once: Option<Expect>,
    pub expect: Option<Expect>,
    pub save: BTreeMap<String, Expr>,
    #[serde(rename = "timeout_ms", with = "millis")]
    pub timeout: Duration,
    pub retry: Retry,
    pub probe: Option<Probe>,
    pub undo: Option<Undo>,
    /// Its undo runs whatever becomes of the run, success included.
    pub finally: bool,
    /// It holds clients: its undo fires at this age in any case.
    #[serde(rename = "hold_ms", with = "millis::option")]
    pub hold: Option<Duration>,
    pub point_of_no_return: bool,
}

impl Step {
    /// The least step: it reads, once, for at most 30 s.
    #[must_use]
    pub fn new(id: impl Into<String>, job: Job) -> Self {
        let id = id.into();
        Step {
            title: id.clone(),
            id,
            why: None,
            group: None,
            job,
            changes: false,
            idempotent: false,
            when: None,
            once: None,
            expect: None,
            save: BTreeMap::new(),
            timeout: Duration::from_secs(30),
            retry: Retry { attempts: 1, pause: Duration::from_secs(1), factor: 2 },
            probe: None,
            undo: None,
            finally: false,
            hold: None,
            point_of_no_return: false,
        }
    }

    /// What the tables have to know of it; `group` is the number of its group.
    pub(super) fn shape(&self, group: Option<usize>) -> Shape {
        Shape {
            reads: !self.changes,
            idempotent: self.idempotent,
            probed: self.probe.is_some(),
            undoable: self.undo.is_some(),
            undo_idempotent: self.undo.as_ref().is_some_and(|undo| undo.idempotent),
            finally: self.finally,
            holds: self.hold.is_some(),
            point: self.point_of_no_return,
            attempts: self.retry.attempts.max(1),
            undo_attempts: UNDO_ATTEMPTS,
            group,
        }
    }
}
