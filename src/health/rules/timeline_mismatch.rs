//! A running member is on another timeline than the leader: it did not follow the last promotion, or it was promoted by itself.

use crate::config::Quantity;
use crate::health::patroni::Told;
use crate::health::rule::{ClusterRule, ClusterView};
use crate::model::{Reason, Severity};
use crate::systems::contract::{HOLDS, Knob, Knobs, Raised, RuleInfo, Verdict};
use std::time::Duration;

pub(super) const RULE: ClusterRule = ClusterRule {
    info: RuleInfo {
        id: "timeline-mismatch",
        sentence: "a running member is on another timeline than the leader",
        required: false,
        knobs: &[Knob {
            name: HOLDS,
            default: Quantity::Time(Duration::from_secs(20)),
            doc: "replicas follow a promotion within two loops of Patroni",
        }],
        cure: "Directly after a promotion it ends by itself. If it stays: the member could not follow (its log: `requested timeline is not a child`); let Patroni \
               rewind it or reinitialise it. A member that is ahead of the leader holds commits that the leader does not have: keep its data until that is understood.",
    },
    judge,
};

fn judge(view: &ClusterView<'_>, _knobs: &Knobs<'_>) -> Verdict {
    let told = Told::of(view);
    if told.is_absent() {
        return Ok(Vec::new());
    }
    let head = told.head().and_then(|leader| leader.snapshot.timeline().map(|timeline| (leader, timeline)));
    let Some((leader, expected)) = head else { return Err(told.gap("timeline of the leader", Reason::NotReported)) };
    let others = told.views().filter_map(|member| member.snapshot.timeline().map(|timeline| (member, timeline)));
    let raised = others.filter(|(_, timeline)| *timeline != expected).map(|(member, timeline)| {
        let name = member.name();
        let side = if timeline > expected { "ahead of" } else { "behind" };
        Raised::new(Severity::Warning, format!("{name} is on timeline {timeline}, {side} timeline {expected} of the leader {}", leader.name()))
            .on(name)
            .seen(format!("GET /patroni of {name}"), format!("timeline {timeline}"), member.snapshot.exchange.answered)
            .seen(format!("GET /patroni of {}", leader.name()), format!("timeline {expected}"), leader.snapshot.exchange.answered)
    });
    Ok(raised.collect())
}
