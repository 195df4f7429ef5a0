//! A cell as words for people: the same in tables and in the console. Safe to show: what came from outside is escaped here.

use crate::config::quantity::time_text;
use crate::model::Bytes;
use crate::systems::view::{Cell, Tone};
use crate::theme::Glyphs;
use std::time::Duration;

/// The cell as one short line, and how it stands.
#[must_use]
pub fn words(cell: &Cell) -> (String, Tone) {
    let text = match cell {
        Cell::Nothing => "-".to_owned(),
        Cell::Unknown(_) => "?".to_owned(),
        Cell::Text(text) | Cell::Word(text, _) => text.shown(),
        Cell::Count(count) => count.to_string(),
        Cell::Bytes(bytes) => Bytes(*bytes).to_string(),
        Cell::Seconds(seconds) => seconds_text(*seconds),
        Cell::Percent(share) => format!("{share:.1}%"),
        Cell::Lsn(lsn) => lsn.to_string(),
        Cell::Time(at) => time_of(*at),
        Cell::Flag(true) => "yes".to_owned(),
        Cell::Flag(false) => "no".to_owned(),
        Cell::List(items) => items.iter().map(crate::text::Untrusted::shown).collect::<Vec<_>>().join(", "),
        Cell::Series(series) => {
            let signs = Glyphs::Unicode.signs();
            series.drawn(&signs.heights, signs.gap)
        }
        Cell::Toned(inner, tone) => return (words(inner).0, *tone),
    };
    (text, cell.tone())
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
