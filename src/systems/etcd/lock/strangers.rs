//! A url of the configuration that leads to another etcd: what is written there keeps nobody off.

use super::tests::{Mood, Shared, holder, lock, member, until};
use crate::engine::lock::{Lock, LockError};

/// A store of its own; each number is another one.
fn store(other: u64) -> Shared {
    let kept = Shared::default();
    kept.lock().expect("kept").other = other;
    kept
}

fn keys(kept: &Shared) -> usize {
    let kept = kept.lock().expect("kept");
    kept.keys.len() + kept.leases.len()
}

#[tokio::test]
async fn the_lock_is_in_the_store_of_most_members_whoever_answers_first() {
    let (ours, stranger) = (store(0), store(1));
    for at in 0..3 {
        let mut urls = vec![member(&ours).await, member(&ours).await];
        urls.insert(at, member(&stranger).await);
        let urls: Vec<&str> = urls.iter().map(String::as_str).collect();
        let held = lock(&urls).take("orders", &holder("a"), 0).await.expect("free");
        assert_eq!((keys(&ours), keys(&stranger)), (2, 0), "the stranger is number {at}");
        // whoever else asks meets it
        assert!(matches!(lock(&urls).take("orders", &holder("b"), 0).await, Err(LockError::Held(other)) if other.run == "a"));
        held.give_back().await;
        assert_eq!(keys(&ours), 0);
    }
    assert!(stranger.lock().expect("kept").asked.iter().all(|path| path == "/v3/kv/txn"), "it was asked who it is, and no more");
}

#[tokio::test]
async fn members_that_contradict_each_other_keep_no_lock() {
    let (one, other) = (store(0), store(1));
    let urls = [member(&one).await, member(&other).await];
    let error = lock(&[&urls[0], &urls[1]]).take("orders", &holder("a"), 0).await.expect_err("nobody can tell where it is");
    let LockError::NoStore(why) = &error else { panic!("{error:?}") };
    assert!(urls.iter().all(|url| why.contains(url.as_str())) && why.contains("different clusters of etcd"), "{why}");
    assert_eq!((keys(&one), keys(&other)), (0, 0));
    // one that is silent and one that is alone with its word of three
    let why = lock(&["http://127.0.0.1:1", "http://127.0.0.1:1", &urls[1]]).look("orders").await.expect_err("no quorum").to_string();
    assert!(why.contains("connection refused"), "{why}");
    // of two that are configured one may be down
    assert!(lock(&["http://127.0.0.1:1", &urls[0]]).look("orders").await.is_ok());
}

#[tokio::test]
async fn a_stranger_that_answers_for_a_store_that_is_slow_does_not_lose_the_lock() {
    let (ours, stranger) = (store(0), store(1));
    let urls = [member(&ours).await, member(&ours).await, member(&stranger).await];
    let lock = lock(&[&urls[0], &urls[1], &urls[2]]);
    let held = lock.take("orders", &holder("a"), 0).await.expect("free");
    let asked = || ours.lock().expect("kept").asked.len();
    ours.lock().expect("kept").mood = Mood::NoQuorum;
    let before = asked();
    until("both were asked to renew it", || asked() >= before + 4).await;
    ours.lock().expect("kept").mood = Mood::Answers;
    let renewed = held.term().expect("a lease");
    until("it is held again", || held.lost().is_none() && held.term().is_some_and(|term| term.owed > renewed.owed)).await;
    assert!(!stranger.lock().expect("kept").asked.iter().any(|path| path.contains("lease")));
}
