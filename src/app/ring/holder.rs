//! Who writes a ring: one process, by a lock that the operating system takes back when the process ends, however it ends.

use crate::text::untrusted::visible;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// How often a lock that is held is tried again at once.
const TRIES: usize = 64;

/// Holds the lock as long as it lives.
#[derive(Debug)]
pub struct Holder {
    _file: File,
}

/// Why the lock was not taken.
#[derive(Debug, thiserror::Error)]
pub enum Held {
    /// Another process writes there; who it says it is.
    #[error("{0}")]
    By(String),
    #[error("{0}")]
    Io(#[from] io::Error),
}

impl Holder {
    /// Takes the lock of `folder` and writes `who` into it.
    ///
    /// # Errors
    /// Another process has it, or the file cannot be made.
    pub fn take(folder: &Path, mode: u32, who: &str) -> Result<Holder, Held> {
        let path = folder.join("lock");
        let mut file = OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(mode).open(path)?;
        match insist(|| file.try_lock()) {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut said = String::new();
                // it may just be writing its name
                let _unread = file.take(400).read_to_string(&mut said);
                return Err(Held::By(if said.trim().is_empty() { "another process".to_owned() } else { visible(said.trim()) }));
            }
            Err(TryLockError::Error(error)) => return Err(error.into()),
        }
        file.set_len(0)?;
        file.rewind()?;
        file.write_all(who.as_bytes())?;
        Ok(Holder { _file: file })
    }
}

/// Tries for a while: whoever asks [`is_held`] has the lock for an instant.
fn insist(mut lock: impl FnMut() -> Result<(), TryLockError>) -> Result<(), TryLockError> {
    for _ in 0..TRIES {
        match lock() {
            Err(TryLockError::WouldBlock) => std::thread::yield_now(),
            done => return done,
        }
    }
    lock()
}

/// Whether somebody holds the lock of `folder`. Where there is no lock, or none that can be looked at, nobody does.
#[must_use]
pub fn is_held(folder: &Path) -> bool {
    let Ok(file) = File::open(folder.join("lock")) else { return false };
    matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_one_is_told_who_holds_it_until_the_first_is_gone() {
        let folder = tempfile::tempdir().expect("folder");
        let first = Holder::take(folder.path(), 0o600, "process 1 of ops").expect("free");
        let refused = Holder::take(folder.path(), 0o600, "process 2").expect_err("held");
        assert_eq!(refused.to_string(), "process 1 of ops");
        assert!(is_held(folder.path()));
        drop(first);
        assert!(!is_held(folder.path()) && !is_held(&folder.path().join("gone")));
        Holder::take(folder.path(), 0o600, "process 2").expect("free again");
    }
}
