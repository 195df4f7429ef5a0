//! What becomes of a run whose lock cannot be spoken to: at its end, while it waits, while it asks a person.

use super::fakes::*;
use super::{SECOND, nothing_between};
use crate::engine::consent::Consent;
use crate::engine::states::OnFailure;
use crate::engine::take::ExecError;
use crate::engine::{Ending, Step};
use crate::model::Clock;
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
