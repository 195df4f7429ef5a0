//! A cell as words for people: the same in tables and in the console. Safe to show: what came from outside is escaped here.

use crate::config::quantity::time_text;
use crate::model::{Bytes, Gap, Reason};
use crate::systems::view::{Cell, Tone};
use crate::theme::Glyphs;
use std::time::Duration;

/// The cell as one short line, and how it stands.
#[must_use]
pub fn words(cell: &Cell) -> (String, Tone) {
    if missing(cell, "").is_some() {
        return ("?".to_owned(), cell.tone());
    }
    let text = match cell {
        Cell::Nothing | Cell::Unknown(_) => "-".to_owned(),
        Cell::Text(text) | Cell::Word(text, _) => text.shown(),
        Cell::Count(count) => count.to_string(),
        Cell::Bytes(bytes) => Bytes(*bytes).to_string(),
        Cell::Seconds(seconds) => seconds_text(*seconds),
        Cell::AtLeast(seconds) if *seconds < 1.0 => "just seen".to_owned(),
        Cell::AtLeast(seconds) => format!(">={}", seconds_text(*seconds)),
        Cell::Percent(share) => format!("{share:.1}%"),
        Cell::Lsn(lsn) => lsn.to_string(),
        Cell::Time(at) => time_of(*at),
        Cell::Flag(true) => "yes".to_owned(),
        Cell::Flag(false) => "no".to_owned(),
        Cell::List(items) if items.is_empty() => "-".to_owned(),
        Cell::List(items) => items.iter().map(crate::text::Untrusted::shown).collect::<Vec<_>>().join(", "),
        Cell::Series(series) => {
            let signs = Glyphs::Unicode.signs();
            series.drawn(&signs.heights, signs.gap)
        }
        // none where somebody has to be
        Cell::Toned(inner, Tone::Bad) if matches!(inner.as_ref(), Cell::List(items) if items.is_empty()) => "NOBODY".to_owned(),
        Cell::Toned(inner, tone) => return (words(inner).0, *tone),
    };
    (text, cell.tone())
}

/// Why there is no value: it is not known, or it is a number that is none. `fact` names it in the second case.
#[must_use]
pub fn missing(cell: &Cell, fact: &str) -> Option<Gap> {
    match cell {
        Cell::Unknown(gap) => Some(gap.as_ref().clone()),
        Cell::Seconds(number) | Cell::Percent(number) if !number.is_finite() => {
            Some(Gap::new(fact, Reason::Malformed(format!("{number} is no number"))))
        }
        Cell::Toned(inner, _) => missing(inner, fact),
        _ => None,
    }
}

/// Seconds as people say them; a number that is none is said to be unknown.
#[must_use]
pub fn seconds_text(seconds: f64) -> String {
    match Duration::try_from_secs_f64(seconds) {
        Ok(time) => time_text(time),
        // a clock that is ahead gives small negative ages
        Err(_) if seconds.is_finite() => format!("{seconds:.1}s"),
        Err(_) => "?".to_owned(),
    }
}

/// To the second, in UTC: `2026-11-20 14:03:22Z`.
#[must_use]
pub fn time_of(at: jiff::Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%SZ").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_without_a_beginning_is_no_zero() {
        let shown = |seconds| words(&Cell::AtLeast(seconds)).0;
        assert_eq!((shown(0.0).as_str(), shown(-5.0).as_str(), shown(12.0).as_str()), ("just seen", "just seen", ">=12s"));
    }
}
