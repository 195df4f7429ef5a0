//! A verdict for each captured state: what the rules say about the members' payloads against what `verdicts.toml` says by hand.

use super::capture;
use super::fleet::{describe, fleet, judged, only, three};
use opsctl::fleet::Fleet;
use opsctl::health::{Judgement, Standing};
use opsctl::model::{Finding, Severity};
use opsctl::systems::patroni::Snapshot;
use opsctl::systems::patroni::words::{Phase, Role, State};
use proptest::prelude::*;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

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

fn verdicts() -> BTreeMap<String, Verdict> {
    let text = std::fs::read_to_string(capture::folder().join("verdicts.toml")).expect("verdicts");
    toml::from_str(&text).expect("verdicts")
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
        let judgement = judged(&fleet(state, &verdict.configured, &captures, 35));
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
            assert!(blind(&judgement).len() > 1, "{state}: only PostgreSQL is missed: {:?}", blind(&judgement));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The required rules that lack an input.
fn blind(judgement: &Judgement) -> BTreeSet<&'static str> {
    judgement.outcomes().filter(|outcome| outcome.rule.required && outcome.found.is_err()).map(|outcome| outcome.rule.id).collect()
}

#[test]
fn of_the_whole_and_healthy_state_only_that_is_unknown_which_patroni_cannot_tell() {
    let captures = capture::all();
    for state in ["healthy", "quorum-mode", "tagged-replica", "pending-restart", "switchover-scheduled"] {
        let judgement = judged(&fleet(state, &three(), &captures, 35));
        assert_eq!((judgement.standing("lab"), blind(&judgement)), (Standing::Unknown, BTreeSet::from(["syncrep-stall"])), "{state}");
    }
}

#[test]
fn the_default_lease_breaks_a_goal_of_thirty_seconds_and_is_said_once() {
    let captures = capture::all();
    let findings = judged(&fleet("healthy", &three(), &captures, 30)).findings;
    let [finding] = findings.as_slice() else { panic!("one finding: {}", describe(&findings)) };
    assert_eq!((finding.rule.as_str(), finding.severity), ("rto-over-goal", Severity::Warning));
    assert!(finding.sentence.shown().contains("32.0 s"), "{}", finding.sentence.shown());
}

#[test]
fn a_fact_of_the_cluster_is_one_finding_with_a_witness_for_each_member() {
    let captures = capture::all();
    for (state, rule, witnesses) in [("paused", "cluster-paused", 4), ("dcs-down-failsafe", "failsafe-active", 3), ("dcs-down", "dcs-down", 6)] {
        let judgement = judged(&fleet(state, &three(), &captures, 35));
        let found: Vec<&Finding> = judgement.findings.iter().filter(|finding| finding.rule == rule).collect();
        assert_eq!(found.len(), 1, "{state}: {}", describe(&judgement.findings));
        assert_eq!(found[0].evidence.len(), witnesses, "{state}: {:?}", found[0].evidence);
        assert_eq!(found[0].subject.member, None);
    }
}

/// The snapshot of a member of the healthy state with `role` and `state`.
fn with_words(role: &str, state: &str) -> (Fleet, Snapshot) {
    let captures = capture::all();
    let mut fleet = fleet("healthy", &three(), &captures, 35);
    let entry = Arc::make_mut(&mut only(&mut fleet).entries[2]);
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
