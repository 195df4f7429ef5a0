//! Where this program keeps what outlives it: a folder that colleagues on one host share if somebody made it, else the user's own.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// The folder that a host has when colleagues share rings and runs: group `opsctl`, mode 2770.
pub const SHARED: &str = "/var/lib/opsctl";

/// Where this program keeps what outlives it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    pub path: PathBuf,
    /// Whether others on this host see it too.
    pub shared: bool,
}

impl State {
    /// The folder of the rings, one for each cluster below it.
    #[must_use]
    pub fn rings(&self) -> PathBuf {
        self.path.join("ring")
    }

    /// The mode of a file in it: for its group where it is shared.
    #[must_use]
    pub const fn file_mode(&self) -> u32 {
        if self.shared { 0o640 } else { 0o600 }
    }

    #[must_use]
    pub const fn folder_mode(&self) -> u32 {
        if self.shared { 0o2770 } else { 0o700 }
    }
}

/// The state folder of this process.
#[must_use]
pub fn standard() -> Option<State> {
    folder(Path::new(SHARED), |name| std::env::var_os(name))
}

/// `shared` if it is there, else `$XDG_STATE_HOME/opsctl`, else `~/.local/state/opsctl`; `None` when there is no home either.
#[must_use]
pub fn folder(shared: &Path, variable: impl Fn(&str) -> Option<OsString>) -> Option<State> {
    if shared.is_dir() {
        return Some(State { path: shared.to_owned(), shared: true });
    }
    let absolute = |name: &str| variable(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let own = absolute("XDG_STATE_HOME").or_else(|| absolute("HOME").map(|home| home.join(".local/state")))?;
    Some(State { path: own.join("opsctl"), shared: false })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folder_is_shared_where_there_is_one() {
        let there = tempfile::tempdir().expect("folder");
        let variables = |name: &str| Some(OsString::from(if name == "HOME" { "/home/ops" } else { "relative" }));
        assert_eq!(folder(there.path(), variables), Some(State { path: there.path().to_owned(), shared: true }));
        let gone = there.path().join("gone");
        assert_eq!(folder(&gone, variables).expect("a home").path, Path::new("/home/ops/.local/state/opsctl"));
        assert_eq!(folder(&gone, |name| Some(format!("/x/{name}").into())).expect("a home").path, Path::new("/x/XDG_STATE_HOME/opsctl"));
        assert_eq!(folder(&gone, |_| None), None);
    }
}
