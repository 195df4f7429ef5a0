//! `notify`: tells the targets of the configuration. It changes nothing on the platform, so a lost one never stops a run.

use super::{Effect, Kind, Problem, nothing_wrong, word, words};
use crate::runbook::keys::{list, one_of, table, template, text};
use serde_json::Value;

pub(super) static NOTIFY: Kind = Kind {
    name: "notify",
    doc: "Tells targets of `[[notify]]`; what cannot be told is noted and nothing else",
    schema,
    effect: |_body| Effect::Nothing,
    check: nothing_wrong as fn(&Value) -> Vec<Problem>,
    call: |body| format!("tells {}: {}", words(body, "to").join(", "), word(body, "says")),
    output: &[],
    conditions: &[],
    undoes: false,
    build: None,
};

fn schema() -> Value {
    table(&[
        ("to", list(&text()), true, "Names of `[[notify]]`"),
        ("says", template(), true, "One sentence"),
        ("severity", one_of(&["info", "warning", "critical"]), false, "info unless said"),
    ])
}
