//! `release`: takes the effect of a former step with `finally` back now, and not only at the end of the run.

use super::{Effect, Kind, Problem, nothing_wrong};
use crate::runbook::keys::word;
use serde_json::Value;

pub(super) static RELEASE: Kind = Kind {
    name: "release",
    doc: "The undo of a former step with `finally`, now; what it held is free again",
    schema: word,
    effect: |_body| Effect::Changes,
    check: nothing_wrong as fn(&Value) -> Vec<Problem>,
    call: |body| format!("undo of {}", step(body)),
    output: &[],
    conditions: &[],
    undoes: false,
};

/// The step that is released.
#[must_use]
pub(in crate::runbook) fn step(body: &Value) -> &str {
    body.as_str().unwrap_or("")
}
