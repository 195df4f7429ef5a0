//! What a target was told of a cluster, and when, in a file beside the ring of that cluster: whoever tells of the cluster writes it.
//!
//! It must never be read by others: a finding may repeat what a server said. One that is broken is said to be, and begun anew: a notice too many is better
//! than none.

use super::Known;
use crate::config::state::folder_name;
use crate::config::state::write_private;
use crate::text::untrusted::visible;
use jiff::Timestamp;
use rustix::fs::{Mode, OFlags};
use rustix::io::Errno;
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

const VERSION: u32 = 1;
/// Some hundred findings are some hundred kilobytes.
const LARGEST: u64 = 16 * 1_024 * 1_024;

/// What a target knows of one cluster.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Kept {
    /// The findings that it was told and that were not taken back, without their evidence.
    pub(super) told: Vec<Known>,
    /// When something was sent, within the last hour.
    pub(super) sent: Vec<Timestamp>,
}

#[derive(Serialize, Deserialize)]
struct Written {
    version: u32,
    told: Vec<Known>,
    sent: Vec<Timestamp>,
}

/// The file of `target` in the folder of a ring.
#[must_use]
pub fn path(ring: &Path, target: &str) -> PathBuf {
    ring.join(format!("told-{}.json", folder_name(target)))
}

/// Reads it. Nothing there is nothing told.
///
/// # Errors
/// There is something that cannot be used: what is wrong with it, in one sentence.
pub fn load(path: &Path) -> Result<Kept, String> {
    let broken = |why: &str| {
        visible(&format!(
            "what {} says of notices that were sent is not used: {why}; what still holds is told again, and the next notice replaces it",
            path.display()
        ))
    };
    // a pipe in its place would be waited for
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let file = match rustix::fs::open(path, flags, Mode::empty()).map(File::from) {
        Ok(file) => file,
        Err(Errno::NOENT | Errno::NOTDIR) => return Ok(Kept::default()),
        Err(error) => return Err(broken(&error.to_string())),
    };
    let mut text = String::new();
    if !file.metadata().is_ok_and(|about| about.is_file()) {
        return Err(broken("it is no file"));
    }
    file.take(LARGEST).read_to_string(&mut text).map_err(|error| broken(&error.to_string()))?;
    let Written { version, told, sent } = serde_json::from_str(&text).map_err(|error| broken(&error.to_string()))?;
    if version != VERSION {
        return Err(broken(&format!("it is of version {version}, and this program knows {VERSION}")));
    }
    Ok(Kept { told, sent })
}

/// Writes it for the owner alone: whole or not at all.
///
/// # Errors
/// The file cannot be made.
pub fn save(path: &Path, kept: Kept) -> io::Result<()> {
    let text = serde_json::to_string(&Written { version: VERSION, told: kept.told, sent: kept.sent })?;
    // the ring sweeps away what a crash leaves of it
    write_private(path, &path.with_extension("part"), &text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn it_is_kept_for_the_owner_alone_and_what_is_broken_is_told() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = path(folder.path(), "../pager");
        assert_eq!(load(&path), Ok(Kept::default()));
        let kept = Kept { told: Vec::new(), sent: vec!["2026-11-21T14:00:10Z".parse().expect("a time")] };
        for _twice in 0..2 {
            save(&path, kept.clone()).expect("kept");
        }
        assert_eq!(load(&path), Ok(kept));
        assert_eq!(fs::metadata(&path).expect("there").permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 1);
        for (text, why) in [("{", "EOF"), (r#"{"version":2,"told":[],"sent":[]}"#, "version 2")] {
            fs::write(&path, text).expect("written");
            let told = load(&path).expect_err("broken");
            assert!(told.contains(why) && told.contains("told again"), "{told}");
        }
        let link = folder.path().join("link");
        std::os::unix::fs::symlink("/etc/hostname", &link).expect("linked");
        assert!(load(&link).is_err());
        assert!(save(Path::new("/proc/none/told.json"), Kept::default()).is_err());
    }
}
