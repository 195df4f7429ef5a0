//! A file of JSON lines to which records are only added: each has its number and the SHA-256 of the line before it, so that nothing can be changed, taken out
//! or moved without being seen.
//!
//! A last line without its end was being written when its process died: it counts for nothing. Anything else that does not fit is refused by record and line;
//! it must never be repaired. After an error of the disk nothing more is added: what is on it is not known.

use super::digest::sha256;
use super::regular;
use crate::model::Moment;
use jiff::Timestamp;
use rustix::fs::OFlags;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::fs::{File, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// What stands before the first record.
pub const NOTHING: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// One line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record<E> {
    /// From 1; the number of its line as well.
    pub n: u64,
    pub at: Timestamp,
    /// The monotonic clock of the host that wrote it, suspend included.
    pub mono_ms: u64,
    /// SHA-256 of the line before, without its end.
    pub prev: String,
    pub entry: E,
}

/// What is wrong with a chain.
#[derive(Debug, thiserror::Error)]
pub enum ChainError {
    #[error("cannot {what} {}: {why}", path.display())]
    Io { path: PathBuf, what: &'static str, why: io::Error },
    #[error("{} is being written by another process", path.display())]
    Held { path: PathBuf },
    #[error("{}: record {record} (line {record}) {why}", path.display())]
    Broken { path: PathBuf, record: u64, why: String },
    #[error("{} is not written any more: the disk failed before, and what is on it is not known", path.display())]
    Failed { path: PathBuf },
    #[error("cannot write record {record} of {}: {why}", path.display())]
    Unwritable { path: PathBuf, record: u64, why: serde_json::Error },
}

/// Where the bytes go; tests let it fail.
pub trait Disk: Send {
    /// Adds `bytes` at the end, all of them or an error.
    ///
    /// # Errors
    /// The disk is full, or fails; some of `bytes` may be there.
    fn append(&mut self, bytes: &[u8]) -> io::Result<()>;

    /// Returns when everything that was added will survive a loss of power.
    ///
    /// # Errors
    /// The disk fails.
    fn sync(&mut self) -> io::Result<()>;
}

impl Disk for File {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.write_all(bytes)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.sync_data()
    }
}

/// What was read of a chain.
#[derive(Debug)]
pub struct Chained<E> {
    pub records: Vec<Record<E>>,
    /// SHA-256 of the last whole line.
    pub head: String,
    /// Bytes of whole lines.
    pub whole: u64,
    /// Bytes behind them, of a line that was never finished.
    pub torn: u64,
}

/// A chain that this process alone adds to.
pub struct Chain {
    path: PathBuf,
    disk: Box<dyn Disk>,
    last: u64,
    head: String,
    failed: bool,
}

impl Chain {
    /// A new chain at `path`, which must not be there; the folder knows of it when this returns.
    ///
    /// # Errors
    /// The file cannot be made.
    pub fn create(path: &Path, mode: u32) -> Result<Chain, ChainError> {
        let file = open(path, OFlags::CREATE | OFlags::EXCL, mode)?;
        hold(&file, path)?;
        sync_folder(path)?;
        Ok(Chain::on(path, Box::new(file), 0, NOTHING.to_owned()))
    }

    /// The chain at `path`, and what it says. What was never finished is cut off.
    ///
    /// # Errors
    /// The file cannot be read, is being written by another process, or does not fit together.
    pub fn open<E: DeserializeOwned>(path: &Path) -> Result<(Chain, Chained<E>), ChainError> {
        let file = open(path, OFlags::empty(), 0)?;
        hold(&file, path)?;
        let chained = read(path)?;
        if chained.torn > 0 {
            let io = |why| ChainError::Io { path: path.to_owned(), what: "cut the unfinished end off", why };
            file.set_len(chained.whole).and_then(|()| file.sync_data()).map_err(io)?;
        }
        let last = chained.records.last().map_or(0, |record| record.n);
        Ok((Chain::on(path, Box::new(file), last, chained.head.clone()), chained))
    }

    /// A chain on `disk`, whose last record has the number `last` and the hash `head`.
    #[must_use]
    pub fn on(path: &Path, disk: Box<dyn Disk>, last: u64, head: String) -> Chain {
        Chain { path: path.to_owned(), disk, last, head, failed: false }
    }

    /// The same chain, with something between it and the disk.
    #[must_use]
    pub fn through(self, between: &dyn Fn(Box<dyn Disk>) -> Box<dyn Disk>) -> Chain {
        Chain { disk: between(self.disk), ..self }
    }

    /// Adds `entry`, and gives the number of its record. It may be lost with the power until [`Chain::sync`].
    ///
    /// # Errors
    /// The disk is full, or fails: nothing more is added from then on.
    pub fn append<E: Serialize>(&mut self, now: Moment, entry: &E) -> Result<u64, ChainError> {
        self.usable()?;
        let record = self.last + 1;
        let mut text = line(record, &self.head, now, entry).map_err(|why| ChainError::Unwritable { path: self.path.clone(), record, why })?;
        let head = sha256(&text);
        text.push(b'\n');
        self.disk.append(&text).map_err(|why| self.fail("add to", why))?;
        (self.last, self.head) = (record, head);
        Ok(record)
    }

    /// Returns when every record that was added will survive a loss of power.
    ///
    /// # Errors
    /// The disk fails: nothing more is added from then on.
    pub fn sync(&mut self) -> Result<(), ChainError> {
        self.usable()?;
        self.disk.sync().map_err(|why| self.fail("sync", why))
    }

    /// The number of the last record, and the hash of its line.
    #[must_use]
    pub fn head(&self) -> (u64, &str) {
        (self.last, &self.head)
    }

    fn usable(&self) -> Result<(), ChainError> {
        if self.failed { Err(ChainError::Failed { path: self.path.clone() }) } else { Ok(()) }
    }

    fn fail(&mut self, what: &'static str, why: io::Error) -> ChainError {
        self.failed = true;
        ChainError::Io { path: self.path.clone(), what, why }
    }
}

/// The text of a record, without the end of its line.
pub(super) fn line<E: Serialize>(n: u64, prev: &str, now: Moment, entry: &E) -> Result<Vec<u8>, serde_json::Error> {
    let mono_ms = u64::try_from(now.mono.as_millis()).unwrap_or(u64::MAX);
    serde_json::to_vec(&Record { n, at: now.wall, mono_ms, prev: prev.to_owned(), entry })
}

/// What the chain at `path` says. It may be written meanwhile.
///
/// # Errors
/// The file cannot be read, or does not fit together.
pub fn read<E: DeserializeOwned>(path: &Path) -> Result<Chained<E>, ChainError> {
    let bytes = regular::read(path).map_err(|why| ChainError::Io { path: path.to_owned(), what: "read", why })?;
    parse(path, &bytes)
}

/// What `bytes`, the content of `path`, say.
///
/// # Errors
/// They do not fit together.
pub fn parse<E: DeserializeOwned>(path: &Path, bytes: &[u8]) -> Result<Chained<E>, ChainError> {
    let mut chained = Chained { records: Vec::new(), head: NOTHING.to_owned(), whole: 0, torn: 0 };
    for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
        let Some(text) = piece.strip_suffix(b"\n") else {
            chained.torn = piece.len() as u64;
            break;
        };
        let expected = chained.records.len() as u64 + 1;
        let broken = |why: String| ChainError::Broken { path: path.to_owned(), record: expected, why };
        let record: Record<E> = serde_json::from_slice(text).map_err(|why| broken(format!("is not a record: {why}")))?;
        if record.n != expected {
            return Err(broken(format!("says that it is record {}", record.n)));
        }
        if record.prev != chained.head {
            return Err(broken(match expected {
                1 => "does not begin the chain".to_owned(),
                _ => format!("does not follow record {}: one of the two was changed", expected - 1),
            }));
        }
        chained.head = sha256(text);
        chained.whole += piece.len() as u64;
        chained.records.push(record);
    }
    Ok(chained)
}

pub(super) fn open(path: &Path, flags: OFlags, mode: u32) -> Result<File, ChainError> {
    let opened = regular::open(path, flags | OFlags::RDWR | OFlags::APPEND, mode);
    opened.map_err(|why| ChainError::Io { path: path.to_owned(), what: "open", why })
}

fn hold(file: &File, path: &Path) -> Result<(), ChainError> {
    file.try_lock().map_err(|error| match error {
        TryLockError::WouldBlock => ChainError::Held { path: path.to_owned() },
        TryLockError::Error(why) => ChainError::Io { path: path.to_owned(), what: "lock", why },
    })
}

/// Returns when the folder of `path` will know of it after a loss of power.
pub(super) fn sync_folder(path: &Path) -> Result<(), ChainError> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let synced = File::open(folder).and_then(|folder| folder.sync_all());
    synced.map_err(|why| ChainError::Io { path: folder.to_owned(), what: "sync", why })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Clock;
    use std::fs;

    fn written(folder: &Path, count: u64) -> PathBuf {
        let path = folder.join("chain.jsonl");
        let mut chain = Chain::create(&path, 0o600).expect("made");
        for number in 1..=count {
            assert_eq!(chain.append(Clock::real().now(), &format!("entry {number}")).expect("added"), number);
        }
        chain.sync().expect("synced");
        path
    }

    fn lines(path: &Path) -> Vec<String> {
        fs::read_to_string(path).expect("read").lines().map(str::to_owned).collect()
    }

    fn refused(path: &Path, lines: &[String]) -> String {
        fs::write(path, lines.join("\n") + "\n").expect("written");
        read::<String>(path).expect_err("refused").to_string().replace(&path.display().to_string(), "FILE")
    }

    #[test]
    fn what_was_added_is_read_again_and_goes_on() {
        let folder = tempfile::tempdir().expect("folder");
        let path = written(folder.path(), 3);
        let (mut chain, chained) = Chain::open::<String>(&path).expect("opened");
        assert_eq!(
            chained.records.iter().map(|record| (record.n, record.entry.as_str())).collect::<Vec<_>>(),
            [(1, "entry 1"), (2, "entry 2"), (3, "entry 3")]
        );
        assert_eq!(chained.records[0].prev, NOTHING);
        assert_eq!(chained.records[2].prev, sha256(lines(&path)[1].as_bytes()));
        assert_eq!(chain.append(Clock::real().now(), &"entry 4").expect("added"), 4);
        assert_eq!(read::<String>(&path).expect("whole").records.len(), 4);
        assert!(matches!(Chain::create(&path, 0o600), Err(ChainError::Io { .. })));
    }

    #[test]
    fn one_process_alone_adds_to_it() {
        let folder = tempfile::tempdir().expect("folder");
        let path = written(folder.path(), 1);
        let first = Chain::open::<String>(&path).expect("opened");
        assert!(matches!(Chain::open::<String>(&path), Err(ChainError::Held { .. })));
        drop(first);
        assert!(Chain::open::<String>(&path).is_ok());
    }

    #[test]
    fn every_cut_of_the_last_line_is_forgotten_and_none_of_the_others() {
        let folder = tempfile::tempdir().expect("folder");
        let path = written(folder.path(), 3);
        let text = fs::read(&path).expect("read");
        let second = lines(&path)[..2].iter().map(|line| line.len() + 1).sum::<usize>();
        for end in second..text.len() {
            fs::write(&path, &text[..end]).expect("written");
            let (mut chain, chained) = Chain::open::<String>(&path).expect("opened");
            assert_eq!((chained.records.len(), chained.torn), (2, (end - second) as u64));
            chain.append(Clock::real().now(), &"again").expect("added");
            assert_eq!(read::<String>(&path).expect("whole").records.len(), 3);
        }
    }

    #[test]
    fn every_change_is_refused_by_its_record() {
        let folder = tempfile::tempdir().expect("folder");
        let path = written(folder.path(), 4);
        let whole = lines(&path);
        let edited = |at: usize, from: &str, to: &str| {
            let mut lines = whole.clone();
            lines[at] = lines[at].replace(from, to);
            lines
        };
        let without = |at: usize| whole.iter().enumerate().filter(|(index, _)| *index != at).map(|(_, line)| line.clone()).collect::<Vec<_>>();
        let mut swapped = whole.clone();
        swapped.swap(1, 2);
        let mut twice = whole.clone();
        twice.insert(2, whole[1].clone());
        let broken = [
            (edited(1, "entry 2", "entry x"), "FILE: record 3 (line 3) does not follow record 2: one of the two was changed"),
            (edited(0, "\"prev\":\"0", "\"prev\":\"1"), "FILE: record 1 (line 1) does not begin the chain"),
            (without(1), "FILE: record 2 (line 2) says that it is record 3"),
            (without(0), "FILE: record 1 (line 1) says that it is record 2"),
            (swapped, "FILE: record 2 (line 2) says that it is record 3"),
            (twice, "FILE: record 3 (line 3) says that it is record 2"),
        ];
        for (lines, expected) in broken {
            assert_eq!(refused(&path, &lines), expected);
        }
        assert!(refused(&path, &edited(2, "{", "")).starts_with("FILE: record 3 (line 3) is not a record: "));
    }

    /// Fails at the write or sync of this number.
    struct Failing {
        appends: Vec<u8>,
        left: u32,
    }

    impl Disk for Failing {
        fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
            self.sync()?;
            self.appends.extend(bytes);
            Ok(())
        }

        fn sync(&mut self) -> io::Result<()> {
            self.left = self.left.checked_sub(1).ok_or(io::ErrorKind::StorageFull)?;
            Ok(())
        }
    }

    #[test]
    fn nothing_is_added_after_the_disk_failed() {
        for left in 0..4 {
            let mut chain = Chain::on(Path::new("chain"), Box::new(Failing { appends: Vec::new(), left }), 0, NOTHING.to_owned());
            let mut calls =
                (0..3).flat_map(|_| [true, false]).map(|add| if add { chain.append(Clock::real().now(), &"x").map(|_| ()) } else { chain.sync() });
            let left = left as usize;
            assert!(calls.by_ref().take(left).all(|call| call.is_ok()));
            assert!(matches!(calls.next(), Some(Err(ChainError::Io { .. }))));
            assert!(calls.all(|call| matches!(call, Err(ChainError::Failed { .. }))));
        }
    }
}
