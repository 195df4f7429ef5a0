//! What a step prints: in full on disk before anybody sees it. Faces read the files.

use super::regular;
use rustix::fs::OFlags;
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// Which of the two a program printed to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    Out,
    Err,
}

/// Whether the file called `name` was printed by the step `step`: by an attempt at it, by its undo, or by its guard.
#[must_use]
pub fn is_of(name: &str, step: &str) -> bool {
    let stem = name.strip_suffix(".out").or_else(|| name.strip_suffix(".err"));
    let rest = stem.and_then(|stem| stem.strip_prefix(step)?.strip_prefix('.'));
    // what a step is called may have dots in it
    rest.is_some_and(|rest| rest == "guard" || rest.strip_prefix("undo.").unwrap_or(rest).parse::<u32>().is_ok())
}

/// The files of one attempt, made with the first byte.
pub struct Output {
    out: PathBuf,
    err: PathBuf,
    mode: u32,
    files: Mutex<[Option<File>; 2]>,
}

impl Output {
    /// The files `NAME.out` and `NAME.err` in `folder`.
    #[must_use]
    pub fn new(folder: &Path, name: &str, mode: u32) -> Output {
        let file = |end: &str| folder.join(format!("{name}.{end}"));
        Output { out: file("out"), err: file("err"), mode, files: Mutex::new([None, None]) }
    }

    /// Keeps `bytes`.
    ///
    /// # Errors
    /// The disk is full, or fails: what was printed is not to be shown then.
    pub fn write(&self, stream: Stream, bytes: &[u8]) -> io::Result<()> {
        let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        let [out, err] = &mut *files;
        let (file, path) = match stream {
            Stream::Out => (out, &self.out),
            Stream::Err => (err, &self.err),
        };
        let file = match file {
            Some(file) => file,
            None => file.insert(regular::open(path, OFlags::WRONLY | OFlags::APPEND | OFlags::CREATE, self.mode)?),
        };
        file.write_all(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_of_the_step_that_printed_it_and_of_no_other_whose_name_begins_alike() {
        for name in ["pause.1.out", "pause.12.err", "pause.undo.3.out", "pause.guard.err"] {
            assert!(is_of(name, "pause"), "{name}");
        }
        for name in ["pause.b.1.out", "pause[a.b].1.out", "pause.out", "pause.1", "pause.1.out.gz", "pauses.1.out", "pause.undo.out", "runner.log"] {
            assert!(!is_of(name, "pause"), "{name}");
        }
        assert!(is_of("pause.b.1.out", "pause.b") && !is_of("runner.log", "runner"));
    }

    #[test]
    fn both_streams_are_kept_and_nothing_is_made_for_a_silent_step() {
        let folder = tempfile::tempdir().expect("folder");
        let output = Output::new(folder.path(), "pause.1", 0o600);
        assert_eq!(std::fs::read_dir(folder.path()).expect("folder").count(), 0);
        output.write(Stream::Out, b"one ").expect("written");
        output.write(Stream::Out, b"two").expect("written");
        assert_eq!(std::fs::read_to_string(folder.path().join("pause.1.out")).expect("there"), "one two");
        assert!(!folder.path().join("pause.1.err").exists());
        output.write(Stream::Err, b"three").expect("written");
        assert_eq!(std::fs::read_to_string(folder.path().join("pause.1.err")).expect("there"), "three");
    }
}
