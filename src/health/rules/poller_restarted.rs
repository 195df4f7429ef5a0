//! A task of this program failed inside while it asked an endpoint: a mistake of ours, which took nothing else with it, and the task was started again.

use crate::config::quantity::time_text;
use crate::health::rule::{ClusterRule, ClusterView};
use crate::model::Severity;
use crate::systems::contract::{Knobs, Raised, RuleInfo, Verdict};
use std::time::Duration;

/// One that went on well for so long is forgotten.
const REMEMBERED: Duration = Duration::from_mins(15);

pub(super) const RULE: ClusterRule = ClusterRule {
    info: RuleInfo {
        id: "poller-restarted",
        sentence: "the task that asks an endpoint failed inside and was started again",
        required: false,
        knobs: &[],
        cure: "It is a mistake of this program, not of the server: report it with what it said, the version (`opsctl version`) and the log (`--log FILE` keeps one). \
               Where it fails again and again the endpoint is not read: look at the server in another way until then.",
    },
    judge,
};

fn judge(view: &ClusterView<'_>, _knobs: &Knobs<'_>) -> Verdict {
    let lately = view.cluster.crashes.iter().filter(|crash| view.now.since(crash.last) < REMEMBERED);
    let raised = lately.map(|crash| {
        let times = if crash.count == 1 { "once".to_owned() } else { format!("{} times", crash.count) };
        let ago = time_text(view.now.since(crash.last));
        let sentence = format!("asking {} {} failed inside {times}, last {ago} ago: {}", crash.id.system, crash.id.name, crash.said.raw());
        let raised = Raised::new(Severity::Warning, sentence).on(crash.id.name.as_str()).object(crash.id.system.as_str());
        raised.seen("this process", crash.said.clone(), crash.last).seen_since(Some(crash.first.wall))
    });
    Ok(raised.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::ClusterSpec;
    use crate::fleet::{Crash, Fleet};
    use crate::model::{Clock, EndpointId};
    use std::sync::Arc;

    #[test]
    fn it_is_told_for_a_while_with_what_it_said() {
        let begin = Clock::real().now();
        let id = EndpointId { cluster: "c".into(), system: "etcd".into(), name: "e1".into() };
        let mut fleet = Fleet::unread(&[Arc::new(ClusterSpec::named("c", "test"))], Duration::MAX, begin);
        let crash = Crash { id, said: "index out of \u{1b}[2Jbounds".into(), first: begin, last: begin.plus(Duration::from_secs(9)), count: 3 };
        Arc::make_mut(&mut fleet.clusters[0]).crashes.push(crash);
        let found = |after: u64| {
            let view = ClusterView { fleet: &fleet, cluster: &fleet.clusters[0], now: begin.plus(Duration::from_secs(after)) };
            judge(&view, &Knobs::new(&view.cluster.spec, &RULE.info)).expect("judged")
        };
        let told = found(10);
        assert_eq!(told[0].sentence.shown(), "asking etcd e1 failed inside 3 times, last 1s ago: index out of \\x1b[2Jbounds");
        assert_eq!((told[0].severity, told[0].member.as_deref()), (Severity::Warning, Some("e1")));
        assert_eq!(found(9 + 15 * 60).len(), 0);
    }
}
