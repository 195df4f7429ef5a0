//! The terminal while the console has it: taken, drawn on, given back. The thread that takes it owns it, and only that thread gives it back.
//!
//! A task that panics on another thread must not tear the screen down under a loop that goes on drawing; `ratatui::init` installs a hook that does.

use crate::fleet::supervise::said;
use crossterm::cursor::{Hide, Show};
use crossterm::event::{DisableBracketedPaste, EnableBracketedPaste};
use crossterm::queue;
use crossterm::style::ResetColor;
use crossterm::terminal::{
    BeginSynchronizedUpdate, Clear, ClearType, EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode,
};
use ratatui::backend::{Backend, CrosstermBackend};
use ratatui::buffer::Buffer;
use rustix::termios::{OptionalActions, QueueSelector, Termios, tcflush, tcgetattr, tcgetpgrp, tcsetattr};
use std::io::{self, Write};
use std::panic;
use std::sync::{Mutex, Once, PoisonError};
use std::thread::{self, ThreadId};

/// What to draw on where the size is not known, as every terminal program has it.
const UNKNOWN_SIZE: (u16, u16) = (80, 24);

/// Takes back what a program may have left on: the other screen (without going back to where its cursor was), mouse, bracketed paste, keypad, scroll region,
/// insert mode, another character set, colours; and off: wrapping, the cursor.
const AFTER_ANOTHER: &[u8] =
    b"\x1b[?47l\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?2004l\x1b[?1l\x1b>\x1b7\x1b[r\x1b8\x1b[?7h\x1b[4l\x1b(B\x0f\x1b[0m\x1b[?25h";

/// Who has the terminal now.
static OWNED_BY: Mutex<Option<ThreadId>> = Mutex::new(None);

/// The terminal in raw mode with the alternate screen; as it was before once this is dropped.
#[derive(Debug)]
pub(super) struct Owner {
    /// What the terminal shows; `None`: it may show anything.
    shown: Option<Buffer>,
    /// Frames that were written.
    frames: u64,
}

impl Owner {
    /// Takes the terminal for this thread.
    ///
    /// # Errors
    /// The terminal refuses; it is then as before.
    pub(super) fn enter() -> io::Result<Owner> {
        install_hook();
        set_owner(Some(thread::current().id()));
        // from here on dropping gives it back, also when a part of the taking fails
        let owner = Owner { shown: None, frames: 0 };
        take()?;
        Ok(owner)
    }

    /// Gives the terminal back for a while.
    pub(super) fn leave(&mut self) {
        give_back();
        self.shown = None;
    }

    /// Takes it again after [`Owner::leave`].
    ///
    /// # Errors
    /// The terminal refuses.
    pub(super) fn come_back(&mut self) -> io::Result<()> {
        set_owner(Some(thread::current().id()));
        self.shown = None;
        take()
    }

    /// Gives the terminal to another program, which is told of in one line.
    pub(super) fn lend(&mut self, told: &str) -> Lent {
        self.leave();
        // a terminal that is gone takes nothing
        let _told = write(format!("{told}\n").as_bytes());
        Lent { settings: tcgetattr(io::stdin()).ok() }
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
    pub(super) fn forget(&mut self) {
        self.shown = None;
    }

    /// Writes `bytes` that change nothing on the screen: an operating system command.
    ///
    /// # Errors
    /// The terminal does not take it.
    pub(super) fn say(bytes: &[u8]) -> io::Result<()> {
        // given back: it is not ours to speak to
        if owner() == Some(thread::current().id()) { write(bytes) } else { Ok(()) }
    }

    /// Shows `next`: what differs, in one write, so that no half frame is seen. Nothing is written when nothing differs.
    ///
    /// # Errors
    /// The terminal does not take it.
    pub(super) fn draw(&mut self, next: Buffer) -> io::Result<()> {
        // given back: what is on the screen is the shell's
        if owner() != Some(thread::current().id()) {
            return Ok(());
        }
        let mut bytes = Vec::new();
        queue!(bytes, BeginSynchronizedUpdate)?;
        let before = bytes.len();
        // what is known to be on the screen, unless the size changed
        let known = self.shown.take().filter(|shown| shown.area == next.area);
        let blank = Buffer::empty(next.area);
        if known.is_none() {
            queue!(bytes, ResetColor, Clear(ClearType::All))?;
        }
        let changes = known.as_ref().unwrap_or(&blank).diff(&next);
        if !changes.is_empty() {
            CrosstermBackend::new(&mut bytes).draw(changes.into_iter())?;
        }
        if bytes.len() > before {
            queue!(bytes, EndSynchronizedUpdate)?;
            write(&bytes)?;
            self.frames += 1;
        }
        self.shown = Some(next);
        Ok(())
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
}

impl Lent {
    /// Takes it from whatever had it, as it was before, whatever was left behind. What was typed and not read is dropped: it was meant for that program.
    pub(super) fn reclaim(&self) {
        let (terminal, group) = (io::stdin(), rustix::process::getpgrp());
        // in the background the settings of a terminal cannot be changed without being stopped for it
        if tcgetpgrp(&terminal).is_ok_and(|front| front == group) {
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
        give_back();
        tracing::debug!(frames = self.frames, "the console gave the terminal back");
    }
}

/// Columns and rows of the terminal.
pub(super) fn size() -> (u16, u16) {
    match rustix::termios::tcgetwinsize(io::stdout()) {
        Ok(size) if size.ws_col > 0 && size.ws_row > 0 => (size.ws_col, size.ws_row),
        _ => UNKNOWN_SIZE,
    }
}

fn take() -> io::Result<()> {
    enable_raw_mode()?;
    let mut bytes = Vec::new();
    queue!(bytes, EnterAlternateScreen, Hide, EnableBracketedPaste)?;
    write(&bytes)
}

/// Gives the terminal back, if this thread has it; once.
fn give_back() {
    if owner() != Some(thread::current().id()) {
        return;
    }
    set_owner(None);
    let mut bytes = Vec::new();
    // a terminal that is gone takes none of this, and needs none
    let _queued = queue!(bytes, EndSynchronizedUpdate, ResetColor, DisableBracketedPaste, Show, LeaveAlternateScreen);
    let _written = write(&bytes);
    let _cooked = disable_raw_mode();
}

fn write(bytes: &[u8]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(bytes)?;
    out.flush()
}

fn owner() -> Option<ThreadId> {
    *OWNED_BY.lock().unwrap_or_else(PoisonError::into_inner)
}

fn set_owner(owner: Option<ThreadId>) {
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
                give_back();
                former(info);
            }
        }));
    });
}
