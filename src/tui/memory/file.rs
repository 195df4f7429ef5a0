//! The memory on disk: `$XDG_STATE_HOME/opsctl/console.json`, for the owner alone. A home that cannot be written keeps nothing and says nothing: the console
//! is for what is wrong elsewhere.

use super::{Changes, Memory};
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

/// Writes `changes` into what is kept there: whole or not at all. Consoles that write at once wait for each other, and each leaves the tables of the others
/// as they are; of one table the last one stays.
///
/// # Errors
/// The folder or the file cannot be made.
pub fn save(path: &Path, changes: &Changes) -> io::Result<()> {
    let folder = path.parent().ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
    if !folder.exists() {
        fs::create_dir_all(folder.parent().unwrap_or(folder))?;
        match rustix::fs::mkdir(folder, Mode::RWXU) {
            Ok(()) | Err(rustix::io::Errno::EXIST) => {}
            Err(error) => return Err(error.into()),
        }
    }
    // the file itself is replaced, so that a lock on it would hold nobody
    let flags = OFlags::RDWR | OFlags::CREATE | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let lock = File::from(rustix::fs::open(path.with_extension("lock"), flags, Mode::RUSR | Mode::WUSR)?);
    lock.lock()?;
    // what is broken was told when the console opened, and that this replaces it
    let mut memory = load(path).unwrap_or_default();
    memory.take(changes);
    write_private(path, &path.with_extension("json.part"), &memory.text())
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
        let changes = memory.to_save().expect("changed");
        for _twice in 0..2 {
            save(&path, &changes).expect("kept");
        }
        assert_eq!(load(&path), Ok(memory));
        let mode = |path: &Path| fs::metadata(path).expect("there").permissions().mode() & 0o777;
        assert_eq!((mode(&path), mode(path.parent().expect("a folder"))), (0o600, 0o700));
        // it, and the lock of whoever writes
        assert_eq!(fs::read_dir(path.parent().expect("a folder")).expect("a folder").count(), 2);
    }

    #[test]
    fn consoles_that_write_at_once_keep_the_tables_of_each_other() {
        let home = tempfile::tempdir().expect("a folder");
        let path = home.path().join("opsctl/console.json");
        let column = |name: String| crate::tui::memory::Shape { columns: Some(vec![name]), sorting: None };
        std::thread::scope(|scope| {
            for console in 0..4 {
                let path = &path;
                scope.spawn(move || {
                    // each has read what was there when it opened: nothing
                    let mut memory = Memory::default();
                    for time in 0..20 {
                        memory.keep(&format!("screen-{console}"), "table", column(format!("{time}")));
                        save(path, &memory.to_save().expect("changed")).expect("kept");
                        load(path).expect("whole at any time");
                    }
                });
            }
        });
        let kept = load(&path).expect("whole");
        for console in 0..4 {
            assert_eq!(kept.shape(&format!("screen-{console}"), "table"), column("19".to_owned()));
        }
        // of one table the last one stays, and what is taken back is gone
        let (mut one, mut other) = (load(&path).expect("whole"), load(&path).expect("whole"));
        one.keep("screen-0", "table", column("one".to_owned()));
        other.keep("screen-0", "table", column("other".to_owned()));
        other.keep("screen-1", "table", crate::tui::memory::Shape::default());
        for memory in [&mut one, &mut other] {
            save(&path, &memory.to_save().expect("changed")).expect("kept");
        }
        let kept = load(&path).expect("whole");
        assert_eq!(kept.shape("screen-0", "table"), column("other".to_owned()));
        assert_eq!(kept.shape("screen-1", "table"), crate::tui::memory::Shape::default());
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
        assert!(save(Path::new("/proc/none/console.json"), &Changes::default()).is_err());
        assert_eq!(path(|name| (name == "HOME").then(|| "relative".to_owned())), None);
        assert_eq!(path(|name| (name == "HOME").then(|| "/home/ana".to_owned())), Some(PathBuf::from("/home/ana/.local/state/opsctl/console.json")));
    }
}
