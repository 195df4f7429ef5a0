//! The configuration as something to look at: what each key is and who says so, its JSON Schema, its reference page.

use super::load::rules;
use crate::config::explain::{self, Explanation, NoSuchKey};
use crate::config::{Config, page, schema};
use crate::systems::fields::Known;
use crate::systems::registry::SYSTEMS;
use crate::systems::view::{Cell, Column, Kind, Page, Row, Table, Tone};
use serde_json::Value;

/// Explains `key` and what is below it; all keys that are set when none is named.
///
/// # Errors
/// There is no such key.
pub fn explained(config: &Config, key: Option<&str>) -> Result<Vec<Explanation>, NoSuchKey> {
    let rules = rules();
    let known = Known { systems: SYSTEMS, rules: &rules };
    match key {
        Some(key) => explain::one(config, &known, key),
        None => Ok(explain::all(config, &known)),
    }
}

/// The JSON Schema of a configuration file.
#[must_use]
pub fn json_schema() -> Value {
    let rules = rules();
    schema::schema(&Known { systems: SYSTEMS, rules: &rules }.foreign())
}

/// The reference page of all keys, as Markdown.
#[must_use]
pub fn reference() -> String {
    let rules = rules();
    let (systems, rules) = Known { systems: SYSTEMS, rules: &rules }.sections();
    page::markdown(&systems, &rules)
}

const COLUMNS: &[Column] = &[
    Column::new("key", "KEY", Kind::Text, 0, "the key, its parts joined by dots"),
    Column::new("value", "VALUE", Kind::Text, 0, "the value as TOML; of a secret only where it lies"),
    Column::new("layer", "LAYER", Kind::Word, 1, "who says so: built-in, system, user, project, chosen, environment, flag"),
    Column::new("place", "WHERE", Kind::Text, 2, "file, line and column, or the variable or argument"),
    Column::new("overrides", "OVERRIDES", Kind::List, 3, "the values that lost, the strongest first, each with its layer and place"),
    Column::new("doc", "MEANING", Kind::Text, 6, "what the key is for"),
];

/// Explanations as a page.
#[must_use]
pub fn page(explanations: &[Explanation]) -> Page {
    let rows = explanations.iter().map(|explanation| {
        let said = |of: fn(&explain::Said) -> Cell| explanation.value.as_ref().map_or(Cell::Nothing, of);
        let lost = explanation.overrides.iter().map(|lost| {
            let layer = lost.layer.word();
            let by = if lost.place == layer { lost.place.clone() } else { format!("{layer} {}", lost.place) };
            format!("{} ({by})", lost.value).into()
        });
        let cells = vec![
            Cell::Text(explanation.key.as_str().into()),
            said(|said| Cell::Text(said.value.as_str().into())),
            said(|said| Cell::Word(said.layer.word().into(), Tone::Plain)),
            said(|said| Cell::Text(said.place.as_str().into())),
            Cell::List(lost.collect()),
            Cell::Text(explanation.doc.as_str().into()),
        ];
        Row::new(explanation.key.as_str(), cells)
    });
    let mut page = Page::new("ConfigKeys");
    page.tables =
        vec![Table { key: "keys", title: "KEYS", columns: COLUMNS.to_vec(), rows: rows.collect(), when_empty: "nothing is set below this key" }];
    page
}
