//! The members of a cluster in a few cells: who leads, on which timeline, how many run, who is synchronous, how far the last one is behind.

use super::roster::somebody_silent;
use super::{fitness, lines, list};
use crate::app::Observed;
use crate::fleet::Cluster;
use crate::model::{EndpointId, Gap, Reason};
use crate::systems::contract::System;
use crate::systems::patroni::own::Confirms;
use crate::systems::patroni::words::Phase;
use crate::systems::patroni::{Patroni, Snapshot};
use crate::systems::pgbouncer::Pgbouncer;
use crate::systems::view::{Cell, Column, Kind, Table, Tone};
use crate::text::Untrusted;

/// The columns that [`cells`] fills.
pub(super) const COLUMNS: [Column; 8] = [
    Column::new("leader", "LEADER", Kind::Word, 0, "the member that runs as a primary, by its own words; every one of them, when there are several"),
    Column::new("timeline", "TL", Kind::Count, 5, "timeline of that member"),
    Column::new("members_running", "UP", Kind::Count, 1, "members whose PostgreSQL runs, by their own words"),
    Column::new("members", "OF", Kind::Count, 1, "members, asked or named by the cluster's store"),
    Column::new("sync_standbys", "SYNC", Kind::List, 2, "standbys that commits wait for, by their own words"),
    Column::new("replay_lag_max_bytes", "LAG MAX", Kind::Bytes, 1, "the largest replay lag of a member, as the store says"),
    Column::new("transactions_per_second", "TPS", Kind::Count, 4, "transactions of all poolers, a second"),
    Column::new("clients_waiting", "POOLQ", Kind::Count, 3, "clients of all poolers that wait for a server"),
];

/// One cell a column; nothing to know where the cluster has no member.
pub(super) fn cells(observed: &Observed, cluster: &Cluster) -> Vec<Cell> {
    let now = observed.now;
    let members = list::members(observed, &[cluster]);
    let asked = cluster.members::<Patroni>(now);
    let poolers: Vec<&EndpointId> = cluster.of(Pgbouncer::NAME).map(|entry| &entry.spec.id).collect();
    let waiting = fitness::of_queue(observed, &poolers, lines::over_poolers(observed, cluster, "clients_waiting", "waiting clients"));
    let pooled = [lines::over_poolers(observed, cluster, "tps", "transactions a second"), waiting];
    if asked.is_empty() {
        return (0..COLUMNS.len() - pooled.len()).map(|_| Cell::Nothing).chain(pooled).collect();
    }
    let known: Vec<&Snapshot> = asked.iter().filter_map(|member| member.view.as_ref().ok()).map(|view| view.snapshot).collect();
    let complete = known.len() == asked.len();
    let gap = |fact: &str| Cell::unknown(somebody_silent(cluster, now, fact));
    let names = |pick: fn(&Snapshot) -> bool| -> Vec<Untrusted> {
        let picked = asked.iter().filter(|member| member.view.as_ref().is_ok_and(|view| pick(view.snapshot)));
        picked
            .map(|member| {
                Untrusted::from(member.view.as_ref().ok().and_then(|view| view.snapshot.own.name.clone()).unwrap_or_else(|| member.name().to_owned()))
            })
            .collect()
    };
    let leaders = names(|snapshot| snapshot.own.is_running_primary());
    let timeline = known.iter().find(|snapshot| snapshot.own.is_running_primary()).and_then(|snapshot| snapshot.own.timeline);
    let leader = match (&leaders[..], complete) {
        ([one], _) => Cell::Word(one.clone(), Tone::Plain),
        ([], true) => Cell::word("none", Tone::Bad),
        ([], false) => gap("leader"),
        (several, _) => Cell::word(several.iter().map(Untrusted::raw).collect::<Vec<_>>().join(", "), Tone::Bad),
    };
    let running = known.iter().filter(|snapshot| snapshot.own.state.phase() == Phase::Up).count();
    let up = if known.is_empty() {
        gap("running members")
    } else {
        Cell::count(running).toned(if running < members.rows.len() { Tone::Warn } else { Tone::Plain })
    };
    let sync = names(|snapshot| matches!(snapshot.own.confirms, Confirms::Sync | Confirms::Quorum));
    let unclear = known.iter().any(|snapshot| snapshot.own.confirms == Confirms::Unclear);
    let sync = if sync.is_empty() && (!complete || unclear) { gap("synchronous standbys") } else { Cell::List(sync) };
    let own = [
        leader,
        match timeline {
            Some(timeline) => Cell::count(timeline.0),
            // where everybody answers and nobody leads, there is no such timeline
            None if leaders.is_empty() && complete => Cell::Nothing,
            None => gap("timeline"),
        },
        up,
        Cell::count(members.rows.len()),
        sync,
        // a lag is behind somebody: without a primary the store tells what was true before
        if leaders.is_empty() && !members.rows.is_empty() { compared_with_nobody(lag(&members)) } else { lag(&members) },
    ];
    own.into_iter().chain(pooled).collect()
}

/// A lag that nobody can tell.
fn compared_with_nobody(lag: Cell) -> Cell {
    match lag {
        Cell::Bytes(_) | Cell::Nothing => Cell::unknown(Gap::new("largest lag", Reason::Untold("no primary to compare with".to_owned()))),
        other => other,
    }
}

/// The largest lag; unknown as soon as one is, since that one may be the largest.
fn lag(members: &Table) -> Cell {
    let Some(at) = members.columns.iter().position(|column| column.key == "replay_lag_bytes") else { return Cell::Nothing };
    let mut most = None;
    for cell in members.rows.iter().filter_map(|row| row.cells.get(at)) {
        match cell {
            Cell::Bytes(bytes) => most = most.max(Some(*bytes)),
            Cell::Unknown(gap) => return Cell::Unknown(gap.clone()),
            _ => {}
        }
    }
    // servers that all lead, or one alone, are behind nobody
    most.map_or(Cell::Nothing, Cell::Bytes)
}
