//! What a run is going to do, as it was shown and confirmed: `plan.json`. A run executes its plan and nothing else, whatever becomes of the runbook's file.
//!
//! `foreach` and `include` are expanded: it is a flat list of steps. It holds no secret, only where secrets lie.

mod check;
mod millis;
mod step;

pub use check::PlanError;
pub use step::{Expect, Job, Probe, Retry, Step, Undo};

use super::digest::sha256;
use super::expression::Expr;
use super::states::{OnFailure, Shape};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::time::Duration;

/// The form of `plan.json` that this program writes and reads.
pub const FORMAT: u32 = 1;

/// The runbook that a plan was made of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Definition {
    pub name: String,
    pub summary: String,
    /// Its text, that of what it includes behind it.
    pub text: String,
    /// Of `text`.
    pub sha256: String,
}

/// A parameter as it was given.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Param {
    pub kind: String,
    /// Of a secret: where it lies.
    pub value: Value,
    pub secret: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Risk {
    Low,
    #[default]
    Medium,
    High,
}

/// What a cancel does where nobody can be asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OnCancel {
    #[default]
    Pause,
    RollBack,
}

/// Something that ends a run as soon as it is true.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Watch {
    pub when: Expr,
    pub why: String,
    #[serde(rename = "every_ms", with = "millis")]
    pub every: Duration,
}

/// A stretch of the run whose length its report tells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Span {
    pub name: String,
    /// It begins with the first intent of this step, or of any that its list became.
    pub from: String,
    /// It ends when this step is proven, or the last that its list became.
    pub to: String,
    /// How long it may be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub goal_ms: Option<u64>,
}

/// Who asks for something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Actor {
    pub name: String,
    pub host: String,
    /// How the name is known: `login`, `sudo`, `certificate`.
    pub via: String,
}

/// A plan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    pub format: u32,
    pub runbook: Definition,
    pub cluster: String,
    pub environment: String,
    pub risk: Risk,
    pub impact: Option<String>,
    /// Nobody else may change the cluster meanwhile.
    pub lock: bool,
    pub params: BTreeMap<String, Param>,
    pub policy: OnFailure,
    pub on_cancel: OnCancel,
    pub steps: Vec<Step>,
    pub abort_when: Vec<Watch>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub spans: Vec<Span>,
    /// Facts as they were shown, by name: one that is different or unknown when the run begins refuses it.
    pub bound: BTreeMap<String, Value>,
    /// How many people have to approve beside who asked.
    pub approvals: u32,
    /// What has to be typed to confirm it.
    pub phrase: Option<String>,
    pub planned_at: Timestamp,
    pub by: Actor,
}

impl Plan {
    /// What a confirmation is bound to: any change of the plan changes it.
    #[must_use]
    pub fn sha256(&self) -> String {
        // a map with keys that are no text, or a failing writer: neither can be
        sha256(serde_json::to_string(self).unwrap_or_default().as_bytes())
    }

    /// What the tables have to know of each step.
    #[must_use]
    pub fn shapes(&self) -> Vec<Shape> {
        let mut names: Vec<&str> = Vec::new();
        let mut shapes = Vec::with_capacity(self.steps.len());
        for step in &self.steps {
            let group = step.group.as_deref().map(|name| {
                names.iter().position(|known| *known == name).unwrap_or_else(|| {
                    names.push(name);
                    names.len() - 1
                })
            });
            shapes.push(step.shape(group));
        }
        shapes
    }

    /// `params.X` of expressions: every parameter that is no secret.
    #[must_use]
    pub fn open_params(&self) -> Map<String, Value> {
        self.params.iter().filter(|(_, param)| !param.secret).map(|(name, param)| (name.clone(), param.value.clone())).collect()
    }
}
