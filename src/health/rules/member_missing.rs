//! A member of the configuration is not in the cluster's store: its lease ended, or it was never there. Patroni forgets such a member silently.

use crate::config::Quantity;
use crate::health::patroni::Told;
use crate::health::rule::{ClusterRule, ClusterView};
use crate::model::{Origin, Severity};
use crate::systems::contract::{HOLDS, Knob, Knobs, Raised, RuleInfo, Verdict};
use std::time::Duration;

pub(super) const RULE: ClusterRule = ClusterRule {
    info: RuleInfo {
        id: "member-missing",
        sentence: "a configured member is not in the cluster's store",
        required: false,
        knobs: &[Knob { name: HOLDS, default: Quantity::Time(Duration::from_secs(15)), doc: "a member that restarts comes back within a loop" }],
        cure: "Its Patroni is down or cannot reach the store: start it, read its log. If the member was taken out for good, take it out of the configuration.",
    },
    judge,
};

fn judge(view: &ClusterView<'_>, _knobs: &Knobs<'_>) -> Verdict {
    let told = Told::of(view);
    if told.is_absent() {
        return Ok(Vec::new());
    }
    let picture = told.picture()?;
    let configured = told.members.iter().filter(|member| member.entry.spec.origin == Origin::Configured);
    let missing = configured.filter(|member| told.row_of(member, picture.value).is_none());
    let listed: Vec<&str> = picture.value.members.iter().map(|row| row.name.as_str()).collect();
    let fact = format!("members: {}", listed.join(", "));
    let raised = missing.map(|member| {
        let name = member.name();
        let itself = if member.view.is_ok() { ", though it answers itself" } else { "" };
        Raised::new(Severity::Warning, format!("{name} is not among the members in the cluster's store{itself}")).on(name).seen(
            picture.witness.as_str(),
            fact.as_str(),
            picture.taken_at,
        )
    });
    Ok(raised.collect())
}
