//! `topology`: who streams from whom, as each server itself says; the primary at the root.

use super::list;
use super::{BadPick, Pick, ViewDef, picked, sources};
use crate::app::Observed;
use crate::fleet::Cluster;
use crate::model::Moment;
use crate::systems::contract::System;
use crate::systems::patroni::{Patroni, Snapshot};
use crate::systems::view::{Cell, Page, Row, Table};
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
    let trees: Vec<Row> = clusters.iter().flat_map(|cluster| tree(observed, cluster, &table, &rows)).collect();
    table.rows = trees;
    table
}

/// Who is the root: the holder of the lock, then who takes writes, then the newest timeline.
type Rank = (bool, bool, i64);

/// The rows of one cluster, each below the server that says it streams to it. At the root stands who leads, and who says of itself that it does. Who is silent
/// hangs below what it followed when that was last told: beside the leader it would read as a second one. A replica that answers, and that nobody who answers
/// sends to, stands alone behind the tree.
fn tree(observed: &Observed, cluster: &Cluster, table: &Table, rows: &BTreeMap<String, Row>) -> Vec<Row> {
    let name = cluster.spec.name.as_str();
    let mine: Vec<&Row> = rows.values().filter(|row| row.key.strip_prefix(name).is_some_and(|rest| rest.starts_with('/'))).collect();
    let ranks: BTreeMap<&str, Rank> = mine.iter().map(|row| (row.key.as_str(), rank(table, row))).collect();
    let of = |key: &str| ranks.get(key).copied().unwrap_or_default();
    let lead = mine.iter().map(|row| row.key.as_str()).filter(|key| of(key).0 || of(key).1).max_by_key(|key| of(key));
    let mut sources: BTreeMap<String, String> = BTreeMap::new();
    for member in cluster.members::<Patroni>(observed.now) {
        let Ok(view) = member.view else { continue };
        let upstream = view.snapshot.own.name.as_deref().unwrap_or(view.name());
        for follower in view.snapshot.own.followers.iter().filter_map(|follower| follower.name.as_deref()) {
            let (below, above) = (format!("{name}/{follower}"), format!("{name}/{upstream}"));
            // who takes writes follows nobody, whatever an old answer says; of two that claim one, the better is believed
            let is_root = Some(below.as_str()) == lead || of(&below).1;
            let is_better = sources.get(&below).is_none_or(|known| of(known) <= of(&above));
            if follower != upstream && !is_root && is_better {
                sources.insert(below, above);
            }
        }
    }
    let told: Vec<(String, &Snapshot)> = last_told(cluster, observed.now);
    let silent = |key: &str| told.iter().any(|(known, _)| known == key);
    for (above, snapshot) in &told {
        for follower in snapshot.own.followers.iter().filter_map(|follower| follower.name.as_deref()) {
            let below = format!("{name}/{follower}");
            if silent(&below) && below != *above && Some(below.as_str()) != lead {
                sources.entry(below).or_insert_with(|| above.clone());
            }
        }
    }
    // where nobody tells anything any more, who led last still stands above the others
    let nobody = told.len() == mine.len();
    let led = || told.iter().find(|(_, snapshot)| snapshot.says_writable()).map(|(key, _)| key.as_str());
    if let Some(lead) = lead.or_else(|| led().filter(|_| nobody)) {
        sources.remove(lead);
        let cannot_tell = |key: &str| silent(lead) || silent(key);
        for row in mine.iter().filter(|row| row.key != lead && !of(&row.key).1 && cannot_tell(&row.key)) {
            sources.entry(row.key.clone()).or_insert_with(|| lead.to_owned());
        }
    }
    let mut placed: Vec<Row> = Vec::new();
    let mut roots: Vec<&Row> = mine.iter().copied().filter(|row| !sources.contains_key(&row.key)).collect();
    // the last one is taken first; equals keep their order
    roots.sort_by_key(|row| std::cmp::Reverse(of(&row.key)));
    let mut open: Vec<(&Row, usize)> = roots.into_iter().rev().map(|row| (row, 0)).collect();
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

/// What each silent member told last, the newest first.
fn last_told(cluster: &Cluster, now: Moment) -> Vec<(String, &Snapshot)> {
    let silent = cluster.of(Patroni::NAME).filter(|entry| entry.current(now).is_err());
    let mut told: Vec<(Moment, String, &Snapshot)> = silent
        .filter_map(|entry| {
            let good = entry.good.as_ref()?;
            Some((good.taken_at, format!("{}/{}", cluster.spec.name, entry.spec.id.name), good.snapshot.downcast_ref::<Snapshot>()?))
        })
        .collect();
    told.sort_by_key(|(at, ..)| std::cmp::Reverse(at.mono));
    told.into_iter().map(|(_, key, snapshot)| (key, snapshot)).collect()
}

fn cell<'r>(table: &Table, row: &'r Row, key: &str) -> Option<&'r Cell> {
    row.cells.get(table.columns.iter().position(|column| column.key == key)?)
}

fn is_role(table: &Table, row: &Row, roles: &[&str]) -> bool {
    matches!(cell(table, row, "role"), Some(Cell::Word(word, _)) if roles.iter().any(|role| word.raw().starts_with(role)))
}

fn rank(table: &Table, row: &Row) -> Rank {
    let timeline = match cell(table, row, "timeline") {
        Some(Cell::Count(timeline)) => *timeline,
        _ => 0,
    };
    let leads = is_role(table, row, &["primary", "standby_leader"]);
    // who is not asked and holds no lock has no rank by what its timeline was
    (cell(table, row, "lock") == Some(&Cell::Flag(true)), leads, if leads { timeline } else { 0 })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::record::Recording;
    use crate::fleet::{Entry, Failure};
    use crate::transport::{ProbeError, Trouble};
    use std::sync::Arc;

    /// The names of the members at the root, after `silent` of them fell silent.
    fn roots(observed: &Observed, silent: &[&str]) -> Vec<String> {
        let mut fleet = observed.fleet.as_ref().clone();
        let cluster = Arc::make_mut(&mut fleet.clusters[0]);
        for entry in cluster.entries.iter_mut().filter(|entry| silent.contains(&entry.spec.id.name.as_str())) {
            let error = ProbeError::new(Trouble::ConnectTimeout, "asked", "");
            let failure = Some(Failure { error, since: observed.now, last: observed.now, count: 1 });
            *entry = Arc::new(Entry { failure, ..entry.as_ref().clone() });
        }
        let observed = Observed { fleet: Arc::new(fleet), ..observed.clone() };
        let clusters: Vec<&Cluster> = observed.fleet.clusters.iter().map(AsRef::as_ref).collect();
        let rows = table(&observed, &clusters).rows;
        assert_eq!(rows.len(), 3, "nobody is left out");
        rows.iter().filter(|row| row.depth == 0).map(|row| row.key.rsplit('/').next().unwrap_or_default().to_owned()).collect()
    }

    #[test]
    fn who_is_silent_is_no_root_beside_the_leader() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/recordings/healthy.opr");
        let recording = Recording::open(std::path::Path::new(path)).expect("a recording");
        let last = recording.at(jiff::Timestamp::MAX).expect("an instant");
        let leader = roots(&last, &[]);
        let others: Vec<&str> = ["pg1", "pg2", "pg3"].into_iter().filter(|name| *name != leader[0]).collect();
        assert_eq!((leader.len(), others.len()), (1, 2));
        assert_eq!(roots(&last, &others), leader);
        assert_eq!(roots(&last, &others[..1]), leader);
        assert_eq!(roots(&last, &["pg1", "pg2", "pg3"]), leader, "when all are silent, who led last");
    }
}
