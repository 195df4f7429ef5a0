//! What a snapshot tells besides its own state: endpoints that it names, and numbers that are worth a line over time.
//!
//! Names and keys may be words of a server: data, never an instruction.

use crate::model::Moment;
use crate::systems::view::Kind;
use crate::text::Untrusted;
use std::borrow::Cow;

/// An endpoint that a server told us of. Data from outside: vetted by `fleet::discovery` before it is contacted.
#[derive(Clone, Debug, PartialEq)]
pub struct Discovered {
    pub system: &'static str,
    pub name: Untrusted,
    /// Field of the body that holds the address: `url`.
    pub field: &'static str,
    pub address: Untrusted,
}

/// Trends of one snapshot that are kept; what a system names beyond them is not.
pub const MOST_TRENDS: usize = 32;

/// A number of one snapshot that is worth a line over time.
#[derive(Clone, Debug, PartialEq)]
pub struct Trend {
    /// A stable word: `connections`. Where there is one of a kind for each of something, that follows: `lag_bytes/pg2`. It may be a server's word.
    pub key: Cow<'static, str>,
    pub unit: Kind,
    pub value: f64,
}

impl Trend {
    pub fn new(key: impl Into<Cow<'static, str>>, unit: Kind, value: f64) -> Self {
        Trend { key: key.into(), unit, value }
    }

    /// A count; so many that a float rounds them are drawn the same.
    #[expect(clippy::cast_precision_loss, reason = "it becomes a height of eight")]
    pub fn count(key: impl Into<Cow<'static, str>>, unit: Kind, count: u64) -> Self {
        Trend::new(key, unit, count as f64)
    }
}

/// Everybody that a server names, as of one reading of its store.
#[derive(Clone, Debug, PartialEq)]
pub struct Roll {
    pub taken_at: Moment,
    pub named: Vec<Discovered>,
}
