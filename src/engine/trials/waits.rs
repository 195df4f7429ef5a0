//! Trials of steps that begin once something is so, and of steps that are looked at while their answer is awaited.

use super::super::plan::{Expect, Probe};
use super::super::states::OnFailure;
use super::super::*;
use super::SECOND;
use super::fakes::*;
use crate::model::Clock;
use serde_json::json;
use std::time::Duration;

fn once(fact: &str, within: Duration, step: Step) -> Step {
    Step { once: Some(Expect { that: expr(fact), every: SECOND, within }), ..step }
}

fn beside(step: Step) -> Step {
    Step { group: Some("both".to_owned()), ..step }
}

#[tokio::test]
async fn a_step_begins_once_it_may_and_who_stands_beside_it_is_done_meanwhile() {
    let trial = Trial::new(plan(vec![beside(once("ready", 120 * SECOND, changes("a"))), beside(changes("b")), changes("c")], OnFailure::Ask));
    trial.outside.fact("ready", json!(false));
    let run = trial.run();
    tokio::pin!(run);
    let proven = || std::fs::read_to_string(trial.folder.journal()).is_ok_and(|text| text.contains("{\"step\":\"b\",\"event\":\"verified\""));
    while !proven() {
        assert!(Clock::at_rate(50).timeout(SECOND, &mut run).await.is_none(), "it ended early: {}", trial.states());
    }
    assert_eq!((trial.outside.said(), trial.states()), (vec!["do b".to_owned()], "Running: Pending Done Pending".to_owned()));
    trial.outside.fact("ready", json!(true));
    assert_eq!(run.await, Ending::Done);
    assert_eq!(trial.outside.said(), ["do b", "do a", "do c"]);
}

#[tokio::test]
async fn a_step_that_may_not_begin_in_time_sends_nothing_and_the_run_pauses() {
    for known in [true, false] {
        let trial = Trial::new(plan(vec![once("ready", 5 * SECOND, changes("a")), changes("b")], OnFailure::RollBack));
        if known {
            trial.outside.fact("ready", json!(false));
        }
        assert_eq!((trial.run().await, trial.states()), (Ending::NothingSent, "Paused: Pending Pending".to_owned()));
        let why = trial.standing().why.expect("a reason");
        assert!(why.contains("a: it begins once ready: after 5 s") && why.contains(if known { "not so yet" } else { "not known" }), "{why}");
        assert_eq!(trial.outside.said(), Vec::<String>::new());
        // a person resumes when it is so
        trial.outside.fact("ready", json!(true));
        assert_eq!(trial.go_on(states::Choice::Resume).await, Ending::Done);
        assert_eq!(trial.outside.said(), ["do a", "do b"]);
    }
}

/// A step of which the answer never comes, looked at while it is awaited.
fn slow(target: &str, tells: Option<&str>) -> Step {
    let step = probed(target);
    let probe = step.probe.clone().map(|probe| Probe { meanwhile: true, tells: tells.map(expr), ..probe });
    Step { probe, timeout: 120 * SECOND, ..step }
}

#[tokio::test]
async fn what_is_seen_to_be_in_effect_is_not_waited_for_and_never_sent_again() {
    let trial = Trial::new(plan(vec![slow("a", None), changes("b")], OnFailure::Ask));
    trial.outside.reply("a", Reply::Hangs);
    let clock = Clock::at_rate(50);
    assert_eq!(Box::pin(clock.timeout(60 * SECOND, trial.run())).await, Some(Ending::Done), "the answer was waited for");
    assert_eq!(trial.outside.said(), ["do a", "do b"]);
    let journal = std::fs::read_to_string(trial.folder.journal()).expect("read");
    assert!(journal.contains("found applied before it was answered: a.applied"), "{journal}");
}

#[tokio::test]
async fn what_takes_long_tells_why_and_what_stays_unknown_has_it_in_its_reason() {
    let trial = Trial::new(plan(vec![Step { timeout: 30 * SECOND, ..slow("a", Some("kept_by")) }], OnFailure::Ask));
    trial.outside.fact("kept_by", json!("kept by backend 7"));
    trial.outside.reply("a", Reply::Stalls);
    // neither applied nor absent can be told
    trial.outside.hide("a");
    assert_eq!((trial.run().await, trial.states()), (Ending::InDoubt, "Paused: NeedsHuman".to_owned()));
    let events = std::fs::read_to_string(trial.folder.events()).expect("read");
    assert_eq!(events.matches("not answered yet; kept by backend 7").count(), 1, "{events}");
    let why = trial.standing().why.expect("a reason");
    assert!(why.contains("kept by backend 7"), "{why}");
    assert_eq!(trial.outside.of("a").1, 0);
}
