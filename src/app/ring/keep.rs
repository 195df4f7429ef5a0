//! Keeps the ring of one cluster: files of ten minutes, thinned when they are old, removed when there are too many bytes.

use super::files::{self, RingFile};
use crate::app::observe::Observed;
use crate::app::record::{Block, Recorder};
use crate::config::regular::{self, Irregular};
use crate::config::state::settle_mode;
use crate::fleet::record::{Head, Reader, thin};
use crate::model::Moment;
use std::collections::{BTreeSet, VecDeque};
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How much is kept.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes of all files of one cluster.
    pub size: u64,
    /// Nothing older is kept.
    pub keep: Duration,
    /// At most one instant in this time, unless a verdict changed.
    pub every: Duration,
    /// The time that one file covers.
    pub file: Duration,
    /// A file whose last instant is older is thinned to one instant in `thin_every`; those where a verdict changed stay.
    pub thin_after: Duration,
    pub thin_every: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            size: 256 * 1024 * 1024,
            keep: Duration::from_hours(24),
            every: Duration::from_secs(1),
            file: Duration::from_mins(10),
            thin_after: Duration::from_hours(2),
            thin_every: Duration::from_secs(15),
        }
    }
}

/// A clock that is set right moves by less; a file that begins later tells of no time that was.
const AHEAD: Duration = Duration::from_mins(1);

/// A machine may start with a clock that is behind, and sets it right within a few minutes; until then what seems to lie ahead may be the newest past.
const SET_RIGHT: Duration = Duration::from_mins(10);

/// The ring of one cluster, and its one writer.
#[derive(Debug)]
pub struct Ring {
    folder: PathBuf,
    mode: u32,
    limits: Limits,
    recorder: Recorder,
    open: Option<Open>,
    /// Finished files, the oldest first, with their bytes.
    done: VecDeque<(RingFile, u64)>,
    /// Bytes of files that could not be removed: they are there, and nobody tries again.
    stuck: u64,
    /// When the first instant was taken.
    since: Option<Moment>,
    /// What was said of single files.
    said: BTreeSet<String>,
    /// Of it, what nobody took yet.
    news: Vec<String>,
}

#[derive(Debug)]
struct Open {
    file: File,
    this: RingFile,
    begin: Moment,
    bytes: u64,
}

impl Ring {
    /// Goes on with the ring in `folder`, which exists.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub fn new(folder: &Path, mode: u32, cluster: &str, limits: Limits) -> io::Result<Ring> {
        let swept = files::sweep(folder)?;
        let found = files::find(folder)?;
        let mut ring = Ring {
            folder: folder.to_owned(),
            mode,
            limits,
            recorder: Recorder::new(limits.every, Some(cluster.to_owned())),
            open: None,
            done: VecDeque::new(),
            stuck: 0,
            since: None,
            said: BTreeSet::new(),
            news: Vec::new(),
        };
        for sentence in swept.into_iter().chain(found.others) {
            ring.say(sentence);
        }
        for file in found.files {
            match std::fs::symlink_metadata(&file.path) {
                Ok(about) => ring.done.push_back((file, about.len())),
                Err(error) => ring.say(files::left_alone(&file.path, &error.to_string())),
            }
        }
        Ok(ring)
    }

    /// What is wrong with single files, each sentence once; the ring goes on without them.
    pub fn news(&mut self) -> Vec<String> {
        std::mem::take(&mut self.news)
    }

    fn say(&mut self, sentence: String) {
        if self.said.insert(sentence.clone()) {
            self.news.push(sentence);
        }
    }

    /// Writes what is due of `observed`; whether anything was.
    ///
    /// # Errors
    /// The disk's; the ring goes on with the next instant, in a new file.
    pub fn take(&mut self, observed: &Observed) -> io::Result<bool> {
        self.since.get_or_insert(observed.now);
        // a file that fills the whole ring could only make room by ending the past
        let is_full = |open: &Open| observed.now.since(open.begin) >= self.limits.file || open.bytes >= self.limits.size / 4;
        if self.open.as_ref().is_some_and(is_full) {
            self.close();
            self.tend(observed.now);
        }
        if self.open.is_none() {
            // the first instant of a file stands alone
            self.recorder.anew();
            self.say_what_is_ahead(observed.now);
        }
        let Some(block) = self.recorder.take(observed).map_err(io::Error::other)? else { return Ok(false) };
        let written = self.write(&block);
        if written.is_err() {
            self.recorder.unwritten();
            self.close();
        }
        written.map(|()| true)
    }

    fn write(&mut self, block: &Block) -> io::Result<()> {
        let head = self.recorder.begin();
        let wanted = block.bytes.len() as u64 + if self.open.is_some() { 0 } else { head.len() as u64 };
        self.make_room(wanted, block.at)?;
        if self.open.is_none() {
            let this = RingFile { begin: block.at.wall, path: self.folder.join(files::file_name(block.at.wall)) };
            let mut file = OpenOptions::new().write(true).create_new(true).mode(self.mode).open(&this.path)?;
            settle_mode(&file, self.mode)?;
            // head and first instant at once: a file without one would hide the others when somebody looks back
            let first = [head.as_slice(), &block.bytes].concat();
            if let Err(error) = file.write_all(&first) {
                remove(&this.path)?;
                return Err(error);
            }
            self.open = Some(Open { file, this, begin: block.at, bytes: first.len() as u64 });
        } else if let Some(open) = &mut self.open {
            // one write an instant: a process that is killed leaves whole blocks
            open.file.write_all(&block.bytes)?;
            open.bytes += block.bytes.len() as u64;
        }
        Ok(())
    }

    /// Bytes of all files.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.done.iter().map(|(_, bytes)| bytes).sum::<u64>() + self.open.as_ref().map_or(0, |open| open.bytes) + self.stuck
    }

    /// Removes the oldest files until `wanted` bytes more are within the size; none when they never will be. Those from the
    /// future go before the past, once the clock can be believed.
    fn make_room(&mut self, wanted: u64, now: Moment) -> io::Result<()> {
        // the past is worth more than an instant that does not fit even without it
        self.fits(self.open.as_ref().map_or(0, |open| open.bytes).saturating_add(wanted))?;
        while self.bytes() + wanted > self.limits.size {
            let believed = self.since.is_some_and(|since| now.since(since) >= SET_RIGHT);
            let of_the_future = believed && self.done.back().is_some_and(|(file, _)| is_ahead(file, now));
            let oldest = if of_the_future { self.done.pop_back() } else { self.done.pop_front() };
            let Some(oldest) = oldest else { break };
            self.let_go(oldest);
        }
        // some of it may be in files that could not be removed
        self.fits(self.bytes().saturating_add(wanted) - self.stuck)
    }

    fn fits(&self, bytes: u64) -> io::Result<()> {
        if bytes.saturating_add(self.stuck) > self.limits.size {
            return Err(io::Error::other(format!(
                "the ring of {} bytes is too small for this cluster: give it more, or ask more seldom",
                self.limits.size
            )));
        }
        Ok(())
    }

    /// Removes a file; one that stays is said, and counts on.
    fn let_go(&mut self, (file, bytes): (RingFile, u64)) {
        if let Err(error) = remove(&file.path) {
            self.stuck += bytes;
            self.say(files::left_alone(&file.path, &error.to_string()));
        }
    }

    fn close(&mut self) {
        if let Some(Open { file, this, bytes, .. }) = self.open.take() {
            // a write that failed may have left a part
            let bytes = file.metadata().map_or(bytes, |about| about.len());
            // not always the last: there may be some from the future, and clocks are set back
            let at = self.done.partition_point(|(other, _)| *other <= this);
            self.done.insert(at, (this, bytes));
        }
    }

    fn say_what_is_ahead(&mut self, now: Moment) {
        let ahead: Vec<PathBuf> =
            self.done.iter().rev().map(|(file, _)| file).take_while(|file| is_ahead(file, now)).map(|file| file.path.clone()).collect();
        for path in ahead {
            self.say(format!("{} begins later than now: it is the first to go when room is wanted; see whether the clock is right", path.display()));
        }
    }

    /// Removes what is too old and thins what is old; a file that this fails with is said and keeps no other from it.
    fn tend(&mut self, now: Moment) {
        let age = |file: &RingFile| Duration::try_from(now.wall.duration_since(file.begin)).unwrap_or_default();
        let mut wrong = Vec::new();
        while let Some((oldest, _)) = self.done.front() {
            if age(oldest) <= self.limits.keep {
                break;
            }
            let Some(oldest) = self.done.pop_front() else { break };
            self.let_go(oldest);
        }
        for (file, bytes) in &mut self.done {
            if age(file) > self.limits.thin_after + self.limits.file {
                match thinned(&file.path, self.limits.thin_every, self.mode) {
                    Ok(now) => *bytes = now,
                    Err(error) => wrong.push(files::left_alone(&file.path, &error.to_string())),
                }
            }
        }
        for sentence in wrong {
            self.say(sentence);
        }
    }
}

fn is_ahead(file: &RingFile, now: Moment) -> bool {
    Duration::try_from(file.begin.duration_since(now.wall)).is_ok_and(|ahead| ahead > AHEAD)
}

fn remove(path: &Path) -> io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Thins the file unless it was; its bytes then. One that cannot be read stays as it is: somebody may want to look at it.
fn thinned(path: &Path, every: Duration, mode: u32) -> Result<u64, Irregular> {
    // since it was listed, something else may have come into its place
    let file = regular::open(path)?;
    let bytes = file.metadata()?.len();
    let seconds = u32::try_from(every.as_secs()).unwrap_or(u32::MAX);
    let Ok(reader) = Reader::open(Box::new(file)) else { return Ok(bytes) };
    if reader.head().every_seconds >= seconds {
        return Ok(bytes);
    }
    let part = files::part_of(path);
    remove(&part)?;
    let mut out = OpenOptions::new().write(true).create_new(true).mode(mode).open(&part)?;
    settle_mode(&out, mode)?;
    let mut last: Option<Moment> = None;
    let kept = thin(
        &reader,
        &Head::new(seconds),
        |number| {
            let Some(stop) = reader.stops().get(number) else { return false };
            let due = last.is_none_or(|last| stop.at.since(last) >= every || stop.at.mono < last.mono);
            if due {
                last = Some(stop.at);
            }
            due || stop.marked
        },
        &mut out,
    );
    // as with one that does not open
    if kept.is_err() {
        remove(&part)?;
        return Ok(bytes);
    }
    std::fs::rename(&part, path)?;
    Ok(out.metadata()?.len())
}
