//! Opening what should be a regular file: in its place may lie a pipe that nobody ever writes to, or a device that never ends.
//!
//! It must never wait for anybody, and never read more than whoever asks can use.

use rustix::fs::OFlags;
use std::fs::{File, FileType, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::{FileTypeExt, OpenOptionsExt};
use std::path::Path;

/// What a device is called.
pub const DEVICE: &str = "a device";

/// Why it was not opened or read.
#[derive(Debug, thiserror::Error)]
pub enum Irregular {
    #[error(transparent)]
    Io(#[from] io::Error),
    /// What lies there instead.
    #[error("it is {0}, not a regular file")]
    Other(&'static str),
    /// More than so many bytes.
    #[error("it is larger than {} KiB", .0 / 1024)]
    Large(u64),
}

impl Irregular {
    /// The kind, where the system refused.
    #[must_use]
    pub fn kind(&self) -> Option<io::ErrorKind> {
        match self {
            Irregular::Io(error) => Some(error.kind()),
            Irregular::Other(_) | Irregular::Large(_) => None,
        }
    }
}

/// Opens the file at `path` for reading.
///
/// # Errors
/// It cannot be opened, or is something else.
pub fn open(path: &Path) -> Result<File, Irregular> {
    open_with(OpenOptions::new().read(true), path)
}

/// Opens the file at `path` as `options` say; flags of their own are not kept.
///
/// # Errors
/// As of [`open`].
pub fn open_with(options: &mut OpenOptions, path: &Path) -> Result<File, Irregular> {
    let flags = i32::try_from((OFlags::NONBLOCK | OFlags::NOCTTY).bits()).unwrap_or(0);
    let file = match options.custom_flags(flags).open(path) {
        // who would write into a pipe that nobody reads is told so in words that name no pipe
        Err(error) if error.raw_os_error() == Some(rustix::io::Errno::NXIO.raw_os_error()) => return Err(Irregular::Other("a pipe or a socket")),
        opened => opened?,
    };
    match other(file.metadata()?.file_type()) {
        Some(what) => Err(Irregular::Other(what)),
        None => Ok(file),
    }
}

/// The text of the file at `path`, which has `largest` bytes at most.
///
/// # Errors
/// As of [`open`]; it is larger, or no UTF-8.
pub fn text(path: &Path, largest: u64) -> Result<String, Irregular> {
    let mut bytes = Vec::new();
    open(path)?.take(largest.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > largest {
        return Err(Irregular::Large(largest));
    }
    String::from_utf8(bytes).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error).into())
}

/// What it is that is no regular file.
#[must_use]
pub fn other(kind: FileType) -> Option<&'static str> {
    if kind.is_file() {
        None
    } else if kind.is_dir() {
        Some("a folder")
    } else if kind.is_symlink() {
        Some("a link")
    } else if kind.is_fifo() {
        Some("a pipe")
    } else if kind.is_socket() {
        Some("a socket")
    } else if kind.is_char_device() || kind.is_block_device() {
        Some(DEVICE)
    } else {
        Some("something else")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_file_is_named_and_nobody_waits_for_it() {
        let folder = tempfile::tempdir().expect("folder");
        let pipe = folder.path().join("pipe");
        rustix::fs::mknodat(rustix::fs::CWD, &pipe, rustix::fs::FileType::Fifo, rustix::fs::Mode::RWXU, 0).expect("a pipe");
        let said = |path: &Path| text(path, 8).expect_err("no file").to_string();
        assert_eq!(said(&pipe), "it is a pipe, not a regular file");
        assert_eq!(said(folder.path()), "it is a folder, not a regular file");
        assert_eq!(said(Path::new("/dev/zero")), "it is a device, not a regular file");
        let written = open_with(OpenOptions::new().append(true), &pipe).expect_err("nobody reads it");
        assert_eq!(written.to_string(), "it is a pipe or a socket, not a regular file");
        assert_eq!(text(&folder.path().join("gone"), 8).expect_err("nothing").kind(), Some(io::ErrorKind::NotFound));
    }

    #[test]
    fn a_text_is_read_up_to_its_bound() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("text");
        std::fs::write(&path, "12345678").expect("written");
        assert_eq!(text(&path, 8).expect("read"), "12345678");
        assert!(matches!(text(&path, 7), Err(Irregular::Large(7))));
        std::fs::write(&path, [0xff]).expect("written");
        assert_eq!(text(&path, 8).expect_err("no text").kind(), Some(io::ErrorKind::InvalidData));
    }
}
