//! A member of etcd that does not vote: it counts for no quorum, and refuses most questions.

use crate::model::Severity;
use crate::systems::contract::{Knobs, Raised, Rule, RuleInfo, Verdict, View};
use crate::systems::etcd::snapshot::Snapshot;

pub(super) const RULE: Rule<Snapshot> = Rule {
    info: RuleInfo {
        id: "etcd-learner",
        sentence: "a member of etcd is a learner and has no vote",
        required: false,
        knobs: &[],
        cure: "When it has caught up: `etcdctl member promote ID`. Until then it helps no quorum, and Patroni must not be pointed to it.",
    },
    judge,
};

#[expect(clippy::unnecessary_wraps, reason = "every rule has this form; without a status there is no snapshot")]
fn judge(view: &View<'_, Snapshot>, _knobs: &Knobs<'_>) -> Verdict {
    if !view.snapshot.status.is_learner {
        return Ok(Vec::new());
    }
    let raised = Raised::new(Severity::Warning, format!("etcd member {} is a learner: it has no vote", view.name()));
    Ok(vec![raised.seen(format!("status of {}", view.name()), "isLearner true", view.snapshot.answered)])
}
