//! What faces tell a run that goes on: lines that they add to its control file and that its process reads. Nobody else tells it anything.
//!
//! A line that is not understood is told and not obeyed: a newer face may know more orders.

use super::chain::{ChainError, open};
use super::plan::{Actor, OnCancel};
use super::regular;
use jiff::Timestamp;
use rustix::fs::OFlags;
use serde::{Deserialize, Serialize};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// Most that is read at once.
const MOST: u64 = 1 << 20;

/// An order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Order {
    /// No further step; what then becomes of the run.
    Cancel { then: OnCancel },
    /// End what is going on, too: it is told to, and killed 10 s later.
    Stop,
    /// The answer to what a step asks a person.
    Answer { step: String, accept: bool, evidence: Option<String> },
}

/// A line of the control file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ordered {
    pub at: Timestamp,
    pub by: Actor,
    pub order: Order,
}

/// Adds `ordered` to the control file at `path`.
///
/// # Errors
/// It cannot be written.
pub fn give(path: &Path, mode: u32, ordered: &Ordered) -> Result<(), ChainError> {
    let io = |why: io::Error| ChainError::Io { path: path.to_owned(), what: "add to", why };
    let mut text = serde_json::to_vec(ordered).map_err(|why| ChainError::Unwritable { path: path.to_owned(), record: 0, why })?;
    text.push(b'\n');
    let mut file = open(path, OFlags::CREATE, mode)?;
    // lines of two who write at once must not mix
    file.lock().and_then(|()| file.write_all(&text)).and_then(|()| file.sync_data()).map_err(io)
}

/// How long the control file is now.
#[must_use]
pub fn length(path: &Path) -> u64 {
    std::fs::metadata(path).map_or(0, |about| about.len())
}

/// Reads what is ordered from now on.
#[derive(Debug)]
pub struct Orders {
    path: PathBuf,
    at: u64,
}

impl Orders {
    /// Reads from byte `from` on.
    #[must_use]
    pub fn from(path: &Path, from: u64) -> Orders {
        Orders { path: path.to_owned(), at: from }
    }

    /// What was ordered since the last call; a line that is not understood as the words that say so.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn read(&mut self) -> io::Result<Vec<Result<Ordered, String>>> {
        let mut text = Vec::new();
        let mut file = match regular::readable(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            opened => opened?,
        };
        file.seek(SeekFrom::Start(self.at))?;
        file.take(MOST).read_to_end(&mut text)?;
        let mut orders = Vec::new();
        for line in text.split_inclusive(|byte| *byte == b'\n') {
            // the rest of the last one is still being written
            let Some(line) = line.strip_suffix(b"\n") else { break };
            self.at += line.len() as u64 + 1;
            orders.push(serde_json::from_slice(line).map_err(|why| format!("an order is not understood: {why}")));
        }
        Ok(orders)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ordered(order: Order) -> Ordered {
        let by = Actor { name: "ana".to_owned(), host: "jump1".to_owned(), via: "login".to_owned() };
        Ordered { at: Timestamp::UNIX_EPOCH, by, order }
    }

    #[test]
    fn what_is_ordered_is_read_once_and_what_was_ordered_before_is_not() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("control.jsonl");
        assert_eq!(Orders::from(&path, 0).read().expect("no file is no order"), Vec::new());
        give(&path, 0o600, &ordered(Order::Stop)).expect("given");
        let mut orders = Orders::from(&path, length(&path));
        assert_eq!(orders.read().expect("read"), Vec::new());
        let cancel = ordered(Order::Cancel { then: OnCancel::RollBack });
        give(&path, 0o600, &cancel).expect("given");
        assert_eq!(orders.read().expect("read"), vec![Ok(cancel)]);
        assert_eq!(orders.read().expect("read"), Vec::new());
    }

    #[test]
    fn half_a_line_waits_for_its_end_and_rubbish_is_told() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("control.jsonl");
        let whole = serde_json::to_string(&ordered(Order::Stop)).expect("text");
        let (first, second) = whole.split_at(20);
        std::fs::write(&path, format!("rubbish\n{first}")).expect("written");
        let mut orders = Orders::from(&path, 0);
        let read = orders.read().expect("read");
        assert!(matches!(read.as_slice(), [Err(told)] if told.starts_with("an order is not understood")), "{read:?}");
        std::fs::write(&path, format!("rubbish\n{first}{second}\n")).expect("written");
        assert_eq!(orders.read().expect("read"), vec![Ok(ordered(Order::Stop))]);
    }
}
