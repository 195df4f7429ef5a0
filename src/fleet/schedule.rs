//! When an endpoint is asked next. Pure: the same state and the same moment give the same answer, whatever the other endpoints do.

use crate::model::{EndpointId, Fingerprint};
use crate::systems::contract::Tier;
use std::hash::{Hash, Hasher};
use std::time::Duration;

/// How often to ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    pub fast: Duration,
    pub slow: Duration,
    pub rare: Duration,
    /// A failing endpoint is never asked less often than this.
    pub slowest: Duration,
}

/// Where an endpoint stands in its schedule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// When the newest question was sent, and the newest that asked the slow and the rare tier and was answered.
    pub asked: Option<Duration>,
    pub slow_answered: Option<Duration>,
    pub rare_answered: Option<Duration>,
    /// Failures in a row.
    pub failures: u32,
}

impl Standing {
    pub const NEW: Standing = Standing { asked: None, slow_answered: None, rare_answered: None, failures: 0 };
}

/// The endpoints of one cluster are asked so shortly after each other, on average, in shares of the interval: what is compared (a replica's position and
/// its primary's) was told at one moment, and their answers make one revision, not one each.
const APART: u32 = 500;

/// By how much an endpoint is asked later than the clock's full interval: the same in each run, near that of its `cluster` endpoints (itself among them),
/// far from that of other clusters. It goes by the interval's end into the next: how many endpoints a cluster has when this one joins must not move where
/// the cluster begins.
#[must_use]
pub fn phase(id: &EndpointId, cluster: usize, interval: Duration) -> Duration {
    let spread = interval / APART * u32::try_from(cluster).unwrap_or(u32::MAX).min(APART);
    let late = share(&id.cluster, interval) + share(id, spread);
    late.checked_sub(interval).unwrap_or(late)
}

/// A share of `of` that hangs on `name` alone.
fn share(name: &impl Hash, of: Duration) -> Duration {
    let mut hasher = Fingerprint::new();
    name.hash(&mut hasher);
    let millis = u64::try_from(of.as_millis()).unwrap_or(u64::MAX).max(1);
    Duration::from_millis(mixed(hasher.finish()) % millis)
}

/// Names that differ in their last letter alone have fingerprints that lie in clusters; after this every bit hangs on every letter. The finalizer of
/// `MurmurHash3`: <https://github.com/aappleby/smhasher/wiki/MurmurHash3>
const fn mixed(fingerprint: u64) -> u64 {
    let one = (fingerprint ^ (fingerprint >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    let two = (one ^ (one >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    two ^ (two >> 33)
}

/// So many endpoints may be asked at the same moment.
const CROWD: usize = 64;
/// Nobody waits longer than this for his first question.
const FIRST_WITHIN: Duration = Duration::from_secs(1);

/// When, on the monotonic clock, to ask for the first time: at once, or spread by `phase` over the first interval where more than a few begin
/// `together`; a thousand connections at one moment would be late by our own doing.
#[must_use]
pub fn first_due(together: usize, pace: &Pace, phase: Duration, now: Duration) -> Duration {
    if together <= CROWD {
        return now;
    }
    now + if pace.fast <= FIRST_WITHIN { phase } else { FIRST_WITHIN.mul_f64((phase.as_secs_f64() / pace.fast.as_secs_f64()).min(1.0)) }
}

/// When, on the monotonic clock, to ask next; at once when it was never asked.
///
/// A healthy endpoint is asked at its phase of each full interval. After two failures in a row the interval doubles with each further one, up to
/// `slowest`; the first good answer brings the normal interval back.
#[must_use]
pub fn next_due(standing: &Standing, pace: &Pace, phase: Duration, now: Duration) -> Duration {
    let Some(asked) = standing.asked else { return now };
    let doublings = standing.failures.saturating_sub(2).min(16);
    let interval = pace.fast.saturating_mul(1 << doublings).min(pace.slowest.max(pace.fast));
    let grid = interval.as_nanos().max(1);
    let since = asked.as_nanos().saturating_sub(phase.as_nanos());
    let next = (since / grid + 1) * grid + phase.as_nanos();
    let nanos = |value: u128| Duration::from_nanos(u64::try_from(value).unwrap_or(u64::MAX));
    // asked late in its slot: not again before half an interval passed
    let earliest = asked + interval / 2;
    let due = nanos(next);
    if due < earliest { due + interval } else { due }.max(now.min(due + interval))
}

/// What to ask when it is due.
#[must_use]
pub fn tier(standing: &Standing, pace: &Pace, now: Duration) -> Tier {
    let due = |answered: Option<Duration>, every: Duration| answered.is_none_or(|at| now.saturating_sub(at) >= every);
    if due(standing.rare_answered, pace.rare) {
        Tier::Rare
    } else if due(standing.slow_answered, pace.slow) {
        Tier::Slow
    } else {
        Tier::Fast
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const PACE: Pace =
        Pace { fast: Duration::from_secs(1), slow: Duration::from_secs(15), rare: Duration::from_mins(5), slowest: Duration::from_secs(5) };

    fn standing(asked: u64, failures: u32) -> Standing {
        Standing { asked: Some(Duration::from_millis(asked)), failures, ..Standing::NEW }
    }

    #[test]
    fn who_was_never_asked_is_asked_at_once() {
        assert_eq!(next_due(&Standing::NEW, &PACE, Duration::from_millis(700), Duration::from_secs(9)), Duration::from_secs(9));
    }

    #[test]
    fn a_failing_endpoint_is_asked_more_slowly_up_to_the_cap_and_normally_again_after_an_answer() {
        let wait = |failures| {
            let at = Duration::from_secs(1_000);
            next_due(&standing(1_000_000, failures), &PACE, Duration::ZERO, at).saturating_sub(at)
        };
        assert_eq!(wait(0), Duration::from_secs(1));
        assert_eq!(wait(2), Duration::from_secs(1));
        assert_eq!(wait(3), Duration::from_secs(2));
        assert!(wait(40) <= PACE.slowest * 3 / 2, "{:?}", wait(40));
    }

    #[test]
    fn each_tier_comes_when_its_last_answer_is_old_enough() {
        let at = |seconds| Some(Duration::from_secs(seconds));
        let state = Standing { asked: at(100), slow_answered: at(90), rare_answered: at(50), failures: 0 };
        assert_eq!(tier(&Standing::NEW, &PACE, Duration::from_secs(1)), Tier::Rare);
        assert_eq!(tier(&state, &PACE, Duration::from_secs(101)), Tier::Fast);
        assert_eq!(tier(&state, &PACE, Duration::from_secs(105)), Tier::Slow);
        assert_eq!(tier(&state, &PACE, Duration::from_secs(350)), Tier::Rare);
    }

    proptest! {
        /// Asked at its due time each time, an endpoint keeps its phase for ever, whatever the others do.
        #[test]
        fn a_healthy_endpoint_keeps_its_phase(phase_ms in 0_u64..1_000, start in 1_000_u64..1_000_000, late in proptest::collection::vec(0_u64..400, 1..50)) {
            let phase = Duration::from_millis(phase_ms);
            let mut asked = Duration::from_millis(start);
            asked = next_due(&Standing { asked: Some(asked), ..Standing::NEW }, &PACE, phase, asked);
            for delay in late {
                let sent = asked + Duration::from_millis(delay % 400);
                let due = next_due(&Standing { asked: Some(sent), ..Standing::NEW }, &PACE, phase, sent);
                prop_assert!(due > sent);
                prop_assert!(due <= sent + PACE.fast * 3 / 2);
                let offset = (due.as_millis() + 1_000 - u128::from(phase_ms)) % 1_000;
                prop_assert_eq!(offset, 0);
                asked = due;
            }
        }

        /// A few are asked at once, many over the first interval, at most a second; the same endpoint always at the same moment.
        #[test]
        fn the_first_question_comes_soon(together in 1_usize..5_000, fast_ms in 100_u64..100_000, share in 0.0..1.0_f64, now in 0_u64..1_000_000) {
            let (now, fast) = (Duration::from_millis(now), Duration::from_millis(fast_ms));
            let pace = Pace { fast, ..PACE };
            let due = first_due(together, &pace, fast.mul_f64(share), now);
            prop_assert!(due >= now && due <= now + fast.min(Duration::from_secs(1)));
            prop_assert!(together > 64 || due == now);
        }

        /// However they are called and whatever clusters they are in, no tenth of a second gets more than a fair share of a thousand first questions, twice over.
        #[test]
        fn a_thousand_first_questions_are_spread(name in "[a-z]{1,12}", size in prop_oneof![1_usize..5, 200_usize..=1_000], fast_ms in 500_u64..10_000) {
            let pace = Pace { fast: Duration::from_millis(fast_ms), ..PACE };
            let within = pace.fast.min(Duration::from_secs(1));
            let mut tenths = [0_usize; 10];
            for member in 0..1_000 {
                let cluster = format!("{name}{}", if size < 5 { member / size } else { 0 });
                let id = EndpointId { cluster, system: "patroni".to_owned(), name: format!("pg{member}") };
                let due = first_due(1_000, &pace, phase(&id, if size < 5 { size } else { 1_000 }, pace.fast), Duration::ZERO);
                tenths[usize::try_from(due.as_millis() * 10 / within.as_millis()).unwrap_or(9).min(9)] += 1;
            }
            prop_assert!(tenths.iter().all(|many| *many < 200), "{tenths:?}");
        }

        /// The endpoints of one cluster are asked at one moment, however many there were when each joined; those of another at another.
        #[test]
        fn a_cluster_is_asked_at_one_moment(name in "[a-z]{1,12}", many in 2_usize..20) {
            let second = Duration::from_secs(1);
            let of = |cluster: &str| -> Vec<Duration> {
                let id = |member| EndpointId { cluster: cluster.to_owned(), system: "patroni".to_owned(), name: format!("pg{member}") };
                (0..many).map(|member| phase(&id(member), member + 1, second)).collect()
            };
            let one = of(&name);
            let begin = share(&name, second);
            let after = |at: &Duration| (*at + second).saturating_sub(begin).as_millis() % 1_000;
            prop_assert!(one.iter().all(|at| after(at) < (second / APART).as_millis() * many as u128 && *at < second), "{one:?} from {begin:?}");
            let all: std::collections::BTreeSet<Duration> = (0..50).flat_map(|other| of(&format!("{name}-{other}")).into_iter().take(1)).collect();
            prop_assert!(all.len() > 25, "{all:?}");
        }

        /// No state makes it wait longer than one and a half times the cap.
        #[test]
        fn nobody_is_forgotten(failures in 0_u32..u32::MAX, asked in 0_u64..1_000_000_000, phase_ms in 0_u64..1_000, later in 0_u64..100_000) {
            let now = Duration::from_millis(asked + later);
            let due = next_due(&standing(asked, failures), &PACE, Duration::from_millis(phase_ms), now);
            prop_assert!(due <= now + PACE.slowest * 3 / 2 + PACE.fast);
        }
    }
}
