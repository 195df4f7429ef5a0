//! From one frame to the next: the bytes that change what a terminal shows. Links (OSC 8) are written around their cells, since cells cannot carry them.
//! <https://gist.github.com/egmontkob/eb114294efbcd5adb1944c9f3cb5feda>

use super::screens::Drawn;
use crossterm::queue;
use crossterm::style::ResetColor;
use crossterm::terminal::{BeginSynchronizedUpdate, Clear, ClearType, EndSynchronizedUpdate};
use ratatui::backend::{Backend, CrosstermBackend};
use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::Rect;
use std::io;

/// What the terminal shows; nothing: it may show anything.
#[derive(Debug, Default)]
pub(super) struct Paint {
    shown: Option<Buffer>,
    links: Vec<(Rect, String)>,
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
        if known.is_none() {
            queue!(bytes, ResetColor, Clear(ClearType::All))?;
            self.links.clear();
        }
        let mut known = known.unwrap_or_else(|| Buffer::empty(next.buffer.area));
        // a cell that looks the same and leads elsewhere is another cell
        let differ = |link: &&(Rect, String)| self.links.contains(link) != next.links.contains(link);
        for (area, _) in self.links.iter().chain(&next.links).filter(differ) {
            for place in area.intersection(known.area).positions() {
                if let Some(cell) = known.cell_mut(place) {
                    *cell = Cell::new(if cell.symbol() == "?" { "!" } else { "?" });
                }
            }
        }
        let changes = known.diff(&next.buffer);
        let link_of = |x: u16, y: u16| next.links.iter().rev().find(|(area, _)| area.contains((x, y).into())).map(|(_, url)| url.as_str());
        for run in changes.chunk_by(|(x, y, _), (other_x, other_y, _)| link_of(*x, *y) == link_of(*other_x, *other_y)) {
            let url = run.first().and_then(|(x, y, _)| link_of(*x, *y));
            if let Some(url) = url {
                bytes.extend_from_slice(format!("\x1b]8;;{url}\x1b\\").as_bytes());
            }
            CrosstermBackend::new(&mut *bytes).draw(run.iter().copied())?;
            if url.is_some() {
                bytes.extend_from_slice(b"\x1b]8;;\x1b\\");
            }
        }
        self.shown = Some(next.buffer);
        self.links = next.links;
        let drawn = bytes.len() > empty;
        if drawn {
            queue!(bytes, EndSynchronizedUpdate)?;
        } else {
            bytes.truncate(before);
        }
        Ok(drawn)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::hit::Hits;

    fn drawn(text: &str, links: &[(Rect, &str)]) -> Drawn {
        let links = links.iter().map(|(area, url)| (*area, (*url).to_owned())).collect();
        Drawn { buffer: Buffer::with_lines([text]), hits: Hits::default(), links }
    }

    fn bytes(paint: &mut Paint, next: Drawn) -> String {
        let mut bytes = Vec::new();
        paint.next(next, &mut bytes).expect("memory");
        String::from_utf8(bytes).expect("text")
    }

    #[test]
    fn a_link_opens_before_its_cells_and_closes_behind_them() {
        let mut paint = Paint::default();
        let area = Rect::new(1, 0, 2, 1);
        let first = bytes(&mut paint, drawn("abcd", &[(area, "http://h/")]));
        let (open, close) = (first.find("\x1b]8;;http://h/\x1b\\").expect("it opens"), first.find("\x1b]8;;\x1b\\").expect("it closes"));
        assert!(first[open..close].contains("bc") && !first[open..close].contains('a') && !first[close..].contains('b'), "{first:?}");
        assert_eq!(bytes(&mut paint, drawn("abcd", &[(area, "http://h/")])), "");
        // the same letters that lead elsewhere, or nowhere
        let other = bytes(&mut paint, drawn("abcd", &[(area, "http://g/")]));
        assert!(other.contains("\x1b]8;;http://g/\x1b\\") && other.contains("bc") && !other.contains('a'), "{other:?}");
        let none = bytes(&mut paint, drawn("abcd", &[]));
        assert!(none.contains("bc") && !none.contains("]8;"), "{none:?}");
    }
}
