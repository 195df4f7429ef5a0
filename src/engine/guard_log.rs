//! What the guard of a hold wrote down: `holds/STEP.jsonl`, a chain of its own, because it acts when the journal has no writer any more. Whoever touches what a
//! step holds reads it before.

use super::chain::{self, Chain, ChainError};
use super::process::Process;
use crate::model::Moment;
use crate::transport::learned;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// An entry of the chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum GuardEntry {
    /// It stands, for this attempt at the step, and acts at this time of the host's monotonic clock at the latest. Synced before anything is held: this announces
    /// what it sends, where a full disk keeps it from saying so again.
    Stands { run: String, step: String, attempt: u32, process: Process, until_ms: u64, target: String, call: String },
    /// Synced before the first byte of its first undo leaves, where there is room for it; those after it are of the same word.
    Acts { attempt: u32, why: String },
    /// What came of this attempt, where it was not what was wanted; those after it, up to the next such word, came to the same.
    Failed { attempt: u32, why: String },
    /// What the step held is free.
    Freed { why: String },
    /// There is nothing to free.
    Leaves { why: String },
}

/// Where the guard of `step` writes.
#[must_use]
pub fn path(holds: &Path, step: &str) -> PathBuf {
    holds.join(format!("{step}.jsonl"))
}

/// The chain that one guard adds to.
pub struct GuardLog(Chain);

impl GuardLog {
    /// Goes on with the chain at `path`, or begins it.
    ///
    /// # Errors
    /// Another guard writes it, or it cannot be read or made.
    pub fn open(path: &Path, mode: u32) -> Result<GuardLog, ChainError> {
        let chain = if path.exists() { Chain::open::<GuardEntry>(path)?.0 } else { Chain::create(path, mode)? };
        Ok(GuardLog(chain))
    }

    /// Adds `entry`, without the secrets that this process knows, and syncs it.
    ///
    /// # Errors
    /// The disk is full, or fails.
    pub fn write(&mut self, now: Moment, entry: &GuardEntry) -> Result<(), ChainError> {
        let mut entry = entry.clone();
        if let GuardEntry::Acts { why, .. } | GuardEntry::Failed { why, .. } | GuardEntry::Freed { why } | GuardEntry::Leaves { why } = &mut entry {
            *why = learned::without(std::mem::take(why));
        }
        self.0.append(now, &entry)?;
        self.0.sync()
    }
}

/// What the last guard of a step says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The attempt for which it stands.
    pub attempt: u32,
    pub process: Process,
    /// It has begun to undo it.
    pub acts: bool,
    /// Why it undid it, once that is done.
    pub freed: Option<String>,
}

/// What the last guard of `step` says; `None` where none ever stood.
///
/// # Errors
/// Its file cannot be read, or was changed.
pub fn report(holds: &Path, step: &str) -> Result<Option<Report>, ChainError> {
    let path = path(holds, step);
    if !path.exists() {
        return Ok(None);
    }
    let mut last: Option<Report> = None;
    for record in chain::read::<GuardEntry>(&path)?.records {
        match (record.entry, &mut last) {
            (GuardEntry::Stands { attempt, process, .. }, last) => *last = Some(Report { attempt, process, acts: false, freed: None }),
            (GuardEntry::Acts { .. }, Some(report)) => report.acts = true,
            (GuardEntry::Freed { why }, Some(report)) => report.freed = Some(why),
            _ => {}
        }
    }
    Ok(last)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Clock;

    #[test]
    fn only_the_last_guard_counts_and_two_do_not_write_at_once() {
        let folder = tempfile::tempdir().expect("a folder");
        assert_eq!(report(folder.path(), "pause").expect("no guard"), None);
        let path = path(folder.path(), "pause");
        let now = Clock::real().now();
        let text = |text: &str| text.to_owned();
        let stands = |attempt| GuardEntry::Stands {
            run: text("01"),
            step: text("pause"),
            attempt,
            process: Process::own(),
            until_ms: 1,
            target: text("pgb1"),
            call: text("RESUME"),
        };
        let mut log = GuardLog::open(&path, 0o600).expect("made");
        assert!(matches!(GuardLog::open(&path, 0o600), Err(ChainError::Held { .. })));
        log.write(now, &stands(1)).expect("written");
        log.write(now, &GuardEntry::Acts { attempt: 1, why: String::new() }).expect("written");
        let told = |attempt, acts, freed: Option<&str>| Some(Report { attempt, process: Process::own(), acts, freed: freed.map(str::to_owned) });
        assert_eq!(report(folder.path(), "pause").expect("read"), told(1, true, None));
        log.write(now, &GuardEntry::Freed { why: "gone".to_owned() }).expect("written");
        assert_eq!(report(folder.path(), "pause").expect("read"), told(1, true, Some("gone")));
        drop(log);
        GuardLog::open(&path, 0o600).expect("free").write(now, &stands(2)).expect("written");
        assert_eq!(report(folder.path(), "pause").expect("read"), told(2, false, None));
    }
}
