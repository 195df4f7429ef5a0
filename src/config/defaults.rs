//! Puts defaults under clusters and endpoints: those of `[defaults]`, then those of the group, then what the cluster itself says.

use super::merge;
use super::place::Place;
use super::tree::{Entry, Node, Table, Value};

/// The defaults of a file of `clusters.d`, and the clusters they hold for.
pub(super) struct Group {
    pub(super) clusters: Vec<String>,
    pub(super) defaults: Table,
}

/// What holds for the cluster called `name`: the weakest table first.
pub(super) fn of<'a>(name: &str, all: Option<&'a Table>, groups: &'a [Group]) -> Vec<&'a Table> {
    let mine = groups.iter().filter(|group| group.clusters.iter().any(|cluster| cluster == name)).map(|group| &group.defaults);
    all.into_iter().chain(mine).collect()
}

/// The cluster with its defaults under it and under each of its endpoints. `builtin`: the place of what nobody said.
pub(super) fn under(cluster: &Entry, layers: &[&Table], builtin: &Place) -> Table {
    let mut base = Table::default();
    let scope = Node::new(Value::Text(cluster.name.clone()), builtin.clone());
    base.push(Entry { name: "scope".to_owned(), place: builtin.clone(), node: scope });
    for layer in layers {
        base = merge::table(base, picked(layer, &["environment", "rto_goal", "rpo_goal", "rules"]));
    }
    let own = cluster.node.table().cloned().unwrap_or_default();
    let mut whole = merge::table(base, own);
    if let Some(mut endpoints) = whole.take("endpoint") {
        if let Value::Table(table) = endpoints.node.value {
            let mut filled = Table::default();
            for endpoint in table.into_entries() {
                filled.push(endpoint_under(endpoint, layers));
            }
            endpoints.node.value = Value::Table(filled);
        }
        whole.push(endpoints);
    }
    whole
}

fn endpoint_under(endpoint: Entry, layers: &[&Table]) -> Entry {
    let system = endpoint.name.split_once('/').map_or("", |(system, _)| system).to_owned();
    let mut base = Table::default();
    for layer in layers {
        base = merge::table(base, picked(layer, &["zone"]));
        if let Some(defaults) = layer.node("endpoint").and_then(Node::table).and_then(|systems| systems.node(&system)).and_then(Node::table) {
            base = merge::table(base, defaults.clone());
        }
    }
    let place = endpoint.node.place.clone();
    let own = endpoint.node.table().cloned().unwrap_or_default();
    Entry { name: endpoint.name, place: endpoint.place, node: Node::new(Value::Table(merge::table(base, own)), place) }
}

fn picked(table: &Table, keys: &[&str]) -> Table {
    let mut out = Table::default();
    for entry in table.entries().iter().filter(|entry| keys.contains(&entry.name.as_str())) {
        out.push(entry.clone());
    }
    out
}
