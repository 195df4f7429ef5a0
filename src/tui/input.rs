//! The keyboard, read by a thread of its own.
//!
//! Not crossterm's `EventStream`: its `poll_next` reads the terminal itself, and with half an escape sequence in hand, or a terminal that hung up, that read
//! holds whoever polls (0.29.0, `event/source/unix/mio.rs`). Here it would be the loop, and with it signals and data; this way it is nobody.

use super::key::Chord;
use crossterm::event::{self, Event};
use std::io;
use std::thread;
use tokio::sync::mpsc;

/// Keys on their way; a full channel holds the keyboard back, never memory.
const ROOM: usize = 1_024;

/// Starts reading keys. The channel ends when the terminal can no longer be read. Pasted text is not pressed keys: it is dropped.
///
/// # Errors
/// The thread cannot be started.
pub fn listen() -> io::Result<mpsc::Receiver<Chord>> {
    let (send, receive) = mpsc::channel(ROOM);
    // never joined: it sits in a read that only another key would end
    let _detached = thread::Builder::new().name("keyboard".to_owned()).spawn(move || {
        while let Ok(event) = event::read() {
            // sizes come as a signal, so that a key that is half typed does not hold them up
            let Event::Key(key) = event else { continue };
            if let Some(chord) = Chord::of(&key)
                && send.blocking_send(chord).is_err()
            {
                return;
            }
        }
    })?;
    Ok(receive)
}
