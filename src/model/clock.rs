//! The one source of time. Ages come from a monotonic clock that goes on during suspend; wall time is only shown and compared with servers.
//!
//! Everything that waits or measures goes through [`Clock`], because the simulator runs it at another rate. `clippy.toml` bans the alternatives.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// An instant with both its faces: `mono` for ages and deadlines, `wall` for people and servers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moment {
    /// Time since the machine booted, suspend included, stretched by the clock's rate.
    pub mono: Duration,
    pub wall: Timestamp,
}

impl Moment {
    /// Time passed since `earlier`; zero when `earlier` lies ahead.
    #[must_use]
    pub fn since(self, earlier: Moment) -> Duration {
        self.mono.saturating_sub(earlier.mono)
    }

    /// The moment `earlier` before this one; at the boot where that lies before it.
    #[must_use]
    pub fn minus(self, earlier: Duration) -> Moment {
        let wall = SignedDuration::try_from(earlier).ok().and_then(|by| self.wall.checked_sub(by).ok());
        Moment { mono: self.mono.saturating_sub(earlier), wall: wall.unwrap_or(Timestamp::MIN) }
    }

    /// The moment `later` after this one.
    #[must_use]
    pub fn plus(self, later: Duration) -> Moment {
        let wall = SignedDuration::try_from(later).ok().and_then(|by| self.wall.checked_add(by).ok());
        Moment { mono: self.mono.saturating_add(later), wall: wall.unwrap_or(Timestamp::MAX) }
    }
}

/// Tells the time and waits. The rate is 1 in production; only tests and the demo set another.
#[derive(Clone, Debug)]
pub struct Clock {
    rate: u32,
    boot_at_start: Duration,
    wall_at_start: Timestamp,
}

impl Clock {
    /// The clock of production: rate 1.
    #[must_use]
    pub fn real() -> Self {
        Clock { rate: 1, boot_at_start: boottime(), wall_at_start: Timestamp::now() }
    }

    /// A clock that begins now and runs `rate` times as fast.
    #[must_use]
    pub fn at_rate(rate: u32) -> Self {
        Clock { rate: rate.max(1), ..Clock::real() }
    }

    #[must_use]
    pub fn now(&self) -> Moment {
        let boot = boottime();
        if self.rate == 1 {
            // wall is asked anew: a stepped clock has to be seen, not hidden
            return Moment { mono: boot, wall: Timestamp::now() };
        }
        let passed = boot.saturating_sub(self.boot_at_start).saturating_mul(self.rate);
        Moment { mono: self.boot_at_start, wall: self.wall_at_start }.plus(passed)
    }

    /// Waits for `duration` of this clock.
    #[expect(clippy::disallowed_methods, reason = "the one place that may")]
    pub async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration / self.rate.max(1)).await;
    }

    /// `None` when `duration` of this clock passed first.
    #[expect(clippy::disallowed_methods, reason = "the one place that may")]
    pub async fn timeout<T>(&self, duration: Duration, work: impl Future<Output = T>) -> Option<T> {
        tokio::time::timeout(duration / self.rate.max(1), work).await.ok()
    }
}

/// CLOCK_BOOTTIME: a laptop that slept an hour must show everything an hour old.
fn boottime() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
    Duration::new(time.tv_sec.try_into().unwrap_or(0), time.tv_nsec.try_into().unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_age_is_never_negative() {
        let clock = Clock::real();
        let early = clock.now();
        let late = early.plus(Duration::from_secs(3));
        assert_eq!(late.since(early), Duration::from_secs(3));
        assert_eq!(early.since(late), Duration::ZERO);
    }

    #[test]
    fn a_moment_at_the_end_of_time_stays_there() {
        let far = Moment { mono: Duration::MAX, wall: Timestamp::MAX }.plus(Duration::MAX);
        assert_eq!(far.wall, Timestamp::MAX);
        assert_eq!(far.mono, Duration::MAX);
    }
}
