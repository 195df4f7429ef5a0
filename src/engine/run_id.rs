//! The name of a run: 26 letters and digits that sort by time, and that two hosts do not both give.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::fs::File;
use std::io::{self, Read};

/// Crockford's base 32: nothing that is read for something else over the telephone.
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const LENGTH: usize = 26;

/// The name of a run: a ULID.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RunId(String);

/// Text that names no run.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is not the name of a run: it has 26 letters and digits, as its folder is called")]
pub struct NotARun(pub String);

impl RunId {
    /// A new name for a run that is asked for at `now`.
    ///
    /// # Errors
    /// The operating system has no random numbers.
    pub fn new(now: Timestamp) -> io::Result<RunId> {
        let mut random = [0_u8; 16];
        File::open("/dev/urandom")?.read_exact(random.get_mut(6..).unwrap_or_default())?;
        let time = u128::try_from(now.as_millisecond()).unwrap_or(0);
        Ok(RunId::from_bits(time << 80 | u128::from_be_bytes(random)))
    }

    fn from_bits(bits: u128) -> RunId {
        let letter = |at: usize| LETTERS.get((bits >> (5 * at) & 31) as usize).copied().map_or('0', char::from);
        RunId((0..LENGTH).rev().map(letter).collect())
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for RunId {
    type Error = NotARun;

    /// Lower case is as good as upper case.
    fn try_from(text: String) -> Result<Self, NotARun> {
        let upper = text.to_ascii_uppercase();
        if upper.len() == LENGTH && upper.bytes().all(|byte| LETTERS.contains(&byte)) { Ok(RunId(upper)) } else { Err(NotARun(text)) }
    }
}

impl From<RunId> for String {
    fn from(id: RunId) -> Self {
        id.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_sort_by_time_and_are_read_again() {
        let at = |second: i64| RunId::new(Timestamp::from_second(second).expect("a time")).expect("random");
        let names = [at(1_000_000_000), at(1_700_000_000), at(4_000_000_000)];
        assert!(names.is_sorted(), "{names:?}");
        assert_ne!(at(5), at(5));
        assert_eq!(RunId::try_from(names[1].to_string().to_lowercase()), Ok(names[1].clone()));
        assert_eq!(RunId::from_bits(u128::MAX).as_str(), "7ZZZZZZZZZZZZZZZZZZZZZZZZZ");
    }

    #[test]
    fn what_is_no_name_is_no_path_either() {
        for text in ["", "../../etc/passwd", "01K3", "01ARZ3NDEKTSV4RRFFQ69G5FA/", "01ARZ3NDEKTSV4RRFFQ69G5FAU\n", "01ARZ3NDEKTSV4RRFFQ69G5FAL"] {
            assert_eq!(RunId::try_from(text.to_owned()), Err(NotARun(text.to_owned())));
        }
    }
}
