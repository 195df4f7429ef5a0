//! Members do not reach the store that holds the leader lock. Without it a primary gives its role up after `retry_timeout`, unless failsafe mode holds it,
//! and nobody is promoted.

use crate::config::quantity::{Quantity, time_text};
use crate::health::patroni::Told;
use crate::health::rule::{ClusterRule, ClusterView};
use crate::model::{Reason, Severity};
use crate::systems::contract::{Knob, Knobs, Raised, RuleInfo, Verdict, View};
use crate::systems::patroni::claims::Store;
use crate::systems::patroni::snapshot::Snapshot;
use crate::systems::patroni::wire::Flag;
use std::time::Duration;

pub(super) const RULE: ClusterRule = ClusterRule {
    info: RuleInfo {
        id: "dcs-down",
        sentence: "members of Patroni do not reach the cluster's store",
        required: false,
        knobs: &[Knob {
            name: "grace",
            default: Quantity::Time(Duration::from_secs(5)),
            doc: "how much later than loop_wait a member may have reached the store before it counts as cut off",
        }],
        cure: "Look at the store (etcd: members, quorum, disk) and at the network to it. Change nothing in Patroni meanwhile: switchover, failover and edit-config cannot \
               work. When the store is back, Patroni recovers by itself.",
    },
    judge,
};

fn judge(view: &ClusterView<'_>, knobs: &Knobs<'_>) -> Verdict {
    let told = Told::of(view);
    if told.is_absent() {
        return Err(told.gap("whether the store is reached", Reason::NotConfigured("no endpoint of patroni in this cluster".to_owned())));
    }
    let grace = knobs.time("grace");
    let judged: Vec<_> = told.views().map(|member| (member, member.snapshot.store(grace))).collect();
    let known: Vec<_> = judged.iter().filter_map(|(member, store)| store.as_ref().ok().map(|store| (*member, store))).collect();
    if known.is_empty() {
        let unsaid = judged.into_iter().find_map(|(_, store)| store.err());
        return Err(unsaid.unwrap_or_else(|| told.gap("whether the store is reached", Reason::NotAskedYet)));
    }
    let cut_off: Vec<_> = known.iter().filter(|(_, store)| **store != Store::Reached).collect();
    if cut_off.len() == known.len() {
        let lost = cut_off.iter().any(|(_, store)| **store == Store::Lost);
        let (severity, sentence) = if lost {
            (Severity::Critical, whole(&told))
        } else {
            (Severity::Warning, "the cluster's store does not answer the members of Patroni, or too slowly".to_owned())
        };
        return Ok(vec![cut_off.iter().fold(Raised::new(severity, sentence), |raised, (member, _)| evidence(raised, member))]);
    }
    let one = |(member, store): &&(&View<'_, Snapshot>, &Store)| {
        let (severity, how) = match store {
            Store::Lost => (Severity::Warning, "does not reach the cluster's store"),
            Store::Doubtful | Store::Reached => (Severity::Info, "cannot read the cluster's store, or only slowly"),
        };
        evidence(Raised::new(severity, format!("{} {how}, the others do", member.name())).on(member.name()), member)
    };
    Ok(cut_off.iter().map(one).collect())
}

fn whole(told: &Told<'_>) -> String {
    let primary = told.views().find(|member| member.snapshot.says_writable());
    let rest = match primary {
        Some(member) if member.snapshot.own.failsafe_active.is_on() => {
            format!("{} goes on by failsafe mode, as long as it reaches all members", member.name())
        }
        Some(member) if member.snapshot.own.failsafe_active == Flag::Off => format!("{} still says primary and will give it up", member.name()),
        Some(member) => format!("{} still says primary; whether by failsafe mode is not known", member.name()),
        None => "nobody is primary".to_owned(),
    };
    format!("no member of Patroni that answers reaches the cluster's store; {rest}")
}

fn evidence(raised: Raised, member: &View<'_, Snapshot>) -> Raised {
    let (snapshot, name) = (member.snapshot, member.name());
    let age = match snapshot.dcs_age() {
        Ok(age) => format!("store last seen {} ago", time_text(age)),
        Err(gap) => format!("{}: {}", gap.fact, gap.reason.phrase()),
    };
    let raised = raised.seen(format!("GET /patroni of {name}"), age, snapshot.exchange.answered);
    match snapshot.cluster.known("GET /cluster") {
        Ok(_) => raised,
        Err(gap) => {
            let fact = format!("{} ({} times in a row)", gap.reason.phrase(), snapshot.cluster_failures);
            raised.seen(format!("GET /cluster of {name}"), fact, gap.since.unwrap_or(snapshot.exchange.answered))
        }
    }
}
