//! Watching a run: its events as they are written, until its process says how it ended or is gone. The file is the truth: a face that comes later, or again,
//! sees the same.

use super::found::{Found, FoundError, Life};
use crate::config::state::State;
use crate::engine::ending::Ending;
use crate::engine::event::{Event, Told, follow};
use crate::engine::folder::RunFolder;
use crate::engine::regular;
use crate::model::{Clock, Moment};
use crate::transport::child::{Change, Ended, Running};
use std::io::{self, BufReader, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How often the file is looked at; an event is seen within this.
const LOOK_EVERY: Duration = Duration::from_millis(50);
/// How long a process that was started has until it says that it works.
pub const BEGIN_WITHIN: Duration = Duration::from_secs(5);

/// Reads events as they come.
#[derive(Debug)]
pub struct Events {
    path: PathBuf,
    at: u64,
}

impl Events {
    /// From byte `at` on.
    #[must_use]
    pub fn from(folder: &RunFolder, at: u64) -> Events {
        Events { path: folder.events(), at }
    }

    /// Those that nobody has written yet.
    #[must_use]
    pub fn later(folder: &RunFolder) -> Events {
        Events::from(folder, length(&folder.events()))
    }

    /// What came since the last call.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn read(&mut self) -> io::Result<Vec<Told>> {
        let mut file = match regular::readable(&self.path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        file.seek(SeekFrom::Start(self.at))?;
        let (told, passed) = follow(&mut BufReader::new(file))?;
        self.at += passed;
        Ok(told)
    }
}

fn length(path: &Path) -> u64 {
    std::fs::metadata(path).map_or(0, |about| about.len())
}

/// How watching ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Last {
    /// The process said so.
    Ended(Ending),
    /// It ended before it began: what it printed tells why. The number is its exit code.
    NotBegun { code: i32, printed: String },
    /// It is gone without a word.
    Gone { how: String },
    /// It does not say within five seconds that it works.
    Silent,
}

/// Watches the process that this face started.
///
/// # Errors
/// The events cannot be read, or `tell` fails.
pub async fn child(
    events: &mut Events,
    running: &mut Running,
    log: &Path,
    clock: &Clock,
    tell: &mut dyn FnMut(&Told) -> io::Result<()>,
) -> io::Result<Last> {
    let printed_from = length(log);
    let (began, mut begun, mut said, mut over) = (clock.now(), false, None, None);
    loop {
        for told in events.read()? {
            begun = true;
            tell(&told)?;
            if let Event::Ended { ending } = told.event {
                said = Some((ending, clock.now()));
            }
        }
        // it has the lock until it is gone, and whoever wants something next should find it free
        if let Some((ending, at)) = said
            && (over.is_some() || late(clock, at))
        {
            return Ok(Last::Ended(ending));
        }
        if let Some(ended) = over {
            return Ok(match ended {
                Ended::Code(code) if !begun => Last::NotBegun { code, printed: printed(log, printed_from) },
                Ended::Code(code) => Last::Gone { how: format!("it ended with code {code} and did not say how the run stands") },
                Ended::Signal(signal) => Last::Gone { how: format!("it was killed by signal {signal}") },
                Ended::Unknown => Last::Gone { how: "it is gone, and nobody knows how".to_owned() },
            });
        }
        if !begun && late(clock, began) {
            return Ok(Last::Silent);
        }
        tokio::select! {
            biased;
            change = running.next() => if let Change::Ended(ended) = change { over = Some(ended) },
            () = clock.sleep(LOOK_EVERY) => {}
        }
    }
}

fn late(clock: &Clock, began: Moment) -> bool {
    clock.now().since(began) >= BEGIN_WITHIN
}

fn printed(log: &Path, from: u64) -> String {
    let bytes = regular::read(log).unwrap_or_default();
    let from = usize::try_from(from).unwrap_or(0);
    String::from_utf8_lossy(bytes.get(from..).unwrap_or_default()).trim().to_owned()
}

/// Watches a run that somebody else started, from its first event on, until nobody is at work on it.
///
/// # Errors
/// Its files cannot be read, or `tell` fails.
pub async fn attach(state: &State, found: Found, clock: &Clock, tell: &mut dyn FnMut(&Told) -> io::Result<()>) -> Result<Last, FoundError> {
    let io = |why: io::Error| FoundError::Name(format!("the events of the run cannot be followed: {why}"));
    let mut events = Events::from(&found.folder, 0);
    let (id, mut found) = (found.folder.id.clone(), found);
    let (mut last, mut read) = (None, 0);
    loop {
        // most looks find what the last one did: it is read again when it grew, and whether its process lives is asked each time
        let written = length(&found.folder.journal());
        if written != read {
            found = Found::look(state, &id)?;
            read = written;
        }
        // looked at before the events: one that ends in between has written them
        let life = found.life();
        for told in events.read().map_err(io)? {
            last = if let Event::Ended { ending } = told.event { Some(ending) } else { None };
            tell(&told).map_err(io)?;
        }
        match (life, last) {
            (Life::Nobody | Life::Elsewhere, Some(ending)) => return Ok(Last::Ended(ending)),
            (Life::Nobody, None) => return Ok(Last::Gone { how: "nobody is at work on it".to_owned() }),
            (Life::Runs, _) | (Life::Elsewhere, None) => clock.sleep(LOOK_EVERY).await,
        }
    }
}
