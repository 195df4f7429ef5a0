//! All that one member told, each part with its own age. Pure: made from answers and the former snapshot.

use super::dynamic::Dynamic;
use super::history::Turn;
use super::own::Own;
use super::picture::Picture;
use crate::config::quantity::time_text;
use crate::model::{Gap, Moment, Reading, Reason};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::time::Duration;

/// The configuration changes rarely: its last answer is kept this long while the question fails.
const CONFIG_KEEPS: Duration = Duration::from_mins(5);
/// A member may leave the store and come back between two looks that lie further apart.
const UNBROKEN: Duration = Duration::from_secs(15);

/// One member.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Snapshot {
    /// Its own words; without them there is no snapshot.
    pub own: Own,
    pub exchange: Exchange,
    /// The store's words, as read through this member.
    pub cluster: Reading<Picture>,
    /// Times in a row that the store's words could not be read.
    pub cluster_failures: u32,
    /// Since when each member stands in the store's words without a break, as read through this one, by the name it has there. Older recordings have none.
    #[serde(default)]
    pub shown_since: BTreeMap<String, Moment>,
    pub config: Reading<Dynamic>,
    pub history: Reading<Vec<Turn>>,
}

/// When `GET /patroni` was asked and answered by our clock, and what the member's clock said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exchange {
    pub asked: Moment,
    pub answered: Moment,
    /// The `Date` header: whole seconds, cut off.
    pub date: Option<Timestamp>,
}

/// How far the member's clock is ahead of ours: somewhere between `low` and `high`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offset {
    pub low: SignedDuration,
    pub high: SignedDuration,
}

impl Offset {
    /// The smallest offset that explains what was seen; zero when both clocks may agree.
    #[must_use]
    pub fn least(&self) -> SignedDuration {
        if self.low.is_positive() {
            self.low
        } else if self.high.is_negative() {
            self.high
        } else {
            SignedDuration::ZERO
        }
    }
}

/// What became of one question.
#[derive(Clone, Debug, PartialEq)]
pub enum Asked<T> {
    NotDue,
    Failed(Reason),
    Good(T),
}

/// What became of the questions besides `GET /patroni`.
#[derive(Clone, Debug, PartialEq)]
pub struct Parts {
    pub cluster: Asked<Picture>,
    pub config: Asked<Dynamic>,
    pub history: Asked<Vec<Turn>>,
}

impl Snapshot {
    /// The snapshot that follows `former`.
    #[must_use]
    pub fn next(former: Option<&Snapshot>, own: Own, exchange: Exchange, parts: Parts, now: Moment) -> Snapshot {
        let failures = former.map_or(0, |former| former.cluster_failures);
        let cluster_failures = match &parts.cluster {
            Asked::NotDue => failures,
            Asked::Failed(_) => failures.saturating_add(1),
            Asked::Good(_) => 0,
        };
        let shown_since = match &parts.cluster {
            Asked::NotDue => former.map(|former| former.shown_since.clone()).unwrap_or_default(),
            Asked::Failed(_) => BTreeMap::new(),
            Asked::Good(picture) => {
                let before = former.and_then(|former| Some((&former.shown_since, former.cluster.taken_at()?)));
                shown(before, picture.members.iter().map(|row| row.name.as_str()), now)
            }
        };
        Snapshot {
            own,
            exchange,
            shown_since,
            // an old picture lies: it is dropped with the first question that fails
            cluster: follow(former.map(|former| &former.cluster), parts.cluster, Duration::ZERO, now),
            cluster_failures,
            config: follow(former.map(|former| &former.config), parts.config, CONFIG_KEEPS, now),
            history: follow(former.map(|former| &former.history), parts.history, CONFIG_KEEPS, now),
        }
    }

    /// Time since the member reached its store, by the member's own clock; both ends are whole seconds, so it may be one more or less.
    ///
    /// # Errors
    /// The gap, where the member does not say it, or says a time that lies ahead of its own clock: that was set back, and nobody can tell the age.
    pub fn dcs_age(&self) -> Result<Duration, Gap> {
        let gap = |reason| Gap::new("dcs_last_seen", reason);
        let (Some(date), Some(seen)) = (self.exchange.date, self.own.dcs_last_seen) else { return Err(gap(Reason::NotReported)) };
        let age = date.duration_since(seen);
        match Duration::try_from(age) {
            Ok(age) => Ok(age),
            Err(_) if age >= SignedDuration::from_secs(-1) => Ok(Duration::ZERO),
            Err(_) => Err(gap(Reason::Malformed(format!("{} ahead of the member's own clock", time_text(age.unsigned_abs()))))),
        }
    }

    /// How far the member's clock is ahead of ours, with what whole seconds and the time on the way leave open.
    #[must_use]
    pub fn clock_offset(&self) -> Option<Offset> {
        let date = self.exchange.date?;
        let second = SignedDuration::from_secs(1);
        Some(Offset { low: date.duration_since(self.exchange.answered.wall), high: date.duration_since(self.exchange.asked.wall) + second })
    }
}

/// Since when each of `names` is shown without a break, after what was known at the look `before`.
fn shown<'a>(before: Option<(&BTreeMap<String, Moment>, Moment)>, names: impl Iterator<Item = &'a str>, now: Moment) -> BTreeMap<String, Moment> {
    let known = before.filter(|(_, at)| now.since(*at) <= UNBROKEN).map(|(known, _)| known);
    names.map(|name| (name.to_owned(), known.and_then(|known| known.get(name)).copied().unwrap_or(now))).collect()
}

/// The reading after `asked`; a former value survives a failure for `keeps`.
fn follow<T: Clone>(former: Option<&Reading<T>>, asked: Asked<T>, keeps: Duration, now: Moment) -> Reading<T> {
    match (asked, former) {
        (Asked::Good(value), _) => Reading::new(value, now),
        (Asked::NotDue, Some(former)) => former.clone(),
        (Asked::NotDue, None) => Reading::not_asked(),
        (Asked::Failed(_), Some(Reading::Known(sample))) if now.since(sample.taken_at) < keeps => Reading::Known(sample.clone()),
        (Asked::Failed(reason), Some(former)) => former.failed(reason, now),
        (Asked::Failed(reason), None) => Reading::not_asked().failed(reason, now),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Clock;

    fn moment(wall: &str) -> Moment {
        Moment { mono: Duration::from_secs(1_000), wall: wall.parse().expect("time") }
    }

    #[test]
    fn a_date_in_whole_seconds_leaves_a_second_open() {
        let offset = |asked: &str, answered: &str, date: &str| {
            let exchange = Exchange { asked: moment(asked), answered: moment(answered), date: date.parse().ok() };
            let second = SignedDuration::from_secs(1);
            let date = exchange.date.expect("date");
            Offset { low: date.duration_since(exchange.answered.wall), high: date.duration_since(exchange.asked.wall) + second }.least().as_millis()
        };
        // the server's clock may have said 10.999 when it wrote 10
        assert_eq!(offset("2026-01-01T00:00:10.900Z", "2026-01-01T00:00:10.950Z", "2026-01-01T00:00:10Z"), 0);
        assert_eq!(offset("2026-01-01T00:00:10.900Z", "2026-01-01T00:00:11.100Z", "2026-01-01T00:00:11Z"), 0);
        assert_eq!(offset("2026-01-01T00:00:10.000Z", "2026-01-01T00:00:10.100Z", "2026-01-01T00:00:14Z"), 3_900);
        assert_eq!(offset("2026-01-01T00:00:10.000Z", "2026-01-01T00:00:10.100Z", "2026-01-01T00:00:05Z"), -4_000);
    }

    #[test]
    fn who_was_away_or_not_looked_for_is_shown_anew() {
        let start = Clock::real().now();
        let at = |seconds| start.plus(Duration::from_secs(seconds));
        let first = shown(None, ["pg1", "pg2"].into_iter(), start);
        let next = |known: &BTreeMap<String, Moment>, then, names: &[&str], now| shown(Some((known, at(then))), names.iter().copied(), at(now));
        let second = next(&first, 0, &["pg1"], 15);
        assert_eq!(second, BTreeMap::from([("pg1".to_owned(), start)]));
        let back = next(&second, 15, &["pg1", "pg2"], 16);
        assert_eq!(back, BTreeMap::from([("pg1".to_owned(), start), ("pg2".to_owned(), at(16))]));
        assert_eq!(next(&back, 16, &["pg1"], 32), BTreeMap::from([("pg1".to_owned(), at(32))]), "nobody looked for 16 s");
    }

    #[test]
    fn a_picture_is_dropped_at_the_first_failure_and_a_configuration_is_kept_with_its_age() {
        let start = Clock::real().now();
        let later = start.plus(Duration::from_secs(20));
        let gone = Asked::Failed(Reason::Unreachable("no answer".into()));
        let known = Reading::new(7, start);
        assert!(follow(Some(&known), gone.clone(), Duration::ZERO, later).value().is_none());
        assert_eq!(follow(Some(&known), gone.clone(), CONFIG_KEEPS, later), known);
        assert!(follow(Some(&known), gone.clone(), CONFIG_KEEPS, start.plus(CONFIG_KEEPS)).value().is_none());
        assert_eq!(follow(Some(&known), Asked::NotDue, Duration::ZERO, later), known);
        assert!(matches!(follow::<i32>(None, gone, CONFIG_KEEPS, later), Reading::Unknown { since: Some(_), last_good: None, .. }));
    }
}
