//! Moments of what can be looked back at, as people write them and as they are told them.
//!
//! It must never take a time for one that is still to come: nothing is remembered of that.

use crate::config::quantity::duration;
use crate::model::Moment;
use jiff::civil::Time;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// A moment as people write it: `14:03`, `14:03:22` (the last such time before `last`, in UTC), `-5m` (so long before `last`), or RFC 3339.
#[must_use]
pub fn moment_of(text: &str, last: Timestamp) -> Option<Timestamp> {
    if let Some(ago) = text.strip_prefix('-') {
        return last.checked_sub(SignedDuration::try_from(duration(ago)?).ok()?).ok();
    }
    if let Ok(at) = text.parse() {
        return Some(at);
    }
    let digits = text.strip_suffix(['Z', 'z']).unwrap_or(text);
    let time: Time = (1..=2).contains(&digits.matches(':').count()).then(|| digits.parse().ok()).flatten()?;
    let today = last.to_zoned(TimeZone::UTC).date().to_datetime(time).to_zoned(TimeZone::UTC).ok()?.timestamp();
    // nothing is remembered of what is still to come
    if today <= last { Some(today) } else { today.checked_sub(SignedDuration::from_hours(24)).ok() }
}

/// Why a text means no moment of a recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoMoment {
    /// It is no time.
    Unread,
    /// It is before the first or after the last instant.
    Outside,
}

/// The moment that `text` means, as of [`moment_of`], in what has these ends. They are compared by the second, as people write and read them, and a time
/// without seconds is its whole minute.
///
/// # Errors
/// There is no such moment.
pub fn moment_in(text: &str, (first, last): (Moment, Moment)) -> Result<Timestamp, NoMoment> {
    let at = moment_of(text, last.wall).ok_or(NoMoment::Unread)?;
    let is_minute = text.strip_suffix(['Z', 'z']).unwrap_or(text).len() <= "14:03".len() && text.contains(':');
    let end = at.as_second() + if is_minute { 59 } else { 0 };
    if end < first.wall.as_second() || at.as_second() > last.wall.as_second() { Err(NoMoment::Outside) } else { Ok(at) }
}

/// From when until when: `goes from 2026-11-21 14:03:22Z to 2026-11-21 14:05:00Z`.
#[must_use]
pub fn ends_text((first, last): (Moment, Moment)) -> String {
    let day = |at: Moment| at.wall.strftime("%Y-%m-%d %H:%M:%SZ").to_string();
    format!("goes from {} to {}", day(first), day(last))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_time_of_day_is_the_last_one_before_the_end() {
        let last: Timestamp = "2026-11-21T14:05:00Z".parse().expect("a moment");
        for (text, expected) in [
            ("14:03", Some("2026-11-21T14:03:00Z")),
            ("14:03:22Z", Some("2026-11-21T14:03:22Z")),
            ("14:05", Some("2026-11-21T14:05:00Z")),
            ("14:06", Some("2026-11-20T14:06:00Z")),
            ("-5m", Some("2026-11-21T14:00:00Z")),
            ("-90s", Some("2026-11-21T14:03:30Z")),
            ("2026-11-19T01:02:03Z", Some("2026-11-19T01:02:03Z")),
            ("2026-11-22T01:02Z", Some("2026-11-22T01:02:00Z")),
            ("", None),
            ("now", None),
            ("14", None),
            ("25:00", None),
            ("-", None),
            ("-x", None),
            ("14:03:22:01", None),
            ("-999999999h", None),
            ("soon", None),
        ] {
            assert_eq!(moment_of(text, last), expected.map(|text| text.parse().expect("a moment")), "{text}");
        }
    }

    #[test]
    fn what_lies_outside_of_a_recording_is_no_moment_of_it() {
        let at = |wall: &str| Moment { mono: Duration::from_hours(1), wall: wall.parse().expect("a moment") };
        let ends = (at("2026-11-21T14:03:22.7Z"), at("2026-11-21T14:05:10.2Z"));
        let wall = |text: &str| Ok(text.parse().expect("a moment"));
        for (text, expected) in [
            ("14:03:22", wall("2026-11-21T14:03:22Z")),
            ("14:03", wall("2026-11-21T14:03:00Z")),
            ("14:05:10", wall("2026-11-21T14:05:10Z")),
            ("-1m", wall("2026-11-21T14:04:10.2Z")),
            ("14:02", Err(NoMoment::Outside)),
            ("14:03:21", Err(NoMoment::Outside)),
            ("14:05:11", Err(NoMoment::Outside)),
            ("14:06", Err(NoMoment::Outside)),
            ("-1h", Err(NoMoment::Outside)),
            ("2026-11-21T14:05:11Z", Err(NoMoment::Outside)),
            ("2027-01-01T00:00:00Z", Err(NoMoment::Outside)),
            ("noon", Err(NoMoment::Unread)),
        ] {
            assert_eq!(moment_in(text, ends), expected, "{text}");
        }
        assert_eq!(ends_text(ends), "goes from 2026-11-21 14:03:22Z to 2026-11-21 14:05:10Z");
    }
}
