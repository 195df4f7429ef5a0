//! A switchover waits for its time. Patroni accepts any name as its target, also one that no member has.

use crate::health::patroni::Told;
use crate::health::rule::{ClusterRule, ClusterView};
use crate::model::Severity;
use crate::systems::contract::{Knobs, Raised, RuleInfo, Verdict};

pub(super) const RULE: ClusterRule = ClusterRule {
    info: RuleInfo {
        id: "scheduled-switchover",
        sentence: "a switchover is scheduled",
        required: false,
        knobs: &[],
        cure: "Make sure that it is still wanted and that its target exists and streams; `flush` takes it back. A new one silently replaces it.",
    },
    judge,
};

fn judge(view: &ClusterView<'_>, _knobs: &Knobs<'_>) -> Verdict {
    let told = Told::of(view);
    if told.is_absent() {
        return Ok(Vec::new());
    }
    let picture = told.picture()?;
    let Some(scheduled) = &picture.value.switchover else { return Ok(Vec::new()) };
    let from = scheduled.from.as_deref().unwrap_or("the leader");
    let at = scheduled.at.as_ref().map_or("a time that is not told", |at| at.0.as_str());
    let (severity, target) = match scheduled.to.as_deref() {
        None => (Severity::Info, "whom Patroni chooses".to_owned()),
        Some(to) if picture.value.row(to).is_some() => (Severity::Info, to.to_owned()),
        Some(to) => (Severity::Warning, format!("{to}, which is no member of the cluster")),
    };
    let fact = format!("scheduled_switchover at {at} from {from} to {}", scheduled.to.as_deref().unwrap_or("anyone"));
    Ok(vec![Raised::new(severity, format!("a switchover from {from} to {target} is scheduled for {at}")).seen(
        picture.witness,
        fact,
        picture.taken_at,
    )])
}
