//! What is worth a line over time, as a document of its own in each instant: half an hour of lines is there without reading half an hour of answers.
//!
//! It must never read more of a recording than the lines of the instant that is asked for, and never hold more than those of one part.

use crate::app::observe;
use crate::fleet::record::{Docs, Reader, Stop, state};
use crate::fleet::rings::SPAN;
use crate::fleet::{Fleet, Rings};
use crate::model::{EndpointId, Moment};
use crate::systems::view::Kind;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

const TRENDS: &str = "trends";

#[derive(Serialize, Deserialize)]
struct TrendsText<'a> {
    id: Cow<'a, EndpointId>,
    taken_at: Moment,
    values: Vec<(Cow<'a, str>, Kind, f64)>,
}

/// Adds the document of the trends of `fleet`, or of one cluster.
pub(super) fn write(fleet: &Fleet, only: Option<&str>, now: Moment, docs: &mut Docs) {
    let mut all = Vec::new();
    for cluster in fleet.clusters.iter().filter(|cluster| only.is_none_or(|only| cluster.spec.name == only)) {
        for entry in &cluster.entries {
            let Some(good) = &entry.good else { continue };
            let trends = observe::trends(cluster, entry, now).into_iter().filter(|trend| trend.value.is_finite());
            let values = trends.map(|trend| (trend.key, trend.unit, trend.value)).collect();
            all.push(TrendsText { id: Cow::Borrowed(&entry.spec.id), taken_at: good.taken_at, values });
        }
    }
    docs.insert(TRENDS.to_owned(), state::text(&all));
}

/// Notes the trends of `text`. What makes no sense is a gap in the lines; it is told when its instant is asked for.
fn note(text: &[u8], rings: &mut Rings) {
    let all: Vec<TrendsText<'_>> = serde_json::from_slice(text).unwrap_or_default();
    for TrendsText { id, taken_at, values } in all {
        for (key, unit, value) in values {
            rings.note(&id, &key, unit, taken_at, value);
        }
    }
}

/// From one kept state of the lines to the next, in instants.
const KNOT: usize = 60;
/// Instants whose lines begin together; some knots long.
const PART: usize = 10 * KNOT;

/// The lines of a recording as they were at any instant of it: read when somebody asks, half an hour before the part that the instant lies in and no more.
#[derive(Debug, Default)]
pub(super) struct Lines {
    kept: Mutex<Option<Part>>,
}

/// The lines of one part as far as they were read.
#[derive(Debug)]
struct Part {
    number: usize,
    /// The first instant that is not noted in `rings`.
    next: usize,
    rings: Rings,
    /// As they were before the instant with this number: who steps back reads one knot at most.
    knots: BTreeMap<usize, Rings>,
}

impl Part {
    fn new(reader: &Reader, number: usize) -> Part {
        let stops = reader.stops();
        let first = number * PART;
        let reach = |stop: &Stop| stops.get(first).is_some_and(|of| of.at.since(stop.at) <= SPAN);
        let before = stops.iter().take(first).rev().take_while(|stop| reach(stop)).count();
        Part { number, next: first.saturating_sub(before), rings: Rings::default(), knots: BTreeMap::new() }
    }

    fn go_to(&mut self, reader: &Reader, number: usize) {
        if self.next > number + 1
            && let Some((at, rings)) = self.knots.range(..=number).next_back()
        {
            (self.next, self.rings) = (*at, rings.clone());
        }
        while self.next <= number {
            if self.next.is_multiple_of(KNOT) && self.next >= self.number * PART {
                self.knots.insert(self.next, self.rings.clone());
            }
            let end = ((self.next / KNOT + 1) * KNOT).min(number + 1);
            reader.each_of(TRENDS, self.next..end, &mut |text| note(text, &mut self.rings));
            self.next = end;
        }
    }
}

impl Lines {
    /// The lines as they were at the instant with this number: nothing in them is younger.
    pub(super) fn at(&self, reader: &Reader, number: usize) -> Rings {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        // taken out: whoever panics in the middle leaves no half
        let mut part = kept.take().filter(|part| part.number == number / PART).unwrap_or_else(|| Part::new(reader, number / PART));
        part.go_to(reader, number);
        let rings = part.rings.clone();
        *kept = Some(part);
        rings
    }
}
