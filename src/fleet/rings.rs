//! The last half hour of what is worth a line over time: one ring a number of an endpoint, addressed by its second, so that one ring serves every instant.
//!
//! It must never grow: seconds, series and chunks are bounded, and what is too old is dropped where it is written, who left where that is
//! seen. Cloning is cheap; what two revisions share is
//! kept once. A second in which nothing was read is a gap, never zero.

use crate::model::{EndpointId, Moment};
use crate::systems::view::{Kind, Series};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// Series of one endpoint; the values of all others go under [`OTHER`], the largest of a second.
pub const MOST_SERIES: usize = 64;
/// What is kept.
pub const SPAN: Duration = Duration::from_mins(30);
/// The series for what is beyond [`MOST_SERIES`].
pub const OTHER: &str = "other";

/// Seconds in one chunk.
const CHUNK: usize = 60;
/// The chunks of [`SPAN`] and the one that is being filled.
const CHUNKS: usize = 31;

/// The rings of all endpoints.
#[derive(Clone, Debug, Default)]
pub struct Rings {
    endpoints: BTreeMap<Arc<EndpointId>, Arc<BTreeMap<Arc<str>, Ring>>>,
}

/// One number over time.
#[derive(Clone, Debug)]
struct Ring {
    unit: Kind,
    /// By minute.
    chunks: [Option<Arc<Chunk>>; CHUNKS],
}

/// One minute.
#[derive(Clone, Debug)]
struct Chunk {
    minute: u64,
    /// By second; no number where nothing was read.
    values: [f32; CHUNK],
}

impl Ring {
    const fn new(unit: Kind) -> Self {
        Ring { unit, chunks: [const { None }; CHUNKS] }
    }

    fn note(&mut self, second: u64, value: f32, largest: bool) {
        let (minute, slot, at) = place(second);
        let Some(slot) = self.chunks.get_mut(slot) else { return };
        // a second that is older than what stands there is forgotten already
        if slot.as_ref().is_some_and(|chunk| chunk.minute > minute) {
            return;
        }
        let chunk = slot.get_or_insert_with(|| Arc::new(Chunk { minute, values: [f32::NAN; CHUNK] }));
        let chunk = Arc::make_mut(chunk);
        if chunk.minute != minute {
            *chunk = Chunk { minute, values: [f32::NAN; CHUNK] };
        }
        if let Some(known) = chunk.values.get_mut(at) {
            *known = if largest { known.max(value) } else { value };
        }
    }

    fn at(&self, second: u64) -> Option<f32> {
        let (minute, slot, at) = place(second);
        let chunk = self.chunks.get(slot)?.as_ref().filter(|chunk| chunk.minute == minute)?;
        chunk.values.get(at).copied().filter(|value| !value.is_nan())
    }
}

/// Minute, slot of its chunk, second in it.
fn place(second: u64) -> (u64, usize, usize) {
    let minute = second / CHUNK as u64;
    let part = |of: u64, by: usize| usize::try_from(of % by as u64).unwrap_or(0);
    (minute, part(minute, CHUNKS), part(second, CHUNK))
}

impl Rings {
    /// Notes `value` of the series `key` at the second of `at`. In one second the last value stays. What is no number is not noted.
    #[expect(clippy::cast_possible_truncation, reason = "seven digits are more than a line shows")]
    pub fn note(&mut self, id: &EndpointId, key: &str, unit: Kind, at: Moment, value: f64) {
        if !value.is_finite() {
            return;
        }
        let rings = match self.endpoints.get_mut(id) {
            Some(rings) => rings,
            None => self.endpoints.entry(Arc::new(id.clone())).or_default(),
        };
        let rings = Arc::make_mut(rings);
        let known = rings.contains_key(key);
        // the last place is that of all others
        let own = known || rings.len() < MOST_SERIES - 1;
        let ring = match rings.get_mut(if own { key } else { OTHER }) {
            Some(ring) => ring,
            None => rings.entry(Arc::from(if own { key } else { OTHER })).or_insert(Ring::new(unit)),
        };
        ring.note(at.mono.as_secs(), value as f32, !own);
    }

    /// Drops all that is kept of `id`.
    pub fn forget(&mut self, id: &EndpointId) {
        self.endpoints.remove(id);
    }

    /// The series `key` in the `span` that ends at `now`, as `points` values: each the largest of its part, so that a spike is seen. Parts begin at the same
    /// instants whenever they are asked for: the line moves on, it does not flicker. `None` when there is no such series.
    #[must_use]
    pub fn window(&self, id: &EndpointId, key: &str, now: Moment, span: Duration, points: usize) -> Option<Series> {
        self.max_over(&[id], key, now, span, points)
    }

    /// The largest of the series `key` of all `ids`: how the worst member of a cluster went.
    #[must_use]
    pub fn max_over(&self, ids: &[&EndpointId], key: &str, now: Moment, span: Duration, points: usize) -> Option<Series> {
        let rings: Vec<&Ring> = ids.iter().filter_map(|id| self.endpoints.get(*id)?.get(key)).collect();
        let unit = rings.first()?.unit;
        let points = points.max(1);
        let step = (span.min(SPAN).as_secs() / points as u64).max(1);
        let last = now.mono.as_secs() / step;
        let largest = |part: u64| {
            let seconds = part.saturating_mul(step)..part.saturating_add(1).saturating_mul(step);
            let values = seconds.flat_map(|second| rings.iter().filter_map(move |ring| ring.at(second)));
            values.reduce(f32::max)
        };
        let parts = (0..points as u64).rev().map(|back| last.checked_sub(back).and_then(largest));
        Some(Series { step: Duration::from_secs(step), unit, values: parts.collect() })
    }

    /// Takes in the series of other endpoints; of an endpoint that both have, those of `other` stay.
    pub fn join(&mut self, other: &Rings) {
        self.endpoints.extend(other.endpoints.iter().map(|(id, rings)| (Arc::clone(id), Arc::clone(rings))));
    }

    /// The series of one endpoint, in the order of their names. They may be a server's words.
    pub fn keys(&self, id: &EndpointId) -> impl Iterator<Item = &str> {
        self.endpoints.get(id).into_iter().flat_map(|rings| rings.keys().map(AsRef::as_ref))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Clock;
    use proptest::prelude::*;

    fn id(name: &str) -> EndpointId {
        EndpointId { cluster: "c".into(), system: "postgres".into(), name: name.into() }
    }

    /// Second `second` of a machine that has been up for a while.
    fn at(second: u64) -> Moment {
        Moment { mono: Duration::from_secs(72_000 + second), ..Clock::real().now() }
    }

    fn seconds(count: u64) -> Duration {
        Duration::from_secs(count)
    }

    #[test]
    fn a_second_without_a_value_is_a_gap_and_the_last_of_a_second_stays() {
        let mut rings = Rings::default();
        for (second, value) in [(0, 5.0), (1, 7.0), (1, 6.0), (3, 0.0), (4, f64::NAN)] {
            rings.note(&id("pg1"), "lag_bytes", Kind::Bytes, at(second), value);
        }
        let series = rings.window(&id("pg1"), "lag_bytes", at(5), seconds(6), 6).expect("a series");
        assert_eq!(*series.values, [Some(5.0), Some(6.0), None, Some(0.0), None, None]);
        assert_eq!((series.step, series.unit), (seconds(1), Kind::Bytes));
        assert_eq!(rings.window(&id("pg1"), "tps", at(5), seconds(6), 6), None);
        assert_eq!(rings.window(&id("pg2"), "lag_bytes", at(5), seconds(6), 6), None);
        assert_eq!(rings.keys(&id("pg1")).collect::<Vec<_>>(), ["lag_bytes"]);
    }

    #[test]
    fn a_spike_is_seen_in_a_long_window_and_over_members() {
        let mut rings = Rings::default();
        for second in 0..600 {
            rings.note(&id("pg1"), "lag_bytes", Kind::Bytes, at(second), if second == 301 { 99.0 } else { 1.0 });
            rings.note(&id("pg2"), "lag_bytes", Kind::Bytes, at(second), if second == 61 { 55.0 } else { 2.0 });
        }
        let one = rings.window(&id("pg1"), "lag_bytes", at(599), seconds(600), 10).expect("a series");
        assert!(one.values.contains(&Some(99.0)), "{one:?}");
        let worst = rings.max_over(&[&id("pg1"), &id("pg2"), &id("gone")], "lag_bytes", at(599), seconds(600), 10).expect("a series");
        let two = Some(2.0);
        assert_eq!(*worst.values, [two, Some(55.0), two, two, two, Some(99.0), two, two, two, two]);
        // the same instants a second later: nothing flickers
        let later = rings.window(&id("pg1"), "lag_bytes", at(610), seconds(600), 10).expect("a series");
        assert_eq!(one.values[1..], later.values[..9]);
    }

    #[test]
    fn the_past_is_read_from_the_same_ring_and_ends() {
        let mut rings = Rings::default();
        for second in 0..7_200_u32 {
            rings.note(&id("pg1"), "tps", Kind::Count, at(second.into()), f64::from(second));
        }
        let then = rings.window(&id("pg1"), "tps", at(6_000), seconds(3), 3).expect("a series");
        assert_eq!(*then.values, [Some(5_998.0), Some(5_999.0), Some(6_000.0)]);
        let whole = rings.window(&id("pg1"), "tps", at(7_199), SPAN, 1_800).expect("a series");
        assert!(whole.values.iter().all(Option::is_some));
        let gone = rings.window(&id("pg1"), "tps", at(3_600), seconds(3), 3).expect("a series");
        assert_eq!(*gone.values, [None, None, None]);
    }

    #[test]
    fn words_of_a_server_do_not_make_it_grow() {
        let mut rings = Rings::default();
        for at_all in 0..10_000_u32 {
            rings.note(&id("pg1"), &format!("wait/{at_all}"), Kind::Count, at(1), f64::from(at_all));
        }
        assert_eq!(rings.keys(&id("pg1")).count(), MOST_SERIES);
        let other = rings.window(&id("pg1"), OTHER, at(1), seconds(1), 1).expect("a series");
        assert_eq!(*other.values, [Some(9_999.0)]);
    }

    #[test]
    fn a_copy_keeps_what_it_had() {
        let mut rings = Rings::default();
        rings.note(&id("pg1"), "tps", Kind::Count, at(1), 1.0);
        let copy = rings.clone();
        rings.note(&id("pg1"), "tps", Kind::Count, at(1), 2.0);
        assert_eq!(*copy.window(&id("pg1"), "tps", at(1), seconds(1), 1).expect("a series").values, [Some(1.0)]);
    }

    #[test]
    fn a_clock_at_the_end_of_its_numbers_breaks_no_window() {
        let mut rings = Rings::default();
        let last = Moment { mono: Duration::MAX, ..at(0) };
        rings.note(&id("pg1"), "tps", Kind::Count, last, 3.0);
        for points in [1, 7, 1_800] {
            let series = rings.window(&id("pg1"), "tps", last, SPAN, points).expect("a series");
            assert_eq!(series.values.len(), points);
        }
    }

    proptest! {
        #[test]
        fn no_window_fails(notes in proptest::collection::vec((0_u64..100_000, any::<f64>()), 0..50), now in 0_u64..100_000, span in 0_u64..10_000, points in 0_usize..500) {
            let mut rings = Rings::default();
            for (second, value) in notes {
                rings.note(&id("pg1"), "tps", Kind::Count, Moment { mono: Duration::from_secs(second), ..at(0) }, value);
            }
            let now = Moment { mono: Duration::from_secs(now), ..at(0) };
            if let Some(series) = rings.window(&id("pg1"), "tps", now, seconds(span), points) {
                prop_assert_eq!(series.values.len(), points.max(1));
            }
        }
    }
}
