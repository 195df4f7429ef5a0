//! `check`: something has to be true, or the run does not go on. Unknown is not true: the run pauses.

use super::{Effect, Kind, Problem, nothing_wrong, word};
use crate::engine::Work;
use crate::runbook::keys::{condition, flag, list, table, text};
use serde_json::{Value, json};

pub(super) static CHECK: Kind = Kind {
    name: "check",
    doc: "What has to be true to go on: one condition, or a list of them, each with the words for when it is not",
    schema,
    effect: |_body| Effect::Nothing,
    check: nothing_wrong as fn(&Value) -> Vec<Problem>,
    call,
    output: &[],
    conditions: &[],
    undoes: false,
    build: Some(|_building| Ok(Work::Nothing)),
};

fn schema() -> Value {
    let one = table(&[
        ("that", condition(), true, "What has to be true"),
        ("says", text(), true, "What it means, as one reads it in the plan: \"the candidate is synchronous\""),
        ("warn", flag(), false, "Not true is shown, and keeps nobody from going on"),
        ("when", condition(), false, "Only asked then"),
    ]);
    json!({ "oneOf": [condition(), list(&one)] })
}

/// One thing that a gate asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    pub that: String,
    pub says: Option<String>,
    pub when: Option<String>,
    pub warn: bool,
}

/// What a gate asks, in its order.
#[must_use]
pub fn asked(body: &Value) -> Vec<Asked> {
    let text = |check: &Value, key: &str| Some(word(check, key).to_owned()).filter(|text| !text.is_empty());
    match body {
        Value::Array(all) => all
            .iter()
            .map(|check| Asked {
                that: word(check, "that").to_owned(),
                says: text(check, "says"),
                when: text(check, "when"),
                warn: check.get("warn") == Some(&Value::Bool(true)),
            })
            .collect(),
        one => vec![Asked { that: one.as_str().unwrap_or("").to_owned(), says: None, when: None, warn: false }],
    }
}

/// How many things a gate asks.
#[must_use]
pub(in crate::runbook) fn count(body: &Value) -> usize {
    body.as_array().map_or(1, Vec::len)
}

fn call(body: &Value) -> String {
    match body {
        Value::Array(all) => format!("{} checks", all.len()),
        one => one.as_str().unwrap_or("").to_owned(),
    }
}
