//! Every balancer of a cluster is gone, or every pooler of a route: its clients connect to nobody, however well the servers behind are.

use crate::fleet::Entry;
use crate::health::crowd::Then;
use crate::health::patroni::is_unreachable;
use crate::health::rule::{ClusterRule, ClusterView};
use crate::model::{Gap, Reason, Severity};
use crate::systems::contract::{Knobs, Raised, RuleInfo, System, Verdict, settled};
use crate::systems::haproxy::Haproxy;
use crate::systems::pgbouncer::Pgbouncer;
use std::collections::BTreeMap;

pub(super) const RULE: ClusterRule = ClusterRule {
    info: RuleInfo {
        id: "entry-down",
        sentence: "no balancer of a cluster, or no pooler of a route, answers",
        required: false,
        knobs: &[],
        cure: "Start one of them on its host, or free it (`opsctl doctor` shows what came back). Until then send clients past it: to another balancer or pooler, \
               or to the primary itself (`opsctl list`).",
    },
    judge,
};

fn judge(view: &ClusterView<'_>, _knobs: &Knobs<'_>) -> Verdict {
    let mut ways: BTreeMap<String, Vec<&Entry>> = BTreeMap::new();
    for entry in &view.cluster.entries {
        let way = match entry.spec.id.system.as_str() {
            Haproxy::NAME => "balancer of this cluster".to_owned(),
            Pgbouncer::NAME => match entry.spec.body.text("route") {
                Some(route) => format!("pooler of the {route} route"),
                None => "pooler of this cluster".to_owned(),
            },
            _ => continue,
        };
        ways.entry(way).or_default().push(entry);
    }
    if ways.is_empty() {
        let why = "no balancer and no pooler in this cluster".to_owned();
        return Err(Gap::new(format!("whether clients get into {}", view.cluster.spec.name), Reason::NotConfigured(why)));
    }
    // where nothing at all answers, the cut may be on this side
    let cut_off = !view.cluster.entries.iter().any(|entry| entry.current(view.now).is_ok());
    let (mut raised, mut missing) = (Vec::new(), None);
    for (way, entries) in ways {
        if entries.iter().any(|entry| entry.current(view.now).is_ok()) {
            continue;
        }
        // whom we could not ask for reasons of our own may well let clients in
        if cut_off || !entries.iter().all(|entry| is_unreachable(entry)) {
            let unknown = entries.iter().find(|entry| !is_unreachable(entry)).or(entries.first());
            missing = missing.or_else(|| unknown.and_then(|entry| entry.current(view.now).err()));
            continue;
        }
        let one = Raised::new(Severity::Critical, format!("no {way} answers: its clients reach nobody")).object(way);
        let failures = entries.iter().filter_map(|entry| entry.failure.as_ref());
        let one = failures.fold(one, |one, failure| one.seen(failure.error.asked.as_str(), failure.error.told(), failure.last));
        raised.push(entries.iter().filter_map(|entry| Then::of(entry)).fold(one, |one, then| then.seen(one, view.now)));
    }
    settled(raised, missing)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::health::staged::{Said, Staged, judged, sentences};
    use crate::transport::Trouble;

    /// What the rule says of endpoints of these systems, each answering or with its trouble.
    fn of(endpoints: &[(&str, Option<Trouble>)]) -> Verdict {
        let said = |trouble: &Option<Trouble>| trouble.clone().map_or(Said::Answers, Said::Fails);
        let staged = endpoints.iter().map(|(system, trouble)| Staged::new(system, "one", ("route", "write"), said(trouble)));
        judged(&RULE, &staged.collect::<Vec<_>>())
    }

    #[test]
    fn clients_get_in_while_one_of_each_way_answers() {
        let gone = || Some(Trouble::ConnectionRefused);
        assert_eq!(sentences(of(&[("patroni", None), ("haproxy", gone()), ("haproxy", None), ("pgbouncer", None)])), Vec::<String>::new());
        let down = sentences(of(&[("patroni", None), ("haproxy", gone()), ("pgbouncer", gone()), ("pgbouncer", Some(Trouble::AnswerTimeout))]));
        let expected =
            ["no balancer of this cluster answers: its clients reach nobody", "no pooler of the write route answers: its clients reach nobody"];
        assert_eq!(down, expected);
    }

    #[test]
    fn what_we_could_not_ask_is_not_down() {
        assert!(of(&[("patroni", None), ("haproxy", Some(Trouble::Secret))]).is_err(), "our own secret");
        assert!(
            of(&[("patroni", Some(Trouble::ConnectTimeout)), ("haproxy", Some(Trouble::ConnectTimeout))]).is_err(),
            "the cut may be on this side"
        );
        assert!(matches!(of(&[("patroni", None)]).expect_err("nobody").reason, Reason::NotConfigured(_)));
    }
}
