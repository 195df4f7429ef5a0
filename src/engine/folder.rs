//! The folder of one run: `plan.json`, `consent-N.json`, `journal.jsonl`, `events.jsonl`, `control.jsonl`, `holds/`, `output/`, `result.json`. It is all that is
//! kept of a run, and all that its process and its faces share.
//!
//! What is in it is data of others on a shared host: a link is not followed, and nothing of it becomes a path.

use super::consent::Consent;
use super::mirror::{Files, JOURNAL, PLAN};
use super::plan::{Plan, PlanError};
use super::regular;
use super::run_id::RunId;
use crate::config::state::State;
use rustix::fs::{Mode, OFlags};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fs::{self, DirBuilder, File};
use std::io::{self, Read, Write};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

/// Longest file that is read whole.
const LONGEST: u64 = 16 << 20;

/// The folder of a run.
#[derive(Clone, Debug)]
pub struct RunFolder {
    pub id: RunId,
    path: PathBuf,
    file_mode: u32,
}

/// What is wrong with the folder of a run.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    #[error("there is no run {0} on this host")]
    None(RunId),
    #[error("cannot {what} {}: {why}", path.display())]
    Io { path: PathBuf, what: &'static str, why: io::Error },
    #[error("{} is not understood: {why}", path.display())]
    Malformed { path: PathBuf, why: serde_json::Error },
    #[error("{}: {why}", path.display())]
    Plan { path: PathBuf, why: PlanError },
}

impl RunFolder {
    /// Makes the folder of a new run of `plan`, synced: it is there after a loss of power, and whole.
    ///
    /// # Errors
    /// It cannot be made, or is there already.
    pub fn create(state: &State, id: &RunId, plan: &Plan) -> Result<RunFolder, FolderError> {
        let root = state.runs();
        let path = root.join(id.as_str());
        state.make(&root).map_err(io_at(&root, "make"))?;
        // a run that is there already must not be taken for this one
        DirBuilder::new().mode(0o700).create(&path).map_err(io_at(&path, "make"))?;
        for part in [path.clone(), path.join("holds"), path.join("output")] {
            state.make(&part).map_err(io_at(&part, "make"))?;
        }
        let folder = RunFolder { id: id.clone(), path, file_mode: state.file_mode() };
        folder.keep("plan.json", plan)?;
        sync(&root)?;
        Ok(folder)
    }

    /// Makes the folder of a run of `files`, which were proven to be one: whole or not at all.
    ///
    /// # Errors
    /// It cannot be made, or is there already.
    pub(super) fn made_of(state: &State, id: &RunId, files: &Files) -> Result<RunFolder, FolderError> {
        let root = state.runs();
        // no name of a run, so that nobody takes it for one that is whole
        let (part, path) = (root.join(format!("{id}.part-{}", std::process::id())), root.join(id.as_str()));
        let made = RunFolder { id: id.clone(), path: part.clone(), file_mode: state.file_mode() };
        for folder in [root.clone(), part.clone(), part.join("holds"), part.join("output")] {
            state.make(&folder).map_err(io_at(&folder, "make"))?;
        }
        let written = files.iter().try_for_each(|(name, bytes)| made.write(name, bytes));
        // a folder that is there and holds something is never replaced
        let moved = written.and_then(|()| fs::rename(&part, &path).map_err(io_at(&path, "make")));
        if moved.is_err() {
            let _left = fs::remove_dir_all(&part);
        }
        moved?;
        sync(&root)?;
        Ok(RunFolder { path, ..made })
    }

    /// Puts `bytes` in the place of the file `name`, whole or not at all, synced.
    pub(super) fn replace(&self, name: &str, bytes: &[u8]) -> Result<(), FolderError> {
        let (path, part) = (self.path.join(name), format!("{name}.part"));
        let _left_behind = fs::remove_file(self.path.join(&part));
        self.write(&part, bytes)?;
        fs::rename(self.path.join(&part), &path).map_err(io_at(&path, "write"))?;
        sync(&self.path)
    }

    /// Keeps the file `name` under a name that nothing else has, beside it, and gives that.
    pub(super) fn put_aside(&self, name: &str) -> Result<PathBuf, FolderError> {
        let mut number = 1;
        loop {
            let aside = self.path.join(format!("{name}.{number}-of-this-host"));
            match fs::hard_link(self.path.join(name), &aside) {
                Err(why) if why.kind() == io::ErrorKind::AlreadyExists => number += 1,
                linked => return linked.map(|()| aside.clone()).map_err(io_at(&aside, "write")),
            }
        }
    }

    /// Takes in a consent that was given on another host; one of this host in its place is put aside.
    pub(super) fn agree(&self, name: &str, bytes: &[u8]) -> Result<(), FolderError> {
        let path = self.path.join(name);
        match regular::read(&path) {
            Ok(own) if own == bytes => return Ok(()),
            Ok(_) => drop(self.put_aside(name)?),
            Err(why) if why.kind() == io::ErrorKind::NotFound => {}
            Err(why) => return Err(io_at(&path, "read")(why)),
        }
        self.replace(name, bytes)
    }

    /// The names of the files by which another host could go on with the run.
    pub(super) fn kept_files(&self) -> io::Result<Vec<String>> {
        let consents = self.consents().map_err(io::Error::other)?;
        let journal = self.journal().exists().then(|| JOURNAL.to_owned());
        Ok([PLAN.to_owned()].into_iter().chain(consents.into_iter().map(|number| format!("consent-{number}.json"))).chain(journal).collect())
    }

    /// A new file, synced.
    fn write(&self, name: &str, bytes: &[u8]) -> Result<(), FolderError> {
        let path = self.path.join(name);
        let written = regular::open(&path, OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL, self.file_mode).and_then(|mut file| {
            file.write_all(bytes)?;
            file.sync_all()
        });
        written.map_err(io_at(&path, "write"))
    }

    /// The folder of a run.
    ///
    /// # Errors
    /// There is none.
    pub fn open(state: &State, id: &RunId) -> Result<RunFolder, FolderError> {
        let path = state.runs().join(id.as_str());
        if path.join("plan.json").is_file() {
            Ok(RunFolder { id: id.clone(), path, file_mode: state.file_mode() })
        } else {
            Err(FolderError::None(id.clone()))
        }
    }

    /// The runs of which this host knows, the oldest first.
    ///
    /// # Errors
    /// The folder of runs cannot be read.
    pub fn list(state: &State) -> Result<Vec<RunId>, FolderError> {
        let root = state.runs();
        let entries = match fs::read_dir(&root) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(why) => return Err(io_at(&root, "read")(why)),
        };
        let mut runs = Vec::new();
        for entry in entries {
            let name = entry.map_err(io_at(&root, "read"))?.file_name();
            // whatever else lies there is not a run
            runs.extend(name.into_string().ok().and_then(|name| RunId::try_from(name).ok()));
        }
        runs.sort();
        Ok(runs)
    }

    /// What the run does.
    ///
    /// # Errors
    /// It cannot be read, or could not be executed.
    pub fn plan(&self) -> Result<Plan, FolderError> {
        let path = self.plan_path();
        let plan: Plan = load(&path)?;
        plan.check().map_err(|why| FolderError::Plan { path, why })?;
        Ok(plan)
    }

    /// Keeps another consent, synced, and gives its number: from 1.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn consent(&self, consent: &Consent) -> Result<u32, FolderError> {
        let number = self.consents()?.last().copied().unwrap_or(0) + 1;
        self.keep(&format!("consent-{number}.json"), consent)?;
        Ok(number)
    }

    /// Keeps what the run came to, once.
    ///
    /// # Errors
    /// It cannot be written, or is there already.
    pub fn result(&self, result: &impl Serialize) -> Result<(), FolderError> {
        self.keep("result.json", result)
    }

    /// The last consent and its number; `None` when nobody agreed to anything.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn last_consent(&self) -> Result<Option<(u32, Consent)>, FolderError> {
        let Some(number) = self.consents()?.last().copied() else { return Ok(None) };
        Ok(Some((number, load(&self.path.join(format!("consent-{number}.json")))?)))
    }

    fn consents(&self) -> Result<Vec<u32>, FolderError> {
        let mut numbers = Vec::new();
        for entry in fs::read_dir(&self.path).map_err(io_at(&self.path, "read"))? {
            let name = entry.map_err(io_at(&self.path, "read"))?.file_name();
            let number: Option<u32> = name.to_str().and_then(|name| name.strip_prefix("consent-")?.strip_suffix(".json")?.parse().ok());
            numbers.extend(number);
        }
        numbers.sort_unstable();
        Ok(numbers)
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    #[must_use]
    pub fn plan_path(&self) -> PathBuf {
        self.path.join("plan.json")
    }

    #[must_use]
    pub fn journal(&self) -> PathBuf {
        self.path.join("journal.jsonl")
    }

    #[must_use]
    pub fn events(&self) -> PathBuf {
        self.path.join("events.jsonl")
    }

    #[must_use]
    pub fn control(&self) -> PathBuf {
        self.path.join("control.jsonl")
    }

    /// Where the guards of holds write.
    #[must_use]
    pub fn holds(&self) -> PathBuf {
        self.path.join("holds")
    }

    /// What steps print.
    #[must_use]
    pub fn output(&self) -> PathBuf {
        self.path.join("output")
    }

    /// The file `name` in the folder of output, to which a process of this run prints, and its path.
    ///
    /// # Errors
    /// It cannot be opened, or is a link.
    pub fn printed(&self, name: &str) -> Result<(PathBuf, File), FolderError> {
        let path = self.output().join(name);
        let opened = regular::open(&path, OFlags::WRONLY | OFlags::CREATE | OFlags::APPEND, self.file_mode);
        let file = opened.map_err(io_at(&path, "open"))?;
        Ok((path, file))
    }

    /// The mode of files in it.
    #[must_use]
    pub const fn file_mode(&self) -> u32 {
        self.file_mode
    }

    /// Writes `value` to a file that is not there yet, whole or not at all, and syncs both.
    fn keep(&self, name: &str, value: &impl Serialize) -> Result<(), FolderError> {
        let path = self.path.join(name);
        let part = self.path.join(format!("{name}.part"));
        let mut text = serde_json::to_vec_pretty(value).map_err(|why| FolderError::Malformed { path: path.clone(), why })?;
        text.push(b'\n');
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::TRUNC | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let written = rustix::fs::open(&part, flags, Mode::from_raw_mode(self.file_mode)).map_err(io::Error::from).and_then(|file| {
            let mut file = File::from(file);
            file.write_all(&text)?;
            file.sync_all()?;
            // two who agree at once: the second is told, instead of taking the first one's place
            fs::hard_link(&part, &path)?;
            fs::remove_file(&part)
        });
        written.map_err(io_at(&path, "write"))?;
        sync(&self.path)
    }
}

fn io_at<'a>(path: &'a Path, what: &'static str) -> impl Fn(io::Error) -> FolderError + use<'a> {
    move |why| FolderError::Io { path: path.to_owned(), what, why }
}

fn sync(folder: &Path) -> Result<(), FolderError> {
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(io_at(folder, "sync"))
}

fn load<T: DeserializeOwned>(path: &Path) -> Result<T, FolderError> {
    let mut text = Vec::new();
    regular::readable(path).and_then(|file| file.take(LONGEST).read_to_end(&mut text)).map_err(io_at(path, "read"))?;
    serde_json::from_slice(&text).map_err(|why| FolderError::Malformed { path: path.to_owned(), why })
}
