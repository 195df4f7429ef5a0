//! What was made of files, kept for who looks again and again: it is made anew as soon as one of them is another one, has grown, or was written to.
//!
//! It must never keep an error, and never keep what was read before the files were looked at: what is written in between is found the next time.

use super::found::{Found, FoundError};
use super::pages::Listed;
use crate::config::state::State;
use crate::engine::RunId;
use crate::engine::folder::RunFolder;
use std::collections::BTreeMap;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

/// What tells a file from itself after it was written to. Whoever sets its times back cannot set back when that was.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Print {
    file: (u64, u64),
    length: u64,
    changed: (i64, i64),
}

/// `None`: it is not there, or cannot be looked at.
fn print(path: &Path) -> Option<Print> {
    let about = path.symlink_metadata().ok()?;
    Some(Print { file: (about.dev(), about.ino()), length: about.len(), changed: (about.ctime(), about.ctime_nsec()) })
}

/// The last thing that was made, what of, and of which files.
type Last<K, T> = (K, Vec<Option<Print>>, Arc<T>);

/// What was made of files last.
#[derive(Debug)]
pub struct Kept<K, T>(Mutex<Option<Last<K, T>>>);

impl<K, T> Default for Kept<K, T> {
    fn default() -> Self {
        Kept(Mutex::new(None))
    }
}

impl<K: PartialEq, T> Kept<K, T> {
    /// What `make` makes of `files` for `key`; that of the last call where it is the same.
    ///
    /// # Errors
    /// As `make`.
    pub fn of<E>(&self, key: K, files: &[&Path], make: impl FnOnce() -> Result<T, E>) -> Result<Arc<T>, E> {
        let prints: Vec<Option<Print>> = files.iter().map(|file| print(file)).collect();
        // nobody waits here for a disk that somebody else waits for
        let last = self
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .as_ref()
            .filter(|last| last.0 == key && last.1 == prints)
            .map(|last| Arc::clone(&last.2));
        if let Some(last) = last {
            return Ok(last);
        }
        let made = Arc::new(make()?);
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((key, prints, Arc::clone(&made)));
        Ok(made)
    }
}

/// The runs of a host, each read anew only after it was written to.
#[derive(Debug, Default)]
pub struct Runs(Mutex<BTreeMap<RunId, Arc<Kept<(), Found>>>>);

impl Runs {
    /// The run called `id`.
    ///
    /// # Errors
    /// As [`Found::look`].
    pub fn look(&self, state: &State, id: &RunId) -> Result<Arc<Found>, FoundError> {
        let folder = RunFolder::open(state, id)?;
        let kept = Arc::clone(self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(id.clone()).or_default());
        // another consent is another file of the folder
        kept.of((), &[folder.path(), &folder.plan_path(), &folder.journal()], || Found::look(state, id))
    }

    /// All of them, the newest first.
    ///
    /// # Errors
    /// The folder of runs cannot be read.
    pub fn all(&self, state: &State) -> Result<Vec<Listed>, FoundError> {
        let ids = RunFolder::list(state)?;
        self.0.lock().unwrap_or_else(PoisonError::into_inner).retain(|id, _| ids.binary_search(id).is_ok());
        Ok(ids.into_iter().rev().map(|id| Listed { found: self.look(state, &id), id }).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::run::trials::plan;
    use crate::engine::chain::Chain;
    use crate::engine::entry::{Entry, Opened};
    use crate::engine::{Job, Step};
    use crate::model::Clock;
    use std::cell::Cell;

    #[test]
    fn it_is_made_anew_only_where_a_file_was_written_to_or_something_else_is_wanted() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a");
        let (kept, made) = (Kept::default(), Cell::new(0));
        let of = |key: &'static str| {
            let make = || {
                made.set(made.get() + 1);
                std::fs::read_to_string(&path)
            };
            kept.of(key, &[&path], make).map(|text| text.to_string())
        };
        // what cannot be read is tried again
        assert!(of("x").is_err() && of("x").is_err());
        assert_eq!(made.get(), 2);
        std::fs::write(&path, "one").expect("written");
        assert_eq!((of("x").expect("read"), of("x").expect("kept"), made.get()), ("one".to_owned(), "one".to_owned(), 3));
        std::fs::write(&path, "one and two").expect("written");
        assert_eq!((of("x").expect("read").as_str(), made.get()), ("one and two", 4));
        assert_eq!((of("y").expect("read").as_str(), made.get()), ("one and two", 5));
        // another file in its place, of the same length
        std::fs::write(folder.path().join("b"), "two and one").expect("written");
        std::fs::rename(folder.path().join("b"), &path).expect("moved");
        assert_eq!((of("y").expect("read").as_str(), made.get()), ("two and one", 6));
    }

    #[test]
    fn a_run_is_read_anew_only_after_it_was_written_to() {
        let root = tempfile::tempdir().expect("a folder");
        let state = State { path: root.path().to_owned(), shared: false };
        let id = RunId::new(Clock::real().now().wall).expect("a name");
        let job = Job { kind: "check".to_owned(), body: serde_json::Value::Null, target: String::new(), call: String::new(), facts: Vec::new() };
        let plan = plan(vec![Step::new("one", job)]);
        let folder = RunFolder::create(&state, &id, &plan).expect("made");
        let runs = Runs::default();
        let look = || runs.look(&state, &id).expect("a run");
        let first = look();
        assert!(Arc::ptr_eq(&first, &look()));
        let all = runs.all(&state).expect("listed");
        assert!(all.len() == 1 && all[0].found.as_ref().is_ok_and(|found| Arc::ptr_eq(found, &first)));
        let mut chain = Chain::create(&folder.journal(), 0o600).expect("made");
        let text = |text: &str| text.to_owned();
        let opened = Opened {
            run: id.to_string(),
            runbook: plan.runbook.name.clone(),
            cluster: plan.cluster.clone(),
            plan_sha256: plan.sha256(),
            definition_sha256: text(""),
            version: text("0"),
            by: plan.by.clone(),
        };
        chain.append(Clock::real().now(), &Entry::Opened(opened)).expect("written");
        let later = look();
        assert!(first.standing.opened.is_none() && later.standing.opened.is_some());
        assert!(Arc::ptr_eq(&later, &look()));
        std::fs::remove_dir_all(folder.path()).expect("removed");
        assert!(runs.look(&state, &id).is_err() && runs.all(&state).expect("none").is_empty());
    }
}
