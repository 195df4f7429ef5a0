//! The entries of a run's journal: what was intended, what became of it, who decided. `jq .entry journal.jsonl` is meant to be read at night.

use super::plan::Actor;
use super::process::Process;
use super::states::{Choice, RunEvent, StepEvent};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// An entry.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Entry {
    /// The first of every journal.
    Opened(Opened),
    /// A process took the run.
    Taken(Taken),
    Run {
        event: RunEvent,
        #[serde(skip_serializing_if = "Option::is_none", default)]
        why: Option<String>,
    },
    /// What happens to a step without a request.
    Step(Happened),
    /// Synced before the first byte leaves.
    Intent(Intent),
    /// What became of it.
    Result(Answer),
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Opened {
    pub run: String,
    pub runbook: String,
    pub cluster: String,
    pub plan_sha256: String,
    pub definition_sha256: String,
    /// Of this program.
    pub version: String,
    pub by: Actor,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Taken {
    /// Only grows: of two processes the one with the lower number is the stale one.
    pub token: u64,
    /// The number of the consent that it acts upon: each is good for one process.
    pub consent: u32,
    pub process: Process,
    pub by: Actor,
    /// How the run goes on; absent of the first process.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub choice: Option<Choice>,
    /// Back across the point of no return, or away from what cannot be freed, by explicit choice.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub across: bool,
    /// The reason for which the lock was not asked for.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub break_glass: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Happened {
    pub step: String,
    pub event: StepEvent,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub why: Option<String>,
    /// What the step saved, with the event that ends it well.
    #[serde(skip_serializing_if = "Map::is_empty", default)]
    pub saved: Map<String, Value>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Intent {
    pub step: String,
    pub event: StepEvent,
    /// `RUN/STEP/ATTEMPT`, `RUN/STEP/undo/ATTEMPT`: the same for nothing else.
    pub key: String,
    pub target: String,
    pub call: String,
    /// The body with its expressions filled in; secrets as where they lie.
    pub body: Value,
    pub token: u64,
    /// By the monotonic clock of this process's host: no byte leaves later.
    pub send_before_ms: u64,
    /// When the hold that begins with it ends, by the same clock.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub hold_until_ms: Option<u64>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    pub step: String,
    pub event: StepEvent,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub why: Option<String>,
    /// Of a refusal: it may be another answer next time.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub retryable: bool,
    pub took_ms: u64,
    /// What it answered; null where that was too long to keep.
    #[serde(default)]
    pub output: Value,
}
