//! When `GET /cluster` may be asked. It reads the store live and hangs as long as the store does, holding one of the five threads of the member's
//! REST: asked every second it would starve the very answers that still work. Pure.

use std::time::Duration;

/// The first pause after the question failed twice; as long as Patroni itself waits for its store by default.
const FIRST_PAUSE: Duration = Duration::from_secs(10);
const LONGEST_PAUSE: Duration = Duration::from_mins(1);
/// Not more often than this, even when the member reached its store meanwhile.
const SHORTEST_PAUSE: Duration = Duration::from_secs(3);

/// Remembers how the question fared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Gate {
    failures: u32,
    failed_at: Duration,
    /// What the member said then of when it last reached its store, in seconds of its clock.
    seen_at_failure: Option<i64>,
}

impl Gate {
    /// Failures in a row.
    #[must_use]
    pub const fn failures(&self) -> u32 {
        self.failures
    }

    /// Whether to ask at `now`, where the member says that it last reached its store at `dcs_seen`.
    ///
    /// One failure may be chance, so the next question follows at once. After the second it waits: until the member reached its store again, or
    /// until the pause is over, which doubles each time.
    #[must_use]
    pub fn open(&self, now: Duration, dcs_seen: Option<i64>) -> bool {
        if self.failures < 2 {
            return true;
        }
        let waited = now.saturating_sub(self.failed_at);
        let reached_again = matches!((dcs_seen, self.seen_at_failure), (Some(now), Some(then)) if now > then);
        let pause = FIRST_PAUSE.saturating_mul(1 << (self.failures - 2).min(8)).min(LONGEST_PAUSE);
        waited >= pause || reached_again && waited >= SHORTEST_PAUSE
    }

    /// The question failed at `now`.
    pub fn failed(&mut self, now: Duration, dcs_seen: Option<i64>) {
        *self = Gate { failures: self.failures.saturating_add(1), failed_at: now, seen_at_failure: dcs_seen };
    }

    /// An answer opens it at once.
    pub fn answered(&mut self) {
        *self = Gate::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn one_failure_is_confirmed_at_once_and_the_second_waits() {
        let mut gate = Gate::default();
        assert!(gate.open(at(0), Some(100)));
        gate.failed(at(0), Some(100));
        assert!(gate.open(at(1), Some(100)));
        gate.failed(at(1), Some(100));
        assert!(!gate.open(at(2), Some(100)));
        assert!(!gate.open(at(10), Some(100)));
        assert!(gate.open(at(11), Some(100)));
        gate.failed(at(11), Some(100));
        assert!(!gate.open(at(30), Some(100)));
        assert!(gate.open(at(31), Some(100)));
    }

    #[test]
    fn it_opens_when_the_member_reached_its_store_again_and_after_an_answer() {
        let mut gate = Gate::default();
        gate.failed(at(0), Some(100));
        gate.failed(at(1), Some(100));
        assert!(!gate.open(at(3), Some(103)));
        assert!(gate.open(at(4), Some(104)));
        assert!(!gate.open(at(4), None));
        gate.answered();
        assert!(gate.open(at(4), None));
    }

    proptest! {
        /// With a store that stays silent, and each question holding a thread for ten seconds, no more than two threads are ever held.
        #[test]
        fn it_never_holds_more_than_two_threads(jitter in proptest::collection::vec(0_u64..900, 400)) {
            let mut gate = Gate::default();
            let mut held: Vec<Duration> = Vec::new();
            for (second, late) in jitter.into_iter().enumerate() {
                let now = Duration::from_millis(second as u64 * 1_000 + late);
                if gate.open(now, Some(100)) {
                    gate.failed(now, Some(100));
                    held.retain(|since| now.saturating_sub(*since) < Duration::from_secs(10));
                    held.push(now);
                    prop_assert!(held.len() <= 2, "{held:?}");
                }
            }
        }
    }
}
