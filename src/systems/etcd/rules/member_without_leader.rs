//! A member that knows of no leader: it is cut off from the others, or there is no quorum at all.

use super::own_status;
use crate::model::Severity;
use crate::systems::contract::{Knobs, Raised, Rule, RuleInfo, Verdict, View};
use crate::systems::etcd::Snapshot;

pub(super) const RULE: Rule<Snapshot> = Rule {
    info: RuleInfo {
        id: "etcd-member-without-leader",
        sentence: "an etcd member knows of no leader",
        required: false,
        knobs: &[],
        cure: "Look at the other members first: without a quorum start those that are down. If the others have a leader, look at the network between this \
               member and them (peer port 2380) and at its disk (slow fsync).",
    },
    judge,
};

fn judge(view: &View<'_, Snapshot>, _knobs: &Knobs<'_>) -> Verdict {
    let snapshot = view.snapshot;
    if snapshot.has_leader() {
        return Ok(Vec::new());
    }
    let fact = if snapshot.status.errors.is_empty() { "no leader".to_owned() } else { snapshot.status.errors.join("; ") };
    let sentence = format!("etcd member {} knows of no leader", view.name());
    Ok(vec![Raised::new(Severity::Warning, sentence).seen(own_status(view), fact, snapshot.answered)])
}
