//! `include`: the steps of another runbook in the place of this one. It is gone when the plan is made: what runs is one flat list.

use super::{Effect, Kind, Problem, nothing_wrong, word};
use crate::runbook::keys::{name as runbook_name, named, table, template};
use serde_json::{Value, json};

pub(super) static INCLUDE: Kind = Kind {
    name: "include",
    doc: "The steps of another runbook, here; they are called STEP.THEIRS",
    schema,
    effect: |_body| Effect::Changes,
    check: nothing_wrong as fn(&Value) -> Vec<Problem>,
    call: |body| format!("the steps of {}", word(body, "runbook")),
    output: &[],
    conditions: &[],
    undoes: false,
    build: None,
};

fn schema() -> Value {
    let value = json!({ "oneOf": [template(), { "type": ["integer", "boolean"] }] });
    table(&[
        ("runbook", runbook_name(), true, "Its name"),
        ("with", named(&value), false, "Its parameters"),
        ("leader", template(), false, "Who leads by then, where a step before it changes that: its targets `SYSTEM:leader` are of this member"),
    ])
}

/// Who leads when its steps begin, as it is written.
#[must_use]
pub(in crate::runbook) fn leader(body: &Value) -> Option<&str> {
    body.get("leader").and_then(Value::as_str)
}

/// The name of the runbook that a body includes.
#[must_use]
pub(in crate::runbook) fn name(body: &Value) -> &str {
    word(body, "runbook")
}
