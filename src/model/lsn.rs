//! A position in the write-ahead log. <https://www.postgresql.org/docs/current/datatype-pg-lsn.html>

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;

/// A byte position in the WAL; text form `16/B374D848` (upper and lower half in hexadecimal).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Lsn(pub u64);

impl Lsn {
    /// Bytes that `self` is behind `ahead`; 0 when it is not behind.
    #[must_use]
    pub fn behind(self, ahead: Lsn) -> u64 {
        ahead.0.saturating_sub(self.0)
    }
}

impl fmt::Display for Lsn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:X}/{:X}", self.0 >> 32, self.0 & 0xFFFF_FFFF)
    }
}

/// The text is not `HEX/HEX` with at most eight digits in each half.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a WAL position (expected HEX/HEX)")]
pub struct NotAnLsn;

impl FromStr for Lsn {
    type Err = NotAnLsn;

    fn from_str(text: &str) -> Result<Self, NotAnLsn> {
        let (high, low) = text.split_once('/').ok_or(NotAnLsn)?;
        let half = |part: &str| {
            let fits = !part.is_empty() && part.len() <= 8 && part.bytes().all(|b| b.is_ascii_hexdigit());
            if fits { u64::from_str_radix(part, 16).ok() } else { None }
        };
        Ok(Lsn(half(high).ok_or(NotAnLsn)? << 32 | half(low).ok_or(NotAnLsn)?))
    }
}

impl Serialize for Lsn {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Lsn {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_form_goes_both_ways() {
        for (text, value) in [("0/0", 0), ("16/B374D848", 0x16_B374_D848), ("FFFFFFFF/FFFFFFFF", u64::MAX)] {
            assert_eq!(text.parse(), Ok(Lsn(value)));
            assert_eq!(Lsn(value).to_string(), text);
        }
    }

    #[test]
    fn what_is_not_a_position_is_refused() {
        for text in ["", "/", "0", "0/", "/0", "0/-1", "+1/0", "0/123456789", "g/0", "0/0/0", "unknown"] {
            assert_eq!(text.parse::<Lsn>(), Err(NotAnLsn), "{text}");
        }
    }

    #[test]
    fn being_ahead_is_not_a_negative_lag() {
        assert_eq!(Lsn(10).behind(Lsn(30)), 20);
        assert_eq!(Lsn(30).behind(Lsn(10)), 0);
    }
}
