//! A member tells an error in its status in words that are neither an alarm nor the missing leader. What it means is not known here; that it is said is.

use super::own_status;
use crate::model::Severity;
use crate::systems::contract::{Knobs, Raised, Rule, RuleInfo, Verdict, View};
use crate::systems::etcd::snapshot::Snapshot;

pub(super) const RULE: Rule<Snapshot> = Rule {
    info: RuleInfo {
        id: "etcd-status-error",
        sentence: "a member of etcd tells an error that opsctl does not know",
        required: false,
        knobs: &[],
        cure: "Read the log of that member, look the words up for this version of etcd, and tell those who build opsctl.",
    },
    judge,
};

fn judge(view: &View<'_, Snapshot>, _knobs: &Knobs<'_>) -> Verdict {
    let snapshot = view.snapshot;
    let raised = snapshot.unknown_errors().map(|error| {
        Raised::new(Severity::Warning, format!("etcd member {} tells an error: {error}", view.name())).object(error.to_owned()).seen(
            own_status(view),
            error.to_owned(),
            snapshot.answered,
        )
    });
    Ok(raised.collect())
}
