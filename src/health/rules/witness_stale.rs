//! The store still shows a member as running that says otherwise or says nothing: up to one ttl its picture is old. Others who read it are misled.
//!
//! Where the member has been silent for longer than its lease and the store still has it, the lease is renewed: the loop of its Patroni runs, and only its
//! REST API hangs. Then the store is right, and the member cannot be asked.

use crate::config::quantity::time_text;
use crate::fleet::Entry;
use crate::health::patroni::{Told, is_unreachable, known_as};
use crate::health::rule::{ClusterRule, ClusterView};
use crate::model::{Moment, Severity};
use crate::systems::contract::{Knobs, Raised, RuleInfo, Verdict};
use crate::systems::patroni::words::Phase;
use crate::transport::Trouble;
use std::time::Duration;

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
        if let Some(silent) = renewed(&told, member.entry, picture.taken_at) {
            raised.push(hung(&name, silent).seen(picture.witness.as_str(), format!("{} is there, {}", row.name, row.state.word()), picture.taken_at));
            continue;
        }
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

/// For how long the member kept silent while the store went on to show it; `None` within its lease.
fn renewed(told: &Told<'_>, entry: &Entry, shown: Moment) -> Option<Duration> {
    let failure = entry.failure.as_ref()?;
    if !matches!(failure.error.trouble, Trouble::AnswerTimeout | Trouble::ConnectTimeout | Trouble::Closed) {
        return None;
    }
    let silent = shown.since(failure.since);
    let config = told.config().ok()?;
    let lease = config.value.ttl()? + config.value.loop_wait()?;
    (entry.good.is_some() && silent > lease).then_some(silent)
}

fn hung(name: &str, silent: Duration) -> Raised {
    let silent = time_text(silent);
    let sentence = format!("{name} still reports to the store and has not answered for {silent}: its Patroni runs, only its REST API hangs");
    Raised::new(Severity::Info, sentence).on(name).cured(
        "PostgreSQL and its replication go on; load balancers that ask this API take the member out. Look who keeps its connections (`ss -tnp` on its host, \
         the port of the REST API): five that stay open take all its threads. Patroni is restarted without its PostgreSQL only in `patronictl pause`.",
    )
}
