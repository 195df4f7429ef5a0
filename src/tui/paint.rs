//! From one frame to the next: the bytes that change what a terminal shows. Links are written around their cells, since cells cannot carry them.

use super::screens::Drawn;
use crossterm::queue;
use crossterm::style::ResetColor;
use crossterm::terminal::{BeginSynchronizedUpdate, Clear, ClearType, EndSynchronizedUpdate};
use ratatui::backend::{Backend, CrosstermBackend};
use ratatui::buffer::Buffer;
use std::io;

/// What the terminal shows; nothing: it may show anything.
#[derive(Debug, Default)]
pub(super) struct Paint {
    shown: Option<Buffer>,
}

impl Paint {
    /// Adds to `bytes` what makes `next` of what is shown, in one synchronised update, so that no half frame is seen. `false` when nothing differs.
    ///
    /// # Errors
    /// Never: memory takes every byte.
    pub(super) fn next(&mut self, next: Drawn, bytes: &mut Vec<u8>) -> io::Result<bool> {
        let before = bytes.len();
        queue!(bytes, BeginSynchronizedUpdate)?;
        let empty = bytes.len();
        // what is known to be on the screen, unless the size changed
        let known = self.shown.take().filter(|shown| shown.area == next.buffer.area);
        let blank = Buffer::empty(next.buffer.area);
        if known.is_none() {
            queue!(bytes, ResetColor, Clear(ClearType::All))?;
        }
        let changes = known.as_ref().unwrap_or(&blank).diff(&next.buffer);
        if !changes.is_empty() {
            CrosstermBackend::new(&mut *bytes).draw(changes.into_iter())?;
        }
        self.shown = Some(next.buffer);
        let drawn = bytes.len() > empty;
        if drawn {
            queue!(bytes, EndSynchronizedUpdate)?;
        } else {
            bytes.truncate(before);
        }
        Ok(drawn)
    }
}
