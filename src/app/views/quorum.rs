//! Whether the store can still decide, and how much more may fail before it cannot.

use crate::app::Observed;
use crate::fleet::Cluster;
use crate::model::{Gap, Reason};
use crate::systems::etcd::{Etcd, Snapshot};
use crate::systems::view::{Cell, Column, Kind, Row, Table, Tone};
use crate::text::Untrusted;
use std::collections::BTreeMap;

/// One row a cluster whose store is asked.
pub(crate) fn table(observed: &Observed, clusters: &[&Cluster]) -> Table {
    Table {
        key: "quorum",
        title: "QUORUM",
        columns: vec![
            Column::new("cluster", "CLUSTER", Kind::Text, 1, "the cluster"),
            Column::new("standing", "STANDS", Kind::Word, 0, "kept: one more may fail; at the edge: none may; lost: nobody can be elected"),
            Column::new("voters", "VOTERS", Kind::Count, 0, "members that vote, by the store's own list where it is known"),
            Column::new("following", "WITH LEADER", Kind::Count, 0, "of those asked, members that answer and know a leader"),
            Column::new("needed", "NEEDED", Kind::Count, 0, "members that make a majority"),
            Column::new("may_fail", "MAY FAIL", Kind::Count, 0, "members that may fail besides before no majority is left"),
            Column::new("leader", "LEADER", Kind::Text, 1, "the member that leads the store"),
            Column::new("terms", "TERM", Kind::List, 3, "terms that the members tell; several: they do not agree"),
            Column::new("dangerous_zones", "ONE ZONE ENDS IT", Kind::List, 2, "zones whose loss leaves no majority"),
        ],
        rows: clusters.iter().filter_map(|cluster| row(observed, cluster)).collect(),
        when_empty: "no etcd is configured",
    }
}

/// Whether the rule on it has found that there is none, by what it knows now.
fn lost(observed: &Observed, cluster: &Cluster) -> bool {
    observed.judgement.of(&cluster.spec.name).any(|finding| finding.rule == "dcs-no-quorum" && finding.confirmed)
}

fn row(observed: &Observed, cluster: &Cluster) -> Option<Row> {
    let members = cluster.members::<Etcd>(observed.now);
    if members.is_empty() {
        return None;
    }
    let known: Vec<(&str, &Snapshot, Option<&str>)> = members
        .iter()
        .filter_map(|member| Some((member.name(), member.view.as_ref().ok()?.snapshot, member.entry.spec.zone.as_ref().map(|zone| zone.0.as_str()))))
        .collect();
    let listed = known.iter().find_map(|(_, snapshot, _)| snapshot.peers.value());
    let voters = listed.map_or(members.len(), |peers| peers.iter().filter(|peer| !peer.is_learner).count());
    let needed = voters / 2 + 1;
    let following: Vec<_> = known.iter().filter(|(_, snapshot, _)| snapshot.has_leader() && !snapshot.status.is_learner).collect();
    // members that are not asked from here may be well all the same
    let unseen = voters.saturating_sub(known.len());
    let spare = following.len().checked_sub(needed);
    let standing = match spare {
        Some(0) => Cell::word("at the edge", Tone::Warn),
        Some(_) => Cell::word("kept", Tone::Good),
        // who could not be asked may be well; where the rule has judged all the same, one word stands on all screens
        None if following.len() + unseen >= needed && !lost(observed, cluster) => {
            let why = Reason::Unreachable(format!("{unseen} of {voters} members were not heard"));
            Cell::unknown(Gap::new(format!("quorum of the store of {}", cluster.spec.name), why))
        }
        None => Cell::word("lost", Tone::Bad),
    };
    let mut zones: BTreeMap<&str, usize> = BTreeMap::new();
    for zone in following.iter().filter_map(|(_, _, zone)| *zone) {
        *zones.entry(zone).or_default() += 1;
    }
    let dangerous = zones.into_iter().filter(|(_, count)| following.len().saturating_sub(*count) < needed && spare.is_some());
    let dangerous: Vec<Untrusted> = dangerous.map(|(zone, _)| Untrusted::from(zone)).collect();
    let mut terms: Vec<u64> = known.iter().filter_map(|(_, snapshot, _)| snapshot.status.raft_term).collect();
    terms.sort_unstable();
    terms.dedup();
    let leader = known.iter().find(|(_, snapshot, _)| snapshot.is_leader()).map(|(name, _, _)| *name);
    let several = terms.len() > 1;
    let terms = Cell::List(terms.into_iter().map(|term| Untrusted::from(term.to_string())).collect());
    let cells = vec![
        Cell::text(cluster.spec.name.as_str()),
        standing,
        Cell::count(voters),
        Cell::count(following.len()).toned(if following.len() < voters { Tone::Warn } else { Tone::Plain }),
        Cell::count(needed),
        match spare {
            Some(spare) => Cell::count(spare).toned(if spare == 0 { Tone::Warn } else { Tone::Plain }),
            None => Cell::Nothing,
        },
        match leader {
            Some(name) => Cell::text(name),
            None => Cell::unknown(Gap::new(format!("leader of the store of {}", cluster.spec.name), Reason::NotReported)),
        },
        if several { terms.toned(Tone::Warn) } else { terms },
        if dangerous.is_empty() { Cell::List(dangerous) } else { Cell::List(dangerous).toned(Tone::Warn) },
    ];
    Some(Row::new(format!("{}/quorum", cluster.spec.name), cells))
}
