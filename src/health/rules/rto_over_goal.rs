//! The lease is longer than the goal allows: when the leader dies, nobody is promoted before its ttl has passed, whatever else works.

use crate::config::quantity::time_text;
use crate::health::patroni::Told;
use crate::health::rule::{ClusterRule, ClusterView};
use crate::model::{Reason, Severity};
use crate::systems::contract::{Knobs, Raised, RuleInfo, Verdict};
use std::time::Duration;

/// From the end of the lease to the first write, as measured.
const PROMOTION: Duration = Duration::from_millis(500);

pub(super) const RULE: ClusterRule = ClusterRule {
    info: RuleInfo {
        id: "rto-over-goal",
        sentence: "the lease of the leader allows a longer outage than the goal",
        required: false,
        knobs: &[],
        cure: "Lower ttl (20 s is Patroni's least, with loop_wait 5 and retry_timeout 5 or less: ttl >= loop_wait + 2 * retry_timeout), or set rto_goal of the \
               cluster to what is really promised.",
    },
    judge,
};

fn judge(view: &ClusterView<'_>, _knobs: &Knobs<'_>) -> Verdict {
    let told = Told::of(view);
    if told.is_absent() {
        return Ok(Vec::new());
    }
    let config = told.config()?;
    let ttl = config.value.ttl().ok_or_else(|| told.gap("ttl", Reason::Malformed("ttl is no number of seconds".to_owned())))?;
    let (worst, goal) = (ttl + PROMOTION, view.cluster.spec.rto_goal);
    if worst <= goal {
        return Ok(Vec::new());
    }
    let sentence = format!("a crash of the leader stops writes for up to {:.1} s, the goal is {}", worst.as_secs_f64(), time_text(goal));
    Ok(vec![Raised::new(Severity::Warning, sentence).seen(config.witness, format!("ttl {} s", ttl.as_secs()), config.taken_at)])
}
