//! Copies the files of one run to where another host finds them, and says in the folder of the run how far the copy is behind.
//!
//! It must never copy half a line, nor go on where what is kept is not what this host has.

use super::folder::RunFolder;
use super::mirror::{Copies, Files, JOURNAL, MOST, MirrorError, Piece};
use super::regular;
use jiff::Timestamp;
use rustix::fs::OFlags;
use serde::{Deserialize, Serialize};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use tokio::sync::Mutex;

/// Longest piece.
const PIECE: usize = 64 << 10;
/// Most bytes of one request: etcd refuses more than 1.5 MiB.
const REQUEST: usize = 512 << 10;
/// How often it is looked anew what is kept, where a request without an answer had been carried out.
const TRIES: u32 = 3;

/// What is said of the copy in the folder of the run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// `None`: all of it is kept, as far as its process had come.
    pub behind: Option<Behind>,
}

/// Since when not all of it is kept, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Behind {
    pub since: Timestamp,
    pub why: String,
}

/// Where it is told in the folder of a run.
#[must_use]
pub fn path(folder: &Path) -> PathBuf {
    folder.join("mirror.json")
}

/// What is told of the copy of the run in `folder`; `None`: there never was one.
#[must_use]
pub fn told(folder: &Path) -> Option<Told> {
    serde_json::from_slice(&regular::read(&path(folder)).ok()?).ok()
}

/// Says it. It is worth less than the run: what cannot be written is logged.
pub(super) fn tell(folder: &RunFolder, behind: Option<Behind>) {
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::TRUNC;
    let written = serde_json::to_vec(&Told { behind })
        .map_err(io::Error::other)
        .and_then(|text| regular::open(&path(folder.path()), flags, folder.file_mode())?.write_all(&text));
    if let Err(error) = written {
        tracing::warn!(%error, "how far the copy of the run is cannot be written");
    }
}

/// Copies the files of one run.
pub(super) struct Copier<'a> {
    copies: &'a dyn Copies,
    pub(super) folder: &'a RunFolder,
    /// One request at a time: whoever waits finds his records copied by the one before.
    turn: Mutex<()>,
    /// How long each file is that is kept.
    kept: RefCell<BTreeMap<String, u64>>,
    /// Why the last attempt failed.
    pub(super) behind: RefCell<Option<String>>,
}

fn lengths(files: &Files) -> BTreeMap<String, u64> {
    files.iter().map(|(name, bytes)| (name.clone(), bytes.len() as u64)).collect()
}

impl<'a> Copier<'a> {
    /// One that goes on where `files`, which are kept, end.
    pub(super) fn new(copies: &'a dyn Copies, folder: &'a RunFolder, files: &Files) -> Copier<'a> {
        tell(folder, None);
        Copier { copies, folder, turn: Mutex::new(()), kept: RefCell::new(lengths(files)), behind: RefCell::new(None) }
    }

    pub(super) fn is_behind(&self) -> bool {
        self.behind.borrow().is_some()
    }

    /// Copies what is not kept yet.
    pub(super) async fn copy(&self) -> Result<(), MirrorError> {
        let _turn = self.turn.lock().await;
        for _ in 0..TRIES {
            if self.added().await? {
                return Ok(());
            }
            self.look_again().await?;
        }
        Err(MirrorError::Unfitting("it grows while nobody else may add to it".to_owned()))
    }

    /// Whether everything could be added where it belongs.
    async fn added(&self) -> Result<bool, MirrorError> {
        let pieces = self.pending().map_err(|why| MirrorError::Unfitting(format!("the files of the run cannot be read: {why}")))?;
        let kept: u64 = self.kept.borrow().values().sum();
        let more: u64 = pieces.iter().map(|piece| piece.bytes.len() as u64).sum();
        if more > 0 && kept + more > MOST {
            return Err(MirrorError::Full(format!("{MOST} bytes of one run at most")));
        }
        let mut left = pieces.as_slice();
        while !left.is_empty() {
            let mut bytes = 0;
            let fits = |piece: &&Piece| {
                bytes += piece.bytes.len();
                bytes <= REQUEST
            };
            let (now, later) = left.split_at(left.iter().take_while(fits).count().max(1));
            if !self.copies.add(self.folder.id.as_str(), now).await? {
                return Ok(false);
            }
            for piece in now {
                self.kept.borrow_mut().insert(piece.file.clone(), piece.from + piece.bytes.len() as u64);
            }
            left = later;
        }
        Ok(true)
    }

    /// What a request without an answer left there has to be the beginning of ours.
    async fn look_again(&self) -> Result<(), MirrorError> {
        let files = self.copies.files(self.folder.id.as_str()).await?;
        for (name, bytes) in &files {
            let own = regular::read(&self.folder.path().join(name)).unwrap_or_default();
            if !own.starts_with(bytes) {
                return Err(MirrorError::Unfitting(format!("{name} is not as this host has it")));
            }
        }
        *self.kept.borrow_mut() = lengths(&files);
        Ok(())
    }

    /// The pieces that are not kept: whole lines of the journal, and the other files.
    fn pending(&self) -> io::Result<Vec<Piece>> {
        let mut pieces = Vec::new();
        for file in self.folder.kept_files()? {
            let from = self.kept.borrow().get(&file).copied().unwrap_or(0);
            let path = self.folder.path().join(&file);
            let mut bytes = Vec::new();
            let mut open = regular::readable(&path)?;
            if open.metadata()?.len() <= from {
                continue;
            }
            open.seek(SeekFrom::Start(from))?;
            open.take(MOST + 1).read_to_end(&mut bytes)?;
            if file == JOURNAL {
                bytes.truncate(bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1));
            }
            let mut at = from;
            for bytes in bytes.chunks(PIECE) {
                pieces.push(Piece { file: file.clone(), from: at, bytes: bytes.to_vec() });
                at += bytes.len() as u64;
            }
        }
        Ok(pieces)
    }
}
