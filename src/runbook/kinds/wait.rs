//! `wait`: until something is true, and no longer than said. Unknown keeps waiting.

use super::{Effect, Kind, Problem, word};
use crate::config::quantity::duration;
use crate::engine::expression::Expr;
use crate::engine::{Building, Work};
use crate::runbook::keys::{self, condition, table};
use serde_json::Value;

pub(super) static WAIT: Kind = Kind {
    name: "wait",
    doc: "Until something is true; not true in time is a failure",
    schema,
    effect: |_body| Effect::Nothing,
    check,
    call: |body| format!("until {} (every {}, for {})", word(body, "until"), word(body, "every"), word(body, "for")),
    output: &[],
    conditions: &["/until"],
    undoes: false,
    build: Some(build),
};

fn build(building: &Building<'_>) -> Result<Work, String> {
    let time = |key: &str| duration(word(building.body, key)).ok_or_else(|| format!("`{key}` is no duration"));
    let until = Expr { text: word(building.body, "until").to_owned(), facts: building.facts.to_vec() };
    Ok(Work::Wait { every: time("every")?, within: time("for")?, until })
}

fn schema() -> Value {
    table(&[
        ("every", keys::duration(0.1, 600), true, "Between two looks"),
        ("for", keys::duration(0.1, 86_400), true, "How long at the most; the timeout of the step is not asked"),
        ("until", condition(), true, "What is waited for"),
    ])
}

fn check(body: &Value) -> Vec<Problem> {
    match (duration(word(body, "every")), duration(word(body, "for"))) {
        (Some(every), Some(whole)) if every > whole => vec![Problem::new("/every", "it looks once only", "`every` is shorter than `for`")],
        _ => Vec::new(),
    }
}
