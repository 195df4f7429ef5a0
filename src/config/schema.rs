//! The JSON Schema of a configuration file, made from the key tables; whoever knows the systems and the rules brings theirs.

use super::keys::{self, Key, Shape};
use super::quantity::Quantity;
use serde_json::{Map, Value, json};

/// What the key tables do not know.
#[derive(Clone, Debug, Default)]
pub struct Foreign {
    pub systems: Vec<ForeignSystem>,
    pub rules: Vec<ForeignRule>,
}

/// A rule and its knobs.
#[derive(Clone, Debug)]
pub struct ForeignRule {
    pub name: String,
    /// Knob, its default, what it means.
    pub knobs: Vec<(String, Quantity, String)>,
}

/// A system and the keys of its body.
#[derive(Clone, Debug)]
pub struct ForeignSystem {
    pub name: String,
    /// Key, its schema, whether it is required.
    pub keys: Vec<(String, Value, bool)>,
}

/// The whole schema.
#[must_use]
pub fn schema(foreign: &Foreign) -> Value {
    let mut root = table(keys::ROOT, foreign);
    if let Value::Object(map) = &mut root {
        map.insert("$schema".to_owned(), json!("https://json-schema.org/draft/2020-12/schema"));
        map.insert("title".to_owned(), json!("Configuration of opsctl"));
    }
    root
}

fn table(keys: &[Key], foreign: &Foreign) -> Value {
    let properties: Map<String, Value> = keys.iter().map(|key| (key.name.to_owned(), described(key, foreign))).collect();
    let required: Vec<&str> = keys.iter().filter(|key| key.required).map(|key| key.name).collect();
    closed(&properties, &required)
}

fn closed(properties: &Map<String, Value>, required: &[&str]) -> Value {
    let mut out = json!({ "type": "object", "additionalProperties": false, "properties": properties });
    if let (Value::Object(map), false) = (&mut out, required.is_empty()) {
        map.insert("required".to_owned(), json!(required));
    }
    out
}

fn described(key: &Key, foreign: &Foreign) -> Value {
    let mut out = shape(key.shape, foreign);
    if let Value::Object(map) = &mut out {
        map.insert("description".to_owned(), json!(key.doc));
    }
    out
}

fn shape(shape: Shape, foreign: &Foreign) -> Value {
    match shape {
        Shape::Text | Shape::Path => json!({ "type": "string", "minLength": 1 }),
        Shape::Name => json!({ "type": "string", "minLength": 1, "maxLength": 64, "pattern": "^[^\\s/\"'\\\\]+$" }),
        Shape::OneOf(words) => json!({ "enum": words }),
        Shape::Time { .. } => time(),
        Shape::Size { .. } => size(),
        Shape::Secret => secret(),
        Shape::Theme => json!({ "enum": crate::theme::names().collect::<Vec<_>>() }),
        Shape::Via => json!({ "const": "direct" }),
        // a layer may hold a part only: `user` in one file, `password` in another
        Shape::Table(keys) => {
            let mut part = table(keys, foreign);
            if let Value::Object(map) = &mut part {
                map.remove("required");
            }
            part
        }
        Shape::Clusters => json!({ "type": "array", "items": table(keys::CLUSTER, foreign) }),
        Shape::Notices => json!({ "type": "array", "items": table(keys::NOTIFY, foreign) }),
        Shape::Number { least, most } => json!({ "type": "integer", "minimum": least, "maximum": most }),
        Shape::Argv => argv(),
        Shape::Endpoints => {
            let of: Vec<Value> = foreign.systems.iter().map(|system| endpoint(system, foreign)).collect();
            json!({ "type": "array", "items": { "oneOf": of } })
        }
        Shape::Systems => {
            let of = foreign.systems.iter().map(|system| (system.name.clone(), closed(&defaults(system, foreign), &[])));
            closed(&of.collect(), &[])
        }
        Shape::Rules => {
            let of = foreign.rules.iter().map(|rule| {
                let knobs = rule.knobs.iter().map(|(name, default, doc)| (name.clone(), quantity(*default, doc)));
                (rule.name.clone(), closed(&knobs.collect(), &[]))
            });
            closed(&of.collect(), &[])
        }
    }
}

fn time() -> Value {
    json!({ "type": "string", "pattern": "^[0-9]", "examples": ["500ms", "30s", "5m", "2h 30m"] })
}

fn argv() -> Value {
    json!({ "type": "array", "minItems": 1, "items": { "type": "string" } })
}

fn size() -> Value {
    json!({ "type": "string", "pattern": "^[0-9]+ ?([kKMGT]i?)?B$" })
}

fn secret() -> Value {
    let command = argv();
    json!({ "oneOf": [
        { "type": "string", "pattern": "^(file:.+|env:[A-Za-z0-9_]+|pgpass|pgpass:.+|yaml:.+#.+|cmd:\\[.+\\])$" },
        { "type": "object", "additionalProperties": false, "required": ["cmd"], "properties": { "cmd": command } },
    ] })
}

fn quantity(default: Quantity, doc: &str) -> Value {
    let described = |mut schema: Value| {
        if let Value::Object(map) = &mut schema {
            map.insert("description".to_owned(), json!(doc));
            map.insert("default".to_owned(), if let Quantity::Count(count) = default { json!(count) } else { json!(default.to_string()) });
        }
        schema
    };
    described(match default {
        Quantity::Count(_) => json!({ "type": "integer", "minimum": 0 }),
        Quantity::Bytes(_) => size(),
        Quantity::Percent(_) => json!({ "type": "string", "pattern": "^[0-9.]+ ?%$" }),
        Quantity::Time(_) => time(),
    })
}

fn defaults(system: &ForeignSystem, foreign: &Foreign) -> Map<String, Value> {
    let common = keys::ENDPOINT.iter().filter(|key| !keys::NOT_IN_DEFAULTS.contains(&key.name));
    let mut all: Map<String, Value> = common.map(|key| (key.name.to_owned(), described(key, foreign))).collect();
    all.extend(system.keys.iter().map(|(key, schema, _)| (key.clone(), schema.clone())));
    all
}

fn endpoint(system: &ForeignSystem, foreign: &Foreign) -> Value {
    let mut all: Map<String, Value> = keys::ENDPOINT.iter().map(|key| (key.name.to_owned(), described(key, foreign))).collect();
    all.insert("system".to_owned(), json!({ "const": system.name }));
    all.extend(system.keys.iter().map(|(key, schema, _)| (key.clone(), schema.clone())));
    closed(&all, &["system", "name"])
}
