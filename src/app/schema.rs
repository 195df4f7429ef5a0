//! The JSON Schema of a page, made from the columns that the page itself declares, so that it cannot drift from the output.

use super::json::API_VERSION;
use crate::systems::view::{Column, Kind, Page, Table};
use serde_json::{Map, Value, json};

/// The schema of what `page` becomes; only its columns count, not its rows.
#[must_use]
pub fn of(page: &Page) -> Value {
    let mut properties = Map::new();
    properties.insert("apiVersion".to_owned(), json!({ "const": API_VERSION }));
    properties.insert("kind".to_owned(), json!({ "const": page.kind }));
    properties.insert("generated_at".to_owned(), time());
    for (column, _) in &page.facts {
        properties.insert(column.key.to_owned(), property(column));
    }
    for table in &page.tables {
        properties.insert(table.key.to_owned(), json!({ "type": "array", "items": row(table) }));
    }
    let source = closed(&[
        ("taken_at", nullable(&time())),
        ("age_seconds", json!({ "type": ["number", "null"] })),
        ("error", json!({ "type": ["string", "null"] })),
    ]);
    properties.insert("as_of".to_owned(), json!({ "type": "object", "additionalProperties": source }));
    let gap = closed(&[
        ("fact", json!({ "type": "string" })),
        ("reason", json!({ "type": "string" })),
        ("since", nullable(&time())),
        ("last_good", nullable(&time())),
    ]);
    properties
        .insert("unknown".to_owned(), json!({ "type": "object", "additionalProperties": gap, "description": "why a value is null, by its path" }));
    let required: Vec<&String> = properties.keys().collect();
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": page.kind,
        "type": "object",
        "required": required,
        "additionalProperties": false,
        "properties": properties,
    })
}

fn row(table: &Table) -> Value {
    let mut properties: Map<String, Value> = table.columns.iter().map(|column| (column.key.to_owned(), property(column))).collect();
    let depth = json!({ "type": "integer", "minimum": 0, "description": "how deep the row stands in a tree; 0 in tables that are none" });
    properties.insert("depth".to_owned(), depth);
    let required: Vec<String> = properties.keys().cloned().collect();
    json!({ "type": "object", "required": required, "additionalProperties": false, "properties": properties })
}

fn property(column: &Column) -> Value {
    let mut schema = match column.kind {
        Kind::Text | Kind::Word => json!({ "type": ["string", "null"] }),
        Kind::Count => json!({ "type": ["integer", "null"] }),
        Kind::Bytes => json!({ "type": ["integer", "null"], "minimum": 0 }),
        Kind::Seconds | Kind::Percent => json!({ "type": ["number", "null"] }),
        Kind::Lsn => json!({ "type": ["string", "null"], "pattern": "^[0-9A-F]{1,8}/[0-9A-F]{1,8}$" }),
        Kind::Time => nullable(&time()),
        Kind::Flag => json!({ "type": ["boolean", "null"] }),
        Kind::Series => json!({ "type": ["array", "null"], "items": { "type": ["number", "null"] } }),
        Kind::List => json!({ "type": ["array", "null"], "items": { "type": "string" } }),
    };
    if let Value::Object(map) = &mut schema {
        map.insert("description".to_owned(), json!(column.doc));
    }
    schema
}

fn time() -> Value {
    json!({ "type": "string", "format": "date-time" })
}

fn nullable(schema: &Value) -> Value {
    json!({ "anyOf": [schema, { "type": "null" }] })
}

fn closed(properties: &[(&str, Value)]) -> Value {
    let required: Vec<&str> = properties.iter().map(|(key, _)| *key).collect();
    let properties: Map<String, Value> = properties.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect();
    json!({ "type": "object", "required": required, "additionalProperties": false, "properties": properties })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_series_may_have_gaps() {
        let column = Column::new("lag_series", "5 MIN", Kind::Series, 0, "lag");
        let expected = json!({ "type": ["array", "null"], "items": { "type": ["number", "null"] }, "description": "lag" });
        assert_eq!(property(&column), expected);
    }
}
