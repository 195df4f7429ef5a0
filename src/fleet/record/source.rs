//! Where the bytes of a recording lie: a file, or memory.

use super::RecordError;
use crate::config::regular::{self, Irregular};
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
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
    regular::open(path).map_err(|error| match error {
        Irregular::Io(error) => RecordError::Read(error),
        other => RecordError::NotOne(other.to_string()),
    })
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
