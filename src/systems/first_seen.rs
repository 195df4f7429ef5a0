//! Since when something is seen to hold, for states whose server does not tell when they began: a queue, a pause, a pool without servers.

use crate::config::quantity::time_text;
use crate::model::Moment;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;
use std::time::Duration;

/// The things that hold now, each with the moment it was first seen to hold without a look in between that saw otherwise.
///
/// A look that failed is no look: what held before it and after it is taken to have held all the time.
#[derive(Clone, Debug)]
pub struct FirstSeen<K>(BTreeMap<K, Moment>);

impl<K: Ord> Default for FirstSeen<K> {
    fn default() -> Self {
        FirstSeen(BTreeMap::new())
    }
}

impl<K: Ord> FirstSeen<K> {
    /// Takes one look: `holding` is all that holds at `now`; what is not in it is forgotten.
    pub fn look(&mut self, holding: impl IntoIterator<Item = K>, now: Moment) {
        let former = std::mem::take(&mut self.0);
        let since = |key: &K| former.get(key).copied().unwrap_or(now);
        self.0 = holding.into_iter().map(|key| (since(&key), key)).map(|(since, key)| (key, since)).collect();
    }

    /// Since when `key` holds; `None` when it does not.
    #[must_use]
    pub fn since(&self, key: &K) -> Option<Moment> {
        self.0.get(key).copied()
    }
}

/// ` for at least 5s` at the end of a sentence; nothing where it was met at this very look: it may have lasted for long.
#[must_use]
pub fn for_so_long(lasted: Duration) -> String {
    if lasted.is_zero() { String::new() } else { format!(" for at least {}", time_text(lasted)) }
}

/// When it began at the latest: when it was first seen to hold, or before it by as much as the server's own clock says that it has `lasted` at `taken_at`. One look
/// is enough for that.
#[must_use]
pub fn began_by(seen: Option<Moment>, lasted: Option<Duration>, taken_at: Moment) -> Option<Timestamp> {
    let told = lasted.and_then(|lasted| taken_at.wall.checked_sub(SignedDuration::try_from(lasted).ok()?).ok());
    seen.map(|seen| seen.wall).into_iter().chain(told).min()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Clock;

    #[test]
    fn what_ends_and_begins_again_counts_from_its_new_beginning() {
        let first = Clock::real().now();
        let second = first.plus(Duration::from_secs(1));
        let third = first.plus(Duration::from_secs(2));
        let mut seen = FirstSeen::default();
        seen.look(["queue", "pause"], first);
        seen.look(["pause"], second);
        seen.look(["queue", "pause"], third);
        assert_eq!((seen.since(&"queue"), seen.since(&"pause"), seen.since(&"other")), (Some(third), Some(first), None));
    }

    #[test]
    fn what_is_met_for_the_first_time_has_not_lasted_for_nothing() {
        assert_eq!((for_so_long(Duration::ZERO).as_str(), for_so_long(Duration::from_secs(5)).as_str()), ("", " for at least 5s"));
    }

    #[test]
    fn the_clock_of_the_server_tells_a_beginning_that_nobody_here_saw() {
        let now = Clock::real().now();
        let ago = |seconds: i64| Some(now.wall - SignedDuration::from_secs(seconds));
        let waited = |seconds| Some(Duration::from_secs(seconds));
        assert_eq!(began_by(Some(now), waited(97), now), ago(97), "one look");
        assert_eq!(began_by(None, waited(97), now), ago(97));
        assert_eq!(began_by(Some(now), None, now), ago(0));
        assert_eq!(began_by(None, None, now), None);
    }
}
