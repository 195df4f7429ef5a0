//! One zone holds so many members of etcd that losing it loses the quorum, and with it every automatic failover.

use crate::health::rule::{ClusterRule, ClusterView};
use crate::model::{Gap, Reason, Severity};
use crate::systems::contract::{Knobs, Raised, RuleInfo, Verdict};
use std::collections::BTreeMap;

pub(super) const RULE: ClusterRule = ClusterRule {
    info: RuleInfo {
        id: "etcd-majority-in-one-zone",
        sentence: "one zone holds the majority of etcd",
        required: false,
        knobs: &[],
        cure: "Spread the members over three zones, so that each zone can be lost. With two zones alone one of them always decides.",
    },
    judge,
};

fn judge(view: &ClusterView<'_>, _knobs: &Knobs<'_>) -> Verdict {
    let mut zones: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let mut all = 0;
    for entry in view.cluster.of("etcd") {
        let name = entry.spec.id.name.as_str();
        let none = || Gap::new(format!("zone of {name}"), Reason::NotConfigured("this endpoint has no `zone`".to_owned()));
        let zone = entry.spec.zone.as_ref().ok_or_else(none)?;
        zones.entry(zone.0.as_str()).or_default().push(name);
        all += 1;
    }
    let raised = zones.into_iter().filter(|(_, members)| members.len() > all / 2).map(|(zone, members)| {
        let sentence = format!("zone {zone} holds {} of {all} members of etcd: its loss is the loss of the quorum", members.len());
        Raised::new(Severity::Warning, sentence).object(zone).seen("configuration", format!("in zone {zone}: {}", members.join(", ")), view.now)
    });
    Ok(raised.collect())
}
