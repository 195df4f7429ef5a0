//! What the members of a cluster agree on, asked of one of them: the quorum of a store, the configuration of a cluster. Each member asked for it does the
//! same work again, and some of it is work of all (an entry of raft for the list of alarms).
//!
//! It must never make a member speak for another in what is its own, give an answer whose question is older than the round it is wanted in, or keep
//! somebody waiting for a member that hangs.

use crate::model::{Clock, Moment};
use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Some times what such an answer takes on a busy machine. Whoever has waited so long asks for himself.
const PATIENCE: Duration = Duration::from_millis(150);

/// The answers of one cluster, each kind in its own place; the clients of its endpoints share it.
#[derive(Clone, Debug, Default)]
pub struct Agreed(Arc<Mutex<HashMap<TypeId, Arc<dyn Any + Send + Sync>>>>);

impl Agreed {
    /// The place for answers of type `T`, which `K` tells apart from those of another store or cluster.
    #[must_use]
    pub fn place<K: Send + 'static, T: Send + 'static>(&self) -> Arc<Place<K, T>> {
        let mut places = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let place = places.entry(TypeId::of::<Place<K, T>>()).or_insert_with(|| Arc::new(Place::<K, T>::default()));
        Arc::clone(place).downcast().unwrap_or_default()
    }
}

/// The newest answer that was sound.
#[derive(Debug)]
pub struct Place<K, T>(tokio::sync::Mutex<Option<Told<K, T>>>);

impl<K, T> Default for Place<K, T> {
    fn default() -> Self {
        Place(tokio::sync::Mutex::new(None))
    }
}

#[derive(Debug)]
struct Told<K, T> {
    key: K,
    asked: Moment,
    answer: T,
}

impl<K: PartialEq + Send, T: Clone + Send> Place<K, T> {
    /// What a member with this `key` answered who was asked after `begin`; otherwise what `ask` brings, which the others may have when it is `sound`.
    pub async fn get(&self, key: K, begin: Moment, clock: &Clock, sound: impl Fn(&T) -> bool + Send, ask: impl Future<Output = T> + Send) -> T {
        let Some(mut newest) = clock.timeout(PATIENCE, self.0.lock()).await else { return ask.await };
        if let Some(told) = newest.as_ref().filter(|told| told.key == key && told.asked.mono >= begin.mono) {
            return told.answer.clone();
        }
        let asked = clock.now();
        let answer = ask.await;
        if sound(&answer) {
            *newest = Some(Told { key, asked, answer: answer.clone() });
        }
        answer
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::future::join_all;
    use std::sync::atomic::{AtomicU32, Ordering};

    struct Members {
        clock: Clock,
        place: Arc<Place<&'static str, u32>>,
        asked: AtomicU32,
    }

    impl Members {
        fn new() -> Members {
            Members { clock: Clock::real(), place: Agreed::default().place(), asked: AtomicU32::new(0) }
        }

        /// One member is wanted to answer, and answers with how many were asked before it.
        async fn one(&self, key: &'static str, begin: Moment) -> u32 {
            let ask = async {
                tokio::task::yield_now().await;
                self.asked.fetch_add(1, Ordering::SeqCst)
            };
            self.place.get(key, begin, &self.clock, |answer| *answer != 0, ask).await
        }
    }

    #[tokio::test]
    async fn one_is_asked_for_all_of_a_round_and_nobody_gets_what_was_asked_before_his_round() {
        let members = Members::new();
        members.asked.store(1, Ordering::SeqCst);
        let begin = members.clock.now();
        assert_eq!(join_all((0..3).map(|_| members.one("a", begin))).await, [1, 1, 1]);
        let later = members.clock.now();
        assert_eq!(members.one("a", later).await, 2);
        assert_eq!(members.one("a", begin).await, 2, "what is newer will do");
    }

    #[tokio::test]
    async fn another_store_and_an_answer_that_is_not_sound_are_nobody_elses() {
        let members = Members::new();
        let begin = members.clock.now();
        assert_eq!(join_all((0..2).map(|_| members.one("a", begin))).await, [0, 1], "the first answer is not sound");
        assert_eq!(members.one("b", begin).await, 2);
        assert_eq!(members.one("a", begin).await, 3, "the place is for one store");
    }

    #[tokio::test]
    async fn nobody_waits_for_a_member_that_hangs() {
        let members = Members::new();
        let begin = members.clock.now();
        let place = Arc::clone(&members.place);
        let hung = place.get("a", begin, &members.clock, |_| true, std::future::pending());
        members.asked.store(7, Ordering::SeqCst);
        let other = async {
            assert!(members.place.0.try_lock().is_err(), "the first is asking");
            members.one("a", begin).await
        };
        tokio::select! {
            biased;
            _ = hung => panic!("it hangs"),
            answer = other => assert_eq!(answer, 7),
        }
    }

    #[test]
    fn each_kind_of_answer_has_its_own_place() {
        let agreed = Agreed::default();
        let place = agreed.place::<u8, u8>();
        assert!(Arc::ptr_eq(&place, &agreed.clone().place()));
        assert_eq!(Arc::strong_count(&place), 2, "the cluster's, and mine");
        let _other = agreed.place::<u8, u16>();
        assert_eq!(agreed.0.lock().unwrap_or_else(PoisonError::into_inner).len(), 2);
    }
}
