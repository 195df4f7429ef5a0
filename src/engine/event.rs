//! What faces show of a run: one stream, derived from the journal and from what steps tell on the way. A screen can be made anew from the file alone.
//!
//! It decides nothing: a run goes on when its events cannot be written, because a screen is worth less than a pool that is held.

use super::chain::{ChainError, open};
use super::ending::Ending;
use super::entry::Entry;
use super::regular;
use super::standing::Standing;
use super::states::{RunState, StepState};
use crate::model::Moment;
use crate::transport::learned;
use jiff::Timestamp;
use rustix::fs::OFlags;
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{self, BufRead, Write};
use std::path::Path;

/// The form of the stream.
pub const VERSION: u32 = 1;

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Event {
    /// The first of a process: who runs it.
    Process {
        version: u32,
        run: String,
        pid: u32,
        host: String,
    },
    Run {
        state: RunState,
        why: Option<String>,
    },
    Step {
        step: String,
        state: StepState,
        attempt: u32,
        why: Option<String>,
    },
    /// A step goes on, and this is what is seen meanwhile.
    Progress {
        step: String,
        text: String,
    },
    /// A person is asked.
    Asked {
        step: String,
        text: String,
        evidence: bool,
    },
    /// Clients are held until this moment at the latest.
    Held {
        step: String,
        until: Timestamp,
    },
    /// Something that concerns no step.
    Note {
        text: String,
    },
    /// The last of a process: what it ends with.
    Ended {
        ending: Ending,
    },
}

impl Event {
    fn without_secrets(self) -> Event {
        if !learned::any() {
            return self;
        }
        let mut event = self;
        match &mut event {
            Event::Run { why, .. } | Event::Step { why, .. } => *why = why.take().map(learned::without),
            Event::Progress { text, .. } | Event::Asked { text, .. } | Event::Note { text } => *text = learned::without(std::mem::take(text)),
            Event::Process { .. } | Event::Held { .. } | Event::Ended { .. } => {}
        }
        event
    }
}

/// A line of the stream.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// From 1, over all processes of the run.
    pub n: u64,
    pub at: Timestamp,
    pub event: Event,
}

/// Writes the stream.
pub struct Events {
    file: File,
    last: u64,
}

impl Events {
    /// Goes on with the stream at `path`.
    ///
    /// # Errors
    /// The file cannot be made or read.
    pub fn open(path: &Path, mode: u32) -> Result<Events, ChainError> {
        let file = open(path, OFlags::CREATE, mode)?;
        let io = |why: io::Error| ChainError::Io { path: path.to_owned(), what: "read", why };
        let text = regular::read(path).map_err(io)?;
        let mut events = Events { file, last: text.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).count() as u64 };
        if text.last().is_some_and(|byte| *byte != b'\n') {
            // half a line of a process that died: the next one must not go on in it
            events.file.write_all(b"\n").map_err(io)?;
        }
        Ok(events)
    }

    /// Tells `event`, without the secrets that this process knows.
    ///
    /// # Errors
    /// The disk is full, or fails.
    pub fn tell(&mut self, now: Moment, event: Event) -> io::Result<()> {
        let told = Told { n: self.last + 1, at: now.wall, event: event.without_secrets() };
        let mut text = serde_json::to_vec(&told)?;
        text.push(b'\n');
        self.file.write_all(&text)?;
        self.last += 1;
        Ok(())
    }
}

/// What `entry`, after which the run stands so, means for who watches.
#[must_use]
pub fn derive(entry: &Entry, standing: &Standing) -> Option<Event> {
    let step = |id: &str| {
        let at = standing.at(id).ok()?;
        let (mark, story) = (standing.board.steps.get(at)?, standing.stories.get(at)?);
        Some(Event::Step { step: id.to_owned(), state: mark.state, attempt: mark.attempt, why: story.why.clone() })
    };
    match entry {
        Entry::Opened(_) => None,
        Entry::Taken(taken) => Some(Event::Process {
            version: VERSION,
            run: standing.opened.as_ref()?.run.clone(),
            pid: taken.process.pid,
            host: taken.process.host.clone(),
        }),
        Entry::Run { .. } => Some(Event::Run { state: standing.board.run, why: standing.why.clone() }),
        Entry::Step(happened) => step(&happened.step),
        Entry::Intent(intent) => step(&intent.step),
        Entry::Result(answer) => step(&answer.step),
    }
}

/// Reads whole lines from `from` on, and where the next one begins; a line that is not understood is left out: an older face may follow a newer run.
///
/// # Errors
/// The file cannot be read.
pub fn follow(from: &mut impl BufRead) -> io::Result<(Vec<Told>, u64)> {
    let (mut told, mut passed, mut line) = (Vec::new(), 0, Vec::new());
    loop {
        line.clear();
        let read = from.read_until(b'\n', &mut line)?;
        if read == 0 || line.last() != Some(&b'\n') {
            return Ok((told, passed));
        }
        passed += read as u64;
        told.extend(serde_json::from_slice::<Told>(&line).ok());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Clock;

    #[test]
    fn a_stream_goes_on_where_a_dead_process_left_it() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("events.jsonl");
        let now = Clock::real().now();
        let note = |text: &str| Event::Note { text: text.to_owned() };
        Events::open(&path, 0o600).expect("opened").tell(now, note("one")).expect("told");
        let mut text = std::fs::read(&path).expect("read");
        text.extend(b"{\"n\":2,\"at\":\"20");
        std::fs::write(&path, text).expect("written");
        Events::open(&path, 0o600).expect("opened").tell(now, note("two")).expect("told");
        let (told, passed) = follow(&mut std::fs::read(&path).expect("read").as_slice()).expect("followed");
        assert_eq!(told.iter().map(|told| (told.n, told.event.clone())).collect::<Vec<_>>(), [(1, note("one")), (3, note("two"))]);
        assert_eq!(passed, std::fs::metadata(&path).expect("there").len());
    }

    #[test]
    fn half_a_line_is_read_when_it_is_whole() {
        let line = serde_json::to_string(&Told { n: 1, at: Timestamp::UNIX_EPOCH, event: Event::Ended { ending: Ending::Partial } }).expect("text");
        let (told, passed) = follow(&mut line.as_bytes()).expect("followed");
        assert_eq!((told.len(), passed), (0, 0));
        let (told, passed) = follow(&mut format!("{line}\n{line}").as_bytes()).expect("followed");
        assert_eq!((told.len(), passed), (1, line.len() as u64 + 1));
    }
}
