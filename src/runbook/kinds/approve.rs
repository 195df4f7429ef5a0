//! `approve`: a person says yes, with what is shown. The approvals of a whole plan are asked before it starts; this one comes in its middle.

use super::{Effect, Kind, Problem, nothing_wrong, word};
use crate::engine::{Building, Question, Work};
use crate::runbook::expression::{Field, Scalar};
use crate::runbook::keys::{table, template};
use serde_json::Value;

pub(super) static APPROVE: Kind = Kind {
    name: "approve",
    doc: "A person looks and says yes; the timeout of the step is how long it may take",
    schema,
    effect: |_body| Effect::Asks,
    check: nothing_wrong as fn(&Value) -> Vec<Problem>,
    call: |body| format!("asks: {}", word(body, "says")),
    output: &[Field { name: "by", scalar: Scalar::Text, doc: "who said yes" }],
    conditions: &[],
    undoes: false,
    build: Some(build),
};

fn build(building: &Building<'_>) -> Result<Work, String> {
    Ok(Work::Ask(Question::Approve { prompt: word(building.body, "says").to_owned() }))
}

fn schema() -> Value {
    table(&[("says", template(), true, "The question, with what was seen: \"switch to ${params.to}, ${preflight.lag} bytes behind?\"")])
}
