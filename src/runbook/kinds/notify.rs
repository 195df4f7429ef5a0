//! `notify`: tells the targets of the configuration. It changes nothing on the platform, so a lost one never stops a run; the room above makes its work, which
//! knows the targets.

use super::{Effect, Kind, Problem, nothing_wrong, word, words};
use crate::runbook::expression::Field;
use crate::runbook::expression::kind::{Scalar, Unit};
use crate::runbook::keys::{list, one_of, table, template, text};
use serde_json::Value;

pub(super) static NOTIFY: Kind = Kind {
    name: "notify",
    doc: "Tells targets of `[[notify]]`; who cannot be told is noted, and stops nothing",
    schema,
    effect: |_body| Effect::Nothing,
    check: nothing_wrong as fn(&Value) -> Vec<Problem>,
    call: |body| format!("tells {}: {}", words(body, "to").join(", "), word(body, "says")),
    output: OUTPUT,
    conditions: &[],
    undoes: false,
    build: None,
};

static OUTPUT: &[Field] = &[
    Field { name: "told", scalar: Scalar::Number(Unit::Count), doc: "how many were told" },
    Field { name: "not_told", scalar: Scalar::Number(Unit::Count), doc: "how many were not" },
    Field { name: "note", scalar: Scalar::Text, doc: "who was not, and why" },
];

fn schema() -> Value {
    table(&[
        ("to", list(&text()), true, "Names of `[[notify]]`"),
        ("says", template(), true, "One sentence"),
        ("severity", one_of(&["info", "warning", "critical"]), false, "info unless said"),
    ])
}
