//! What a kind of step is: the key in a runbook that names it, the schema of its body, and how its work is made. One file a kind, in the rooms above.

use super::facts::FactKind;
use super::plan::Job;
use super::work::{Task, Work};
use crate::config::{ClusterSpec, EndpointSpec};
use crate::model::{Clock, Origin};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;

/// What a step of a kind does to the world.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// It only judges what is known, or waits for it.
    Nothing,
    /// It waits for a person.
    Asks,
    /// It asks a server or a program, which changes nothing.
    Reads,
    /// One effect on one target.
    Changes,
}

impl Effect {
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Effect::Nothing => "looks",
            Effect::Asks => "asks",
            Effect::Reads => "reads",
            Effect::Changes => "changes",
        }
    }
}

/// A kind of step.
#[derive(Clone, Copy)]
pub struct StepKind {
    /// The key in a runbook: `patroni`, `sql`, `exec`.
    pub name: &'static str,
    pub doc: &'static str,
    /// JSON Schema of its body.
    pub schema: fn() -> Value,
    /// What a body, as written, does.
    pub effect: fn(&Value) -> Effect,
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

impl BodyProblem {
    pub fn new(path: impl Into<String>, what: impl Into<String>, hint: impl Into<String>) -> Self {
        BodyProblem { path: path.into(), what: what.into(), hint: hint.into() }
    }
}

/// What work is made of.
pub struct Building<'a> {
    pub body: &'a Value,
    /// The endpoint that it is sent to; empty where there is none.
    pub target: &'a str,
    pub cluster: &'a ClusterSpec,
    /// The facts that its expressions name, sorted.
    pub facts: &'a [String],
    pub clock: &'a Clock,
    pub timeout: Duration,
}

impl<'a> Building<'a> {
    /// The endpoint that it is sent to.
    ///
    /// # Errors
    /// The configuration has none of this name, or a server named it and no person.
    pub fn endpoint(&self) -> Result<&'a Arc<EndpointSpec>, String> {
        let named = |endpoint: &&Arc<EndpointSpec>| self.target.split_once('/') == Some((endpoint.id.system.as_str(), endpoint.id.name.as_str()));
        let endpoint = self.cluster.endpoints.iter().find(named).ok_or_else(|| format!("the configuration has no endpoint {}", self.target))?;
        match endpoint.origin {
            Origin::Configured => Ok(endpoint),
            Origin::Discovered => Err(format!("{} was only discovered: what is sent goes to endpoints that the configuration names", self.target)),
        }
    }
}

/// The schema of a body that goes to one endpoint of `system`, named in its key `on` as in `examples`; `who` says what such an endpoint is. It has the keys of
/// `more` besides, and wants `required` of them.
#[must_use]
pub fn schema_to(system: &str, who: &str, examples: &[&str], mut more: Value, required: &[&str]) -> Value {
    let on = json!({
        "type": "string",
        "format": "target",
        "pattern": format!("^{system}:.+$"),
        "examples": examples,
        "description": format!("the {who} that is told: {system}:WHICH"),
    });
    more.as_object_mut().map(|keys| keys.insert("on".to_owned(), on));
    let required: Vec<&str> = ["on"].into_iter().chain(required.iter().copied()).collect();
    json!({ "type": "object", "additionalProperties": false, "properties": more, "required": required })
}

/// Who makes the work of a step: it knows every kind and every endpoint.
pub trait Hands: Send + Sync {
    /// The work of `job`, whose body is `body` once its expressions are filled in.
    ///
    /// # Errors
    /// Why it cannot be made, in one sentence; nothing was sent.
    fn build(&self, job: &Job, body: &Value, timeout: Duration) -> Result<Work, String>;

    /// Tries once, before the first effect, what steps will need beside their endpoints: whether their secrets can be read.
    ///
    /// # Errors
    /// What cannot be had, in one sentence.
    fn ready(&self) -> Task<'_, Result<(), String>> {
        Box::pin(async { Ok(()) })
    }

    /// Reads the secrets with which `job` is sent, and keeps them in memory: what undoes a hold must not depend on a file, an agent or a vault that may be gone by
    /// then. Called again, it reads them anew; what cannot be read any more stays as it was.
    ///
    /// # Errors
    /// What cannot be had, in one sentence.
    fn keep<'a>(&'a self, _job: &'a Job) -> Task<'a, Result<(), String>> {
        Box::pin(async { Ok(()) })
    }
}
