//! What a person agreed to: this plan, as it was shown. A process that runs a plan needs a consent that nobody used before.

use super::plan::Actor;
use super::states::Choice;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a person says became of a step that nobody can ask about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Said {
    pub applied: bool,
    /// How it is known; typed.
    pub reason: String,
}

/// An agreement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Consent {
    /// Of the plan that was shown.
    pub plan_sha256: String,
    /// What was typed, where the plan wants something typed.
    pub phrase: Option<String>,
    pub by: Actor,
    pub at: Timestamp,
    /// How the run goes on; absent of the first.
    #[serde(default)]
    pub choice: Option<Choice>,
    /// Why, where the choice wants a reason.
    #[serde(default)]
    pub reason: Option<String>,
    /// Back across the point of no return, or away from what cannot be freed, by explicit choice.
    #[serde(default)]
    pub across: bool,
    /// What became of steps that need a person.
    #[serde(default)]
    pub said: BTreeMap<String, Said>,
    /// The reason for which the lock is not asked for.
    #[serde(default)]
    pub break_glass: Option<String>,
    /// How long the control file was: what was ordered before is not meant for this process.
    #[serde(default)]
    pub control_from: u64,
}
