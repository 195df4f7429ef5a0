//! What a kind of step is: the key in a runbook that names it, the schema of its body, and how its work is made. One file a kind, in the rooms above.

use super::facts::FactKind;
use super::plan::Job;
use super::work::Work;
use crate::config::ClusterSpec;
use crate::model::Clock;
use serde_json::Value;
use std::time::Duration;

/// A kind of step.
#[derive(Clone, Copy)]
pub struct StepKind {
    /// The key in a runbook: `patroni`, `sql`, `exec`.
    pub name: &'static str,
    pub doc: &'static str,
    /// JSON Schema of its body.
    pub schema: fn() -> Value,
    /// Whether a body, as written, sends an effect.
    pub changes: fn(&Value) -> bool,
    /// What is wrong with a body, as written.
    pub check: fn(&Value) -> Vec<BodyProblem>,
    /// The exact call in one line, without secrets: `POST /switchover {"leader": ...}`.
    pub call: fn(&Value) -> String,
    /// The fields of its answer, `output`: name, kind, one phrase.
    pub output: &'static [(&'static str, FactKind, &'static str)],
    /// Makes the work of a body whose expressions are filled in; or says in one sentence why not. Nothing may be sent yet.
    pub build: fn(&Building<'_>) -> Result<Work, String>,
}

/// What is wrong with a body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BodyProblem {
    /// JSON pointer into the body.
    pub path: String,
    pub what: String,
    pub hint: String,
}

/// What work is made of.
pub struct Building<'a> {
    pub body: &'a Value,
    /// The endpoint that it is sent to; empty where there is none.
    pub target: &'a str,
    pub cluster: &'a ClusterSpec,
    pub clock: &'a Clock,
    pub timeout: Duration,
}

/// Who makes the work of a step: it knows every kind and every endpoint.
pub trait Hands: Send + Sync {
    /// The work of `job`, whose body is `body` once its expressions are filled in.
    ///
    /// # Errors
    /// Why it cannot be made, in one sentence; nothing was sent.
    fn build(&self, job: &Job, body: &Value, timeout: Duration) -> Result<Work, String>;
}
