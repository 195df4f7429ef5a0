//! `topology`: who streams from whom, as each server itself says; the primary at the root.

use super::list;
use super::{BadPick, Pick, ViewDef, picked, sources};
use crate::app::Observed;
use crate::fleet::Cluster;
use crate::systems::contract::System;
use crate::systems::patroni::Patroni;
use crate::systems::view::{Page, Row, Table};
use std::collections::BTreeMap;

pub(super) const VIEW: ViewDef =
    ViewDef { name: "topology", doc: "Who streams from whom: the primary at the root, replicas below", argument: None, page };

fn page(observed: &Observed, pick: &Pick) -> Result<Page, BadPick> {
    let clusters = picked(observed, pick)?;
    let mut page = Page::new("Topology");
    page.tables.push(table(observed, &clusters));
    page.sources = sources(&clusters, &[Patroni::NAME]);
    Ok(page)
}

/// One row a member, each below the server that says it streams to it.
pub(super) fn table(observed: &Observed, clusters: &[&Cluster]) -> Table {
    let mut table = list::members(observed, clusters);
    let rows: BTreeMap<String, Row> = table.rows.drain(..).map(|row| (row.key.clone(), row)).collect();
    for cluster in clusters {
        table.rows.extend(tree(observed, cluster, &rows));
    }
    table
}

/// The rows of one cluster, each below the server that says it streams to it. Who streams from nobody stands at the root.
fn tree(observed: &Observed, cluster: &Cluster, rows: &BTreeMap<String, Row>) -> Vec<Row> {
    let name = cluster.spec.name.as_str();
    let mut sources: BTreeMap<String, String> = BTreeMap::new();
    for member in cluster.members::<Patroni>(observed.now) {
        let Ok(view) = member.view else { continue };
        let upstream = view.snapshot.own.name.as_deref().unwrap_or(view.name());
        for follower in view.snapshot.own.followers.iter().filter_map(|follower| follower.name.as_deref()) {
            if follower != upstream {
                sources.insert(format!("{name}/{follower}"), format!("{name}/{upstream}"));
            }
        }
    }
    let mine: Vec<&Row> = rows.values().filter(|row| row.key.strip_prefix(name).is_some_and(|rest| rest.starts_with('/'))).collect();
    let mut placed: Vec<Row> = Vec::new();
    let mut open: Vec<(&Row, usize)> = mine.iter().rev().filter(|row| !sources.contains_key(&row.key)).map(|row| (*row, 0)).collect();
    while let Some((row, depth)) = open.pop() {
        if placed.iter().any(|done| done.key == row.key) {
            continue;
        }
        placed.push(Row { depth, ..row.clone() });
        open.extend(mine.iter().rev().filter(|below| sources.get(&below.key) == Some(&row.key)).map(|below| (*below, depth + 1)));
    }
    // two servers that claim to follow each other hang on no root
    let lost: Vec<Row> = mine.iter().filter(|row| !placed.iter().any(|done| done.key == row.key)).map(|row| (*row).clone()).collect();
    placed.extend(lost);
    placed
}
