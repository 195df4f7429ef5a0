//! Who the synchronous standbys of each cluster were when that was last told, so that their move is noted. No server keeps it: PostgreSQL tells who they are
//! now, and Patroni's history who led. Pure.
//!
//! It must never take silence for a move: where nobody is told, or two servers say that they lead, those of before are still the last that are known.

use super::turns::{Kind, Turn};
use crate::fleet::{Cluster, Fleet};
use crate::model::{Cure, Finding, Moment, Severity, Since, Subject};
use crate::systems::contract::System;
use crate::systems::patroni::{Patroni, Snapshot};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// By cluster, never of nobody.
pub type Standbys = BTreeMap<String, BTreeSet<String>>;

/// What is known after `fleet`, and the moves since `known`.
#[must_use]
pub fn noted(known: &Arc<Standbys>, former: &Fleet, fleet: &Fleet, now: Moment) -> (Arc<Standbys>, Vec<Turn>) {
    let mut all = Arc::clone(known);
    let mut moves = Vec::new();
    for cluster in &fleet.clusters {
        let name = cluster.spec.name.as_str();
        // one that nobody told anything new of is the same allocation
        if former.cluster(name).is_some_and(|former| std::ptr::eq(former, cluster.as_ref())) {
            continue;
        }
        let Some(standbys) = told(cluster, now).filter(|standbys| known.get(name) != Some(standbys)) else { continue };
        moves.extend(known.get(name).map(|before| moved(name, before, &standbys, now)));
        Arc::make_mut(&mut all).insert(name.to_owned(), standbys);
    }
    (all, moves)
}

/// Whose confirmation the one server that leads waits for; `None` where there is nobody, or no such server.
fn told(cluster: &Cluster, now: Moment) -> Option<BTreeSet<String>> {
    let members = cluster.members::<Patroni>(now);
    let leads = |snapshot: &&Snapshot| snapshot.says_writable() || snapshot.says_standby_leader();
    let mut heads = members.iter().filter_map(|member| member.view.as_ref().ok()).map(|view| view.snapshot).filter(leads);
    let (Some(head), None) = (heads.next(), heads.next()) else { return None };
    let names: BTreeSet<String> = head.sync_followers().filter_map(|follower| follower.name.clone()).collect();
    (!names.is_empty()).then_some(names)
}

fn moved(cluster: &str, before: &BTreeSet<String>, after: &BTreeSet<String>, now: Moment) -> Turn {
    let names = |of: &BTreeSet<String>| of.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
    let standby = if before.len().max(after.len()) > 1 { "synchronous standbys" } else { "synchronous standby" };
    let finding = Finding {
        rule: "sync-standby-moved".to_owned(),
        severity: Severity::Info,
        subject: Subject {
            cluster: cluster.to_owned(),
            system: Some(Patroni::NAME.to_owned()),
            member: after.difference(before).next().cloned(),
            object: None,
        },
        sentence: format!("{standby} {} -> {}", names(before), names(after)).into(),
        evidence: Vec::new(),
        since: Since::FirstSeen(now.wall),
        cure: Cure::Procedure(String::new()),
        members: Vec::new(),
        confirmed: true,
    };
    Turn { finding, at: now.wall, kind: Kind::Moved }
}
