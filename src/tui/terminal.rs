//! The terminal while the console has it: taken, drawn on, given back. The thread that takes it owns it, and only that thread gives it back.
//!
//! Frames are written by another thread, and that one never gives anything back. A task that panics on another thread must not tear the screen down under a loop that goes on drawing; `ratatui::init` installs a hook that does.

use super::front;
use super::screens::Drawn;
use super::writer::{Rest, Writer, hush, write};
use crate::fleet::supervise::said;
use crossterm::cursor::{Hide, Show};
use crossterm::event::{DisableBracketedPaste, EnableBracketedPaste};
use crossterm::queue;
use crossterm::style::{ResetColor, force_color_output};
use crossterm::terminal::{EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode};
use rustix::termios::{OptionalActions, QueueSelector, Termios, tcflush, tcgetattr, tcsetattr};
use std::io;
use std::panic;
use std::sync::{Mutex, Once, PoisonError};
use std::thread::{self, ThreadId};

/// What to draw on where the size is not known, as every terminal program has it.
const UNKNOWN_SIZE: (u16, u16) = (80, 24);

/// Takes back what a program may have left on: the other screen (without going back to where its cursor was), mouse, bracketed paste, keypad, scroll region,
/// insert mode, another character set, colours; and off: wrapping, the cursor.
const AFTER_ANOTHER: &[u8] =
    b"\x1b[?47l\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?2004l\x1b[?1l\x1b>\x1b7\x1b[r\x1b8\x1b[?7h\x1b[4l\x1b(B\x0f\x1b[0m\x1b[?25h";

/// Buttons and wheel, not every movement, in the form that has no largest column.
const MOUSE: &[u8] = b"\x1b[?1000h\x1b[?1006h";
const NO_MOUSE: &[u8] = b"\x1b[?1006l\x1b[?1000l";

/// Who has the terminal now.
static OWNED_BY: Mutex<Option<ThreadId>> = Mutex::new(None);

/// The terminal in raw mode with the alternate screen; as it was before once this is dropped.
#[derive(Debug)]
pub(super) struct Owner {
    writer: Writer,
    /// The mouse is reported to us.
    mouse: bool,
}

impl Owner {
    /// Takes the terminal for this thread, with the `mouse` or without.
    ///
    /// # Errors
    /// The terminal refuses; it is then as before.
    pub(super) fn enter(mouse: bool) -> io::Result<Owner> {
        install_hook();
        // the look has decided whether there are colours; the library would hear NO_COLOR again, whatever was said on the command line
        force_color_output(true);
        // from here on dropping gives it back, also when a part of the taking fails
        let owner = Owner { writer: Writer::start()?, mouse };
        set_owner(Some(thread::current().id()));
        take(mouse)?;
        Ok(owner)
    }

    /// Gives the terminal back for a while.
    pub(super) fn leave(&self) {
        give_back(self.writer.rest());
    }

    /// Takes it again after [`Owner::leave`].
    ///
    /// # Errors
    /// The terminal refuses.
    pub(super) fn come_back(&self) -> io::Result<()> {
        set_owner(Some(thread::current().id()));
        self.writer.forget();
        take(self.mouse)
    }

    /// Has the mouse reported here, or leaves it to the terminal.
    pub(super) fn capture(&mut self, mouse: bool) {
        self.mouse = mouse;
        self.say(if mouse { MOUSE } else { NO_MOUSE });
    }

    /// Gives the terminal to another program, which is told of in one line.
    pub(super) fn lend(&self, told: &str) -> Lent {
        self.leave();
        // a terminal that is gone takes nothing
        let _told = write(format!("{told}\n").as_bytes());
        let terminal = io::stdin();
        Lent { front: front::is_ours(&terminal), settings: tcgetattr(terminal).ok() }
    }

    /// Tells `told` below what a program wrote; keys come one by one until the answer is dropped.
    ///
    /// # Errors
    /// The terminal refuses.
    pub(super) fn wait_for_a_key(told: &str) -> io::Result<Raw> {
        write(format!("{told}\n").as_bytes())?;
        enable_raw_mode()?;
        Ok(Raw)
    }

    /// The terminal may show anything: the next frame is drawn whole.
    pub(super) fn forget(&self) {
        self.writer.forget();
    }

    /// Writes `bytes` that change nothing on the screen: an operating system command.
    pub(super) fn say(&self, bytes: &[u8]) {
        // given back: it is not ours to speak to
        if owner() == Some(thread::current().id()) {
            self.writer.say(bytes);
        }
    }

    /// Shows `next` as soon as the terminal takes it; it takes the place of one that still waits.
    ///
    /// # Errors
    /// The terminal did not take what came before.
    pub(super) fn draw(&self, next: Drawn) -> io::Result<()> {
        // given back: what is on the screen is the shell's
        if owner() == Some(thread::current().id()) { self.writer.draw(next) } else { Ok(()) }
    }
}

/// Keys come one by one as long as this is held.
#[derive(Debug)]
pub(super) struct Raw;

impl Drop for Raw {
    fn drop(&mut self) {
        let _cooked = disable_raw_mode();
    }
}

/// The terminal while another program has it, with the settings that it had before.
#[derive(Debug)]
pub(super) struct Lent {
    settings: Option<Termios>,
    /// We were in front.
    front: bool,
}

impl Lent {
    /// Takes it from whatever had it, as it was before, whatever was left behind. What was typed and not read is dropped: it was meant for that program.
    /// `stopped`: we were, since it was lent.
    pub(super) fn reclaim(&self, stopped: bool) {
        let terminal = io::stdin();
        front::take(&terminal, self.front && !stopped);
        // in the background the settings of a terminal cannot be changed without being stopped for it
        if front::is_ours(&terminal) {
            if let Some(settings) = &self.settings {
                let _gone = tcsetattr(&terminal, OptionalActions::Now, settings);
            }
            let _gone = tcflush(&terminal, QueueSelector::IFlush);
        }
        let _gone = write(AFTER_ANOTHER);
    }
}

impl Drop for Owner {
    fn drop(&mut self) {
        self.leave();
    }
}

/// Columns and rows of the terminal.
pub(super) fn size() -> (u16, u16) {
    match rustix::termios::tcgetwinsize(io::stdout()) {
        Ok(size) if size.ws_col > 0 && size.ws_row > 0 => (size.ws_col, size.ws_row),
        _ => UNKNOWN_SIZE,
    }
}

fn take(mouse: bool) -> io::Result<()> {
    enable_raw_mode()?;
    let mut bytes = Vec::new();
    queue!(bytes, EnterAlternateScreen, Hide, EnableBracketedPaste)?;
    if mouse {
        bytes.extend_from_slice(MOUSE);
    }
    write(&bytes)
}

/// Gives the terminal back, if this thread has it; once. One that takes nothing gets its settings at least.
fn give_back(rest: Rest) {
    if owner() != Some(thread::current().id()) {
        return;
    }
    set_owner(None);
    // ends a sequence that was cut, and then a text
    let mut bytes = if rest == Rest::Cut { b"\x18\x1b\\".to_vec() } else { Vec::new() };
    bytes.extend_from_slice(NO_MOUSE);
    // a terminal that is gone takes none of this, and needs none
    let _queued = queue!(bytes, EndSynchronizedUpdate, ResetColor, DisableBracketedPaste, Show, LeaveAlternateScreen);
    if rest != Rest::Stuck {
        let _written = write(&bytes);
    }
    let _cooked = disable_raw_mode();
}

fn owner() -> Option<ThreadId> {
    *OWNED_BY.lock().unwrap_or_else(PoisonError::into_inner)
}

fn set_owner(owner: Option<ThreadId>) {
    hush(owner.is_none());
    *OWNED_BY.lock().unwrap_or_else(PoisonError::into_inner) = owner;
}

/// A panic of the owner gives the terminal back before it is told; one of another thread is logged, since its words would land in the middle of a frame.
fn install_hook() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let former = panic::take_hook();
        panic::set_hook(Box::new(move |info| match owner() {
            Some(owner) if owner != thread::current().id() => {
                let place = info.location().map(ToString::to_string).unwrap_or_default();
                tracing::error!(thread = thread::current().name(), place, said = said(info.payload()), "panicked");
            }
            _ => {
                give_back(Rest::Whole);
                former(info);
            }
        }));
    });
}
