//! A member of etcd knows of no leader while others do: it is cut off from them. Without any leader the quorum is gone, which is another rule's.

use crate::health::rule::{ClusterRule, ClusterView};
use crate::model::{Gap, Reason, Severity};
use crate::systems::contract::{Knobs, Raised, RuleInfo, Verdict};
use crate::systems::etcd::Etcd;

pub(super) const RULE: ClusterRule = ClusterRule {
    info: RuleInfo {
        id: "etcd-member-without-leader",
        sentence: "a member of etcd is cut off from its leader",
        required: false,
        knobs: &[],
        cure: "Look at the network between this member and the others (peer port 2380) and at its disk (slow fsync). Patroni members that use it alone lose their store.",
    },
    judge,
};

fn judge(view: &ClusterView<'_>, _knobs: &Knobs<'_>) -> Verdict {
    let (members, missing) = view.known::<Etcd>();
    if members.is_empty() {
        let nobody = || Gap::new("leader of etcd", Reason::NotConfigured("no endpoint of etcd in this cluster".to_owned()));
        return Err(missing.unwrap_or_else(nobody));
    }
    let Some(led) = members.iter().find(|member| member.snapshot.has_leader()) else { return Ok(Vec::new()) };
    let raised = members.iter().filter(|member| !member.snapshot.has_leader()).map(|member| {
        let errors = &member.snapshot.status.errors;
        let fact = if errors.is_empty() { "no leader".to_owned() } else { errors.join("; ") };
        Raised::new(Severity::Warning, format!("etcd member {} knows of no leader, {} does", member.name(), led.name()))
            .on(member.name())
            .seen(format!("status of {}", member.name()), fact, member.snapshot.answered)
            .seen(format!("status of {}", led.name()), "has a leader", led.snapshot.answered)
    });
    Ok(raised.collect())
}
