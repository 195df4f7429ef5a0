//! The store still shows a member as running that says otherwise or says nothing: up to one ttl its picture is old. Others who read it are misled.
//!
//! Where the member has been silent for longer than its lease and the store has had it all the while, the lease is renewed: the loop of its Patroni runs, and
//! only its REST API hangs. Then the store is right, and the member cannot be asked. One that has just come back to the store proves nothing of the kind: its
//! API may answer within the second.

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
        if let Some((silent, shown)) = renewed(&told, member.entry, &row.name, picture.taken_at) {
            let fact = format!("{} is there, {}, without a break for {}", row.name, row.state.word(), time_text(shown));
            raised.push(hung(&name, silent).seen(picture.witness.as_str(), fact, picture.taken_at));
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

/// For how long the member, which the store calls `name`, has kept silent, and for how long the store has shown it without a break; `None` while the lease of
/// before its silence, or of before it came back, may still last.
fn renewed(told: &Told<'_>, entry: &Entry, name: &str, looked: Moment) -> Option<(Duration, Duration)> {
    let failure = entry.failure.as_ref()?;
    if entry.good.is_none() || !matches!(failure.error.trouble, Trouble::AnswerTimeout | Trouble::ConnectTimeout | Trouble::Closed) {
        return None;
    }
    let since = told.views().filter_map(|view| view.snapshot.shown_since.get(name)).min_by_key(|since| since.mono)?;
    let (silent, shown) = (looked.since(failure.since), looked.since(*since));
    let config = told.config().ok()?;
    let lease = config.value.ttl()? + config.value.loop_wait()?;
    (silent.min(shown) > lease).then_some((silent, shown))
}

fn hung(name: &str, silent: Duration) -> Raised {
    let silent = time_text(silent);
    let sentence = format!("{name} still reports to the store and has not answered for {silent}: its Patroni runs, only its REST API hangs");
    Raised::new(Severity::Info, sentence).on(name).cured(
        "PostgreSQL and its replication go on; load balancers that ask this API take the member out. Look who keeps its connections (`ss -tnp` on its host, \
         the port of the REST API): five that stay open take all its threads. Patroni is restarted without its PostgreSQL only in `patronictl pause`.",
    )
}
