//! The receive positions of a replica that were seen before: from them follows how long ago the WAL arrived that is replayed now.
//!
//! The server cannot say it: the age of the last replayed transaction is an hour after an idle hour, though the replica is a millisecond behind.

use super::replication::{Delay, ReplicaSelf};
use crate::model::Lsn;
use std::collections::VecDeque;
use std::time::Duration;

/// Points kept; at one a second, ten minutes.
const LONGEST: usize = 600;

/// Positions with the time (of our clock) at which they were seen.
#[derive(Clone, Debug, Default)]
pub struct Trail(VecDeque<(Duration, Lsn)>);

impl Trail {
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds what was seen at `at` and tells the delay. `None` where no position is received.
    pub fn observe(&mut self, at: Duration, seen: &ReplicaSelf) -> Option<Delay> {
        let (true, Some(received), Some(replayed)) = (seen.in_recovery, seen.receive_lsn, seen.replay_lsn) else {
            self.0.clear();
            return None;
        };
        if self.0.back().is_some_and(|(_, last)| *last > received) {
            // a receiver that began anew; what was seen before says nothing about it
            self.0.clear();
        }
        self.0.push_back((at, received));
        while self.0.len() > LONGEST {
            self.0.pop_front();
        }
        if replayed >= received {
            return Some(Delay { at_least_s: 0.0, at_most_s: Some(0.0) });
        }
        // what is not replayed yet had arrived at `unreplayed` and had not at `before`
        let unreplayed = self.0.iter().find(|(_, lsn)| *lsn > replayed).map(|(when, _)| *when);
        let before = self.0.iter().rev().find(|(_, lsn)| *lsn <= replayed).map(|(when, _)| *when);
        let ago = |when: Duration| at.saturating_sub(when).as_secs_f64();
        Some(Delay { at_least_s: unreplayed.map_or(0.0, ago), at_most_s: before.map(ago).or(seen.apply_lag_s) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(received: u64, replayed: u64) -> ReplicaSelf {
        ReplicaSelf {
            in_recovery: true,
            receive_lsn: Some(Lsn(received)),
            replay_lsn: Some(Lsn(replayed)),
            apply_lag_bytes: None,
            apply_lag_s: Some(3_600.0),
            replay_paused: Some(false),
            last_replayed_xact_age_s: Some(3_600.0),
            delay: None,
        }
    }

    #[test]
    fn one_write_after_an_idle_hour_is_no_lag() {
        let mut trail = Trail::default();
        let at = Duration::from_secs;
        assert_eq!(trail.observe(at(1), &seen(100, 100)), Some(Delay { at_least_s: 0.0, at_most_s: Some(0.0) }));
        let fresh = trail.observe(at(2), &seen(200, 100)).expect("delay");
        assert_eq!((fresh.at_least_s, fresh.at_most_s, fresh.seconds()), (0.0, Some(1.0), Some(1.0)));
    }

    #[test]
    fn a_replay_that_stands_still_falls_behind_by_the_clock() {
        let mut trail = Trail::default();
        for second in 0..=70 {
            let delay = trail.observe(Duration::from_secs(second), &seen(100 + second, 100)).expect("delay");
            let expected = if second == 0 { 0.0 } else { Duration::from_secs(second - 1).as_secs_f64() };
            assert!((delay.at_least_s - expected).abs() < 1e-9, "{second}: {delay:?}");
        }
    }

    #[test]
    fn the_first_look_alone_claims_no_seconds() {
        let delay = Trail::default().observe(Duration::from_secs(5), &seen(200, 100)).expect("delay");
        assert_eq!((delay.at_least_s, delay.at_most_s, delay.seconds()), (0.0, Some(3_600.0), None));
    }

    #[test]
    fn a_promotion_and_a_new_receiver_forget_the_past() {
        let mut trail = Trail::default();
        trail.observe(Duration::from_secs(1), &seen(900, 100));
        let delay = trail.observe(Duration::from_mins(1), &seen(500, 100)).expect("delay");
        assert!(delay.at_least_s.abs() < 1e-9, "{delay:?}");
        assert_eq!(trail.observe(Duration::from_secs(61), &ReplicaSelf { in_recovery: false, ..seen(1, 1) }), None);
        assert!(trail.is_empty());
    }
}
