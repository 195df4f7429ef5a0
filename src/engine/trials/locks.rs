//! What becomes of a run whose lock cannot be spoken to: at its end, while it waits, while it asks a person.

use super::fakes::*;
use super::{SECOND, nothing_between};
use crate::engine::consent::Consent;
use crate::engine::control::{Order, Ordered, give};
use crate::engine::states::OnFailure;
use crate::engine::take::ExecError;
use crate::engine::{Ending, Step};
use crate::model::Clock;
use jiff::Timestamp;
use serde_json::json;
use std::pin::Pin;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// What was told of the run so far.
fn told(trial: &Trial) -> String {
    std::fs::read_to_string(trial.folder.events()).unwrap_or_default()
}

#[tokio::test]
async fn that_a_run_is_not_open_any_more_is_said_until_it_is_heard() {
    let trial = Trial::new(plan(vec![changes("a")], OnFailure::Ask));
    let far = Far::default();
    far.deaf.store(3, Ordering::Relaxed);
    assert_eq!(trial.process_with(&far, &trial.consent(), &nothing_between).await.expect("run"), Ending::Done);
    assert_eq!(*far.open.lock().expect("open"), None);
    assert!(told(&trial).contains("it is tried again"), "{}", told(&trial));
}

#[tokio::test]
async fn a_run_that_stays_open_though_it_is_ended_says_who_ends_that() {
    let trial = Trial::new(plan(vec![changes("a")], OnFailure::Ask));
    let far = Far::default();
    far.deaf.store(u32::MAX, Ordering::Relaxed);
    assert_eq!(trial.process_with(&far, &trial.consent(), &nothing_between).await.expect("run"), Ending::Done);
    assert!(far.open.lock().expect("open").is_some());
    assert!(told(&trial).contains("opsctl run unlock orders --reason WHY"), "{}", told(&trial));
    // one that ended under a lock of this host alone cannot know what the store says
    let trial = Trial::new(plan(vec![changes("a")], OnFailure::Ask));
    let broken = Consent { break_glass: Some("etcd is gone tonight".to_owned()), ..trial.consent() };
    assert_eq!(trial.process(&broken, &nothing_between).await.expect("run"), Ending::Done);
    assert!(told(&trial).contains("was not told of the end"), "{}", told(&trial));
}

/// A step that waits for the fact `ready`.
fn waits(kind: &str) -> Step {
    let mut job = job(kind, "");
    job.body = json!("ready");
    Step { timeout: 7200 * SECOND, ..Step::new("time", job) }
}

/// A step that asks a person.
fn asks() -> Step {
    Step { timeout: 7200 * SECOND, ..Step::new("time", job("manual", "")) }
}

type Run<'a> = Pin<&'a mut dyn Future<Output = Result<Ending, ExecError>>>;

/// Lets `run` go on until `so`.
async fn until(run: &mut Run<'_>, what: &str, so: impl Fn() -> bool) {
    let (clock, begun) = (Clock::real(), Clock::real().now());
    while !so() {
        assert!(clock.timeout(Duration::from_millis(5), &mut *run).await.is_none(), "it ended before {what}");
        assert!(clock.now().since(begun) < Duration::from_mins(1), "never: {what}");
    }
}

#[tokio::test]
async fn what_comes_true_while_the_host_sleeps_past_the_time_to_wait_is_no_answer() {
    let trial = Trial::new(plan(vec![waits("wait"), changes("a")], OnFailure::Ask));
    trial.outside.fact("ready", json!(false));
    let (far, consent) = (Far::default(), trial.consent());
    let mut run = std::pin::pin!(trial.process_with(&far, &consent, &nothing_between));
    let mut run: Run<'_> = run.as_mut();
    until(&mut run, "it waits", || told(&trial).contains("not so yet")).await;
    // 20 s are waited for, and this is 45 s of its clock
    *trial.outside.nap.lock().expect("nap") = Duration::from_millis(900);
    trial.outside.fact("ready", json!(true));
    run.await.expect("run");
    assert!(trial.outside.said().is_empty() && trial.states().starts_with("Paused"), "{}: {:?}", trial.states(), trial.outside.said());
    assert!(told(&trial).contains("was asleep"), "{}", told(&trial));
}

#[tokio::test]
async fn a_lock_that_is_lost_while_it_waits_or_asks_is_told_and_one_that_comes_back_is_used() {
    for step in [waits("long wait"), asks()] {
        let trial = Trial::new(plan(vec![step, changes("a")], OnFailure::Ask));
        trial.outside.fact("ready", json!(false));
        let (far, consent) = (Far::default(), trial.consent());
        let mut run = std::pin::pin!(trial.process_with(&far, &consent, &nothing_between));
        let mut run: Run<'_> = run.as_mut();
        until(&mut run, "it waits", || told(&trial).contains("not so yet") || told(&trial).contains("look at it")).await;
        far.lost.store(true, Ordering::Relaxed);
        until(&mut run, "it is told", || told(&trial).contains("the lock is lost: its lease has run out")).await;
        // what comes meanwhile is not acted on
        trial.outside.fact("ready", json!(true));
        let answer = Order::Answer { step: "time".to_owned(), accept: true, evidence: Some("seen".to_owned()) };
        give(&trial.folder.control(), 0o600, &Ordered { at: Timestamp::UNIX_EPOCH, by: ana(), order: answer }).expect("given");
        let clock = Clock::at_rate(50);
        assert!(clock.timeout(5 * SECOND, &mut run).await.is_none() && trial.outside.said().is_empty());
        far.lost.store(false, Ordering::Relaxed);
        assert_eq!(run.await.expect("run"), Ending::Done, "{}", told(&trial));
        assert_eq!(trial.outside.said(), ["do a"]);
        assert!(told(&trial).contains("ours again"), "{}", told(&trial));
    }
}

#[tokio::test]
async fn a_lock_that_stays_lost_is_waited_for_no_longer_than_a_minute_and_not_at_all_by_who_is_held() {
    for (steps, states) in [
        (vec![waits("long wait"), changes("a")], "Interrupted: FailedNoEffect Pending"),
        (vec![asks(), changes("a")], "Interrupted: FailedNoEffect Pending"),
        (vec![held("pool", 3600 * SECOND), waits("long wait"), changes("a")], "Interrupted: Undone FailedNoEffect Pending"),
    ] {
        let holds = steps.len() == 3;
        let trial = Trial::new(plan(steps, OnFailure::Ask));
        trial.outside.fact("ready", json!(false));
        let (far, consent) = (Far::default(), trial.consent());
        let mut run = std::pin::pin!(trial.process_with(&far, &consent, &nothing_between));
        let mut run: Run<'_> = run.as_mut();
        until(&mut run, "it waits", || told(&trial).contains("not so yet") || told(&trial).contains("look at it")).await;
        far.lost.store(true, Ordering::Relaxed);
        run.await.expect("run");
        assert_eq!(trial.states(), states);
        assert_eq!(trial.outside.said(), if holds { vec!["do pool", "undo pool"] } else { Vec::new() });
        assert!(trial.standing().why.expect("a reason").contains("the lock is lost"));
    }
}
