//! What becomes of a run whose lock cannot be spoken to: at its end, while it waits, while it asks a person.

use super::fakes::*;
use super::nothing_between;
use crate::engine::consent::Consent;
use crate::engine::states::OnFailure;
use crate::engine::Ending;
use std::sync::atomic::Ordering;

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
