//! The copy of a run, from which a host goes on that has not its folder: plan, consents and journal, kept beside the lock by whoever holds it.
//!
//! What was once kept is never changed, only added to, and nothing is added by who lost the lock. It must never hold a secret (where
//! the files of a run name one, it stays a name), nor the files to which steps print. A record is copied as it stands, with the answer of its step and whatever its
//! length: its chain is verified over its text, and without the answer nobody could go on.

use super::work::Task;
use std::collections::{BTreeMap, BTreeSet};

/// Bytes of one run that are kept at most: the store is the one by which a cluster elects its leader.
pub const MOST: u64 = 2 << 20;

/// The files of a run by their names, as far as they are kept.
pub type Files = BTreeMap<String, Vec<u8>>;

/// What is added to one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    pub file: String,
    /// How long the file was before.
    pub from: u64,
    pub bytes: Vec<u8>,
}

/// Why a copy is not kept, or not read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MirrorError {
    #[error("the store of the copies does not answer: {0}")]
    Store(String),
    #[error("the lock under which it is copied is lost: {0}")]
    Lost(String),
    #[error("there is no room for a copy: {0}")]
    Full(String),
    /// It is not what it should be.
    #[error("what is kept of the run does not fit: {0}")]
    Unfitting(String),
}

/// What there is of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shelved {
    pub run: String,
    /// Where the last piece of its journal begins.
    pub last: u64,
}

/// Where copies lie, for who reads them.
pub trait Mirror: Send + Sync {
    /// The runs of which something is kept.
    fn runs(&self) -> Task<'_, Result<Vec<Shelved>, MirrorError>>;

    /// What is kept of `run`; nothing where it is not known.
    fn files<'a>(&'a self, run: &'a str) -> Task<'a, Result<Files, MirrorError>>;
}

/// Where copies lie, for who holds the lock.
pub trait Copies: Mirror {
    /// Adds `pieces` to what is kept of `run`: all of them or none. `false`: there is something already where one of them would lie.
    fn add<'a>(&'a self, run: &'a str, pieces: &'a [Piece]) -> Task<'a, Result<bool, MirrorError>>;
}

/// Puts the files of a run together of the pieces that are kept of it, each with the name of its file and where it begins in it, in any order.
///
/// # Errors
/// A piece is missing, or lies where another one does.
pub fn joined(pieces: impl IntoIterator<Item = (String, u64, Vec<u8>)>) -> Result<Files, MirrorError> {
    let mut pieces: Vec<_> = pieces.into_iter().collect();
    pieces.sort_by(|one, other| (&one.0, one.1).cmp(&(&other.0, other.1)));
    let mut files = Files::new();
    for (file, from, bytes) in pieces {
        let whole = files.entry(file.clone()).or_default();
        if whole.len() as u64 != from {
            let what = if from > whole.len() as u64 { "is missing" } else { "is there twice" };
            return Err(MirrorError::Unfitting(format!("a piece of {file} before byte {from} {what}")));
        }
        whole.extend(bytes);
    }
    Ok(files)
}

/// The runs that have a piece, of the name of each piece's run and file and where it begins.
#[must_use]
pub fn shelved<'a>(pieces: impl IntoIterator<Item = (&'a str, &'a str, u64)>) -> Vec<Shelved> {
    let (mut runs, mut last) = (BTreeSet::new(), BTreeMap::new());
    for (run, file, from) in pieces {
        runs.insert(run);
        if file == JOURNAL {
            let known = last.entry(run).or_insert(from);
            *known = from.max(*known);
        }
    }
    runs.into_iter().map(|run| Shelved { run: run.to_owned(), last: last.get(run).copied().unwrap_or(0) }).collect()
}

/// The file in which the journal lies.
pub const JOURNAL: &str = "journal.jsonl";
/// The file in which the plan lies.
pub const PLAN: &str = "plan.json";

/// Whether a file of this name is one that is kept.
#[must_use]
pub fn is_kept(name: &str) -> bool {
    let consent = || name.strip_prefix("consent-").and_then(|rest| rest.strip_suffix(".json")).and_then(|number| number.parse::<u32>().ok());
    name == JOURNAL || name == PLAN || consent().is_some_and(|number| name == format!("consent-{number}.json"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn piece(file: &str, from: u64, text: &str) -> (String, u64, Vec<u8>) {
        (file.to_owned(), from, text.as_bytes().to_vec())
    }

    #[test]
    fn files_are_put_together_and_a_hole_is_named() {
        let pieces = [piece(JOURNAL, 3, "def"), piece(PLAN, 0, "{}"), piece(JOURNAL, 0, "abc")];
        let files = joined(pieces.clone()).expect("whole");
        assert_eq!(
            files.into_iter().map(|(name, bytes)| (name, String::from_utf8(bytes).expect("text"))).collect::<Vec<_>>(),
            [(JOURNAL.to_owned(), "abcdef".to_owned()), (PLAN.to_owned(), "{}".to_owned())]
        );
        let hole = joined(pieces.clone().into_iter().filter(|(file, from, _)| file != JOURNAL || *from > 0)).expect_err("refused").to_string();
        assert!(hole.contains("before byte 3 is missing"), "{hole}");
        let twice = joined(pieces.into_iter().chain([piece(JOURNAL, 2, "x")])).expect_err("refused").to_string();
        assert!(twice.contains("before byte 2 is there twice"), "{twice}");
    }

    #[test]
    fn nothing_else_of_a_run_is_kept() {
        for name in ["plan.json", "journal.jsonl", "consent-1.json", "consent-12.json"] {
            assert!(is_kept(name), "{name}");
        }
        for name in [
            "events.jsonl",
            "control.jsonl",
            "consent-.json",
            "consent-01.json",
            "consent-x.json",
            "../plan.json",
            "output/a.1.out",
            "consent-1.json.part",
        ] {
            assert!(!is_kept(name), "{name}");
        }
    }

    #[test]
    fn a_run_is_known_by_any_piece() {
        let pieces = [("a", PLAN, 0), ("a", JOURNAL, 0), ("a", JOURNAL, 700), ("b", PLAN, 0)];
        let told: Vec<_> = shelved(pieces).into_iter().map(|shelved| (shelved.run, shelved.last)).collect();
        assert_eq!(told, [("a".to_owned(), 700), ("b".to_owned(), 0)]);
    }
}
