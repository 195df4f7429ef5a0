//! Nothing of a cluster answers: one finding for all of it, of which the silence of each endpoint is a consequence. Whether it is down or only cut off from here
//! nobody can tell from here, so it says what was last known and where to look first.

use crate::config::Quantity;
use crate::config::quantity::time_text;
use crate::fleet::{Entry, Good};
use crate::health::hosts;
use crate::health::rule::{ClusterRule, ClusterView};
use crate::model::Severity;
use crate::systems::contract::{HOLDS, Knob, Knobs, Raised, RuleInfo, Verdict};
use crate::systems::patroni::Snapshot;
use crate::systems::postgres;
use crate::text::untrusted::visible;
use std::cmp::Reverse;
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
    let others: Vec<bool> = others.map(|other| hosts::something_answers(other, view.now)).collect();
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
    let mut read: Vec<(&'a Entry, &'a Good)> = view.cluster.entries.iter().filter_map(|entry| Some((entry.as_ref(), entry.good.as_ref()?))).collect();
    read.sort_by_key(|(_, good)| Reverse(good.taken_at.mono));
    let first = |says: &dyn Fn(&Good) -> bool| read.iter().copied().find(|(_, good)| says(good));
    let patroni = |good: &Good, says: fn(&Snapshot) -> bool| good.snapshot.downcast_ref().is_some_and(says);
    let server = |good: &Good| good.snapshot.downcast_ref::<postgres::Snapshot>().map(|server| postgres::is_writable(server).value().copied());
    let leader = first(&|good| patroni(good, Snapshot::says_writable))
        .or_else(|| first(&|good| server(good).flatten() == Some(true)))
        .or_else(|| first(&|good| patroni(good, Snapshot::says_standby_leader)));
    let ago = |good: &Good| time_text(view.now.since(good.taken_at));
    if let Some((entry, good)) = leader {
        return Some((format!("{} led {} ago", visible(&entry.spec.id.name), ago(good)), good));
    }
    // a store, a pooler or a balancer is no witness of it
    if let Some((_, good)) = first(&|good| patroni(good, |_| true) || server(good).is_some()) {
        return Some((format!("last read {} ago, and no member was seen to lead then", ago(good)), good));
    }
    let (_, good) = read.first()?;
    Some((format!("last read {} ago; who led is not known", ago(good)), good))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::health::staged::{Said, Staged, judged, judged_beside, sentences};
    use crate::transport::Trouble;

    fn of(endpoints: &[(&str, Said)]) -> Verdict {
        let staged = endpoints.iter().map(|(system, said)| Staged::new(system, "one", ("url", "http://10.0.0.1:8008"), said.clone()));
        judged(&RULE, &staged.collect::<Vec<_>>())
    }

    #[test]
    fn a_cluster_that_answers_nowhere_is_one_finding_that_asks_whether_it_is_us() {
        let fails = Said::Fails;
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

    #[test]
    fn a_store_is_no_witness_of_who_led_and_a_refused_login_is_a_way_there() {
        let silent = |said: Said| {
            let staged = |system, said| Staged::new(system, "one", ("url", "http://10.0.0.1:8008"), said);
            [staged("etcd", said), staged("patroni", Said::Fails(Trouble::ConnectTimeout))]
        };
        let told = |beside: Said| {
            let raised = judged_beside(&RULE, &silent(Said::Answered(Trouble::ConnectTimeout)), &silent(beside)).expect("known");
            (raised[0].sentence.raw().to_owned(), raised[0].cure.clone().unwrap_or_default())
        };
        for (beside, way) in [
            (Said::Answers, "Other clusters answer from here"),
            (Said::Fails(Trouble::NotAuthenticated), "Other clusters answer from here"),
            (Said::Fails(Trouble::ConnectTimeout), "No other cluster answers from here either"),
            (Said::Fails(Trouble::Secret), "No other cluster answers from here either"),
        ] {
            let (sentence, cure) = told(beside);
            assert!(sentence.contains("who led is not known"), "{sentence}");
            assert!(cure.contains(way), "{cure}");
        }
    }
}
