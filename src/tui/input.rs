//! The keyboard, read by a thread of its own, so that nothing a terminal sends or fails to send holds up the loop.
//!
//! Not crossterm's reader (0.29.0, `event/source/unix/mio.rs`): with half a sequence in hand it reads on, and with it whoever polls waits; a terminal that hung
//! up keeps it in a loop without end; and after 1,024 bytes it waits for an edge that does not come, so that text of some length pasted is the last that is read.

use super::escape::{Keys, Pressed};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use std::io;
use std::thread;
use tokio::sync::mpsc;

/// Keys on their way; a full channel holds the keyboard back, never memory.
const ROOM: usize = 1_024;
/// An escape that nothing follows for this long is the key, not the beginning of a sequence.
const ALONE: Timespec = Timespec { tv_sec: 0, tv_nsec: 50_000_000 };

/// Starts reading keys. The channel ends when the terminal can no longer be read. Pasted text is not pressed keys: it comes as what it is.
///
/// # Errors
/// The thread cannot be started.
pub(super) fn listen() -> io::Result<mpsc::Receiver<Pressed>> {
    let (send, receive) = mpsc::channel(ROOM);
    // never joined: it sits in a read that only another key would end
    let _detached = thread::Builder::new().name("keyboard".to_owned()).spawn(move || read(&send))?;
    Ok(receive)
}

fn read(send: &mpsc::Sender<Pressed>) {
    let terminal = io::stdin();
    let mut keys = Keys::default();
    let mut bytes = [0; 4_096];
    loop {
        let pressed = if keys.is_waiting() && !more_comes(&terminal) {
            keys.settle().into_iter().collect()
        } else {
            match rustix::io::read(&terminal, &mut bytes) {
                Ok(count @ 1..) => keys.feed(bytes.get(..count).unwrap_or(&bytes)),
                Err(Errno::INTR | Errno::AGAIN) => continue,
                // hung up
                Ok(0) | Err(_) => return,
            }
        };
        for chord in pressed {
            if send.blocking_send(chord).is_err() {
                return;
            }
        }
    }
}

/// Whether the terminal has more to read soon; also when it cannot be asked, since reading will tell.
fn more_comes(terminal: &io::Stdin) -> bool {
    let mut asked = [PollFd::new(terminal, PollFlags::IN)];
    poll(&mut asked, Some(&ALONE)) != Ok(0)
}
