//! The lock of one host: a file that the operating system gives back when the process ends, however it ends. Colleagues on the same host see it; others do not.

use super::lock::{Held, Holder, Known, Lock, LockError};
use super::work::Task;
use crate::config::state::{State, cluster_name, folder_name, settle_mode};
use rustix::fs::{Mode, OFlags};
use rustix::io::Errno;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fs::{self, File, TryLockError};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

/// The locks in the state folder of this host.
#[derive(Clone, Debug)]
pub struct FileLock {
    state: State,
}

/// Where this lock is, in words.
pub const PLACE: &str = "this host";

/// What stands in the file of a lock, as long as it is held.
#[derive(Serialize, Deserialize)]
struct Written {
    token: u64,
    holder: Holder,
}

#[derive(Debug)]
struct Taken {
    /// Its lock is the lock.
    _file: File,
    token: u64,
    open: PathBuf,
    mode: u32,
}

impl FileLock {
    #[must_use]
    pub fn new(state: State) -> FileLock {
        FileLock { state }
    }

    fn folder(&self) -> PathBuf {
        self.state.path.join("locks")
    }

    /// The clusters on which somebody is at work, or left a run open. Nothing is taken for it: who is about to take a lock is not in the way of this.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub fn known(&self) -> Result<Vec<Known>, LockError> {
        let folder = self.folder();
        let entries = match fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(why) if why.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(why) => return Err(unknown(&folder, &why)),
        };
        let mut names = BTreeSet::new();
        for entry in entries {
            let name = entry.map_err(|why| unknown(&folder, &why))?.file_name();
            let of = |end: &str| name.to_str().and_then(|name| name.strip_suffix(end)).map(str::to_owned);
            names.extend(of(".holder.json").or_else(|| of(".open-run.json")));
        }
        let known = names.into_iter().map(|name| {
            let written = load::<Written>(&folder.join(format!("{name}.holder.json")));
            let open = load::<Holder>(&folder.join(format!("{name}.open-run.json")));
            let trouble = [written.as_ref().err(), open.as_ref().err()].into_iter().flatten().map(ToString::to_string).next();
            let holder = written.ok().flatten().map(|written| written.holder);
            let holder = holder.filter(|holder| holder.process.runs() != Some(false));
            Known { cluster: cluster_name(&name), place: PLACE, holder, open: open.ok().flatten(), trouble }
        });
        Ok(known.filter(|known| known.holder.is_some() || known.open.is_some() || known.trouble.is_some()).collect())
    }

    /// Who left a run open on `cluster`; nobody else may begin one.
    ///
    /// # Errors
    /// What lies there is not understood.
    pub fn open_run(&self, cluster: &str) -> Result<Option<Holder>, LockError> {
        let path = self.open_path(cluster);
        load(&path).map_err(|why| unknown(&path, &why))
    }

    fn open_path(&self, cluster: &str) -> PathBuf {
        self.folder().join(format!("{}.open-run.json", folder_name(cluster)))
    }

    fn take_now(&self, cluster: &str, holder: &Holder, than: u64) -> Result<Taken, LockError> {
        let folder = self.folder();
        self.state.make(&folder).map_err(|why| unknown(&folder, &why))?;
        let name = folder_name(cluster);
        let (path, written, mode) = (folder.join(format!("{name}.lock")), folder.join(format!("{name}.holder.json")), self.state.lock_mode());
        let file = open(&path, mode).map_err(|error| match error {
            Errno::ACCESS | Errno::PERM => LockError::HeldBy("another user, whose lock may not be opened".to_owned()),
            error => unknown(&path, &error.into()),
        })?;
        settle_mode(&file, mode).map_err(|why| unknown(&path, &why))?;
        let before = match file.try_lock() {
            Ok(()) => load::<Written>(&written),
            Err(TryLockError::WouldBlock) => {
                return Err(match load::<Written>(&written) {
                    Ok(Some(written)) => LockError::Held(Box::new(written.holder)),
                    _ => LockError::HeldBy("a process that has not written its name yet".to_owned()),
                });
            }
            Err(TryLockError::Error(why)) => return Err(unknown(&path, &why)),
        };
        let before = before.map_err(|why| unknown(&written, &why))?.map_or(0, |written| written.token);
        let token = before.max(than) + 1;
        store(&written, mode, &Written { token, holder: holder.clone() }).map_err(|why| unknown(&written, &why))?;
        Ok(Taken { _file: file, token, open: self.open_path(cluster), mode })
    }
}

impl Lock for FileLock {
    fn take<'a>(&'a self, cluster: &'a str, holder: &'a Holder, than: u64) -> Task<'a, Result<Box<dyn Held>, LockError>> {
        Box::pin(async move { self.take_now(cluster, holder, than).map(|taken| Box::new(taken) as Box<dyn Held>) })
    }

    fn look<'a>(&'a self, cluster: &'a str) -> Task<'a, Result<Vec<Known>, LockError>> {
        Box::pin(async move {
            let mut known: Vec<Known> = self.known()?.into_iter().filter(|known| known.cluster == cluster).collect();
            for known in &mut known {
                // what has the name of a process may be about to end: the lock itself decides
                known.holder = known.holder.take().filter(|holder| holder.process.runs() == Some(true));
            }
            Ok(known)
        })
    }
}

impl Held for Taken {
    fn token(&self) -> u64 {
        self.token
    }

    fn lost(&self) -> Option<String> {
        // the operating system takes it back with the process alone
        None
    }

    fn leave_open<'a>(&'a self, holder: &'a Holder) -> Task<'a, Result<(), LockError>> {
        Box::pin(async move { store(&self.open, self.mode, holder).map_err(|why| unknown(&self.open, &why)) })
    }

    fn close(&self) -> Task<'_, Result<(), LockError>> {
        Box::pin(async move {
            match fs::remove_file(&self.open) {
                Err(why) if why.kind() != io::ErrorKind::NotFound => Err(unknown(&self.open, &why)),
                _ => sync_folder(&self.open).map_err(|why| unknown(&self.open, &why)),
            }
        })
    }
}

fn unknown(path: &Path, why: &io::Error) -> LockError {
    LockError::Unknown(format!("{}: {why}", path.display()))
}

fn open(path: &Path, mode: u32) -> Result<File, Errno> {
    // a link would have another file locked, a pipe would be waited for
    let flags = OFlags::RDWR | OFlags::CREATE | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    rustix::fs::open(path, flags, Mode::from_raw_mode(mode)).map(File::from)
}

/// What the file at `path` says; `None` when there is none.
fn load<T: DeserializeOwned>(path: &Path) -> io::Result<Option<T>> {
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let file = match rustix::fs::open(path, flags, Mode::empty()) {
        Ok(file) => File::from(file),
        Err(Errno::NOENT) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let mut text = Vec::new();
    file.take(64 << 10).read_to_end(&mut text)?;
    Ok(Some(serde_json::from_slice(&text)?))
}

/// Writes `value` in the place of what stands there, whole or not at all, and synced.
fn store(path: &Path, mode: u32, value: &impl Serialize) -> io::Result<()> {
    let part = path.with_extension("part");
    match fs::remove_file(&part) {
        Err(why) if why.kind() != io::ErrorKind::NotFound => return Err(why),
        _ => {}
    }
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let mut file = File::from(rustix::fs::open(&part, flags, Mode::from_raw_mode(mode))?);
    settle_mode(&file, mode)?;
    file.write_all(&serde_json::to_vec(value)?)?;
    file.sync_all()?;
    fs::rename(&part, path)?;
    sync_folder(path)
}

fn sync_folder(path: &Path) -> io::Result<()> {
    File::open(path.parent().unwrap_or(Path::new("."))).and_then(|folder| folder.sync_all())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::plan::Actor;
    use crate::engine::process::Process;
    use jiff::Timestamp;

    fn holder(run: &str) -> Holder {
        let by = Actor { name: "ana".to_owned(), host: "jump1".to_owned(), via: "login".to_owned() };
        Holder { run: run.to_owned(), runbook: "switchover".to_owned(), process: Process::own(), by, since: Timestamp::UNIX_EPOCH, folder: None }
    }

    fn locks(folder: &Path) -> FileLock {
        FileLock::new(State { path: folder.to_owned(), shared: false })
    }

    #[tokio::test]
    async fn a_second_one_is_told_who_has_it_and_tokens_only_grow() {
        let folder = tempfile::tempdir().expect("folder");
        let lock = locks(folder.path());
        let first = lock.take("orders/eu", &holder("one"), 0).await.expect("free");
        assert_eq!((first.token(), first.lost()), (1, None));
        match lock.take("orders/eu", &holder("two"), 0).await.err() {
            Some(LockError::Held(other)) => assert_eq!((other.run.as_str(), other.process.pid), ("one", std::process::id())),
            other => panic!("{other:?}"),
        }
        let elsewhere = lock.take("orders/us", &holder("two"), 0).await.expect("another cluster");
        assert_eq!(elsewhere.token(), 1);
        drop(first);
        assert_eq!(lock.take("orders/eu", &holder("two"), 0).await.expect("free").token(), 2);
        // another host had it meanwhile, with a token of its own
        assert_eq!(lock.take("orders/eu", &holder("three"), 40).await.expect("free").token(), 41);
    }

    #[tokio::test]
    async fn an_open_run_outlives_its_process_until_it_is_closed() {
        let folder = tempfile::tempdir().expect("folder");
        let lock = locks(folder.path());
        assert_eq!(lock.open_run("orders").expect("read"), None);
        let held = lock.take("orders", &holder("one"), 0).await.expect("free");
        held.leave_open(&holder("one")).await.expect("written");
        drop(held);
        assert_eq!(lock.open_run("orders").expect("read"), Some(holder("one")));
        let held = lock.take("orders", &holder("one"), 0).await.expect("free");
        held.close().await.expect("closed");
        held.close().await.expect("closed is closed");
        assert_eq!(lock.open_run("orders").expect("read"), None);
    }

    #[tokio::test]
    async fn who_is_at_work_and_who_left_a_run_open_can_be_asked_without_taking_anything() {
        let folder = tempfile::tempdir().expect("folder");
        let lock = locks(folder.path());
        assert_eq!(lock.known().expect("no folder"), []);
        let held = lock.take("orders/eu", &holder("one"), 0).await.expect("free");
        held.leave_open(&holder("one")).await.expect("written");
        let known =
            |holder: Option<Holder>, open: Option<Holder>| Known { cluster: "orders/eu".to_owned(), place: PLACE, holder, open, trouble: None };
        assert_eq!(lock.known().expect("read"), [known(Some(holder("one")), Some(holder("one")))]);
        drop(held);
        // as after a kill: its number is somebody else's by now
        let mut gone = holder("one");
        gone.process.started += 1;
        let held = lock.take("orders/eu", &gone, 0).await.expect("free");
        held.leave_open(&gone).await.expect("written");
        drop(held);
        assert_eq!(lock.known().expect("read"), [known(None, Some(gone))]);
        std::fs::write(folder.path().join("locks/orders%2Feu.open-run.json"), "{").expect("written");
        assert!(lock.known().expect("read")[0].trouble.is_some());
    }

    #[tokio::test]
    async fn what_cannot_be_read_is_not_free() {
        let folder = tempfile::tempdir().expect("folder");
        let lock = locks(folder.path());
        drop(lock.take("orders", &holder("one"), 0).await.expect("free"));
        std::fs::write(folder.path().join("locks/orders.holder.json"), "rubbish").expect("written");
        assert!(matches!(lock.take("orders", &holder("two"), 0).await, Err(LockError::Unknown(_))));
        std::fs::write(folder.path().join("locks/orders.open-run.json"), "{}").expect("written");
        assert!(matches!(lock.open_run("orders"), Err(LockError::Unknown(_))));
    }
}
