//! What may stand at a key: the bricks that schemas are made of. `format` says what a text means to this program: `condition`, `expression`,
//! `template`, `statement`, `target`, `duration`, `date`, `word`, `name`.
//!
//! It must never know a kind of step: kinds are made of these.

use serde_json::{Map, Value, json};

/// One key of a table: name, schema, whether it has to be there, one sentence.
pub type Key = (&'static str, Value, bool, &'static str);

/// A text for people, as it stands.
pub fn text() -> Value {
    json!({ "type": "string", "minLength": 1 })
}

/// A word that expressions can name: lower case letters, digits and `_`.
pub fn word() -> Value {
    json!({ "type": "string", "format": "word", "pattern": "^[a-z][a-z0-9_]*$", "maxLength": 48 })
}

/// The name of a runbook: a word, also with `-`.
pub fn name() -> Value {
    json!({ "type": "string", "format": "name", "pattern": "^[a-z][a-z0-9_-]*$", "maxLength": 48 })
}

/// Something that is true, false or unknown.
pub fn condition() -> Value {
    json!({ "type": "string", "format": "condition", "minLength": 1 })
}

/// A value.
pub fn expression() -> Value {
    json!({ "type": "string", "format": "expression", "minLength": 1 })
}

/// A text with `${..}` in it; it becomes one text, whatever the values are.
pub fn template() -> Value {
    json!({ "type": "string", "format": "template" })
}

/// A template, or a secret that takes its place.
pub fn template_or_secret() -> Value {
    json!({ "oneOf": [template(), secret()] })
}

/// `{ secret = "params.NAME" }`
fn secret() -> Value {
    table(&[("secret", json!({ "type": "string", "format": "secret", "pattern": "^params\\.[a-z]" }), true, "The parameter that holds it")])
}

/// A text in the language of a server: nothing is put into it.
pub fn statement() -> Value {
    json!({ "type": "string", "format": "statement", "minLength": 1 })
}

/// `SYSTEM:WHICH`, one endpoint.
pub fn target() -> Value {
    json!({ "type": "string", "format": "target", "pattern": "^[a-z][a-z0-9_-]*:.+$", "examples": ["pgbouncer:${pool.name}"] })
}

/// A duration, the bounds in seconds.
pub fn duration(least: f64, most: u32) -> Value {
    let examples = ["500ms", "30s", "5m"];
    json!({ "type": "string", "format": "duration", "pattern": "^[0-9]", "x-least-seconds": least, "x-most-seconds": most, "examples": examples })
}

/// A whole number within bounds.
pub fn number(least: u32, most: u32) -> Value {
    json!({ "type": "integer", "minimum": least, "maximum": most })
}

pub fn flag() -> Value {
    json!({ "type": "boolean" })
}

pub fn one_of(words: &[&str]) -> Value {
    json!({ "type": "string", "enum": words })
}

/// At least one of `item`.
pub fn list(item: &Value) -> Value {
    json!({ "type": "array", "items": item, "minItems": 1 })
}

/// Words, each with a `value`.
pub fn named(value: &Value) -> Value {
    json!({ "type": "object", "additionalProperties": value, "minProperties": 1, "propertyNames": word() })
}

/// A table with these keys and no other.
pub fn table(keys: &[Key]) -> Value {
    let described = |(name, schema, _, doc): &Key| {
        let mut schema = schema.clone();
        if let Value::Object(map) = &mut schema {
            map.insert("description".to_owned(), json!(doc));
        }
        ((*name).to_owned(), schema)
    };
    let properties: Map<String, Value> = keys.iter().map(described).collect();
    let required: Vec<&str> = keys.iter().filter(|(_, _, required, _)| *required).map(|(name, ..)| *name).collect();
    let mut out = json!({ "type": "object", "additionalProperties": false, "properties": properties });
    if let (Value::Object(map), false) = (&mut out, required.is_empty()) {
        map.insert("required".to_owned(), json!(required));
    }
    out
}

/// Any value; every text in it is a template.
pub fn free() -> Value {
    json!({ "format": "json" })
}
