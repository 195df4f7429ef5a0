//! The format as a JSON Schema: what editors complete from, what `runbook schema` prints, and what [`super::shape`] checks a file against. One
//! source, so that the three cannot disagree.

use super::ParamType;
use crate::runbook::keys::{Key, condition, duration, expression, flag, list, name, named, number, one_of, table, text, word};
use crate::runbook::kinds;
use serde_json::{Value, json};
use std::sync::LazyLock;

/// The whole schema.
pub static SCHEMA: LazyLock<Value> = LazyLock::new(whole);

fn param() -> Value {
    table(&[
        ("type", one_of(&ParamType::ALL.map(|(word, _)| word)), true, "What it is; `member` and `database` are completed from the live cluster"),
        ("doc", text(), false, "One sentence for whoever is asked for it"),
        ("check", condition(), false, "What has to be true of it before anything runs"),
        (
            "default",
            json!({ "type": ["string", "integer", "boolean"] }),
            false,
            "The value where nobody says one; without it the parameter has to be given",
        ),
        ("values", list(&text()), false, "The words of an `enum`"),
    ])
}

fn expect() -> Value {
    let table = table(&[
        ("that", condition(), true, "What has to be true after the step"),
        ("every", duration(0.1, 60), false, "Between two looks, 500ms unless said"),
        ("for", duration(0.0, 3_600), false, "How long it may take to become true; one look unless said"),
    ]);
    json!({ "oneOf": [condition(), table] })
}

fn once() -> Value {
    table(&[
        ("that", condition(), true, "What has to be true for the step to begin"),
        ("every", duration(0.1, 60), false, "Between two looks, 500ms unless said"),
        ("for", duration(0.1, 3_600), true, "How long it is waited for; not so by then, and the run pauses"),
    ])
}

fn probe() -> Value {
    table(&[
        ("applied", condition(), true, "The effect has happened"),
        ("absent", condition(), true, "The effect has not happened, and is not on its way"),
        ("every", duration(0.1, 60), false, "Between two looks, 1s unless said"),
        ("for", duration(1.0, 3_600), false, "How long to look before a person is asked, 30s unless said"),
        ("meanwhile", flag(), false, "Looked at also while the answer is awaited: found applied, the answer is not waited for"),
        ("tells", expression(), false, "A text that is told while nobody knows"),
    ])
}

fn retry() -> Value {
    table(&[
        ("attempts", number(2, 20), true, "In all"),
        ("pause", duration(0.1, 600), false, "Before the second attempt, 1s unless said"),
        ("factor", number(1, 10), false, "Each pause is so many times the one before, 2 unless said"),
    ])
}

/// The keys that every step may have.
fn step_keys() -> Vec<Key> {
    vec![
        ("id", word(), true, "What other steps, the journal and people call it"),
        ("why", text(), false, "Why it is done; shown where somebody decides whether to go on"),
        ("when", condition(), false, "Only then; otherwise the step is skipped. Unknown: the run pauses"),
        ("once", once(), false, "It begins when this is so. Beside others of its group it keeps nobody waiting but itself"),
        (
            "foreach",
            json!({ "type": "object", "additionalProperties": expression(), "minProperties": 1, "maxProperties": 1, "propertyNames": word() }),
            false,
            "{ item = \"LIST\" }: once for each record of a list that is known when the plan is made; its fields are item.FIELD",
        ),
        ("group", word(), false, "Neighbours with the same word run at the same time"),
        ("expect", expect(), false, "What has to be true afterwards; unknown at its deadline asks a person"),
        ("save", named(&expression()), false, "Values for later steps, which call them STEP.NAME; the answer of the step is `output`"),
        ("timeout", duration(0.1, 86_400), false, "The engine ends the step then; 30s unless said"),
        ("retry", retry(), false, "Again after a failure without effect; only of steps that are idempotent, probed or only read"),
        ("idempotent", flag(), false, "Doing it twice is doing it once"),
        ("probe", probe(), false, "How to find out whether the effect happened; asked before any retry, resume or undo"),
        ("undo", json!({ "$ref": "#/$defs/undo" }), false, "The one effect that takes this one back"),
        ("finally", flag(), false, "The undo also runs after success, at the end of the run or at `release`"),
        ("hold", duration(1.0, 300), false, "Clients wait from this step on; its undo is fired at the latest then, whatever happens to this program"),
        ("point_of_no_return", flag(), false, "What was done before is not taken back after it but by an explicit second choice"),
    ]
}

/// The names of the keys that every step may have.
pub fn common_keys() -> Vec<&'static str> {
    step_keys().into_iter().map(|(name, ..)| name).collect()
}

fn kind_keys(wanted: impl Fn(&kinds::Kind) -> bool) -> Vec<Key> {
    kinds::all().filter(|kind| wanted(kind)).map(|kind| (kind.name, (kind.schema)(), false, kind.doc)).collect()
}

/// Exactly one of these keys.
fn exactly_one(mut table: Value, names: &[&str]) -> Value {
    let each: Vec<Value> = names.iter().map(|name| json!({ "required": [name] })).collect();
    if let Value::Object(map) = &mut table {
        map.insert("oneOf".to_owned(), json!(each));
    }
    table
}

fn step() -> Value {
    let kinds = kind_keys(|_| true);
    let names: Vec<&str> = kinds.iter().map(|(name, ..)| *name).collect();
    exactly_one(table(&[step_keys(), kinds].concat()), &names)
}

fn undo() -> Value {
    let kinds = kind_keys(|kind| kind.undoes);
    let names: Vec<&str> = kinds.iter().map(|(name, ..)| *name).collect();
    let own: Vec<Key> = vec![
        ("why", text(), false, "What taking it back means"),
        ("timeout", duration(0.1, 86_400), false, "The engine ends it then; that of the step unless said"),
        ("idempotent", flag(), false, "Doing it twice is doing it once"),
    ];
    exactly_one(table(&[own, kinds].concat()), &names)
}

fn abort_when() -> Value {
    table(&[
        ("that", condition(), true, "Watched from the first effect on; true stops the run by `on_failure`, unknown pauses it"),
        ("why", text(), true, "What is then wrong"),
        ("every", duration(0.5, 60), false, "Between two looks, 1s unless said"),
    ])
}

fn span() -> Value {
    table(&[
        ("name", text(), true, "What the time between the two is called"),
        ("from", word(), true, "The step with which it begins"),
        ("to", word(), true, "The step that ends it, when it is done and proven"),
        ("rto", flag(), false, "Its goal is the `rto_goal` of the cluster, and the report says whether it was kept"),
    ])
}

fn whole() -> Value {
    let mut out = table(&[
        ("opsctl", json!({ "type": "integer", "const": 1 }), true, "The version of the format"),
        ("name", name(), true, "As the file is called, without .toml"),
        ("summary", text(), true, "One sentence: what it does and what it keeps safe"),
        ("why", text(), false, "When one reaches for it"),
        ("risk", one_of(&["low", "medium", "high"]), true, "high: the name of the cluster is typed, and a second person approves"),
        ("impact", text(), false, "What users feel, and for how long"),
        ("lock", one_of(&["cluster", "none"]), false, "`cluster`, unless said: nobody else runs anything there meanwhile"),
        ("approvals", number(0, 5), false, "People besides the one who starts it; one at high risk unless said"),
        ("on_failure", one_of(&["ask", "rollback", "stop"]), false, "When a step fails; `ask` unless said"),
        ("on_cancel", one_of(&["pause", "rollback"]), false, "When it is cancelled and nobody can be asked; `pause` unless said"),
        (
            "rehearsed",
            json!({ "type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$" }),
            false,
            "The day of its last rehearsal; after 90 days `validate` warns",
        ),
        ("typed", word(), false, "At high risk: the parameter whose value is typed behind the name of the cluster, as in CLUSTER/VALUE"),
        ("binds", list(&expression()), false, "What the confirmation is bound to: another value when it starts, and nothing is sent"),
        ("params", named(&param()), false, "What it is told when it starts"),
        ("abort_when", list(&abort_when()), false, "What is watched while it runs"),
        ("span", list(&span()), false, "What the report of a run tells beside its steps: how long it was from one step to another"),
        ("step", list(&json!({ "$ref": "#/$defs/step" })), true, "What is done, in this order; one effect on one target each"),
    ]);
    if let Value::Object(map) = &mut out {
        map.insert("$schema".to_owned(), json!("https://json-schema.org/draft/2020-12/schema"));
        map.insert("title".to_owned(), json!("A runbook of opsctl"));
        map.insert("$defs".to_owned(), json!({ "step": step(), "undo": undo() }));
    }
    out
}
