//! Who writes a ring: one process, by a lock that the operating system takes back when the process ends, however it ends.
//!
//! It must never take a lock that it may not open for one that nobody has: it is a colleague's.

use crate::config::state::settle_mode;
use crate::text::untrusted::visible;
use rustix::fs::{Mode, OFlags};
use rustix::io::Errno;
use std::fs::{File, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::path::Path;

/// How often a lock that is held is tried again at once.
const TRIES: usize = 64;

/// Who has a lock that this user may not open.
const COLLEAGUE: &str = "another user, whose lock may not be opened";

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
    /// Takes the lock of `folder` and writes `who` into it, where it may be written.
    ///
    /// # Errors
    /// Another process has it, or may have it; or the file cannot be made.
    pub fn take(folder: &Path, mode: u32, who: &str) -> Result<Holder, Held> {
        Holder::take_by(open, folder, mode, who)
    }

    fn take_by(open: Open, folder: &Path, mode: u32, who: &str) -> Result<Holder, Held> {
        let path = folder.join("lock");
        let (mut file, writable) = match open(&path, OFlags::RDWR | OFlags::CREATE, mode) {
            Ok(file) => (file, true),
            // a lock needs no more than a file that is open
            Err(Errno::ACCESS | Errno::PERM | Errno::ROFS) => match open(&path, OFlags::RDONLY, 0) {
                Ok(file) => (file, false),
                Err(Errno::ACCESS | Errno::PERM) => return Err(Held::By(COLLEAGUE.to_owned())),
                Err(Errno::NOENT) => return Err(Held::Io(Errno::ACCESS.into())),
                Err(error) => return Err(Held::Io(error.into())),
            },
            Err(error) => return Err(Held::Io(error.into())),
        };
        if !file.metadata()?.is_file() {
            return Err(Held::Io(io::Error::other(format!("{} is no file", path.display()))));
        }
        settle_mode(&file, mode)?;
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
        if writable {
            file.set_len(0)?;
            file.rewind()?;
            file.write_all(who.as_bytes())?;
        }
        Ok(Holder { _file: file })
    }
}

/// Opens a file with these flags; one that is made gets the mode.
type Open = fn(&Path, OFlags, u32) -> Result<File, Errno>;

fn open(path: &Path, flags: OFlags, mode: u32) -> Result<File, Errno> {
    // a link would have another file written, a pipe would be waited for
    let flags = flags | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    rustix::fs::open(path, flags, Mode::from_raw_mode(mode)).map(File::from)
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

/// Whether somebody holds the lock of `folder`. Where there is no lock nobody does; one that may not be opened is somebody else's.
#[must_use]
pub fn is_held(folder: &Path) -> bool {
    is_held_by(open, folder)
}

fn is_held_by(open: Open, folder: &Path) -> bool {
    match open(&folder.join("lock"), OFlags::RDONLY, 0) {
        Ok(file) => matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)),
        Err(error) => matches!(error, Errno::ACCESS | Errno::PERM),
    }
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

    /// As for a member of the group who may not write; tests may run as root, whom nobody refuses.
    fn reading(path: &Path, flags: OFlags, mode: u32) -> Result<File, Errno> {
        if flags.contains(OFlags::RDWR) { Err(Errno::ACCESS) } else { open(path, flags, mode) }
    }

    fn refused(_path: &Path, _flags: OFlags, _mode: u32) -> Result<File, Errno> {
        Err(Errno::ACCESS)
    }

    #[test]
    fn a_colleague_who_may_not_write_is_kept_out_and_keeps_others_out() {
        let folder = tempfile::tempdir().expect("folder");
        let none = Holder::take_by(reading, folder.path(), 0o660, "ben").expect_err("there is no lock, and none can be made");
        assert!(matches!(&none, Held::Io(error) if error.kind() == io::ErrorKind::PermissionDenied), "{none}");
        let first = Holder::take(folder.path(), 0o660, "ana").expect("free");
        assert_eq!(Holder::take_by(reading, folder.path(), 0o660, "ben").expect_err("held").to_string(), "ana");
        drop(first);
        let second = Holder::take_by(reading, folder.path(), 0o660, "ben").expect("free");
        assert!(is_held(folder.path()) && is_held_by(reading, folder.path()));
        assert!(matches!(Holder::take(folder.path(), 0o660, "ana"), Err(Held::By(_))));
        drop(second);
    }

    #[test]
    fn what_may_not_be_opened_is_somebody_elses() {
        let folder = tempfile::tempdir().expect("folder");
        assert!(is_held_by(refused, folder.path()));
        assert_eq!(Holder::take_by(refused, folder.path(), 0o660, "ben").expect_err("refused").to_string(), COLLEAGUE);
    }

    #[test]
    fn a_lock_has_its_mode_whatever_the_umask_and_is_no_link() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().expect("folder");
        for mode in [0o660, 0o600] {
            drop(Holder::take(folder.path(), mode, "ana").expect("free"));
            assert_eq!(std::fs::metadata(folder.path().join("lock")).expect("there").permissions().mode() & 0o7777, mode);
        }
        let (other, linked) = (folder.path().join("other"), folder.path().join("linked"));
        std::fs::write(&other, "of somebody").expect("written");
        std::fs::create_dir(&linked).expect("made");
        std::os::unix::fs::symlink(&other, linked.join("lock")).expect("linked");
        assert!(matches!(Holder::take(&linked, 0o600, "ana"), Err(Held::Io(_))));
        assert_eq!(std::fs::read_to_string(other).expect("read"), "of somebody");
    }
}
