//! The primary goes on without the store because it reaches every member. Losing sight of one member ends that at once.

use crate::health::patroni::Told;
use crate::health::rule::{ClusterRule, ClusterView};
use crate::model::{Reason, Severity};
use crate::systems::contract::{Knobs, Raised, RuleInfo, Verdict};

pub(super) const RULE: ClusterRule = ClusterRule {
    info: RuleInfo {
        id: "failsafe-active",
        sentence: "the primary goes on by failsafe mode, without the cluster's store",
        required: false,
        knobs: &[],
        cure: "Bring the store back. Touch no member until then: when the primary cannot reach one of them, it gives its role up, and nobody can be promoted.",
    },
    judge,
};

fn judge(view: &ClusterView<'_>, _knobs: &Knobs<'_>) -> Verdict {
    let told = Told::of(view);
    if told.is_absent() {
        return Ok(Vec::new());
    }
    if told.views().next().is_none() {
        return Err(told.gap("whether failsafe mode is active", Reason::NotAskedYet));
    }
    let raised = Raised::new(Severity::Warning, "failsafe mode is active: writes go on only while the primary reaches every member");
    let active = told.views().filter(|member| member.snapshot.own.failsafe_active.is_on());
    let raised = active.fold(raised, |raised, member| {
        raised.seen(format!("GET /patroni of {}", member.name()), "failsafe_mode_is_active", member.snapshot.exchange.answered)
    });
    if raised.evidence.is_empty() {
        for member in told.views() {
            member.snapshot.own.failsafe_active.known(format!("failsafe_mode_is_active of {}", member.name()))?;
        }
        return Ok(Vec::new());
    }
    Ok(vec![raised])
}
