//! Opens the files of the state folder: regular ones and nothing else. In a folder that several share, a pipe in the place of a file would keep whoever opens it
//! waiting for ever, and a link would show him somebody else's.

use rustix::fs::{Mode, OFlags};
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// Opens the file at `path` with `flags`; of one that is made the mode is `mode`.
///
/// # Errors
/// It cannot be opened, or is something else than a regular file.
pub fn open(path: &Path, flags: OFlags, mode: u32) -> io::Result<File> {
    let flags = flags | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let file = File::from(rustix::fs::open(path, flags, Mode::from_raw_mode(mode))?);
    if file.metadata()?.is_file() { Ok(file) } else { Err(io::Error::other("it is no regular file; move it away")) }
}

/// Opens it for reading.
///
/// # Errors
/// As [`open`].
pub fn readable(path: &Path) -> io::Result<File> {
    open(path, OFlags::RDONLY, 0)
}

/// All that is in it.
///
/// # Errors
/// As [`open`], and what the disk says.
pub fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    readable(path)?.read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::state::State;
    use crate::engine::audit::{Audit, Verdict};
    use crate::engine::chain::{self, Chain};
    use crate::engine::control::Orders;
    use crate::engine::event::Events;
    use crate::engine::output::{Output, Stream};
    use rustix::fs::{CWD, FileType, mknodat};

    #[test]
    fn nobody_waits_for_a_pipe_in_the_place_of_a_file_and_nobody_follows_a_link() {
        let folder = tempfile::tempdir().expect("a folder");
        let (pipe, link, there) = (folder.path().join("a.out"), folder.path().join("link"), folder.path().join("there"));
        mknodat(CWD, &pipe, FileType::Fifo, Mode::from_raw_mode(0o600), 0).expect("a pipe");
        std::fs::write(&there, "{}\n").expect("written");
        std::os::unix::fs::symlink(&there, &link).expect("a link");
        for path in [&pipe, &link] {
            assert!(read(path).is_err());
            assert!(chain::read::<String>(path).is_err());
            assert!(Chain::open::<String>(path).is_err());
            assert!(Events::open(path, 0o600).is_err());
        }
        // one that is read whatever its length says
        assert!(Orders::from(&pipe, 0).read().is_err());
        assert!(Output::new(folder.path(), "a", 0o600).write(Stream::Out, b"x").is_err());
    }

    #[test]
    fn an_audit_of_pipes_or_links_is_broken_and_is_told_at_once() {
        for name in ["audit.jsonl", "head.json"] {
            let folder = tempfile::tempdir().expect("a folder");
            let state = State { path: folder.path().to_owned(), shared: false };
            let audit = Audit::new(state.clone());
            std::fs::create_dir_all(state.audit()).expect("made");
            mknodat(CWD, state.audit().join(name), FileType::Fifo, Mode::from_raw_mode(0o600), 0).expect("a pipe");
            assert!(matches!(audit.verify(), Verdict::Broken(_)), "{name}");
            let elsewhere = folder.path().join("elsewhere");
            std::fs::write(&elsewhere, "").expect("written");
            std::fs::remove_file(state.audit().join(name)).expect("removed");
            std::os::unix::fs::symlink(&elsewhere, state.audit().join(name)).expect("a link");
            assert!(matches!(audit.verify(), Verdict::Broken(_)), "{name}");
        }
    }
}
