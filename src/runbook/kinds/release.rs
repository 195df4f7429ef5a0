//! `release`: takes the effect of a former step with `finally` back now, and not only at the end of the run.

use super::{Effect, Kind, Problem, nothing_wrong};
use crate::engine::{Building, Work};
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
    build: Some(build),
};

/// In a plan the body is the list of all steps that the named one became.
fn build(building: &Building<'_>) -> Result<Work, String> {
    let steps = building.body.as_array().ok_or("it names no steps of the plan")?;
    Ok(Work::Release(steps.iter().filter_map(Value::as_str).map(str::to_owned).collect()))
}

/// The step that is released.
#[must_use]
pub(in crate::runbook) fn step(body: &Value) -> &str {
    body.as_str().unwrap_or("")
}
