//! Lines over time for the tables of the console, from the rings that a watching process keeps. A command that looks once has no rings, and no line.
//!
//! It must never draw: a line is a cell with values, and a second in which nothing was read is a gap in it, never zero.

use crate::app::Observed;
use crate::fleet::Cluster;
use crate::model::{EndpointId, Gap, Reason};
use crate::systems::contract::System;
use crate::systems::pgbouncer::Pgbouncer;
use crate::systems::postgres::Postgres;
use crate::systems::view::{Cell, Column, Kind, Series};
use std::time::Duration;

/// What a line in a table spans, and its values: as many as the head of its column is wide, twice.
const SPAN: Duration = Duration::from_mins(5);
const POINTS: usize = 10;

/// The column of a line called `key`.
pub(crate) const fn column(key: &'static str, drop: u8, doc: &'static str) -> Column {
    Column::new(key, "5 MIN", Kind::Series, drop, doc)
}

/// The line of one number of one endpoint; nothing where it has none.
pub(crate) fn of(observed: &Observed, id: &EndpointId, key: &str) -> Cell {
    observed.rings.window(id, key, observed.now, SPAN, POINTS).map_or(Cell::Nothing, Cell::Series)
}

/// How far `member` was behind: by the words of whoever sent to it, and by its own of what it received.
pub(crate) fn behind(observed: &Observed, cluster: &Cluster, member: &str) -> Cell {
    let ids: Vec<&EndpointId> = cluster.of(Postgres::NAME).map(|entry| &entry.spec.id).collect();
    let sent = observed.rings.max_over(&ids, &format!("lag_bytes/{member}"), observed.now, SPAN, POINTS);
    let own = ids.iter().find(|id| id.name == member).and_then(|id| observed.rings.window(id, "lag_bytes", observed.now, SPAN, POINTS));
    largest([sent, own]).map_or(Cell::Nothing, Cell::Series)
}

/// How far the worst member of `cluster` was behind.
pub(crate) fn worst(observed: &Observed, cluster: &Cluster) -> Cell {
    let ids = cluster.of(Postgres::NAME).map(|entry| &entry.spec.id);
    let keyed = ids.flat_map(|id| observed.rings.keys(id).filter(|key| key.starts_with("lag_bytes")).map(move |key| (id, key)));
    largest(keyed.map(|(id, key)| observed.rings.window(id, key, observed.now, SPAN, POINTS))).map_or(Cell::Nothing, Cell::Series)
}

/// The clients that waited in the poolers that `wanted` names.
pub(crate) fn waiting(observed: &Observed, ids: &[&EndpointId]) -> Cell {
    observed.rings.max_over(ids, "clients_waiting", observed.now, SPAN, POINTS).map_or(Cell::Nothing, Cell::Series)
}

/// The largest of several lines, value by value.
fn largest(lines: impl IntoIterator<Item = Option<Series>>) -> Option<Series> {
    let larger = |one: Series, other: Series| {
        let values = one.values.iter().zip(other.values.iter()).map(|(one, other)| match (one, other) {
            (Some(one), Some(other)) => Some(one.max(*other)),
            (one, other) => one.or(*other),
        });
        Series { values: values.collect(), ..one }
    };
    lines.into_iter().flatten().reduce(larger)
}

/// The sum of the newest value of a trend over all poolers of `cluster`; unknown as soon as one does not tell it, nothing where there is no pooler.
pub(crate) fn over_poolers(observed: &Observed, cluster: &Cluster, key: &str, fact: &str) -> Cell {
    let Some(system) = crate::systems::registry::find(Pgbouncer::NAME) else { return Cell::Nothing };
    let mut total: Option<f64> = None;
    for entry in cluster.of(Pgbouncer::NAME) {
        let good = match entry.current(observed.now) {
            Ok(good) => good,
            Err(gap) => return Cell::unknown(gap),
        };
        let view = good.view(&cluster.spec, &entry.spec, observed.now);
        let Some(trend) = system.trends(&view).into_iter().find(|trend| trend.key == key) else {
            return Cell::unknown(Gap::new(format!("{fact} of {}", entry.spec.id), Reason::NotReported));
        };
        total = Some(total.unwrap_or(0.0) + trend.value);
    }
    #[expect(clippy::cast_possible_truncation, reason = "a count that was one before")]
    total.map_or(Cell::Nothing, |total| Cell::count(total as i64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_of_lines_keeps_what_either_knows_and_their_common_gap() {
        let line = |values: &[Option<f32>]| Some(Series { step: Duration::from_secs(1), unit: Kind::Bytes, values: values.into() });
        let both = largest([line(&[Some(1.0), None, None, Some(0.0)]), None, line(&[Some(3.0), Some(2.0), None, Some(0.0)])]);
        assert_eq!(*both.expect("a line").values, [Some(3.0), Some(2.0), None, Some(0.0)]);
        assert_eq!(largest([None, None]), None);
    }
}
