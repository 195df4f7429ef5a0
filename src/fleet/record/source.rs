//! Where the bytes of a recording lie: a file, or memory.

use super::RecordError;
use rustix::fs::OFlags;
use std::fs::{File, FileType, OpenOptions};
use std::io;
use std::os::unix::fs::{FileExt, FileTypeExt, OpenOptionsExt};
use std::path::Path;

/// Bytes that can be read from any place.
pub trait Source: Send + Sync {
    /// # Errors
    /// Those of the file.
    fn length(&self) -> io::Result<u64>;

    /// Fills `into` from `at` on.
    ///
    /// # Errors
    /// Those of the file; `UnexpectedEof` when there are not as many.
    fn read(&self, at: u64, into: &mut [u8]) -> io::Result<()>;
}

/// Opens the file at `path`.
///
/// # Errors
/// It cannot be opened, or is something else: what it is.
pub fn file(path: &Path) -> Result<File, RecordError> {
    // a pipe in its place would be waited for
    let flags = i32::try_from((OFlags::NONBLOCK | OFlags::NOCTTY).bits()).unwrap_or(0);
    let file = OpenOptions::new().read(true).custom_flags(flags).open(path)?;
    match other(file.metadata()?.file_type()) {
        Some(what) => Err(RecordError::NotOne(format!("it is {what}, not a regular file"))),
        None => Ok(file),
    }
}

/// What it is that is no regular file.
fn other(kind: FileType) -> Option<&'static str> {
    if kind.is_file() {
        None
    } else if kind.is_dir() {
        Some("a folder")
    } else if kind.is_fifo() {
        Some("a pipe")
    } else if kind.is_char_device() || kind.is_block_device() {
        Some("a device")
    } else {
        Some("something else")
    }
}

impl Source for File {
    fn length(&self) -> io::Result<u64> {
        Ok(self.metadata()?.len())
    }

    fn read(&self, at: u64, into: &mut [u8]) -> io::Result<()> {
        self.read_exact_at(into, at)
    }
}

impl Source for Vec<u8> {
    fn length(&self) -> io::Result<u64> {
        Ok(self.len() as u64)
    }

    fn read(&self, at: u64, into: &mut [u8]) -> io::Result<()> {
        let from = usize::try_from(at).ok().and_then(|at| self.get(at..at.checked_add(into.len())?));
        into.copy_from_slice(from.ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }
}
