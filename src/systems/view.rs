//! The view model: what a system or a view shows, as columns and cells with meaning. Table, console, JSON, CSV are functions of it.
//!
//! It must never hold a colour, a width in columns or a formatted number: a cell keeps the value, a face writes it.

use crate::model::{Gap, Lsn, Moment, Reading};
use crate::text::Untrusted;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::time::Duration;

/// What a cell of a column means; decides its JSON type, its alignment and how a person sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// JSON string.
    Text,
    /// A word of a closed list or of a server: a state, a role. JSON string.
    Word,
    /// JSON integer.
    Count,
    /// JSON integer; the key ends in `_bytes`.
    Bytes,
    /// JSON number; the key ends in `_seconds`.
    Seconds,
    /// JSON number 0-100; the key ends in `_percent`.
    Percent,
    /// JSON string `16/B374D848`.
    Lsn,
    /// JSON string, RFC 3339 in UTC.
    Time,
    /// JSON boolean.
    Flag,
    /// JSON array of strings.
    List,
    /// JSON array of numbers, newest last, `null` where nothing was read; the key ends in `_series`.
    Series,
}

/// Values over time, one step apart, newest last. `None` is a gap, never zero.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    pub step: Duration,
    /// What one value means.
    pub unit: Kind,
    pub values: Arc<[Option<f32>]>,
}

impl Series {
    /// Each value as one of `steps` heights, 0 for nothing at all and the highest for the most; a gap stays one.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "between 0 and a few steps")]
    pub fn heights(&self, steps: usize) -> Vec<Option<usize>> {
        let top = steps.saturating_sub(1);
        let most = self.values.iter().flatten().copied().fold(0.0, f32::max);
        let height = |value: f32| if most > 0.0 { ((value.max(0.0) / most) * top as f32).ceil() as usize } else { 0 };
        self.values.iter().map(|value| value.map(|value| height(value).min(top))).collect()
    }

    /// As one sign a value: `signs` from the lowest to the highest, `gap` where nothing was read.
    #[must_use]
    pub fn drawn(&self, signs: &[&str], gap: &str) -> String {
        self.heights(signs.len()).iter().map(|height| height.and_then(|height| signs.get(height)).copied().unwrap_or(gap)).collect()
    }
}

/// One column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// Key in JSON, `replay_lag_bytes`; name in `--columns`.
    pub key: &'static str,
    /// Head of the column, short: `REPLAY LAG`.
    pub title: &'static str,
    pub kind: Kind,
    /// One sentence: what it is and who says it.
    pub doc: &'static str,
    /// When room is short, columns with the highest number go first; 0 stays. Above 5: shown with `-o wide` only.
    pub drop: u8,
}

impl Column {
    #[must_use]
    pub const fn new(key: &'static str, title: &'static str, kind: Kind, drop: u8, doc: &'static str) -> Self {
        Column { key, title, kind, doc, drop }
    }
}

/// How a value stands: decides glyph, word and colour in a face.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    #[default]
    Plain,
    Good,
    Warn,
    Bad,
    Muted,
}

/// One value, or why there is none.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// There is nothing to know: a primary has no replay lag. JSON `null`, shown as `-`.
    Nothing,
    /// It is not known. JSON `null` and a line in `unknown`, shown as `?`.
    Unknown(Box<Gap>),
    Text(Untrusted),
    Word(Untrusted, Tone),
    Count(i64),
    Bytes(u64),
    Seconds(f64),
    /// A time that is at least so long, because its beginning was not seen. JSON as seconds; below one second nothing is known, `null`.
    AtLeast(f64),
    Percent(f64),
    Lsn(Lsn),
    Time(Timestamp),
    Flag(bool),
    List(Vec<Untrusted>),
    Series(Series),
    /// A number that matters: same as the inner cell, with a tone.
    Toned(Box<Cell>, Tone),
}

impl Cell {
    pub fn text(text: impl Into<Untrusted>) -> Self {
        Cell::Text(text.into())
    }

    pub fn word(text: impl Into<Untrusted>, tone: Tone) -> Self {
        Cell::Word(text.into(), tone)
    }

    #[must_use]
    pub fn count(count: impl TryInto<i64>) -> Self {
        Cell::Count(count.try_into().unwrap_or(i64::MAX))
    }

    #[must_use]
    pub fn unknown(gap: Gap) -> Self {
        Cell::Unknown(Box::new(gap))
    }

    #[must_use]
    pub fn toned(self, tone: Tone) -> Self {
        Cell::Toned(Box::new(self), tone)
    }

    /// The cell of a reading: `show` makes it from the value, otherwise the gap called `fact`.
    pub fn of<T>(reading: &Reading<T>, fact: impl Into<String>, show: impl FnOnce(&T) -> Cell) -> Self {
        match reading.known(fact) {
            Ok(value) => show(value),
            Err(gap) => Cell::unknown(gap),
        }
    }

    /// The same for a value the server may leave out; a value left out is unknown as well, never zero.
    pub fn reported<T>(value: Option<T>, fact: impl Into<String>, show: impl FnOnce(T) -> Cell) -> Self {
        match value {
            Some(value) => show(value),
            None => Cell::unknown(Gap::new(fact, crate::model::Reason::NotReported)),
        }
    }

    /// Whether it is a list of nothing.
    #[must_use]
    pub fn is_empty_list(&self) -> bool {
        match self {
            Cell::Toned(inner, _) => inner.is_empty_list(),
            Cell::List(items) => items.is_empty(),
            _ => false,
        }
    }

    /// The line over time that it is, if it is one.
    #[must_use]
    pub fn series(&self) -> Option<&Series> {
        match self {
            Cell::Series(series) => Some(series),
            Cell::Toned(inner, _) => inner.series(),
            _ => None,
        }
    }

    #[must_use]
    pub fn tone(&self) -> Tone {
        match self {
            Cell::Word(_, tone) | Cell::Toned(_, tone) => *tone,
            Cell::Nothing => Tone::Muted,
            _ => Tone::Plain,
        }
    }
}

/// One row; as many cells as the table has columns.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// What tells this row from the others, stable between revisions.
    pub key: String,
    pub cells: Vec<Cell>,
    /// Depth in a tree; 0 for flat tables.
    pub depth: usize,
}

impl Row {
    #[must_use]
    pub fn new(key: impl Into<String>, cells: Vec<Cell>) -> Self {
        Row { key: key.into(), cells, depth: 0 }
    }
}

/// A table: the columns of one thing and the rows that were read.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// Key in JSON: `members`.
    pub key: &'static str,
    pub title: &'static str,
    pub columns: Vec<Column>,
    pub rows: Vec<Row>,
    /// Said where there are no rows: `no session waits for a lock`.
    pub when_empty: &'static str,
}

impl Table {
    /// The column that a tree is drawn in: the first that names neither cluster nor endpoint.
    #[must_use]
    pub fn stem(&self) -> usize {
        self.columns.iter().position(|column| !matches!(column.key, "cluster" | "endpoint")).unwrap_or(0)
    }
}

/// The age of what a page shows, per source.
#[derive(Clone, Debug, PartialEq)]
pub struct Source {
    /// `lab/patroni/pg1`
    pub endpoint: String,
    pub taken_at: Option<Moment>,
    pub error: Option<String>,
}

/// What a command answers: facts, tables, and how old each source is. The first table is the one that `csv`, `jsonl` and `name` write.
#[derive(Clone, Debug, PartialEq)]
pub struct Page {
    /// Kind in JSON: `Status`, `List`.
    pub kind: &'static str,
    pub facts: Vec<(Column, Cell)>,
    pub tables: Vec<Table>,
    pub sources: Vec<Source>,
}

impl Page {
    #[must_use]
    pub fn new(kind: &'static str) -> Self {
        Page { kind, facts: Vec::new(), tables: Vec::new(), sources: Vec::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gap_is_not_the_lowest_height_and_little_is_not_nothing() {
        let series =
            Series { step: Duration::from_secs(1), unit: Kind::Count, values: Arc::from([Some(0.0), None, Some(0.01), Some(50.0), Some(100.0)]) };
        assert_eq!(series.heights(8), [Some(0), None, Some(1), Some(4), Some(7)]);
        assert_eq!(series.drawn(&["_", "-", "#"], "."), "_.--#");
        let still = Series { values: Arc::from([Some(0.0), Some(0.0)]), ..series.clone() };
        assert_eq!(still.heights(8), [Some(0), Some(0)]);
        assert_eq!(series.heights(0), [Some(0), None, Some(0), Some(0), Some(0)]);
        assert_eq!(series.drawn(&[], "."), ".....");
    }
}
