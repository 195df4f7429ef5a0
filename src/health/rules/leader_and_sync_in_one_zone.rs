//! The leader and every synchronous standby die together: losing one zone loses commits, or leaves nobody who may be promoted.

use crate::health::patroni::Told;
use crate::health::rule::{ClusterRule, ClusterView};
use crate::model::{Gap, Reason, Severity, Zone};
use crate::systems::contract::{Knobs, Raised, RuleInfo, Verdict};

pub(super) const RULE: ClusterRule = ClusterRule {
    info: RuleInfo {
        id: "leader-and-sync-in-one-zone",
        sentence: "the leader and all of its synchronous standbys are in one zone",
        required: false,
        knobs: &[],
        cure: "Make a standby of another zone synchronous: tag those of the leader's zone `nosync: true`, or raise synchronous_node_count. If the latency between \
               zones forbids it, know that the loss of this zone needs a person.",
    },
    judge,
};

fn judge(view: &ClusterView<'_>, _knobs: &Knobs<'_>) -> Verdict {
    let told = Told::of(view);
    if told.is_absent() {
        return Ok(Vec::new());
    }
    let Some(leader) = told.head() else { return Err(told.gap("zone of the leader", Reason::NotReported)) };
    let mut standbys = Vec::new();
    for follower in leader.snapshot.sync_followers() {
        let name = follower.name.as_deref().unwrap_or("a follower without a name");
        let zone = told.member(name).and_then(|member| member.entry.spec.zone.as_ref());
        standbys.push((name.to_owned(), zone.ok_or_else(|| no_zone(name))?));
    }
    if standbys.is_empty() {
        // who has none is told so by another rule
        return Ok(Vec::new());
    }
    let home = leader.endpoint.zone.as_ref().ok_or_else(|| no_zone(leader.name()))?;
    if standbys.iter().any(|(_, zone)| *zone != home) {
        return Ok(Vec::new());
    }
    let Zone(zone) = home;
    let names: Vec<&str> = standbys.iter().map(|(name, _)| name.as_str()).collect();
    let sentence = format!("the leader {} and its synchronous standby {} are both in zone {zone}", leader.name(), names.join(", "));
    let fact = format!("synchronous: {}", names.join(", "));
    Ok(vec![Raised::new(Severity::Warning, sentence).seen(format!("GET /patroni of {}", leader.name()), fact, leader.snapshot.exchange.answered)])
}

fn no_zone(name: &str) -> Gap {
    Gap::new(format!("zone of {name}"), Reason::NotConfigured("this endpoint has no `zone`".to_owned()))
}
