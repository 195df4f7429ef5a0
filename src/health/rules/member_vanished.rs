//! A member that was discovered is not named by anybody any more: it was taken out, or its lease ended because it is down. Nobody has configured it, so
//! nothing else would miss it.

use crate::config::Quantity;
use crate::config::quantity::time_text;
use crate::health::rule::{ClusterRule, ClusterView};
use crate::model::Severity;
use crate::systems::contract::{Knob, Knobs, Raised, RuleInfo, Verdict};
use std::time::Duration;

pub(super) const RULE: ClusterRule = ClusterRule {
    info: RuleInfo {
        id: "member-vanished",
        sentence: "a discovered member is not named by any server any more",
        required: false,
        knobs: &[Knob { name: "remembered_for", default: Quantity::Time(Duration::from_hours(24)), doc: "say so for this long after it left" }],
        cure: "If it was taken out on purpose, there is nothing to do. If not: its process is down or cannot reach its store; start it, read its log. \
               `opsctl init` writes the members down, so that a missing one is missed from the start.",
    },
    judge,
};

fn judge(view: &ClusterView<'_>, knobs: &Knobs<'_>) -> Verdict {
    let recent = view.cluster.departed.iter().filter(|passage| view.now.since(passage.at) < knobs.time("remembered_for"));
    let raised = recent.map(|passage| {
        let ago = time_text(view.now.since(passage.at));
        Raised::new(Severity::Warning, format!("{} {} is not named by any server any more and is not asked", passage.id.system, passage.id.name))
            .on(passage.id.name.as_str())
            .object(passage.id.system.as_str())
            .seen(format!("members as {} lists them", passage.by), format!("without {} for {ago}", passage.address.raw()), passage.at)
    });
    Ok(raised.collect())
}
