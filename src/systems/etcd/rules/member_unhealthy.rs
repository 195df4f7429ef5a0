//! A member says that it is not healthy though it knows a leader: it cannot read through the quorum. Without a leader, or with an alarm, that is said already.

use super::own_status;
use crate::config::Quantity;
use crate::model::Severity;
use crate::systems::contract::{HOLDS, Knob, Knobs, Raised, Rule, RuleInfo, Verdict, View};
use crate::systems::etcd::snapshot::Snapshot;
use crate::text::untrusted::visible;
use std::time::Duration;

pub(super) const RULE: Rule<Snapshot> = Rule {
    info: RuleInfo {
        id: "etcd-member-unhealthy",
        sentence: "a member of etcd says that it is not healthy",
        required: false,
        knobs: &[Knob {
            name: HOLDS,
            default: Quantity::Time(Duration::from_secs(10)),
            doc: "a slow disk or a change of leader makes it say so for a moment",
        }],
        cure: "Look at the log of that member for `apply request took too long` (slow disk), `failed to send out heartbeat on time` (network, CPU) and for \
               requests that time out. During a change of leader it ends by itself.",
    },
    judge,
};

fn judge(view: &View<'_, Snapshot>, _knobs: &Knobs<'_>) -> Verdict {
    let snapshot = view.snapshot;
    let name = view.name();
    if !snapshot.has_leader() || !snapshot.alarms_set().is_empty() {
        return Ok(Vec::new());
    }
    let health = snapshot.health.known(format!("health of {name}"))?;
    if health.healthy {
        return Ok(Vec::new());
    }
    let why = health.reason.as_deref().map_or_else(|| "without a reason".to_owned(), visible);
    let taken_at = snapshot.health.taken_at().unwrap_or(snapshot.answered);
    Ok(vec![
        Raised::new(Severity::Warning, format!("etcd member {name} knows a leader and says that it is not healthy: {why}"))
            .seen(format!("GET /health of {name}"), format!("health false, reason {why}"), taken_at)
            .seen(own_status(view), "has a leader", snapshot.answered),
    ])
}
