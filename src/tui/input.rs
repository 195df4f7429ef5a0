//! The keyboard, read by a thread of its own, so that nothing a terminal sends or fails to send holds up the loop. It reads only what is there, so that the
//! terminal can be lent to another program between two keys.
//!
//! Not crossterm's reader (0.29.0, `event/source/unix/mio.rs`): with half a sequence in hand it reads on, and with it whoever polls waits; a terminal that hung
//! up keeps it in a loop without end; and after 1,024 bytes it waits for an edge that does not come, so that text of some length pasted is the last that is read.

use super::escape::{Keys, Pressed};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;
use tokio::sync::mpsc;

/// Keys on their way; a full channel holds the keyboard back, never memory.
const ROOM: usize = 1_024;

/// The keys of a person.
#[derive(Debug)]
pub(super) struct Keyboard {
    keys: mpsc::Receiver<Pressed>,
    turn: Arc<Turn>,
}

/// Whose turn it is to read the terminal; whoever reads holds the lock.
#[derive(Debug, Default)]
struct Turn {
    /// Somebody else has the terminal.
    lent: Mutex<bool>,
    back: Condvar,
}

impl Turn {
    fn lent(&self) -> MutexGuard<'_, bool> {
        self.lent.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Keyboard {
    /// Starts reading keys. They end when the terminal can no longer be read. Pasted text is not pressed keys: it comes as what it is.
    ///
    /// # Errors
    /// The thread cannot be started.
    pub(super) fn listen() -> io::Result<Keyboard> {
        let (send, keys) = mpsc::channel(ROOM);
        let turn = Arc::new(Turn::default());
        let own = Arc::clone(&turn);
        // never joined: it waits for a key that nobody may press
        let _detached = thread::Builder::new().name("keyboard".to_owned()).spawn(move || read(&send, &own))?;
        Ok(Keyboard { keys, turn })
    }

    /// The next one; `None` when the terminal is gone.
    pub(super) async fn next(&mut self) -> Option<Pressed> {
        self.keys.recv().await
    }

    /// The next one that is there already.
    ///
    /// # Errors
    /// There is none, or there will be none.
    pub(super) fn ready(&mut self) -> Result<Pressed, mpsc::error::TryRecvError> {
        self.keys.try_recv()
    }

    /// From now on not one byte of the terminal is read here.
    pub(super) fn pause(&self) {
        *self.turn.lent() = true;
    }

    /// Reads on. What was read before the pause presses nothing: it was meant for what came then.
    pub(super) fn resume(&mut self) {
        while self.keys.try_recv().is_ok() {}
        *self.turn.lent() = false;
        self.turn.back.notify_all();
    }
}

fn read(send: &mpsc::Sender<Pressed>, turn: &Turn) {
    let terminal = io::stdin();
    let mut keys = Keys::default();
    let mut bytes = [0; 4_096];
    loop {
        let pressed = if comes(&terminal, keys.patience()) {
            let mut lent = turn.lent();
            if *lent {
                while *lent {
                    lent = turn.back.wait(lent).unwrap_or_else(PoisonError::into_inner);
                }
                // what there was to read is another's
                keys = Keys::default();
                continue;
            }
            match rustix::io::read(&terminal, &mut bytes) {
                Ok(count @ 1..) => keys.feed(bytes.get(..count).unwrap_or(&bytes)),
                Err(Errno::INTR | Errno::AGAIN) => continue,
                // hung up
                Ok(0) | Err(_) => return,
            }
        } else {
            keys.settle()
        };
        for chord in pressed {
            if send.blocking_send(chord).is_err() {
                return;
            }
        }
    }
}

/// Waits until the terminal has something to read, at most for `time`; also `true` when it cannot be asked, since reading will tell.
fn comes(terminal: &io::Stdin, time: Option<Duration>) -> bool {
    let time = time.and_then(|time| Timespec::try_from(time).ok());
    let mut asked = [PollFd::new(terminal, PollFlags::IN)];
    loop {
        match poll(&mut asked, time.as_ref()) {
            // stopped and continued: nothing was said
            Err(Errno::INTR) => {}
            polled => return polled != Ok(0),
        }
    }
}
