//! The store still shows a member as running that says otherwise or says nothing: up to one ttl its picture is old. Others who read it are misled.

use crate::health::patroni::{Told, is_unreachable, known_as};
use crate::health::rule::{ClusterRule, ClusterView};
use crate::model::Severity;
use crate::systems::contract::{Knobs, Raised, RuleInfo, Verdict};
use crate::systems::patroni::words::Phase;

pub(super) const RULE: ClusterRule = ClusterRule {
    info: RuleInfo {
        id: "witness-stale",
        sentence: "the cluster's store shows a member as running that is not",
        required: false,
        knobs: &[],
        cure: "Do not trust `patronictl list` or GET /cluster for this member now. It corrects itself when the member's lease ends; the member's own state is what counts.",
    },
    judge,
};

fn judge(view: &ClusterView<'_>, _knobs: &Knobs<'_>) -> Verdict {
    let told = Told::of(view);
    if told.is_absent() {
        return Ok(Vec::new());
    }
    let picture = told.picture()?;
    let mut raised = Vec::new();
    for row in picture.value.members.iter().filter(|row| row.state.phase() == Phase::Up) {
        let Some(member) = told.member_of(row) else { continue };
        let (itself, at) = match &member.view {
            Ok(own) if own.snapshot.own.state.phase() == Phase::Up => continue,
            Ok(own) => (format!("says that it is {}", own.snapshot.own.state.word()), own.snapshot.exchange.answered),
            Err(gap) if is_unreachable(member.entry) => (format!("does not answer ({})", gap.reason.phrase()), view.now),
            Err(_) => continue,
        };
        let name = known_as(&told, row);
        let shown = format!("{}, {}", row.role.word(), row.state.word());
        raised.push(
            Raised::new(Severity::Info, format!("the cluster's store still shows {name} as {shown}; {name} itself {itself}"))
                .on(name.as_str())
                .seen(picture.witness.as_str(), format!("{}: {shown}", row.name), picture.taken_at)
                .seen(format!("GET /patroni of {name}"), itself, at),
        );
    }
    Ok(raised)
}
