//! The memory on disk: `$XDG_STATE_HOME/opsctl/console.json`, for the owner alone. A home that cannot be written keeps nothing and says nothing: the console
//! is for what is wrong elsewhere.

use super::Memory;
use crate::config::state::write_private;
use crate::text::untrusted::visible;
use rustix::fs::{Mode, OFlags};
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// A memory is a few kilobytes.
const LARGEST: u64 = 256 * 1_024;

/// Where it is kept; `None` without a home.
#[must_use]
pub fn path(env: impl Fn(&str) -> Option<String>) -> Option<PathBuf> {
    let state = env("XDG_STATE_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    let home = || env("HOME").map(PathBuf::from).filter(|path| path.is_absolute()).map(|home| home.join(".local/state"));
    state.or_else(home).map(|state| state.join("opsctl/console.json"))
}

/// Reads it. Nothing there is an empty one.
///
/// # Errors
/// There is something that is no memory: what is wrong with it, in one sentence.
pub fn load(path: &Path) -> Result<Memory, String> {
    let mut text = String::new();
    // a pipe in its place would be waited for
    match rustix::fs::open(path, OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC, Mode::empty()).map(File::from) {
        Ok(file) if file.metadata().is_ok_and(|about| about.is_file()) => {
            if let Err(error) = file.take(LARGEST).read_to_string(&mut text) {
                return Err(broken(path, &error.to_string()));
            }
        }
        // something else in its place, and all that may not be read
        Ok(_) | Err(_) => return Ok(Memory::default()),
    }
    Memory::of_text(&text).map_err(|error| broken(path, &error.to_string()))
}

fn broken(path: &Path, why: &str) -> String {
    visible(&format!("what {} remembers of orders and columns is not used: {why}; the next change replaces it", path.display()))
}

/// Writes `text`: whole or not at all.
///
/// # Errors
/// The folder or the file cannot be made.
pub fn save(path: &Path, text: &str) -> io::Result<()> {
    let folder = path.parent().ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
    if !folder.exists() {
        fs::create_dir_all(folder.parent().unwrap_or(folder))?;
        match rustix::fs::mkdir(folder, Mode::RWXU) {
            Ok(()) | Err(rustix::io::Errno::EXIST) => {}
            Err(error) => return Err(error.into()),
        }
    }
    write_private(path, &path.with_extension(format!("json.{}", std::process::id())), text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn it_is_kept_for_the_owner_alone_and_read_again() {
        let home = tempfile::tempdir().expect("a folder");
        let path = path(|name| (name == "XDG_STATE_HOME").then(|| home.path().display().to_string())).expect("a path");
        assert_eq!(load(&path), Ok(Memory::default()));
        let mut memory = Memory::default();
        memory.keep("locks", "locks", crate::tui::memory::Shape { columns: Some(vec!["pid".to_owned()]), sorting: None });
        let text = memory.to_save().expect("changed");
        for _twice in 0..2 {
            save(&path, &text).expect("kept");
        }
        assert_eq!(load(&path), Ok(memory));
        let mode = |path: &Path| fs::metadata(path).expect("there").permissions().mode() & 0o777;
        assert_eq!((mode(&path), mode(path.parent().expect("a folder"))), (0o600, 0o700));
        assert_eq!(fs::read_dir(path.parent().expect("a folder")).expect("a folder").count(), 1);
    }

    #[test]
    fn what_is_broken_is_told_and_what_cannot_be_read_is_not() {
        let home = tempfile::tempdir().expect("a folder");
        let file = home.path().join("console.json");
        fs::write(&file, "{\"version\": 1, \"tabl\u{1b}es\"").expect("written");
        let told = load(&file).expect_err("broken");
        assert!(told.contains("console.json") && told.contains("line 1") && told.chars().all(crate::text::untrusted::is_plain), "{told}");
        assert_eq!(load(home.path()), Ok(Memory::default()));
        assert_eq!(load(Path::new("/proc/1/none/console.json")), Ok(Memory::default()));
        assert!(save(Path::new("/proc/none/console.json"), "").is_err());
        assert_eq!(path(|name| (name == "HOME").then(|| "relative".to_owned())), None);
        assert_eq!(path(|name| (name == "HOME").then(|| "/home/ana".to_owned())), Some(PathBuf::from("/home/ana/.local/state/opsctl/console.json")));
    }
}
