//! No server of a cluster accepts writes.
//!
//! A server that refuses connections or does not answer accepts none from anybody here; one that we may not ask (credentials, configuration) could, and so
//! could one that nobody named here.

use crate::fleet::Entry;
use crate::health::crowd::Then;
use crate::health::patroni::Told;
use crate::health::rule::{ClusterRule, ClusterView};
use crate::health::writers::{nobody_to_ask, writers};
use crate::model::{Gap, Reason, Severity};
use crate::systems::contract::{Knobs, Raised, RuleInfo, Verdict};
use crate::systems::patroni::picture::Row;

pub(super) const RULE: ClusterRule = ClusterRule {
    info: RuleInfo {
        id: "no-writable-primary",
        sentence: "no PostgreSQL of a cluster accepts writes",
        required: false,
        knobs: &[],
        cure: "If the leader died, Patroni promotes a synchronous standby within its ttl: watch `opsctl topology`. If nothing happens, look for the reason there: no \
               candidate that is in sync, the store down or without quorum, the cluster paused, a shutdown that a session or the archiver holds up.",
    },
    judge,
};

fn judge(view: &ClusterView<'_>, _knobs: &Knobs<'_>) -> Verdict {
    let told = Told::of(view);
    // a standby cluster follows another one
    if told.views().any(|member| member.snapshot.says_standby_leader()) {
        return Ok(Vec::new());
    }
    let all = writers(view);
    let mut facts = Vec::new();
    let mut gap = all.is_empty().then(|| nobody_to_ask(view));
    let mut recovers = 0;
    for writer in &all {
        match &writer.says {
            Ok(says) if says.writes => return Ok(Vec::new()),
            Ok(says) => {
                recovers += 1;
                facts.push((writer.witness.clone(), format!("{} accepts none", writer.name), says.at));
            }
            Err(missing) if turns_all_away(writer.entry) => {
                let at = writer.entry.failure.as_ref().map_or(view.now, |failure| failure.last);
                facts.push((format!("connection to {}", writer.name), format!("{}: {}", writer.name, missing.reason.phrase()), at));
            }
            Err(missing) => gap = gap.or_else(|| Some(missing.clone())),
        }
    }
    if let Some(gap) = gap {
        return Err(gap);
    }
    let gap = |why: String| Err(Gap::new(format!("who accepts writes in {}", view.cluster.spec.name), Reason::NotConfigured(why)));
    // the server itself did not say so, and yet it may: the address may be another's
    if let Some(member) = told.views().find(|member| member.snapshot.says_writable()) {
        return gap(format!("{} says by its Patroni that it accepts writes, and no PostgreSQL that is asked here does", member.name()));
    }
    let leader = told.picture().ok().and_then(|picture| picture.value.leader().cloned());
    if let Some(leader) = leader.filter(|leader| told.member_of(leader).is_none() && !all.iter().any(|writer| is_his(writer.entry, leader))) {
        return gap(format!("no endpoint for {}, which holds the leader lock", leader.name));
    }
    if told.is_absent() && recovers == all.len() {
        return gap("all endpoints of postgres are replicas, and no Patroni tells whose".to_owned());
    }
    if recovers == 0 {
        // where nothing can be reached, the cut may be on this side
        return Err(Gap::new(format!("who accepts writes in {}", view.cluster.spec.name), Reason::Unreachable("no member answers".to_owned())));
    }
    let says: Vec<&str> = facts.iter().map(|(_, fact, _)| fact.as_str()).collect();
    let raised = Raised::new(Severity::Critical, format!("nothing accepts writes: {}", says.join(", ")));
    let raised = facts.iter().fold(raised, |raised, (witness, fact, at)| raised.seen(witness.as_str(), fact.as_str(), *at));
    let before = all.iter().filter_map(|writer| Then::of(writer.entry));
    Ok(vec![before.fold(raised, |raised, then| then.seen(raised, view.now))])
}

/// Whether `entry` is the PostgreSQL of `row`.
fn is_his(entry: &Entry, row: &Row) -> bool {
    entry.spec.id.name == row.name || row.address().is_some_and(|address| entry.spec.body.text("address") == Some(address.as_str()))
}

/// Whether the newest question failed in a way that every client meets: nothing listens, nothing answers, or the server starts or stops (class 57P).
fn turns_all_away(entry: &Entry) -> bool {
    entry.failure.as_ref().is_some_and(|failure| matches!(failure.error.reason(), Reason::Unreachable(_)) || failure.error.detail.starts_with("57P"))
}
