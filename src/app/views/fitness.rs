//! How bad the rules find what a cell tells: the member behind a name that somebody else calls well, a way that leads to nobody who takes writes, a pool whose
//! clients wait. One thing has one sign, wherever it stands. Pure.
//!
//! It must never make anything look better than whoever tells it does, unless a rule judges just that.

use super::{about, subject};
use crate::app::Observed;
use crate::fleet::Cluster;
use crate::model::{EndpointId, Finding, Severity};
use crate::systems::contract::System;
use crate::systems::haproxy::Haproxy;
use crate::systems::twofold::{MEMBER_NOT_RUNNING, REPLICA_LAG, REPLICA_NOT_STREAMING};
use crate::systems::view::{Cell, Row, Table, Tone};

/// The rules that say that a member serves its clients badly: with what is old, or not at all.
const UNFIT: [&str; 11] = [
    REPLICA_LAG.id,
    REPLICA_NOT_STREAMING.id,
    MEMBER_NOT_RUNNING.id,
    "replay-paused",
    "timeline-mismatch",
    "lock-holder-not-writable",
    "split-brain",
    "foreign-member",
    "role-disagrees",
    "host-silent",
    "member-frozen",
];

/// The rules that say of a whole cluster that its writes do not get through, wherever its balancers lead them.
const STALLED: [&str; 5] = ["no-writable-primary", "no-leader", "split-brain", "lock-holder-not-writable", "syncrep-stall"];

/// The rules on clients that wait.
const WAITING: [&str; 2] = ["clients-waiting", "pool-paused"];

/// The columns whose cells are judged by rules of their own.
const JUDGED: [(&str, &[&str]); 4] = [
    ("pooling", &["pool-paused", "pooler-not-active", "database-disabled"]),
    ("paused", &["pool-paused"]),
    ("clients_waiting", &WAITING),
    ("max_wait_seconds", &WAITING),
];

/// The tone of the worst of `findings` that is confirmed; `None` where none is worse than good to know.
fn worst_of<'a>(findings: impl Iterator<Item = &'a Finding>) -> Option<Tone> {
    let severity = findings.filter(|finding| finding.confirmed).map(|finding| finding.severity).max()?;
    (severity > Severity::Info).then(|| subject::tone(severity))
}

fn worsened(cell: Cell, found: Option<Tone>) -> Cell {
    match (cell, found) {
        (Cell::Toned(inner, tone), Some(found)) => Cell::Toned(inner, worse(tone, found)),
        (cell, _) => cell,
    }
}

/// How many of the poolers `ids` serve, as bad as the worst that is found of one of them.
pub(super) fn of_poolers(observed: &Observed, ids: &[&EndpointId], cell: Cell) -> Cell {
    worsened(cell, worst_of(ids.iter().flat_map(|id| about(observed, id))))
}

/// How many clients wait at the poolers `ids`: nobody is no matter, anybody is one.
pub(super) fn of_queue(observed: &Observed, ids: &[&EndpointId], cell: Cell) -> Cell {
    match cell {
        Cell::Count(count) if count > 0 => {
            let found = ids.iter().flat_map(|id| about(observed, id)).filter(|finding| WAITING.contains(&finding.rule.as_str()));
            worsened(Cell::Count(count).toned(Tone::Warn), worst_of(found))
        }
        other => other,
    }
}

/// Where the way of clients for `way` ends, however well its balancers think of it: as bad as what is found of the backend there, and of writes as bad as what
/// keeps them from getting through.
pub(super) fn of_way(observed: &Observed, cluster: &Cluster, way: &str, cell: Cell) -> Cell {
    let key = match way {
        "write" => "write_backend",
        "read" => "read_backend",
        _ => return cell,
    };
    let ends_there = |finding: &Finding| {
        let object = finding.subject.object.as_ref().map_or("", |object| object.raw());
        cluster.of(Haproxy::NAME).map(|entry| &entry.spec).any(|balancer| {
            let inside = |backend: &str| object.strip_prefix(backend).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
            let its_own = finding.subject.system.as_deref().is_none_or(|system| system == Haproxy::NAME);
            its_own && finding.is_on(&balancer.id.name) && balancer.body.text(key).is_some_and(inside)
        })
    };
    let stalled = |finding: &Finding| way == "write" && STALLED.contains(&finding.rule.as_str());
    let touching = observed.judgement.of(&cluster.spec.name).filter(|finding| stalled(finding) || ends_there(finding));
    worsened(cell, worst_of(touching))
}

/// Tones what calls itself bad in `table` as bad as the rule on just that finds it: the same sign stands for the same everywhere.
pub(super) fn as_found(observed: &Observed, table: &mut Table) {
    let judged: Vec<(usize, &[&str])> = table
        .columns
        .iter()
        .enumerate()
        .filter_map(|(at, column)| JUDGED.iter().find(|(key, _)| *key == column.key).map(|(_, rules)| (at, *rules)))
        .collect();
    if judged.is_empty() {
        return;
    }
    let known: Vec<&Finding> =
        observed.judgement.findings.iter().filter(|finding| JUDGED.iter().any(|(_, rules)| rules.contains(&finding.rule.as_str()))).collect();
    for row in &mut table.rows {
        let here: Vec<&Finding> = known.iter().copied().filter(|finding| subject::is_about(finding, &row.key)).collect();
        for (at, rules) in &judged {
            let found = worst_of(here.iter().copied().filter(|finding| rules.contains(&finding.rule.as_str())));
            if let (Some(found), Some(Cell::Toned(_, tone @ (Tone::Warn | Tone::Bad)) | Cell::Word(_, tone @ (Tone::Warn | Tone::Bad)))) =
                (found, row.cells.get_mut(*at))
            {
                *tone = found;
            }
        }
    }
}

/// How badly `member` of `cluster` serves by one of `rules`; `None` where nothing speaks against it.
fn worst(observed: &Observed, cluster: &str, member: &str, rules: &[&str]) -> Option<Tone> {
    // a standby that is no endpoint is the object of who sends to it
    let is_on = |finding: &&Finding| finding.is_on(member) || finding.subject.object.as_ref().is_some_and(|object| object.raw() == member);
    worst_of(observed.judgement.of(cluster).filter(|finding| rules.contains(&finding.rule.as_str())).filter(is_on))
}

fn worse(one: Tone, other: Tone) -> Tone {
    let rank = |tone: Tone| match tone {
        Tone::Bad => 2,
        Tone::Warn => 1,
        Tone::Plain | Tone::Good | Tone::Muted => 0,
    };
    if rank(other) > rank(one) { other } else { one }
}

/// A list of members that is toned, toned as the worst of them is where that is worse.
pub(super) fn of_list(observed: &Observed, cluster: &str, cell: Cell) -> Cell {
    let Cell::Toned(inner, tone) = cell else { return cell };
    let names = match inner.as_ref() {
        Cell::List(names) => names.as_slice(),
        _ => &[],
    };
    let known = names.iter().filter_map(|name| worst(observed, cluster, name.raw(), &UNFIT));
    let tone = known.fold(tone, worse);
    Cell::Toned(inner, tone)
}

/// How `cell` stands when it tells the lag of `member`.
pub(super) fn of_lag(observed: &Observed, cluster: &str, member: &str, cell: Cell) -> Cell {
    match (worst(observed, cluster, member, &[REPLICA_LAG.id]), cell) {
        (Some(tone), cell @ (Cell::Bytes(_) | Cell::Seconds(_))) => cell.toned(tone),
        (_, cell) => cell,
    }
}

/// Tones what `table` tells of the members in its column `named`: their state, and how far they are behind.
pub(super) fn of_rows(observed: &Observed, table: &mut Table, named: &str, state: &str, lags: &[&str]) {
    let place = |key: &str| table.columns.iter().position(|column| column.key == key);
    let (Some(cluster), Some(named)) = (place("cluster"), place(named)) else { return };
    let state = place(state);
    let lags: Vec<usize> = lags.iter().filter_map(|key| place(key)).collect();
    let text = |row: &Row, at: usize| match row.cells.get(at) {
        Some(Cell::Text(text)) => Some(text.raw().to_owned()),
        _ => None,
    };
    for row in &mut table.rows {
        let (Some(cluster), Some(member)) = (text(row, cluster), text(row, named)) else { continue };
        if let Some(Cell::Word(_, tone)) = state.and_then(|at| row.cells.get_mut(at)) {
            *tone = worst(observed, &cluster, &member, &UNFIT).map_or(*tone, |known| worse(*tone, known));
        }
        for at in &lags {
            if let Some(cell) = row.cells.get_mut(*at) {
                *cell = of_lag(observed, &cluster, &member, cell.clone());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::record::Recording;
    use crate::app::views::{Pick, VIEWS, parts, routes};
    use crate::fleet::Cluster;
    use crate::health::{Judgement, judge};
    use std::sync::Arc;

    #[test]
    fn a_way_to_a_member_that_is_far_behind_and_its_sender_are_not_green() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/recordings/fault-replica-lag.opr");
        let recording = Recording::open(std::path::Path::new(path)).expect("a recording");
        let last = recording.at(jiff::Timestamp::MAX).expect("an instant");
        let judgement = judge(&last.fleet, &Judgement::none(last.now), last.now);
        let late = judgement.findings.iter().find(|finding| finding.rule == REPLICA_LAG.id).expect("somebody is behind").clone();
        let member = late.subject.member.clone().expect("a member");
        let observed = Observed { judgement: Arc::new(judgement), ..last };
        let clusters: Vec<&Cluster> = observed.fleet.clusters.iter().map(AsRef::as_ref).collect();
        let tone = if late.severity == Severity::Critical { Tone::Bad } else { Tone::Warn };
        let ends = |observed: &Observed| {
            let table = routes::table(observed, &clusters);
            let at = table.columns.iter().position(|column| column.key == "leads_to").expect("the column");
            let read = table.rows.iter().find(|row| row.key.ends_with("/read")).expect("the way of reads");
            read.cells[at].clone()
        };
        assert_eq!(ends(&observed).tone(), tone, "{:?}", ends(&observed));
        let calm = Observed { judgement: Arc::new(Judgement::none(observed.now)), ..observed.clone() };
        assert_eq!(ends(&calm).tone(), Tone::Good, "its balancer calls it well");
        let view = VIEWS.iter().find(|view| view.name == "replication").expect("a view");
        let page = (view.page)(&observed, &Pick::default()).expect("a page");
        let senders = &page.tables[0];
        let at = |key: &str| senders.columns.iter().position(|column| column.key == key).expect("the column");
        let row = senders.rows.iter().find(|row| row.cells[at("to")] == Cell::text(member.as_str())).expect("its sender");
        assert_eq!((row.cells[at("state")].tone(), row.cells[at("replay_lag_bytes")].tone()), (tone, tone), "{row:?}");
    }

    /// The last instant of a recording with every finding of `rules`, and no other, as bad as `severity`.
    fn found(name: &str, rules: &[&str], severity: Severity) -> Observed {
        let path = format!("{}/tests/fixtures/recordings/{name}.opr", env!("CARGO_MANIFEST_DIR"));
        let last = Recording::open(std::path::Path::new(&path)).expect("a recording").at(jiff::Timestamp::MAX).expect("an instant");
        let findings = last.judgement.findings.iter().filter(|finding| rules.contains(&finding.rule.as_str()));
        let findings: Vec<Finding> = findings.map(|finding| Finding { severity, confirmed: true, ..finding.clone() }).collect();
        assert!(!findings.is_empty(), "{name} has none of {rules:?}: {:?}", last.judgement.findings);
        let judgement = Judgement::told(&last.fleet, 1, last.now, &findings, &[], &[]);
        Observed { judgement: Arc::new(judgement), ..last }
    }

    /// The tones of `keys` in the row that ends with `row`.
    fn tones<const N: usize>(table: &Table, row: &str, keys: [&str; N]) -> [Tone; N] {
        let row = table.rows.iter().find(|known| known.key.ends_with(row)).expect("the row");
        keys.map(|key| row.cells[table.columns.iter().position(|column| column.key == key).expect("the column")].tone())
    }

    #[test]
    fn a_paused_pool_has_one_sign_on_its_way_in_its_panel_and_in_its_row() {
        for (severity, tone) in [(Severity::Critical, Tone::Bad), (Severity::Warning, Tone::Warn)] {
            let observed = found("fault-pooler-pause", &["pool-paused"], severity);
            let about = observed.judgement.findings[0].subject.clone();
            let clusters: Vec<&Cluster> = observed.fleet.clusters.iter().map(AsRef::as_ref).collect();
            let name = about.member.expect("a pooler");
            let way = clusters[0].of("pgbouncer").find(|entry| entry.spec.id.name == name).and_then(|entry| entry.spec.body.text("route"));
            let row = format!("/{}", way.expect("its way"));
            assert_eq!(tones(&routes::table(&observed, &clusters), &row, ["poolers"]), [tone]);
            let panel = parts::panel(&observed, &clusters, crate::systems::registry::find("pgbouncer").expect("a system"));
            assert_eq!(tones(&panel, &format!("/{name}"), ["health", "pooling"]), [tone, tone]);
            let pools = VIEWS.iter().find(|view| view.name == "poolers").expect("a view");
            let page = (pools.page)(&observed, &Pick::default()).expect("a page");
            let at = page.tables[0].columns.iter().position(|column| column.key == "paused").expect("the column");
            let paused: Vec<Tone> = page.tables[0].rows.iter().map(|row| row.cells[at].tone()).filter(|tone| *tone != Tone::Plain).collect();
            assert!(!paused.is_empty() && paused.iter().all(|paused| *paused == tone), "{paused:?}");
        }
    }

    #[test]
    fn a_way_of_writes_that_stalls_is_no_good_way_and_the_way_of_reads_is() {
        let observed = found("fault-sync-freeze", &["syncrep-stall"], Severity::Critical);
        let clusters: Vec<&Cluster> = observed.fleet.clusters.iter().map(AsRef::as_ref).collect();
        let table = routes::table(&observed, &clusters);
        assert_eq!([tones(&table, "/write", ["leads_to"]), tones(&table, "/read", ["leads_to"])], [[Tone::Bad], [Tone::Good]]);
    }
}
