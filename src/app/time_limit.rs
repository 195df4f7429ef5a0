//! The time that a command has as a whole. Looking for clusters and asking them share it, so that no server that is frozen in either makes it late.

use crate::model::{Clock, Moment};
use std::time::Duration;

/// A limit that began with the command.
#[derive(Clone, Debug)]
pub struct TimeLimit {
    clock: Clock,
    begin: Moment,
    whole: Duration,
}

impl TimeLimit {
    /// Begins now.
    #[must_use]
    pub fn start(clock: &Clock, whole: Duration) -> Self {
        TimeLimit { clock: clock.clone(), begin: clock.now(), whole }
    }

    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// What is left of it; zero when it has passed.
    #[must_use]
    pub fn left(&self) -> Duration {
        self.left_at(self.clock.now())
    }

    /// The part that may go to finding out whom to ask: two fifths, since whoever is silent then still has to be asked for his state.
    #[must_use]
    pub fn for_looking(&self) -> Duration {
        self.left().min(self.whole * 2 / 5)
    }

    fn left_at(&self, now: Moment) -> Duration {
        self.whole.saturating_sub(now.since(self.begin))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looking_took_is_not_there_for_asking() {
        let whole = Duration::from_millis(1_500);
        let limit = TimeLimit::start(&Clock::real(), whole);
        let spent = limit.for_looking();
        assert!(spent <= Duration::from_millis(600), "{spent:?}");
        assert_eq!(limit.left_at(limit.begin.plus(spent)) + spent, whole);
        assert_eq!(limit.left_at(limit.begin.plus(whole * 2)), Duration::ZERO);
    }
}
