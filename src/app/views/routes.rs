//! The way of clients: for writes and for reads, the poolers and balancers on it, who waits there, and which members it ends at.

use super::{fitness, lines, parts};
use crate::app::Observed;
use crate::fleet::Cluster;
use crate::model::{EndpointId, Reason};
use crate::systems::contract::System;
use crate::systems::haproxy::Haproxy;
use crate::systems::pgbouncer::Pgbouncer;
use crate::systems::registry;
use crate::systems::view::{Cell, Column, Kind, Row, Table, Tone};
use crate::text::Untrusted;

/// A way and the column in which a balancer says where it ends.
const WAYS: [(&str, Option<&str>); 3] = [("write", Some("writes_to")), ("read", Some("reads_from")), ("other", None)];

/// One row a way; none where a cluster has neither pooler nor balancer.
pub(crate) fn table(observed: &Observed, clusters: &[&Cluster]) -> Table {
    let rows = clusters.iter().flat_map(|cluster| WAYS.iter().filter_map(|way| row(observed, cluster, *way)));
    Table {
        key: "routes",
        title: "ROUTES",
        columns: vec![
            Column::new("cluster", "CLUSTER", Kind::Text, 1, "the cluster"),
            Column::new("route", "ROUTE", Kind::Text, 0, "what clients come for"),
            Column::new("poolers", "POOLERS", Kind::Text, 0, "poolers that serve, of those on this way; as bad as the worst that is found of one"),
            Column::new("clients_active", "CLIENTS", Kind::Count, 3, "clients of these poolers that do not wait"),
            Column::new("clients_waiting", "WAITING", Kind::Count, 0, "clients of these poolers that wait for a server"),
            Column::new("max_wait_seconds", "MAX WAIT", Kind::Seconds, 2, "how long the oldest of them waits"),
            lines::column("waiting_series", 1, "clients that waited at one pooler in the last five minutes"),
            Column::new("balancers", "BALANCERS", Kind::Text, 0, "balancers that answer, of all"),
            Column::new(
                "leads_to",
                "LEADS TO",
                Kind::List,
                0,
                "members that the balancers send new sessions to; as bad as the worst that is found of this end of the way",
            ),
        ],
        rows: rows.collect(),
        when_empty: "neither PgBouncer nor HAProxy is configured",
    }
}

fn row(observed: &Observed, cluster: &Cluster, (way, ends): (&str, Option<&str>)) -> Option<Row> {
    let panel = |name: &str| registry::find(name).map(|system| parts::panel(observed, &[cluster], system));
    let (poolers, balancers) = (panel(Pgbouncer::NAME)?, panel(Haproxy::NAME)?);
    // what is configured is known of a silent one too
    let route = |row: &&Row| {
        let entry = cluster.entries.iter().find(|entry| entry.spec.id.to_string() == row.key);
        entry.and_then(|entry| entry.spec.body.text("route")).unwrap_or("other") == way
    };
    let mine: Vec<&Row> = poolers.rows.iter().filter(route).collect();
    let over: Vec<&Row> = ends.map_or_else(Vec::new, |_| balancers.rows.iter().collect());
    if mine.is_empty() && (over.is_empty() || ends.is_none()) {
        return None;
    }
    let ids: Vec<&EndpointId> =
        cluster.of(Pgbouncer::NAME).map(|entry| &entry.spec.id).filter(|id| mine.iter().any(|row| row.key == id.to_string())).collect();
    let of = |table: &Table, rows: &[&Row], key: &str| -> Vec<Cell> {
        let at = table.columns.iter().position(|column| column.key == key);
        rows.iter().filter_map(|row| row.cells.get(at?)).cloned().collect()
    };
    let pooling = of(&poolers, &mine, "pooling");
    let ended = ends.map(|ends| of(&balancers, &over, ends)).unwrap_or_default();
    let cells = vec![
        Cell::text(cluster.spec.name.as_str()),
        Cell::text(way),
        fitness::of_poolers(observed, &ids, share(&pooling, |cell| cell.tone() == Tone::Good)),
        sum(&of(&poolers, &mine, "clients_active")),
        fitness::of_queue(observed, &ids, sum(&of(&poolers, &mine, "clients_waiting"))),
        longest(&of(&poolers, &mine, "max_wait_seconds")),
        lines::waiting(observed, &ids),
        share(&ended, |cell| !matches!(cell, Cell::Unknown(_))),
        fitness::of_way(observed, cluster, way, ending(&ended)),
    ];
    Some(Row::new(format!("{}/{way}", cluster.spec.name), cells))
}

/// `2/2` of `cells` are good; nothing where there are none. Who was not asked yet is neither good nor bad.
fn share(cells: &[Cell], is_good: impl Fn(&Cell) -> bool) -> Cell {
    let unasked = |cell: &&Cell| matches!(cell, Cell::Unknown(gap) if gap.reason == Reason::NotAskedYet);
    if let Some(cell) = cells.iter().find(unasked) {
        return cell.clone();
    }
    match (cells.iter().filter(|cell| is_good(cell)).count(), cells.len()) {
        (_, 0) => Cell::Nothing,
        (good, all) if good == all => Cell::text(format!("{good}/{all}")).toned(Tone::Good),
        (0, all) => Cell::text(format!("0/{all}")).toned(Tone::Bad),
        (good, all) => Cell::text(format!("{good}/{all}")).toned(Tone::Warn),
    }
}

fn inner(cell: &Cell) -> &Cell {
    match cell {
        Cell::Toned(inner, _) => inner,
        cell => cell,
    }
}

/// The sum of counts; unknown as soon as one is.
fn sum(cells: &[Cell]) -> Cell {
    let mut total = None;
    for cell in cells {
        match inner(cell) {
            // two numbers of servers that no counter reaches: the larger bound is said
            Cell::Count(count) => total = Some(i64::saturating_add(total.unwrap_or(0), *count)),
            Cell::Unknown(gap) => return Cell::Unknown(gap.clone()),
            _ => {}
        }
    }
    total.map_or(Cell::Nothing, Cell::Count)
}

/// The longest of times; unknown as soon as one is.
fn longest(cells: &[Cell]) -> Cell {
    let mut most: Option<f64> = None;
    for cell in cells {
        match inner(cell) {
            Cell::Seconds(seconds) => most = Some(most.map_or(*seconds, |most| most.max(*seconds))),
            Cell::Unknown(gap) => return Cell::Unknown(gap.clone()),
            _ => {}
        }
    }
    most.map_or(Cell::Nothing, Cell::Seconds)
}

/// Where the balancers that answer lead, toned as the worst of them; unknown when none answers.
fn ending(cells: &[Cell]) -> Cell {
    let known: Vec<&Cell> = cells.iter().filter(|cell| !matches!(cell, Cell::Unknown(_))).collect();
    if known.is_empty() {
        return cells.first().cloned().unwrap_or(Cell::Nothing);
    }
    let mut names: Vec<Untrusted> = Vec::new();
    for cell in &known {
        if let Cell::List(list) = inner(cell) {
            names.extend(list.iter().filter(|name| !names.contains(name)).cloned().collect::<Vec<_>>());
        }
    }
    let worst = [Tone::Bad, Tone::Warn].into_iter().find(|tone| known.iter().any(|cell| cell.tone() == *tone)).unwrap_or(Tone::Good);
    let cell = if names.is_empty() { Cell::text("NOBODY") } else { Cell::List(names) };
    cell.toned(worst)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Gap;

    #[test]
    fn a_way_to_a_server_that_takes_no_writes_is_no_good_way() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/recordings/fault-slow-shutdown.opr");
        let recording = crate::app::record::Recording::open(std::path::Path::new(path)).expect("a recording");
        let last = recording.at(jiff::Timestamp::MAX).expect("an instant");
        let clusters: Vec<&Cluster> = last.fleet.clusters.iter().map(AsRef::as_ref).collect();
        let table = table(&last, &clusters);
        let at = table.columns.iter().position(|column| column.key == "leads_to").expect("the column");
        let tones: Vec<_> = table.rows.iter().map(|row| (row.key.as_str(), row.cells[at].tone())).collect();
        assert!(last.judgement.findings.iter().any(|finding| finding.rule == "no-writable-primary"), "{:?}", last.judgement.findings);
        assert!(tones.iter().any(|(way, tone)| way.ends_with("/write") && *tone == Tone::Bad), "{tones:?}");
        assert!(!tones.iter().any(|(way, tone)| way.ends_with("/read") && *tone == Tone::Bad), "{tones:?}");
    }

    #[test]
    fn one_that_is_not_known_makes_a_sum_unknown_and_no_end_is_nobody() {
        let gap = || Cell::unknown(Gap::new("clients", Reason::NotReported));
        assert_eq!(sum(&[Cell::Count(2), Cell::Count(3).toned(Tone::Warn)]), Cell::Count(5));
        assert_eq!(sum(&[Cell::Count(2), gap()]), gap());
        assert_eq!(sum(&[]), Cell::Nothing);
        let good = |cell: &Cell| cell.tone() == Tone::Good;
        let serves = Cell::word("active", Tone::Good);
        assert_eq!(share(&[], good), Cell::Nothing);
        assert_eq!(share(&[serves.clone(), gap()], good), Cell::text("1/2").toned(Tone::Warn));
        let unasked = Cell::unknown(Gap::new("pooler", Reason::NotAskedYet));
        assert_eq!(share(&[serves, unasked.clone()], good), unasked, "before it was asked it is not down");
        assert_eq!(longest(&[Cell::Seconds(1.0), Cell::Seconds(4.0)]), Cell::Seconds(4.0));
        let list = |names: &[&str], tone| Cell::List(names.iter().map(|name| Untrusted::from(*name)).collect()).toned(tone);
        assert_eq!(ending(&[list(&["pg1"], Tone::Good), list(&["pg2"], Tone::Bad), gap()]), list(&["pg1", "pg2"], Tone::Bad));
        assert_eq!(ending(&[list(&["pg2"], Tone::Good), list(&["pg2"], Tone::Warn)]), list(&["pg2"], Tone::Warn), "the worst of them is said");
        assert_eq!(ending(&[list(&["pg2", "pg3"], Tone::Good), list(&["pg3"], Tone::Good)]), list(&["pg2", "pg3"], Tone::Good));
        assert_eq!(ending(&[list(&[], Tone::Bad)]), Cell::text("NOBODY").toned(Tone::Bad));
        assert_eq!(ending(&[gap()]), gap());
    }
}
