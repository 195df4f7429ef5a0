//! `manual`: something that only a person can do, and says that it is done.

use super::{Effect, Kind, Problem, nothing_wrong, word};
use crate::engine::{Building, Question, Work};
use crate::runbook::expression::{Field, Scalar};
use crate::runbook::keys::{one_of, table, template};
use serde_json::Value;

pub(super) static MANUAL: Kind = Kind {
    name: "manual",
    doc: "An instruction for a person, who says when it is done; the timeout of the step is how long it may take",
    schema,
    effect: |_body| Effect::Asks,
    check: nothing_wrong as fn(&Value) -> Vec<Problem>,
    call: |body| format!("by hand: {}", word(body, "do")),
    output: &[Field { name: "evidence", scalar: Scalar::Text, doc: "what was typed, or the name of the file that was attached" }],
    conditions: &[],
    undoes: true,
    build: Some(build),
};

fn build(building: &Building<'_>) -> Result<Work, String> {
    let evidence = matches!(word(building.body, "evidence"), "text" | "file");
    Ok(Work::Ask(Question::Manual { instruction: word(building.body, "do").to_owned(), evidence }))
}

fn schema() -> Value {
    table(&[
        ("do", template(), true, "What is done, in the imperative"),
        ("evidence", one_of(&["none", "text", "file"]), false, "What has to be given as proof; none unless said"),
    ])
}
