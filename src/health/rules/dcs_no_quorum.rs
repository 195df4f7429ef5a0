//! etcd has no leader that any of its members knows of: nothing can be written to it, and Patroni can renew no lock.

use crate::health::rule::{ClusterRule, ClusterView};
use crate::model::{Gap, Reason, Severity};
use crate::systems::contract::{Knobs, Raised, RuleInfo, Verdict};
use crate::systems::etcd::Etcd;
use crate::systems::patroni::Patroni;
use crate::systems::patroni::claims::Store;

pub(super) const RULE: ClusterRule = ClusterRule {
    info: RuleInfo {
        id: "dcs-no-quorum",
        sentence: "etcd has no quorum",
        required: false,
        knobs: &[],
        cure: "Start the members that are down until more than half run. Do not remove members without a quorum and do not restore a snapshot before every \
               disk was looked at. Patroni recovers by itself once etcd does.",
    },
    judge,
};

fn judge(view: &ClusterView<'_>, _knobs: &Knobs<'_>) -> Verdict {
    let members = view.members::<Etcd>();
    let known: Vec<_> = members.iter().filter_map(|member| member.view.as_ref().ok()).collect();
    if members.is_empty() {
        return Err(Gap::new("quorum of etcd", Reason::NotConfigured("no endpoint of etcd in this cluster".to_owned())));
    }
    if known.iter().any(|member| member.snapshot.has_leader()) {
        return Ok(Vec::new());
    }
    let silent: Vec<_> = members.iter().filter_map(|member| Some((member.name(), member.entry.failure.as_ref()?))).collect();
    let gone = silent.iter().filter(|(_, failure)| matches!(failure.error.reason(), Reason::Unreachable(_))).count();
    // whom we could not ask for reasons of our own may well be the quorum; and where nothing at all answers, the cut may be on this side
    let majority = members.len() / 2 + 1;
    let cut_off = known.is_empty() && !view.cluster.entries.iter().any(|entry| entry.current(view.now).is_ok());
    if known.len() + gone < majority || cut_off {
        let first = members.iter().find_map(|member| member.view.as_ref().err().cloned());
        return Err(first.unwrap_or_else(|| Gap::new("quorum of etcd", Reason::NotAskedYet)));
    }
    // who reaches the store has seen it work, whichever of its members were named here
    if known.is_empty()
        && let Some(name) = reaches(view)
    {
        let why = format!("no member of etcd that is named here answers, and {name} reaches the store");
        return Err(Gap::new("quorum of etcd", Reason::NotReached(why)));
    }
    let sentence = if known.is_empty() {
        format!("none of the {} members of etcd answers", members.len())
    } else {
        format!("etcd has no quorum: {} of {} members answer and know of no leader", known.len(), members.len())
    };
    let mut raised = Raised::new(Severity::Critical, sentence);
    for member in &known {
        let fact = if member.snapshot.status.errors.is_empty() { "no leader".to_owned() } else { member.snapshot.status.errors.join("; ") };
        raised = raised.seen(format!("status of {}", member.name()), fact, member.snapshot.answered);
    }
    for (name, failure) in silent {
        raised = raised.seen(format!("status of {name}"), failure.error.to_string(), failure.last);
    }
    Ok(vec![raised])
}

/// A member of Patroni that reached the store when it last should have.
fn reaches<'a>(view: &ClusterView<'a>) -> Option<&'a str> {
    let grace = Knobs::new(&view.cluster.spec, &super::dcs_down::RULE.info).time("grace");
    let (members, _silent) = view.known::<Patroni>();
    members.iter().find(|member| member.snapshot.store(grace) == Ok(Store::Reached)).map(|member| member.endpoint.id.name.as_str())
}
