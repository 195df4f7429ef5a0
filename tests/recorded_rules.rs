//! The rules of this program on what the lab was recorded with: the fleets are real, and are judged anew.

use crate::console_time::recording;
use crate::screens::dump::{letters, look};
use crate::screens::frame;
use opsctl::app::Observed;
use opsctl::fleet::{Entry, Failure};
use opsctl::health::{self, Judgement};
use opsctl::model::{Cure, Finding, Severity};
use opsctl::systems::registry::SYSTEMS;
use opsctl::theme::Glyphs;
use opsctl::transport::{ProbeError, Trouble};
use opsctl::tui::{Scope, State};
use std::sync::Arc;
use std::time::Duration;

/// What was seen at the last instant of the recording of `fault`, with what the rules of now say after all that came before it.
fn judged(fault: &str) -> Observed {
    let recording = recording(&format!("fault-{fault}"));
    let first = recording.instant(0).expect("an instant");
    let mut judgement = Judgement::none(first.now);
    for number in 0..recording.stops().len() {
        let then = recording.instant(number).expect("an instant");
        judgement = health::judge(&then.fleet, &judgement, then.now);
    }
    let last = recording.instant(recording.stops().len() - 1).expect("an instant");
    Observed { judgement: Arc::new(judgement), ..last }
}

fn of<'a>(observed: &'a Observed, rule: &str) -> Vec<&'a Finding> {
    observed.judgement.findings.iter().filter(|finding| finding.rule == rule).collect()
}

fn follows(finding: &Finding, rule: &str) -> bool {
    matches!(&finding.cure, Cure::Follows { from, .. } if from == rule)
}

#[test]
fn a_zone_that_is_gone_is_one_finding_of_its_host_before_all_that_follows() {
    let observed = judged("zone-kill");
    let [host] = of(&observed, "host-silent")[..] else { panic!("{:?}", observed.judgement.findings) };
    assert_eq!(host.sentence.raw(), "host 127.0.43.1 answers on no port: etcd, patroni, postgres (connection refused)");
    assert_eq!((host.severity, host.subject.member.as_deref()), (Severity::Critical, Some("pg1")), "the leader was there");
    let parts = of(&observed, "endpoint-unreachable");
    assert_eq!(parts.len(), 3);
    assert!(parts.iter().all(|part| follows(part, "host-silent")), "{parts:?}");
    let first: Vec<&str> = observed.judgement.findings.iter().take(2).map(|finding| finding.rule.as_str()).collect();
    assert_eq!(first, ["host-silent", "no-writable-primary"]);
    // the box tells it once
    for size in [(80, 24), (120, 35)] {
        let mut state = State::open(Arc::new(observed.clone()), Scope { clusters: Vec::new(), systems: SYSTEMS }, size, observed.now);
        while state.back() {}
        let shown = letters(&frame(&state, &look(Glyphs::Unicode)));
        let boxed: Vec<&str> = shown.lines().skip_while(|line| !line.contains("NEEDS YOU NOW")).take_while(|line| !line.starts_with('└')).collect();
        assert!(boxed.iter().all(|line| !line.contains("does not answer: connection refused (last read")), "{shown}");
        assert!(boxed.iter().any(|line| line.contains("host 127.0.43.1 answers on no port: etcd,")), "{shown}");
        assert!(boxed.iter().any(|line| line.contains("nothing accepts writes: ")), "{shown}");
    }
}

#[test]
fn a_host_of_which_one_port_answers_is_not_silent() {
    for fault in ["leader-kill9", "replica-stop", "etcd-down", "pooler-kill9", "haproxy-stop", "api-starve", "sync-freeze"] {
        assert_eq!(of(&judged(fault), "host-silent"), Vec::<&Finding>::new(), "{fault}");
    }
}

#[test]
fn who_was_connected_when_it_fell_silent_is_evidence_with_its_age() {
    for (fault, rule, witness, word) in [
        ("pooler-kill9", "endpoint-unreachable", "SHOW POOLS of pgb-write-1", "client"),
        ("haproxy-stop", "entry-down", "show stat of hap-1", "session"),
        ("leader-kill9", "endpoint-unreachable", "pg_stat_activity of pg2", "session"),
        ("leader-kill9", "no-writable-primary", "pg_stat_activity of pg2", "session"),
    ] {
        let observed = judged(fault);
        let evidence = of(&observed, rule).into_iter().flat_map(|finding| &finding.evidence);
        let told: Vec<_> = evidence.filter(|one| one.witness == witness).collect();
        let [one] = told[..] else { panic!("{fault} {rule}: {told:?}") };
        assert!(one.fact.raw().contains(word) && one.fact.raw().contains("connected at its last answer, "), "{}", one.fact.raw());
        let age = observed.now.since(one.taken_at.expect("an age"));
        assert!(age.as_secs() >= 1, "it is of before: {age:?}");
    }
}

#[test]
fn a_pause_stands_before_those_who_wait_for_its_end() {
    let observed = judged("pooler-pause");
    let rules: Vec<&str> = observed.judgement.findings.iter().map(|finding| finding.rule.as_str()).collect();
    assert_eq!(rules, ["pool-paused", "clients-waiting"]);
    assert!(follows(of(&observed, "clients-waiting")[0], "pool-paused"));
    let Cure::Procedure(cure) = &of(&observed, "pool-paused")[0].cure else { panic!("a cure of its own") };
    assert!(cure.contains("RESUME"), "{cure}");
    assert!(of(&observed, "clients-waiting")[0].cure.words().contains("the pool is paused"));
}

#[test]
fn reads_that_lost_all_but_one_server_are_told() {
    let observed = judged("replica-stop");
    let [last] = of(&observed, "read-backend-last-server")[..] else { panic!("{:?}", observed.judgement.findings) };
    assert!(last.sentence.raw().contains("takes them alone, of 3 in backend pg_read"), "{}", last.sentence.raw());
    assert_eq!(of(&judged("lock-tree"), "read-backend-last-server"), Vec::<&Finding>::new());
}

#[test]
fn a_cluster_that_answers_nowhere_is_one_need_that_says_what_was_last_known() {
    let recording = recording("healthy");
    let last = recording.instant(recording.stops().len() - 1).expect("an instant");
    let mut fleet = last.fleet.as_ref().clone();
    for entry in &mut Arc::make_mut(&mut fleet.clusters[0]).entries {
        let error = ProbeError::new(Trouble::ConnectTimeout, "asked", "");
        let failure = Some(Failure { error, since: last.now, last: last.now, count: 3 });
        *entry = Arc::new(Entry { failure, ..entry.as_ref().clone() });
    }
    let silent = fleet.clusters[0].entries.len();
    let fleet = Arc::new(fleet);
    let judged = |former: &Judgement, seconds: u64| health::judge(&fleet, former, last.now.plus(Duration::from_secs(seconds)));
    let first = judged(&last.judgement, 1);
    assert_eq!((first.findings[0].rule.as_str(), first.findings[0].severity), ("cluster-silent", Severity::Warning), "it may have blinked");
    let judgement = judged(&first, 7);
    let dark = &judgement.findings[0];
    assert_eq!((dark.rule.as_str(), dark.severity), ("cluster-silent", Severity::Critical), "{:?}", judgement.findings);
    let leader = "pg2 led ";
    assert!(dark.sentence.raw().starts_with(&format!("none of {silent} endpoints answers (")) && dark.sentence.raw().contains(leader), "{dark:?}");
    assert!(dark.cure.words().starts_with("Is it us?"), "{dark:?}");
    let observed = Observed { fleet: Arc::clone(&fleet), judgement: Arc::new(judgement), now: last.now.plus(Duration::from_secs(7)), ..last.clone() };
    let parts = of(&observed, "endpoint-unreachable");
    assert!(parts.len() == silent && parts.iter().all(|part| follows(part, "cluster-silent")), "{parts:?}");
    assert!(of(&observed, "host-silent").is_empty(), "no host is told from the others");
    for size in [(80, 24), (120, 35)] {
        let mut state = State::open(Arc::new(observed.clone()), Scope { clusters: Vec::new(), systems: SYSTEMS }, size, observed.now);
        while state.back() {}
        let shown = letters(&frame(&state, &look(Glyphs::Unicode)));
        let boxed: Vec<&str> = shown.lines().skip_while(|line| !line.contains("NEEDS YOU NOW")).take_while(|line| !line.starts_with('└')).collect();
        assert!(boxed.iter().any(|line| line.contains(&format!("none of {silent} endpoints answers"))), "{shown}");
        assert!(boxed.iter().all(|line| !line.contains("does not answer: no connection")), "{shown}");
    }
}
