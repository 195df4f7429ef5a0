//! Who asked for what on this host, and what became of it: one chain that every process adds to, and whose end is written down beside it, so that a tail that
//! was cut off is missed.
//!
//! It must never be rewritten. Whoever owns the folder can make both anew; a copy of the end elsewhere is the answer to that.

use super::chain::{ChainError, Chained, NOTHING, Record, line, open, read, sync_folder};
use super::digest::sha256;
use super::plan::Actor;
use super::regular;
use crate::config::state::{State, settle_mode};
use crate::model::Moment;
use crate::transport::learned;
use rustix::fs::{Mode, OFlags};
use serde::{Deserialize, Serialize};
use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// Longest record.
const LONGEST: u64 = 64 << 10;

/// What is kept of who did what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Act {
    pub what: What,
    pub by: Actor,
    pub cluster: Option<String>,
    pub run: Option<String>,
    /// One sentence: the call, the reason that was typed, why it was refused.
    pub text: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum What {
    /// A run was confirmed, or one that had paused goes on.
    Confirmed,
    Refused,
    Ended,
    Approved,
    /// Writing was allowed for a time.
    Unlocked,
    /// The lock was not asked for.
    BrokeGlass,
    /// A lock or an open run was taken away from whoever had it.
    LockTaken,
    Cancelled,
}

/// The end of the chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Head {
    n: u64,
    sha256: String,
}

/// The audit of this host.
#[derive(Clone, Debug)]
pub struct Audit {
    state: State,
}

/// Whether an audit is whole.
#[derive(Debug)]
pub enum Verdict {
    /// So many records, and the hash of the last one.
    Whole {
        records: u64,
        head: String,
    },
    Missing,
    Broken(ChainError),
}

impl Audit {
    #[must_use]
    pub fn new(state: State) -> Audit {
        Audit { state }
    }

    #[must_use]
    pub fn path(&self) -> PathBuf {
        self.state.audit().join("audit.jsonl")
    }

    /// Where its end is kept.
    #[must_use]
    pub fn head_path(&self) -> PathBuf {
        self.state.audit().join("head.json")
    }

    /// Adds `act`, without the secrets that this process knows, synced, and gives the number of its record. Others may add at the same time.
    ///
    /// # Errors
    /// It cannot be written, or what is there does not end well: whoever asked for it must not go on then.
    pub fn add(&self, now: Moment, act: &Act) -> Result<u64, ChainError> {
        let path = self.path();
        let io = |what: &'static str| io_at(&path, what);
        self.state.make(&self.state.audit()).map_err(io("make the folder of"))?;
        let mut file = open(&path, OFlags::CREATE, self.state.lock_mode())?;
        settle_mode(&file, self.state.lock_mode()).map_err(io("set the mode of"))?;
        file.lock().map_err(io("lock"))?;
        let (last, head) = self.last(&mut file)?;
        let before = file.metadata().map_err(io("look at"))?.len();
        let n = last + 1;
        let act = Act { text: learned::without(act.text.clone()), ..act.clone() };
        let mut text = line(n, &head, now, &act).map_err(|why| ChainError::Unwritable { path: path.clone(), record: n, why })?;
        let head = Head { n, sha256: sha256(&text) };
        text.push(b'\n');
        file.write_all(&text).and_then(|()| file.sync_data()).map_err(io("add to"))?;
        if let Err(error) = sync_folder(&path).and_then(|()| self.keep(&head)) {
            // whoever asked does not go on, so it was not asked for; where it cannot be taken back, the next one says that it is there
            let _stays = file.set_len(before);
            return Err(error);
        }
        Ok(n)
    }

    /// Number and hash of the last record; what was never finished is cut off.
    fn last(&self, file: &mut File) -> Result<(u64, String), ChainError> {
        let path = self.path();
        let io = |what: &'static str| io_at(&path, what);
        let length = file.metadata().map_err(io("look at"))?.len();
        let from = length.saturating_sub(2 * LONGEST);
        let mut text = Vec::new();
        file.seek(SeekFrom::Start(from)).and_then(|_| file.read_to_end(&mut text)).map_err(io("read"))?;
        let whole = text.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        if whole < text.len() {
            file.set_len(from + whole as u64).map_err(io("cut the unfinished end off"))?;
        }
        let known = self.head().map_err(io_at(&self.head_path(), "read"))?;
        let known = known.unwrap_or(Head { n: 0, sha256: NOTHING.to_owned() });
        let lines = text.get(..whole).unwrap_or_default();
        let Some(last) = lines.strip_suffix(b"\n").and_then(|lines| lines.rsplit(|byte| *byte == b'\n').next()) else {
            // a new chain must not begin where one was taken away
            return if known.n == 0 { Ok((0, NOTHING.to_owned())) } else { Err(cut(&path, 0, &known)) };
        };
        let broken = |why: String| ChainError::Broken { path: path.clone(), record: known.n, why };
        let record: Record<Act> = serde_json::from_slice(last).map_err(|why| broken(format!("or one near it is not a record: {why}")))?;
        if record.n < known.n {
            return Err(cut(&path, record.n, &known));
        }
        Ok((record.n, sha256(last)))
    }

    fn head(&self) -> io::Result<Option<Head>> {
        match regular::read(&self.head_path()) {
            Ok(text) => Ok(Some(serde_json::from_slice(&text)?)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Writes the end down; whoever calls it has the chain locked.
    fn keep(&self, head: &Head) -> Result<(), ChainError> {
        let path = self.head_path();
        let part = path.with_extension("part");
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::TRUNC | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let written = rustix::fs::open(&part, flags, Mode::from_raw_mode(self.state.lock_mode())).map_err(io::Error::from).and_then(|file| {
            let mut file = File::from(file);
            settle_mode(&file, self.state.lock_mode())?;
            file.write_all(&serde_json::to_vec(head)?)?;
            file.sync_all()?;
            fs::rename(&part, &path)
        });
        written.map_err(io_at(&path, "write"))
    }

    /// The records, the oldest first.
    ///
    /// # Errors
    /// They cannot be read, or do not fit together.
    pub fn records(&self) -> Result<Vec<Record<Act>>, ChainError> {
        let chained: Chained<Act> = read(&self.path())?;
        Ok(chained.records)
    }

    /// Whether every record is there, unchanged and in its place.
    #[must_use]
    pub fn verify(&self) -> Verdict {
        let path = self.path();
        // the end first: a record that is added meanwhile is behind it
        let head = match self.head() {
            Ok(head) => head,
            Err(why) => return Verdict::Broken(io_at(&self.head_path(), "read")(why)),
        };
        if path.symlink_metadata().is_err() {
            return Verdict::Missing;
        }
        let text = match regular::read(&path) {
            Ok(text) => text,
            Err(why) => return Verdict::Broken(io_at(&path, "read")(why)),
        };
        let chained: Chained<Act> = match super::chain::parse(&path, &text) {
            Ok(chained) => chained,
            Err(broken) => return Verdict::Broken(broken),
        };
        let records = chained.records.len() as u64;
        let Some(known) = head else {
            return match records {
                0 => Verdict::Whole { records, head: chained.head },
                _ => Verdict::Broken(ChainError::Broken {
                    path,
                    record: records,
                    why: "is said nowhere to be the last: head.json is missing".to_owned(),
                }),
            };
        };
        if records < known.n {
            return Verdict::Broken(cut(&path, records, &known));
        }
        let lines = text.split(|byte| *byte == b'\n');
        let at = usize::try_from(known.n).ok().and_then(|n| n.checked_sub(1));
        if at.and_then(|at| lines.clone().nth(at)).is_some_and(|line| sha256(line) != known.sha256) {
            return Verdict::Broken(ChainError::Broken { path, record: known.n, why: "was changed".to_owned() });
        }
        Verdict::Whole { records, head: chained.head }
    }
}

fn cut(path: &Path, found: u64, known: &Head) -> ChainError {
    let why = format!("is missing, and so is every one to record {}: the end was cut off", known.n);
    ChainError::Broken { path: path.to_owned(), record: found + 1, why }
}

fn io_at<'a>(path: &'a Path, what: &'static str) -> impl Fn(io::Error) -> ChainError + use<'a> {
    move |why| ChainError::Io { path: path.to_owned(), what, why }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Clock;

    fn audit(folder: &Path) -> Audit {
        Audit::new(State { path: folder.to_owned(), shared: false })
    }

    fn act(text: &str) -> Act {
        let by = Actor { name: "ana".to_owned(), host: "jump1".to_owned(), via: "login".to_owned() };
        Act { what: What::Confirmed, by, cluster: Some("orders".to_owned()), run: None, text: text.to_owned() }
    }

    fn filled(folder: &Path, count: u64) -> Audit {
        let audit = audit(folder);
        for number in 1..=count {
            assert_eq!(audit.add(Clock::real().now(), &act(&format!("act {number}"))).expect("added"), number);
        }
        audit
    }

    fn judged(audit: &Audit) -> String {
        match audit.verify() {
            Verdict::Whole { records, .. } => format!("whole, {records}"),
            Verdict::Missing => "missing".to_owned(),
            Verdict::Broken(broken) => broken.to_string().replace(&audit.path().display().to_string(), "FILE"),
        }
    }

    #[test]
    fn every_change_is_told_with_its_record() {
        let folder = tempfile::tempdir().expect("folder");
        let audit = filled(folder.path(), 5);
        assert_eq!(judged(&audit), "whole, 5");
        let text = fs::read_to_string(audit.path()).expect("read");
        let whole: Vec<&str> = text.lines().collect();
        let told = |lines: &[&str]| {
            fs::write(audit.path(), lines.join("\n") + if lines.is_empty() { "" } else { "\n" }).expect("written");
            judged(&audit)
        };
        let with =
            |at: usize, line: &str| whole.iter().enumerate().map(|(index, old)| if index == at { line } else { old }.to_owned()).collect::<Vec<_>>();
        let edited = with(1, &whole[1].replace("act 2", "act 9"));
        assert_eq!(told(&slices(&edited)), "FILE: record 3 (line 3) does not follow record 2: one of the two was changed");
        let last = with(4, &whole[4].replace("act 5", "act 9"));
        assert_eq!(told(&slices(&last)), "FILE: record 5 (line 5) was changed");
        assert_eq!(told(&[whole[0], whole[1], whole[3], whole[4]]), "FILE: record 3 (line 3) says that it is record 4");
        assert_eq!(told(&[whole[0], whole[1], whole[1], whole[2], whole[3], whole[4]]), "FILE: record 3 (line 3) says that it is record 2");
        assert_eq!(told(&[whole[0], whole[2], whole[1], whole[3], whole[4]]), "FILE: record 2 (line 2) says that it is record 3");
        assert_eq!(told(&whole[..3]), "FILE: record 4 (line 4) is missing, and so is every one to record 5: the end was cut off");
        assert!(audit.add(Clock::real().now(), &act("after")).expect_err("refused").to_string().contains("the end was cut off"));
        assert_eq!(told(&[]), "FILE: record 1 (line 1) is missing, and so is every one to record 5: the end was cut off");
        assert_eq!(told(&whole), "whole, 5");
        fs::remove_file(audit.path()).expect("removed");
        assert_eq!(judged(&audit), "missing");
        assert!(audit.add(Clock::real().now(), &act("anew")).is_err(), "a new chain must not hide the old one");
    }

    #[test]
    fn what_a_crash_leaves_is_not_a_break() {
        let folder = tempfile::tempdir().expect("folder");
        let audit = filled(folder.path(), 2);
        // killed in the middle of a line
        let mut text = fs::read(audit.path()).expect("read");
        text.extend(b"{\"n\":3,");
        fs::write(audit.path(), text).expect("written");
        assert_eq!(judged(&audit), "whole, 2");
        assert_eq!(audit.add(Clock::real().now(), &act("third")).expect("added"), 3);
        // killed between the record and the note of the end
        let head = fs::read(audit.head_path()).expect("read");
        assert_eq!(audit.add(Clock::real().now(), &act("fourth")).expect("added"), 4);
        fs::write(audit.head_path(), head).expect("written");
        assert_eq!(judged(&audit), "whole, 4");
        assert_eq!(audit.add(Clock::real().now(), &act("fifth")).expect("added"), 5);
        assert_eq!(judged(&audit), "whole, 5");
    }

    #[test]
    fn many_who_add_at_once_never_break_it() {
        let folder = tempfile::tempdir().expect("folder");
        std::thread::scope(|scope| {
            for _ in 0..4 {
                // each opens the file for itself, as processes do
                scope.spawn(|| filled_by_many(folder.path()));
            }
        });
        assert_eq!(judged(&audit(folder.path())), "whole, 40");
    }

    fn slices(lines: &[String]) -> Vec<&str> {
        lines.iter().map(String::as_str).collect()
    }

    fn filled_by_many(folder: &Path) {
        for number in 0..10 {
            audit(folder).add(Clock::real().now(), &act(&format!("{number}"))).expect("added");
        }
    }
}
