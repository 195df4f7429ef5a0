//! Looking back: what was recorded comes back as it was, what is damaged is named, what a service keeps survives it and stays within its size.

mod bundle;
mod damage;
mod lines;
mod rings;
mod round;
pub(crate) mod same;

use opsctl::app::Observed;
use opsctl::app::record::{Recorder, Recording};
use opsctl::fleet::record::Source;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Bytes in memory, and how many of them were read.
struct Counted {
    bytes: Vec<u8>,
    read: Arc<AtomicU64>,
}

impl Counted {
    fn of(bytes: Vec<u8>) -> (Counted, Arc<AtomicU64>) {
        let read = Arc::new(AtomicU64::new(0));
        (Counted { bytes, read: Arc::clone(&read) }, read)
    }
}

impl Source for Counted {
    fn length(&self) -> io::Result<u64> {
        self.bytes.length()
    }

    fn read(&self, at: u64, into: &mut [u8]) -> io::Result<()> {
        self.read.fetch_add(into.len() as u64, Ordering::Relaxed);
        self.bytes.read(at, into)
    }
}

/// The recordings of the real lab, by name.
pub(crate) fn recordings() -> Vec<(String, PathBuf)> {
    let folder = crate::support::root().join("tests/fixtures/recordings");
    let mut all: Vec<(String, PathBuf)> = std::fs::read_dir(folder)
        .expect("the recordings")
        .map(|entry| entry.expect("entry").path())
        .map(|path| (path.file_stem().expect("a name").to_string_lossy().into_owned(), path))
        .collect();
    all.sort();
    all
}

/// The recording called `name`.
pub(crate) fn recording(name: &str) -> Recording {
    let path = crate::support::root().join(format!("tests/fixtures/recordings/{name}.opr"));
    Recording::open(&path).unwrap_or_else(|error| panic!("{name} {error}"))
}

/// A recording of `observed`, each of them.
pub(crate) fn record(observed: &[Observed]) -> Vec<u8> {
    let mut recorder = Recorder::new(Duration::ZERO, None);
    let mut bytes = recorder.begin();
    for observed in observed {
        bytes.extend(recorder.take(observed).expect("small enough").expect("due").bytes);
    }
    bytes
}

/// Every instant of `recording`.
fn instants(recording: &Recording) -> Vec<Observed> {
    (0..recording.stops().len()).map(|number| recording.instant(number).expect("an instant")).collect()
}
