//! What to do is said of the case at hand: whoever follows it at three in the morning must not be sent the wrong way.

use super::fleet::{judged, moment, only};
use super::staged::{changed, with_server};
use opsctl::fleet::{Failure, Fleet};
use opsctl::model::{Cure, Finding, Reading};
use opsctl::transport::{ProbeError, Trouble};
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;

/// The store shows pg3 at `seconds` after it fell silent.
fn silent_for(seconds: u64, trouble: Trouble) -> Fleet {
    let mut fleet = changed("nobody", |_| {});
    let at = fleet.at;
    let entry = Arc::make_mut(only(&mut fleet).entries.iter_mut().find(|entry| entry.spec.id.name == "pg3").expect("pg3"));
    let since = opsctl::model::Moment { mono: at.mono.saturating_sub(Duration::from_secs(seconds)), ..at };
    entry.failure = Some(Failure { error: ProbeError::new(trouble, "GET /patroni", ""), since, last: at, count: 9 });
    // its last answer is too old to be judged by
    let good = entry.good.as_mut().expect("read");
    good.taken_at = moment(0);
    entry.stale_after = Duration::ZERO;
    fleet
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
