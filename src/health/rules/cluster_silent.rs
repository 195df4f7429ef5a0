//! Nothing of a cluster answers: one finding for all of it, of which the silence of each endpoint is a consequence. Whether it is down or only cut off from here
//! nobody can tell from here, so it says what was last known and where to look first.

use crate::config::Quantity;
use crate::config::quantity::time_text;
use crate::fleet::{Entry, Good};
use crate::health::hosts;
use crate::health::rule::{ClusterRule, ClusterView};
use crate::model::Severity;
use crate::systems::contract::{HOLDS, Knob, Knobs, Raised, RuleInfo, System, Verdict};
use crate::systems::patroni::{Patroni, Snapshot};
use crate::systems::postgres::{self, Postgres};
use crate::text::untrusted::visible;
use std::collections::BTreeMap;
use std::time::Duration;

pub(super) const RULE: ClusterRule = ClusterRule {
    info: RuleInfo {
        id: "cluster-silent",
        sentence: "nothing of a cluster answers",
        required: false,
        knobs: &[Knob { name: HOLDS, default: Quantity::Time(Duration::from_secs(5)), doc: "a way from here that blinks is no outage" }],
        cure: "Is it us? Look at the route, the VPN and the names from here, and ask from another place: its clients may be served all the while. Only then look at \
               its machines, the one of the leader first.",
    },
    judge,
};

#[expect(clippy::unnecessary_wraps, reason = "every rule has this form; that an endpoint was not asked yet is told by others")]
fn judge(view: &ClusterView<'_>, _knobs: &Knobs<'_>) -> Verdict {
    Ok(if hosts::nothing_answers(view.cluster) { vec![raised(view)] } else { Vec::new() })
}

fn raised(view: &ClusterView<'_>) -> Raised {
    let entries = &view.cluster.entries;
    let failures = || entries.iter().filter_map(|entry| entry.failure.as_ref());
    let mut ways: BTreeMap<String, usize> = BTreeMap::new();
    for failure in failures() {
        *ways.entry(failure.error.trouble.phrase()).or_default() += 1;
    }
    let ways: Vec<String> = ways.into_iter().map(|(way, count)| format!("{count} {way}")).collect();
    let last = last_known(view);
    let then = last.as_ref().map(|(said, _)| format!("; {said}")).unwrap_or_default();
    let others = view.fleet.clusters.iter().filter(|other| !std::ptr::eq(other.as_ref(), view.cluster) && other.spec.name != view.cluster.spec.name);
    let others: Vec<bool> = others.map(|other| other.entries.iter().any(|entry| entry.current(view.now).is_ok())).collect();
    let us = match (others.is_empty(), others.contains(&true)) {
        (true, _) => "",
        (false, true) => " Other clusters answer from here: not everything is cut off.",
        (false, false) => " No other cluster answers from here either: it is most likely the way from here.",
    };
    let sentence = format!("none of {} endpoints answers ({}){then}", entries.len(), ways.join(", "));
    let began = failures().map(|failure| failure.since).max_by_key(|since| since.mono);
    let raised = Raised::new(Severity::Critical, sentence)
        .seen_since(began.map(|began| began.wall))
        .cured(format!("{}{us} `opsctl doctor` shows what was tried where.", RULE.info.cure));
    let raised = failures().fold(raised, |raised, failure| raised.seen(failure.error.asked.as_str(), failure.error.told(), failure.last));
    match last {
        Some((said, good)) => raised.seen("this process", said, good.taken_at),
        None => raised,
    }
}

/// Who led when it was last told, and when that was.
fn last_known<'a>(view: &ClusterView<'a>) -> Option<(String, &'a Good)> {
    let newest = |system: &str| -> Vec<(&'a Entry, &'a Good)> {
        let mut read: Vec<_> = view
            .cluster
            .entries
            .iter()
            .filter(|entry| entry.spec.id.system == system)
            .filter_map(|entry| Some((entry.as_ref(), entry.good.as_ref()?)))
            .collect();
        read.sort_by_key(|(_, good)| std::cmp::Reverse(good.taken_at.mono));
        read
    };
    let by_patroni =
        newest(Patroni::NAME).into_iter().find(|(_, good)| good.snapshot.downcast_ref::<Snapshot>().is_some_and(Snapshot::says_writable));
    let writes = |good: &Good| good.snapshot.downcast_ref::<postgres::Snapshot>().and_then(|one| postgres::is_writable(one).value().copied());
    let leader = by_patroni.or_else(|| newest(Postgres::NAME).into_iter().find(|(_, good)| writes(good) == Some(true)));
    if let Some((entry, good)) = leader {
        return Some((format!("{} led {} ago", visible(&entry.spec.id.name), time_text(view.now.since(good.taken_at))), good));
    }
    let good = view.cluster.entries.iter().filter_map(|entry| entry.good.as_ref()).max_by_key(|good| good.taken_at.mono)?;
    Some((format!("last read {} ago, and nobody led then", time_text(view.now.since(good.taken_at))), good))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::health::staged::{Said, Staged, judged, sentences};
    use crate::transport::Trouble;

    fn of(endpoints: &[(&str, Said)]) -> Verdict {
        let staged = endpoints.iter().map(|(system, said)| Staged::new(system, "one", ("url", "http://10.0.0.1:8008"), said.clone()));
        judged(&RULE, &staged.collect::<Vec<_>>())
    }

    #[test]
    fn a_cluster_that_answers_nowhere_is_one_finding_that_asks_whether_it_is_us() {
        let fails = |trouble: Trouble| Said::Fails(trouble);
        let all = || {
            of(&[("patroni", fails(Trouble::ConnectionRefused)), ("postgres", fails(Trouble::ConnectTimeout)), ("etcd", fails(Trouble::NoAddress))])
        };
        let told = all().expect("known");
        assert_eq!(told.len(), 1);
        assert!(told[0].sentence.raw().starts_with("none of 3 endpoints answers ("), "{:?}", told[0].sentence);
        assert!(told[0].cure.as_deref().is_some_and(|cure| cure.starts_with("Is it us? Look at the route, the VPN")), "{:?}", told[0].cure);
        assert_eq!((told[0].severity, told[0].evidence.len()), (Severity::Critical, 3));
        // an answer, however bad, comes from there; who was not asked may answer; one alone is told by its own finding
        for other in [Said::Answers, Said::NotAsked, fails(Trouble::NotAuthenticated), fails(Trouble::Status(503))] {
            assert_eq!(
                sentences(of(&[("patroni", fails(Trouble::ConnectionRefused)), ("etcd", fails(Trouble::ConnectTimeout)), ("haproxy", other)])),
                [""; 0]
            );
        }
        assert_eq!(sentences(of(&[("patroni", fails(Trouble::ConnectionRefused))])), [""; 0]);
        // what we did not ask for reasons of our own says nothing of it
        assert_eq!(sentences(of(&[("patroni", fails(Trouble::Secret)), ("etcd", fails(Trouble::ConnectTimeout))])), [""; 0]);
        let blind =
            of(&[("patroni", fails(Trouble::ConnectionRefused)), ("postgres", fails(Trouble::Secret)), ("etcd", fails(Trouble::ConnectTimeout))]);
        assert_eq!(sentences(blind).len(), 1);
    }
}
