//! A server names a member that it did not name when this process began to look: it was added, or it is back. Nobody has configured it.

use crate::config::Quantity;
use crate::health::rule::{ClusterRule, ClusterView};
use crate::model::Severity;
use crate::systems::contract::{Knob, Knobs, Raised, RuleInfo, Verdict};
use std::time::Duration;

pub(super) const RULE: ClusterRule = ClusterRule {
    info: RuleInfo {
        id: "member-appeared",
        sentence: "a server names a member that was not there before",
        required: false,
        knobs: &[Knob { name: "remembered_for", default: Quantity::Time(Duration::from_hours(1)), doc: "say so for this long after it came" }],
        cure: "If it was added on purpose, take it into the configuration: until then it is asked without credentials, and its silence alone makes no \
               cluster unknown. If nobody knows it, ask who writes into the store of this cluster.",
    },
    judge,
};

fn judge(view: &ClusterView<'_>, knobs: &Knobs<'_>) -> Verdict {
    let recent = view.cluster.arrived.iter().filter(|passage| view.now.since(passage.at) < knobs.time("remembered_for"));
    let raised = recent.map(|passage| {
        Raised::new(Severity::Info, format!("{} {} is named since this process looks and is not configured", passage.id.system, passage.id.name))
            .on(passage.id.name.as_str())
            .object(passage.id.system.as_str())
            .seen(format!("members as {} lists them", passage.by), passage.address.clone(), passage.at)
    });
    Ok(raised.collect())
}
