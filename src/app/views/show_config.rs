//! `show-config`: the dynamic configuration of each cluster, one key a row, by the member that read it last from the store.

use super::{BadPick, Pick, ViewDef, picked, roster, sources};
use crate::app::Observed;
use crate::fleet::Cluster;
use crate::systems::contract::System;
use crate::systems::patroni::Patroni;
use crate::systems::patroni::dynamic::Dynamic;
use crate::systems::view::{Cell, Column, Kind, Page, Row, Table};
use serde_json::Value;

pub(super) const VIEW: ViewDef =
    ViewDef { name: "show-config", doc: "The dynamic configuration of each cluster, as its store holds it", argument: None, page };

fn page(observed: &Observed, pick: &Pick) -> Result<Page, BadPick> {
    let clusters = picked(observed, pick)?;
    let mut page = Page::new("ShowConfig");
    page.tables.push(Table {
        key: "settings",
        title: "SETTINGS",
        columns: vec![
            Column::new("cluster", "CLUSTER", Kind::Text, 2, "the cluster"),
            Column::new("key", "KEY", Kind::Text, 0, "path of the setting"),
            Column::new("value", "VALUE", Kind::Text, 0, "its value, as JSON where it is no text"),
            Column::new("witness", "WITNESS", Kind::Text, 5, "the member that told it"),
        ],
        rows: clusters.iter().flat_map(|cluster| rows(observed, cluster)).collect(),
        when_empty: "the configuration is empty",
    });
    page.sources = sources(&clusters, &[Patroni::NAME]);
    Ok(page)
}

/// The configuration that the freshest witness tells.
pub(super) fn dynamic<'a>(observed: &'a Observed, cluster: &'a Cluster) -> Option<(&'a Dynamic, String)> {
    let told = cluster.members::<Patroni>(observed.now).into_iter().filter_map(|member| {
        let view = member.view.ok()?;
        let at = view.snapshot.config.taken_at()?;
        Some((at.mono, view.snapshot.config.value()?, view.endpoint.id.name.clone()))
    });
    told.max_by_key(|(at, _, _)| *at).map(|(_, dynamic, witness)| (dynamic, witness))
}

fn rows(observed: &Observed, cluster: &Cluster) -> Vec<Row> {
    let name = cluster.spec.name.as_str();
    let Some((dynamic, witness)) = dynamic(observed, cluster) else {
        let unknown = Cell::unknown(roster::nobody_told(cluster, observed.now, "configuration", |snapshot| &snapshot.config));
        return vec![Row::new(name, [vec![Cell::text(name)], vec![unknown; 3]].concat())];
    };
    let mut flat = Vec::new();
    for (key, value) in &dynamic.whole {
        flatten(key, value, &mut flat);
    }
    let row = |(key, value): (String, String)| {
        let cells = vec![Cell::text(name), Cell::text(key.as_str()), Cell::text(value), Cell::text(witness.as_str())];
        Row::new(format!("{name}/{key}"), cells)
    };
    flat.into_iter().map(row).collect()
}

fn flatten(path: &str, value: &Value, out: &mut Vec<(String, String)>) {
    match value {
        Value::Object(map) if !map.is_empty() => map.iter().for_each(|(key, value)| flatten(&format!("{path}.{key}"), value, out)),
        Value::String(text) => out.push((path.to_owned(), text.clone())),
        other => out.push((path.to_owned(), other.to_string())),
    }
}
