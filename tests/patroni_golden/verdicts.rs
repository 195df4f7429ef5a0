//! A verdict for each captured state: what the rules say about the members' payloads against what `verdicts.toml` says by hand.

use super::capture::{self, Capture};
use opsctl::config::{Body, ClusterSpec, EndpointSpec};
use opsctl::fleet::{Cluster, Entry, Failure, Fleet, Good};
use opsctl::health::{Judgement, Standing, judge};
use opsctl::model::{EndpointId, Finding, Moment, Origin, Reason, Severity, Via};
use opsctl::systems::contract::AnySnapshot;
use opsctl::systems::patroni::Snapshot;
use opsctl::systems::patroni::dynamic::Dynamic;
use opsctl::systems::patroni::history;
use opsctl::systems::patroni::own::Own;
use opsctl::systems::patroni::picture::Picture;
use opsctl::systems::patroni::snapshot::{Asked, Exchange, Parts};
use opsctl::systems::patroni::words::{Phase, Role, State};
use opsctl::transport::http::Answer;
use opsctl::transport::{ProbeError, Trouble};
use proptest::prelude::*;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Verdict {
    none: Option<String>,
    #[serde(default = "three")]
    configured: Vec<String>,
    #[serde(default)]
    expect: BTreeSet<String>,
    #[serde(default)]
    may: BTreeSet<String>,
    worst: Option<String>,
    partial: Option<String>,
    reason: Option<String>,
}

fn three() -> Vec<String> {
    ["pg1", "pg2", "pg3"].map(str::to_owned).to_vec()
}

fn verdicts() -> BTreeMap<String, Verdict> {
    let text = std::fs::read_to_string(capture::folder().join("verdicts.toml")).expect("verdicts");
    toml::from_str(&text).expect("verdicts")
}

/// A cluster with the members of one state, as two polls of each left it.
fn fleet(state: &str, configured: &[String], captures: &[Capture], rto_goal: u64) -> Fleet {
    let mut spec = ClusterSpec::named("lab", "test");
    spec.rto_goal = Duration::from_secs(rto_goal);
    let entries: Vec<Arc<Entry>> = configured.iter().map(|node| Arc::new(entry(state, node, captures))).collect();
    spec.endpoints = entries.iter().map(|entry| Arc::clone(&entry.spec)).collect();
    let newest = entries.iter().filter_map(|entry| entry.good.as_ref().map(|good| good.taken_at)).max_by_key(|at| at.mono);
    let mut cluster = Cluster::new(Arc::new(spec), Duration::MAX);
    cluster.entries = entries;
    Fleet { rev: 1, at: newest.unwrap_or(moment(0)), clusters: vec![cluster] }
}

fn endpoint(node: &str) -> EndpointSpec {
    EndpointSpec {
        id: EndpointId { cluster: "lab".into(), system: "patroni".into(), name: node.to_owned() },
        origin: Origin::Configured,
        zone: None,
        via: Via::Direct,
        read: None,
        write: None,
        tls: None,
        body: Body::one("url", &format!("http://{node}:8008")),
    }
}

fn moment(second: i64) -> Moment {
    Moment { mono: Duration::from_secs(second.unsigned_abs()), wall: jiff::Timestamp::from_second(second).expect("time") }
}

fn entry(state: &str, node: &str, captures: &[Capture]) -> Entry {
    let mut entry = Entry::new(Arc::new(endpoint(node)), Duration::MAX);
    let find = |path: &str| captures.iter().find(|one| one.state == state && one.node == node && one.method == "GET" && one.path == path);
    let Some(patroni) = find("/patroni") else { return entry };
    let Some(answer) = patroni.answer() else {
        let trouble = if patroni.curl_exit == 7 { Trouble::ConnectionRefused } else { Trouble::AnswerTimeout };
        let error = ProbeError::new(trouble, "GET /patroni", "");
        entry.failure = Some(Failure { error, since: moment(0), last: moment(0), count: 2 });
        return entry;
    };
    let at = moment(answer.date.expect("date").as_second());
    let own = Own::read(&answer, "GET /patroni").expect("own words");
    let borrowed = captures.iter().find(|one| one.file == "healthy--config.pg1.http").filter(|_| node != "pg4");
    let parts = Parts {
        cluster: asked(find("/cluster"), Picture::read),
        config: asked(find("/config").filter(|capture| capture.answered()).or(borrowed), Dynamic::read),
        history: asked(find("/history"), history::read),
    };
    let exchange = Exchange { asked: at, answered: at, date: answer.date };
    let taken_at = parts_at(find("/cluster"), at);
    let first = Snapshot::next(None, own.clone(), exchange, parts.clone(), taken_at);
    let second = Snapshot::next(Some(&first), own, exchange, parts, taken_at);
    entry.good = Some(Good { snapshot: Arc::new(second) as AnySnapshot, taken_at: at, latency: Duration::from_millis(12) });
    entry
}

fn parts_at(cluster: Option<&Capture>, otherwise: Moment) -> Moment {
    cluster.and_then(Capture::answer).and_then(|answer| answer.date).map_or(otherwise, |date| moment(date.as_second()))
}

fn asked<T>(capture: Option<&Capture>, read: fn(&Answer, &str) -> Result<T, ProbeError>) -> Asked<T> {
    match capture.map(Capture::answer) {
        None => Asked::NotDue,
        Some(None) => Asked::Failed(Reason::Unreachable("no answer".into())),
        Some(Some(answer)) => Asked::Good(read(&answer, "GET").expect("a part that was answered")),
    }
}

fn judged(fleet: &Fleet) -> Judgement {
    judge(fleet, &Judgement::none(fleet.at), fleet.at)
}

fn describe(findings: &[Finding]) -> String {
    let line = |finding: &Finding| format!("  {} {}: {}", finding.severity.word(), finding.rule, finding.sentence.shown());
    findings.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn each_state_has_the_verdict_that_was_written_by_hand() {
    let captures = capture::all();
    let verdicts = verdicts();
    let states: BTreeSet<&str> = captures.iter().map(|capture| capture.state.as_str()).collect();
    assert_eq!(states, verdicts.keys().map(String::as_str).collect(), "states and verdicts");
    assert_eq!(states.len(), 44);
    let mut wrong = Vec::new();
    for (state, verdict) in &verdicts {
        let own = captures.iter().filter(|one| one.state == *state && one.method == "GET" && one.path == "/patroni");
        let nodes: BTreeSet<&str> = own.map(|one| one.node.as_str()).collect();
        let whole = verdict.configured.iter().all(|node| nodes.contains(node.as_str()));
        if verdict.none.is_some() {
            assert!(nodes.is_empty(), "{state} can be judged");
            continue;
        }
        assert_eq!(verdict.partial.is_none(), whole, "{state}: captured {nodes:?}");
        assert!(verdict.reason.as_ref().is_some_and(|reason| reason.ends_with('.')), "{state} has no reason");
        let judgement = judged(&fleet(state, &verdict.configured, &captures, 31));
        let found: BTreeSet<String> = judgement.findings.iter().map(|finding| finding.rule.clone()).collect();
        let worst = judgement.findings.iter().map(|finding| finding.severity).max().map_or("none", Severity::word);
        let missing: Vec<_> = verdict.expect.difference(&found).collect();
        let forbidden: Vec<_> = found.iter().filter(|rule| !verdict.expect.contains(*rule) && !verdict.may.contains(*rule)).collect();
        if !missing.is_empty() || !forbidden.is_empty() || verdict.worst.as_deref() != Some(worst) {
            wrong.push(format!("{state}: missing {missing:?}, forbidden {forbidden:?}, worst {worst}\n{}", describe(&judgement.findings)));
        }
        // what was never asked must not look well
        if !whole {
            assert!(judgement.standing("lab") >= Standing::Unknown, "{state} reads {:?}", judgement.standing("lab"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_whole_and_healthy_state_stands_as_healthy() {
    let captures = capture::all();
    for state in ["healthy", "quorum-mode", "tagged-replica", "pending-restart", "switchover-scheduled"] {
        assert_eq!(judged(&fleet(state, &three(), &captures, 31)).standing("lab"), Standing::Healthy, "{state}");
    }
}

#[test]
fn the_default_lease_breaks_a_goal_of_thirty_seconds_and_is_said_once() {
    let captures = capture::all();
    let findings = judged(&fleet("healthy", &three(), &captures, 30)).findings;
    let [finding] = findings.as_slice() else { panic!("one finding: {}", describe(&findings)) };
    assert_eq!((finding.rule.as_str(), finding.severity), ("rto-over-goal", Severity::Warning));
    assert!(finding.sentence.shown().contains("30.5 s"), "{}", finding.sentence.shown());
}

#[test]
fn a_fact_of_the_cluster_is_one_finding_with_a_witness_for_each_member() {
    let captures = capture::all();
    for (state, rule, witnesses) in [("paused", "cluster-paused", 4), ("dcs-down-failsafe", "failsafe-active", 3), ("dcs-down", "dcs-down", 6)] {
        let judgement = judged(&fleet(state, &three(), &captures, 31));
        let found: Vec<&Finding> = judgement.findings.iter().filter(|finding| finding.rule == rule).collect();
        assert_eq!(found.len(), 1, "{state}: {}", describe(&judgement.findings));
        assert_eq!(found[0].evidence.len(), witnesses, "{state}: {:?}", found[0].evidence);
        assert_eq!(found[0].subject.member, None);
    }
}

/// The snapshot of a member of the healthy state with `role` and `state`.
fn with_words(role: &str, state: &str) -> (Fleet, Snapshot) {
    let captures = capture::all();
    let mut fleet = fleet("healthy", &three(), &captures, 31);
    let entry = Arc::make_mut(&mut fleet.clusters[0].entries[2]);
    let good = entry.good.as_mut().expect("read");
    let mut snapshot = good.snapshot.downcast_ref::<Snapshot>().expect("patroni").clone();
    snapshot.own.role = Role::from(role.to_owned());
    snapshot.own.state = State::from(state.to_owned());
    good.snapshot = Arc::new(snapshot.clone());
    (fleet, snapshot)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    /// Words that nobody knows, in either place, are never health; nor do they break anything.
    #[test]
    fn unknown_words_never_read_as_healthy(word in "\\PC{0,30}", in_role in any::<bool>()) {
        let known = if in_role { !matches!(Role::from(word.clone()), Role::Other(_)) } else { State::from(word.clone()).phase() != Phase::Unknown };
        prop_assume!(!known);
        let (fleet, snapshot) = if in_role { with_words(&word, "running") } else { with_words("replica", &word) };
        prop_assert!(!snapshot.says_writable());
        let judgement = judged(&fleet);
        prop_assert!(judgement.standing("lab") >= Standing::Warning);
        let finding = judgement.findings.iter().find(|finding| finding.rule == "member-not-running");
        prop_assert!(finding.is_some_and(|finding| finding.severity >= Severity::Warning && finding.sentence.raw().contains(&word)));
        // and a recording keeps them as they came
        let back: Snapshot = serde_json::from_value(serde_json::to_value(&snapshot).expect("JSON")).expect("a snapshot");
        prop_assert_eq!(back, snapshot);
    }
}
