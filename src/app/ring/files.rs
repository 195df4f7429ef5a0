//! The files of one ring, by name: the moment of their first instant, so that their order is that of time.

use crate::config::regular::{self, Irregular};
use jiff::Timestamp;
use std::fs::DirEntry;
use std::io;
use std::path::{Path, PathBuf};

const ENDING: &str = "opr";
/// Of a file that is being written anew; one that is found was left by a crash.
const PART: &str = "part";

/// One file of a ring.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct RingFile {
    pub(super) begin: Timestamp,
    pub(super) path: PathBuf,
}

/// The name of a file whose first instant is at `begin`.
pub(super) fn file_name(begin: Timestamp) -> String {
    format!("{}.{ENDING}", begin.strftime("%Y%m%dT%H%M%S%.9fZ"))
}

pub(super) fn part_of(path: &Path) -> PathBuf {
    path.with_extension(PART)
}

/// What lies in the folder of a ring.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// The oldest first.
    pub(super) files: Vec<RingFile>,
    /// What has the name of one and is none, and why: for each a sentence that names it.
    pub(super) others: Vec<String>,
}

/// What lies in `folder`; nothing when there is no folder.
///
/// # Errors
/// The folder cannot be read.
pub(super) fn find(folder: &Path) -> io::Result<Found> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Found::default()),
        Err(error) => return Err(error),
    };
    let mut found = Found::default();
    for entry in entries {
        let entry = entry?;
        let path = entry.path();
        let Some(begin) = path.file_name().and_then(|name| name.to_str()).and_then(begin_of) else { continue };
        match plain(&entry) {
            Ok(()) => found.files.push(RingFile { begin, path }),
            Err(why) => found.others.push(left_alone(&path, &why)),
        }
    }
    found.files.sort();
    found.others.sort();
    Ok(found)
}

/// The files of the ring in `folder`, as of [`find`].
///
/// # Errors
/// As of [`find`].
pub(super) fn list(folder: &Path) -> io::Result<Vec<RingFile>> {
    find(folder).map(|found| found.files)
}

/// Removes what a crash left of files that were being written anew; what it left where it lies is told.
///
/// # Errors
/// The folder cannot be read.
pub(super) fn sweep(folder: &Path) -> io::Result<Vec<String>> {
    let mut left = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let path = entry.path();
        if path.extension().is_none_or(|ending| ending != PART) {
            continue;
        }
        let removed = plain(&entry).and_then(|()| std::fs::remove_file(&path).map_err(|error| error.to_string()));
        left.extend(removed.err().map(|why| left_alone(&path, &why)));
    }
    left.sort();
    Ok(left)
}

/// A link is none: what it leads to is not the ring's.
fn plain(entry: &DirEntry) -> Result<(), String> {
    match entry.file_type().map(regular::other) {
        Ok(None) => Ok(()),
        Ok(Some(what)) => Err(Irregular::Other(what).to_string()),
        Err(error) => Err(error.to_string()),
    }
}

/// The sentence about a file that the ring does nothing with.
pub(super) fn left_alone(path: &Path, why: &str) -> String {
    format!("{} is left alone: {why}", path.display())
}

fn begin_of(name: &str) -> Option<Timestamp> {
    let stem = name.strip_suffix(ENDING)?.strip_suffix('.')?;
    let begin = jiff::civil::DateTime::strptime("%Y%m%dT%H%M%S%.fZ", stem).ok()?;
    begin.to_zoned(jiff::tz::TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_stand_in_the_order_of_time_and_others_are_left_alone() {
        let folder = tempfile::tempdir().expect("folder");
        let at = |nanos: i128| Timestamp::from_nanosecond(1_790_000_000_000_000_000 + nanos).expect("a moment");
        for moment in [at(5_000_000_000), at(0), at(1_000)] {
            std::fs::write(folder.path().join(file_name(moment)), "").expect("written");
        }
        for other in ["lock", "20260101T000000.000000Z.part", "notes.opr"] {
            std::fs::write(folder.path().join(other), "").expect("written");
        }
        let begins: Vec<Timestamp> = list(folder.path()).expect("listed").into_iter().map(|file| file.begin).collect();
        assert_eq!(begins, [at(0), at(1_000), at(5_000_000_000)]);
        assert_eq!(sweep(folder.path()).expect("swept"), Vec::<String>::new());
        assert!(!folder.path().join("20260101T000000.000000Z.part").exists() && folder.path().join("notes.opr").exists());
        assert_eq!(list(&folder.path().join("gone")).expect("listed"), []);
    }

    #[test]
    fn what_is_no_file_is_named_and_left_where_it_lies() {
        let folder = tempfile::tempdir().expect("folder");
        let at = |name: &str| folder.path().join(name);
        let (link, pipe, part) = (at("20260101T000000.000000000Z.opr"), at("20260102T000000.000000000Z.opr"), at("x.part"));
        std::os::unix::fs::symlink("nowhere", &link).expect("linked");
        rustix::fs::mknodat(rustix::fs::CWD, &pipe, rustix::fs::FileType::Fifo, rustix::fs::Mode::RWXU, 0).expect("a pipe");
        std::fs::create_dir(&part).expect("made");
        let found = find(folder.path()).expect("listed");
        assert_eq!(found.files, []);
        let said = |path: &Path, what: &str| format!("{} is left alone: it is {what}, not a regular file", path.display());
        assert_eq!(found.others, [said(&link, "a link"), said(&pipe, "a pipe")]);
        assert_eq!(sweep(folder.path()).expect("swept"), [said(&part, "a folder")]);
        assert!(part.exists() && pipe.exists() && link.is_symlink());
    }
}
