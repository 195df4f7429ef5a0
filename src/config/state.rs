//! Where this program keeps what outlives it: a folder that colleagues on one host share if somebody made it, else the user's own.

use rustix::fs::{Mode, OFlags};
use std::ffi::OsString;
use std::fs::{self, DirBuilder, File, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
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

/// Writes `text` to `path` for its owner alone: whole or not at all, by way of `beside`, which a run that broke off may have left behind.
///
/// # Errors
/// The file cannot be made.
pub fn write_private(path: &Path, beside: &Path, text: &str) -> io::Result<()> {
    let _gone = fs::remove_file(beside);
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let mut file = File::from(rustix::fs::open(beside, flags, Mode::RUSR | Mode::WUSR)?);
    let written = file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).and_then(|()| fs::rename(beside, path));
    if written.is_err() {
        let _gone = fs::remove_file(beside);
    }
    written
}

impl State {
    /// The folder of the runs, one for each below it.
    #[must_use]
    pub fn runs(&self) -> PathBuf {
        self.path.join("runs")
    }

    /// The folder of the audit.
    #[must_use]
    pub fn audit(&self) -> PathBuf {
        self.path.join("audit")
    }

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

    /// The mode of a lock in it: whoever may take it has to be able to write his name.
    #[must_use]
    pub const fn lock_mode(&self) -> u32 {
        if self.shared { 0o660 } else { 0o600 }
    }

    #[must_use]
    pub const fn folder_mode(&self) -> u32 {
        if self.shared { 0o2770 } else { 0o700 }
    }

    /// Makes `folder`, which lies in it, and what is missing between. What this user owns of them gets the mode, whatever the umask took away.
    ///
    /// # Errors
    /// A folder cannot be made.
    pub fn make(&self, folder: &Path) -> io::Result<()> {
        DirBuilder::new().recursive(true).mode(0o700).create(&self.path)?;
        let mut at = self.path.clone();
        for part in folder.strip_prefix(&self.path).map_err(io::Error::other)? {
            at.push(part);
            match DirBuilder::new().mode(self.folder_mode()).create(&at) {
                Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
                _ => {}
            }
            // one that somebody put elsewhere by a link is his to set up
            let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
            if let Ok(made) = rustix::fs::open(&at, flags, Mode::empty()) {
                settle_mode(&File::from(made), self.folder_mode())?;
            }
        }
        Ok(())
    }
}

/// Gives `file` exactly this mode, where this user owns it: what a umask took away would lock colleagues out.
///
/// # Errors
/// The mode cannot be looked at or set.
pub fn settle_mode(file: &File, mode: u32) -> io::Result<()> {
    let about = file.metadata()?;
    if about.uid() == rustix::process::geteuid().as_raw() && about.mode() & 0o7777 != mode {
        file.set_permissions(Permissions::from_mode(mode))?;
    }
    Ok(())
}

/// `cluster` as the name of a folder: letters, digits, `-`, `_` and inner dots stay, the rest is written `%2F`.
#[must_use]
pub fn folder_name(cluster: &str) -> String {
    let plain = |at: usize, byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_') || (byte == b'.' && at > 0);
    let write = |(at, byte): (usize, u8)| if plain(at, byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    cluster.bytes().enumerate().map(write).collect()
}

/// The cluster whose folder is called `name`, as [`folder_name`] made it.
#[must_use]
pub fn cluster_name(name: &str) -> String {
    let mut pieces = name.split('%');
    let mut bytes = pieces.next().unwrap_or_default().as_bytes().to_vec();
    for piece in pieces {
        let code = piece.get(..2).and_then(|code| u8::from_str_radix(code, 16).ok());
        bytes.extend(code);
        bytes.extend(piece.get(if code.is_some() { 2 } else { 0 }..).unwrap_or_default().as_bytes());
    }
    String::from_utf8_lossy(&bytes).into_owned()
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
    fn no_name_of_a_cluster_leaves_its_folder() {
        for (cluster, folder) in [("orders-eu", "orders-eu"), ("../x", "%2E.%2Fx"), (".", "%2E"), ("a b\0é", "a%20b%00%C3%A9"), ("v1.2", "v1.2")] {
            assert_eq!((folder_name(cluster), cluster_name(folder)), (folder.to_owned(), cluster.to_owned()));
        }
    }

    #[test]
    fn folders_have_their_mode_whatever_the_umask_and_a_link_is_left_alone() {
        let mode = |path: &Path| std::fs::metadata(path).expect("there").mode() & 0o7777;
        for (shared, expected) in [(true, 0o2770), (false, 0o700)] {
            let there = tempfile::tempdir().expect("folder");
            let state = State { path: there.path().to_owned(), shared };
            let ring = state.rings().join("orders");
            state.make(&ring).expect("made");
            assert_eq!([mode(&state.rings()), mode(&ring)], [expected; 2]);
            // as a version before left it
            std::fs::set_permissions(&ring, Permissions::from_mode(0o750)).expect("set");
            state.make(&ring).expect("made again");
            assert_eq!(mode(&ring), expected);
            let elsewhere = tempfile::tempdir().expect("folder");
            std::fs::set_permissions(elsewhere.path(), Permissions::from_mode(0o755)).expect("set");
            std::os::unix::fs::symlink(elsewhere.path(), state.path.join("notify")).expect("linked");
            state.make(&state.path.join("notify")).expect("there");
            assert_eq!(mode(elsewhere.path()), 0o755);
        }
    }

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
