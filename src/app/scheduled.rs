//! A run that waits for its time: it has the cluster meanwhile, shows that it waits, and can be cancelled. At its time what was confirmed is compared again, and
//! every check of the runbook is asked then and not before.
//!
//! It must never hand the waiting to a server: Patroni takes any name for a candidate, asks nothing at the time, and forgets one order for the next.

use crate::engine::history::WAITS;
use crate::engine::plan::{Expect, Job, Step};
use crate::engine::{Expr, Plan};
use jiff::Timestamp;
use serde_json::{Value, json};
use std::time::Duration;

/// The fact by which the time is told.
const CLOCK: &str = "cluster.asked_at";
/// Nobody stays by a confirmation for longer.
const LONGEST: Duration = Duration::from_hours(24);
/// A host that was asleep is late; one that wakes later than this does not begin any more, whatever the time is then.
const LATE: Duration = Duration::from_mins(10);

/// Lets `plan` wait until `at`.
///
/// # Errors
/// What is wrong with the time, and what would be right.
pub fn put_off(plan: &mut Plan, at: Timestamp, now: Timestamp) -> Result<(), (String, String)> {
    let wait = Duration::try_from(at.duration_since(now)).unwrap_or(Duration::ZERO);
    if wait.is_zero() {
        return Err((format!("{at} is over"), format!("it is {now}")));
    }
    if wait > LONGEST {
        return Err((
            format!("{at} is more than a day away"),
            "what is confirmed now may be wrong then; `opsctl` is called again on that day".to_owned(),
        ));
    }
    let text = |value: &Value| matches!(value, Value::String(_) | Value::Bool(_) | Value::Number(_)).then(|| value.to_string());
    let same: Option<Vec<String>> = plan.bound.iter().map(|(name, value)| Some(format!("{name} == {}", text(value)?))).collect();
    let Some(same) = same else {
        return Err(("it is bound to a list, which cannot be compared at its time".to_owned(), "run it when it is time".to_owned()));
    };
    let until = Expr { text: format!("{CLOCK} >= ('{at}' | time)"), facts: vec![CLOCK.to_owned()] };
    let body = json!({ "every": "1s", "for": format!("{}s", (wait + LATE).as_secs()), "until": until.text });
    let call = format!("until {at}; nothing is sent before");
    let job = Job { kind: "wait".to_owned(), body, target: String::new(), call: call.clone(), facts: until.facts };
    let why = Some("its time has not come; `opsctl run cancel` ends it".to_owned());
    let mut first = vec![Step { title: call, why, ..Step::new(WAITS, job) }];
    if !same.is_empty() {
        let that = Expr { text: same.join(" and "), facts: plan.bound.keys().cloned().collect() };
        let title = "what was confirmed is as it was shown".to_owned();
        let job = Job { kind: "check".to_owned(), body: Value::Null, target: String::new(), call: title.clone(), facts: Vec::new() };
        let expect = Some(Expect { that, every: Duration::from_millis(500), within: Duration::ZERO });
        first.push(Step { title, expect, why: Some("a plan for another leader is another plan".to_owned()), ..Step::new("unchanged", job) });
    }
    plan.steps.splice(0..0, first);
    plan.check().map_err(|error| (error.to_string(), "a step of the runbook has this name; run it when it is time".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::expression::{Language, Scope, Truth};
    use crate::model::{Clock, Reading};
    use crate::runbook::language::Spoken;

    fn plan() -> Plan {
        let text = "x";
        let job = Job { kind: "check".to_owned(), body: Value::Null, target: String::new(), call: String::new(), facts: Vec::new() };
        let whole = json!({
            "format": 1,
            "runbook": { "name": "x", "summary": "", "text": text, "sha256": crate::engine::digest::sha256(text.as_bytes()) },
            "cluster": "orders", "environment": "test", "risk": "high", "impact": null, "lock": true, "params": {}, "policy": "ask", "on_cancel": "pause",
            "steps": [Step::new("ready", job)], "abort_when": [],
            "bound": { "cluster.leader.name": "pg1", "cluster.leader.timeline": 4, "cluster.synchronous_mode": true },
            "approvals": 0, "phrase": "orders", "planned_at": "2026-11-22T03:00:00Z", "by": { "name": "a", "host": "b", "via": "login" },
        });
        serde_json::from_value(whole).expect("a plan")
    }

    fn at(text: &str) -> Timestamp {
        text.parse().expect("an instant")
    }

    #[test]
    fn it_waits_and_then_compares_what_was_confirmed() {
        let (mut plan, before) = (plan(), plan());
        put_off(&mut plan, at("2026-11-22T04:30:00+01:00"), at("2026-11-22T03:00:00Z")).expect("in half an hour");
        assert_ne!(plan.sha256(), before.sha256());
        assert_eq!(plan.steps.iter().map(|step| step.id.as_str()).collect::<Vec<_>>(), ["time", "unchanged", "ready"]);
        assert_eq!(plan.steps[0].job.body["for"], json!("2400s"));
        let spoken = Spoken::of(&plan);
        let until = Expr { text: plan.steps[0].job.body["until"].as_str().expect("a text").to_owned(), facts: plan.steps[0].job.facts.clone() };
        let that = plan.steps[1].expect.clone().expect("an expectation").that;
        let truth = |expr: &Expr, facts: &[(&str, Value)]| {
            let now = Clock::real().now();
            let facts = facts.iter().map(|(name, value)| ((*name).to_owned(), Reading::new(value.clone(), now))).collect();
            spoken.truth(expr, &Scope { facts, ..Scope::default() })
        };
        assert_eq!(truth(&until, &[(CLOCK, json!("2026-11-22T03:29:59Z"))]), Truth::False);
        assert_eq!(truth(&until, &[(CLOCK, json!("2026-11-22T03:30:00Z"))]), Truth::True);
        let facts =
            |leader: &str| [("cluster.leader.name", json!(leader)), ("cluster.leader.timeline", json!(4)), ("cluster.synchronous_mode", json!(true))];
        assert_eq!(truth(&that, &facts("pg1")), Truth::True);
        assert_eq!(truth(&that, &facts("pg2")), Truth::False);
        assert!(matches!(truth(&that, &facts("pg1")[..2]), Truth::Unknown(_)));
    }

    #[test]
    fn a_time_that_is_over_or_far_away_is_none() {
        let told = |time: &str| put_off(&mut plan(), at(time), at("2026-11-22T03:00:00Z")).expect_err("refused").0;
        assert!(told("2026-11-22T03:00:00Z").contains("is over"));
        assert!(told("2026-11-23T03:00:01Z").contains("more than a day"));
        let mut listed = plan();
        listed.bound.insert("cluster.sync_standbys".to_owned(), json!(["pg2"]));
        assert!(put_off(&mut listed, at("2026-11-22T04:00:00Z"), at("2026-11-22T03:00:00Z")).is_err());
    }
}
