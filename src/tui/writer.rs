//! Frames on their way to the terminal, written by a thread of its own: a terminal that does not read, or a slow line, holds up no key and no data. There is
//! room for one frame, the newest; what it takes the place of is never written. It must never give the terminal back: that is its owner's.

use super::paint::Paint;
use super::screens::Drawn;
use rustix::termios::{Action, QueueSelector, tcflow, tcflush};
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

/// Bytes in one write: after each, a frame that nobody reads can be given up.
const PIECE: usize = 512;
/// A terminal that reads has read a frame within this time.
const PATIENCE: Duration = Duration::from_millis(50);
/// A piece that has room now is written within this time, also on a busy machine.
const LAST: Duration = Duration::from_millis(250);

/// How the terminal was left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rest {
    /// With all that was written.
    Whole,
    /// In the middle of something.
    Cut,
    /// It takes nothing.
    Stuck,
}

/// The terminal is somebody else's.
static HUSHED: AtomicBool = AtomicBool::new(false);

/// From now on frames are not written any more, or are again.
pub(super) fn hush(hushed: bool) {
    HUSHED.store(hushed, Ordering::Release);
}

/// Writes past the lock of the standard output: whoever is stuck in it must not keep the owner from giving the terminal back.
pub(super) fn write(mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        match rustix::io::write(io::stdout(), bytes) {
            Ok(count) => bytes = bytes.get(count..).unwrap_or_default(),
            Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// The thread that writes, and what it still has to.
#[derive(Debug)]
pub(super) struct Writer {
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    work: Mutex<Work>,
    changed: Condvar,
}

/// What the thread is at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Going {
    #[default]
    Idle,
    Writing,
    /// Ends after this piece.
    GivenUp,
}

#[derive(Debug, Default)]
struct Work {
    frame: Option<Drawn>,
    /// Bytes that change nothing on the screen, in their order.
    said: Vec<u8>,
    /// The terminal may show anything: the next frame is drawn whole.
    anew: bool,
    going: Going,
    ended: bool,
    frames: u64,
    dropped: u64,
    failed: Option<io::Error>,
}

impl Work {
    /// Something is being written, or has to be before anything else.
    fn is_out(&self) -> bool {
        self.going != Going::Idle || !self.said.is_empty()
    }
}

impl Shared {
    fn work(&self) -> MutexGuard<'_, Work> {
        self.work.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Writer {
    /// Starts the thread.
    ///
    /// # Errors
    /// The operating system refuses.
    pub(super) fn start() -> io::Result<Writer> {
        let shared = Arc::new(Shared::default());
        let own = Arc::clone(&shared);
        // never joined: it may wait for a terminal that never reads
        let mut paint = Paint::default();
        let show = move |frame: Option<Drawn>, said: &[u8], anew: bool| show(&own, &mut paint, frame, said, anew);
        let own = Arc::clone(&shared);
        let _detached = thread::Builder::new().name("writer".to_owned()).spawn(move || work(&own, show))?;
        Ok(Writer { shared })
    }

    /// Shows `next` when the terminal has taken what came before; one that still waits is dropped.
    ///
    /// # Errors
    /// The terminal did not take what came before.
    pub(super) fn draw(&self, next: Drawn) -> io::Result<()> {
        let mut work = self.shared.work();
        work.dropped += u64::from(work.frame.replace(next).is_some());
        self.shared.changed.notify_all();
        work.failed.take().map_or(Ok(()), Err)
    }

    /// Writes `bytes` that change nothing on the screen, before the next frame.
    pub(super) fn say(&self, bytes: &[u8]) {
        self.shared.work().said.extend_from_slice(bytes);
        self.shared.changed.notify_all();
    }

    /// The terminal may show anything: the next frame is drawn whole.
    pub(super) fn forget(&self) {
        self.shared.work().anew = true;
    }

    /// Ends what is being written, so that the terminal can be written to from elsewhere.
    pub(super) fn rest(&self) -> Rest {
        let mut work = self.shared.work();
        work.frame = None;
        work.anew = true;
        work = self.wait(work, PATIENCE);
        let cut = work.is_out();
        if cut {
            work.said.clear();
            if work.going == Going::Writing {
                work.going = Going::GivenUp;
            }
            // what lies between us and the terminal would be read by nobody, and keeps room from what has to be
            let _gone = tcflush(io::stdout(), QueueSelector::OFlush);
            // a flush alone wakes nobody who waits for room
            for action in [Action::OOff, Action::OOn] {
                let _gone = tcflow(io::stdout(), action);
            }
            work = self.wait(work, LAST);
        }
        match (work.is_out(), cut) {
            (true, _) => Rest::Stuck,
            (false, true) => Rest::Cut,
            (false, false) => Rest::Whole,
        }
    }

    fn wait<'a>(&self, work: MutexGuard<'a, Work>, time: Duration) -> MutexGuard<'a, Work> {
        self.shared.changed.wait_timeout_while(work, time, |work| work.is_out()).unwrap_or_else(PoisonError::into_inner).0
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        let mut work = self.shared.work();
        work.ended = true;
        tracing::debug!(frames = work.frames, dropped = work.dropped, "frames of the console");
        self.shared.changed.notify_all();
    }
}

/// Has what comes shown until the end: a frame or none, bytes to be said behind it, and whether the terminal may show anything.
fn work(shared: &Shared, mut show: impl FnMut(Option<Drawn>, &[u8], bool) -> io::Result<bool>) {
    loop {
        let mut work = shared.work();
        while work.frame.is_none() && work.said.is_empty() && !work.ended {
            work = shared.changed.wait(work).unwrap_or_else(PoisonError::into_inner);
        }
        if work.ended {
            return;
        }
        let anew = std::mem::take(&mut work.anew);
        work.going = Going::Writing;
        let (frame, said) = (work.frame.take(), std::mem::take(&mut work.said));
        drop(work);
        // a panic here would leave a frozen screen, and a terminal that nobody gives back: it is told as what it is, a frame that failed
        let written = catch_unwind(AssertUnwindSafe(|| show(frame, &said, anew)));
        let written = written.unwrap_or_else(|_told_by_the_hook| Err(io::Error::other("drawing a frame failed inside")));
        let mut work = shared.work();
        work.going = Going::Idle;
        match written {
            Ok(drawn) => work.frames += u64::from(drawn),
            Err(error) => work.failed = Some(error),
        }
        shared.changed.notify_all();
    }
}

/// Writes `frame` and then what is `said`; whether there was a frame that shows something new.
fn show(shared: &Shared, paint: &mut Paint, frame: Option<Drawn>, said: &[u8], anew: bool) -> io::Result<bool> {
    if anew {
        *paint = Paint::default();
    }
    let mut bytes = Vec::new();
    let drawn = frame.map_or(Ok(false), |frame| paint.next(frame, &mut bytes))?;
    // behind the frame: what is asked of a terminal waits until a person sees something
    bytes.extend_from_slice(said);
    out(shared, &bytes).map(|()| drawn)
}

/// Writes `bytes`, as far as nobody gives them up.
fn out(shared: &Shared, bytes: &[u8]) -> io::Result<()> {
    for piece in bytes.chunks(PIECE) {
        // after a panic of the owner, what comes now would land on the shell's screen
        if shared.work().going == Going::GivenUp || HUSHED.load(Ordering::Acquire) {
            return Ok(());
        }
        write(piece)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_of_the_thread_that_writes_is_a_frame_that_failed_and_the_next_is_written() {
        let shared = Arc::new(Shared::default());
        let (own, writer) = (Arc::clone(&shared), Writer { shared });
        let (tell, told) = std::sync::mpsc::channel();
        let show = move |_: Option<Drawn>, said: &[u8], _: bool| {
            assert_ne!(said, b"bad", "it panics");
            tell.send(said.to_vec()).expect("heard");
            Ok(false)
        };
        let thread = thread::spawn(move || work(&own, show));
        writer.say(b"bad");
        let patience = Duration::from_secs(20);
        let failed = writer.shared.changed.wait_timeout_while(writer.shared.work(), patience, |work| work.failed.is_none());
        let why = failed.expect("whole").0.failed.take().expect("told");
        assert_eq!(why.to_string(), "drawing a frame failed inside");
        writer.say(b"good");
        assert_eq!(told.recv_timeout(patience).expect("the next is written"), b"good");
        assert_eq!(writer.rest(), Rest::Whole, "nobody waits for a thread that is gone");
        drop(writer);
        thread.join().expect("it ended by itself");
    }
}
