//! The files of one ring, by name: the moment of their first instant, so that their order is that of time.

use jiff::Timestamp;
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

/// The files of the ring in `folder`, the oldest first; none when there is no folder.
///
/// # Errors
/// The folder cannot be read.
pub(super) fn list(folder: &Path) -> io::Result<Vec<RingFile>> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut files = Vec::new();
    for entry in entries {
        let path = entry?.path();
        let begin = path.file_name().and_then(|name| name.to_str()).and_then(begin_of);
        files.extend(begin.map(|begin| RingFile { begin, path }));
    }
    files.sort();
    Ok(files)
}

/// Removes what a crash left of a file that was being written anew.
pub(super) fn sweep(folder: &Path) -> io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|ending| ending == PART) {
            std::fs::remove_file(path)?;
        }
    }
    Ok(())
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
        sweep(folder.path()).expect("swept");
        assert!(!folder.path().join("20260101T000000.000000Z.part").exists() && folder.path().join("notes.opr").exists());
        assert_eq!(list(&folder.path().join("gone")).expect("listed"), []);
    }
}
