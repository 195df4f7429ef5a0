//! What to do is said of the case at hand: whoever follows it at three in the morning must not be sent the wrong way.

use super::fleet::{judged, moment, only};
use super::staged::{changed, changed_of, with_server};
use opsctl::fleet::{Failure, Fleet};
use opsctl::model::{Cure, Finding, Moment, Reading};
use opsctl::transport::{ProbeError, Trouble};
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;

/// The store shows pg3 at `seconds` after it fell silent, and has done so for `shown` seconds.
fn silent_and_shown(seconds: u64, shown: u64, trouble: Trouble) -> Fleet {
    let fleet = changed("nobody", |_| {});
    let at = fleet.at;
    let back = Moment { mono: at.mono.saturating_sub(Duration::from_secs(shown)), ..at };
    let listed = |fleet: Fleet, teller: &str| {
        changed_of(fleet, teller, |snapshot| {
            snapshot.shown_since.insert("pg3".to_owned(), back);
        })
    };
    let mut fleet = ["pg1", "pg2"].into_iter().fold(fleet, listed);
    let entry = Arc::make_mut(only(&mut fleet).entries.iter_mut().find(|entry| entry.spec.id.name == "pg3").expect("pg3"));
    let since = Moment { mono: at.mono.saturating_sub(Duration::from_secs(seconds)), ..at };
    entry.failure = Some(Failure { error: ProbeError::new(trouble, "GET /patroni", ""), since, last: at, count: 9 });
    // its last answer is too old to be judged by
    let good = entry.good.as_mut().expect("read");
    good.taken_at = moment(0);
    entry.stale_after = Duration::ZERO;
    fleet
}

/// As [`silent_and_shown`], with a store that has shown it for ever.
fn silent_for(seconds: u64, trouble: Trouble) -> Fleet {
    silent_and_shown(seconds, 86_400, trouble)
}

fn of(findings: &[Finding], rule: &str) -> Finding {
    findings.iter().find(|finding| finding.rule == rule).unwrap_or_else(|| panic!("{rule}: {findings:?}")).clone()
}

fn words(finding: &Finding) -> &str {
    let Cure::Procedure(text) = &finding.cure else { panic!("{finding:?}") };
    text
}

#[test]
fn a_lease_that_is_renewed_in_silence_is_an_api_that_hangs() {
    let within = of(&judged(&silent_for(5, Trouble::AnswerTimeout)).findings, "witness-stale");
    assert!(within.sentence.raw().contains("still shows pg3"), "{within:?}");
    let after = of(&judged(&silent_for(300, Trouble::AnswerTimeout)).findings, "witness-stale");
    assert!(after.sentence.raw().starts_with("pg3 still reports to the store and has not answered for 5m"), "{after:?}");
    assert!(words(&after).contains("take all its threads") && !words(&after).contains("corrects itself"));
    let refused = of(&judged(&silent_for(300, Trouble::ConnectionRefused)).findings, "witness-stale");
    assert!(refused.sentence.raw().contains("still shows pg3"), "nobody listens there: {refused:?}");
}

#[test]
fn a_member_that_came_back_to_the_store_just_now_is_not_said_to_have_reported_all_the_while() {
    let said = |shown| of(&judged(&silent_and_shown(669, shown, Trouble::AnswerTimeout)).findings, "witness-stale").sentence.raw().to_owned();
    assert!(said(1).contains("still shows pg3") && !said(1).contains("REST API hangs"), "{}", said(1));
    assert!(said(40).contains("still shows pg3"), "the lease of one report: {}", said(40));
    assert!(said(60).ends_with("its Patroni runs, only its REST API hangs"), "{}", said(60));
}

#[test]
fn silence_is_explained_by_its_kind_beside_what_answers_on_the_host() {
    let mut fleet = silent_for(300, Trouble::AnswerTimeout);
    with_server(&mut fleet, "pg3", |_| {});
    let finding = of(&judged(&fleet).findings, "endpoint-unreachable");
    assert!(words(&finding).starts_with("The process accepts and does not answer: frozen, starved or overloaded."), "{}", words(&finding));
    assert!(finding.evidence.iter().any(|evidence| evidence.witness == "postgres of pg3" && evidence.fact.raw() == "answers"), "{finding:?}");
}

#[test]
fn the_session_that_holds_up_others_is_ended_by_name() {
    let fleet = changed("nobody", |_| {});
    let at = fleet.at;
    let session = |pid: i32, blockers: serde_json::Value, state: &str| {
        let mut row = serde_json::Map::new();
        for key in [
            "backend_start",
            "backend_type",
            "usename",
            "application_name",
            "datname",
            "client_addr",
            "wait_event_type",
            "wait_event",
            "xact_start",
            "xact_age_s",
            "query_age_s",
            "wait_age_s_pg14",
            "waitstart_pg14",
            "locktype",
            "mode",
            "relation",
            "query",
        ] {
            row.insert(key.to_owned(), json!(null));
        }
        row.extend([("pid".to_owned(), json!(pid)), ("blockers".to_owned(), blockers), ("state".to_owned(), json!(state))]);
        row.insert("wait_age_s_pg14".to_owned(), json!(9.0));
        serde_json::Value::Object(row)
    };
    for (state, says) in [("idle in transaction", true), ("active", false)] {
        let rows = json!([session(77, json!(null), state), session(78, json!([77]), "active")]);
        let mut staged = fleet.clone();
        with_server(&mut staged, "pg2", |snapshot| snapshot.blocking = Reading::new(serde_json::from_value(rows).expect("sessions"), at));
        let finding = of(&judged(&staged).findings, "lock-tree");
        assert_eq!(words(&finding).contains("on pg2: `select pg_terminate_backend(77);`"), says, "{}", words(&finding));
    }
}
