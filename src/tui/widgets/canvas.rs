//! Where everything is drawn: text in a role, at a place, never outside of it.

use crate::text::width::{columns, fit};
use crate::theme::{Role, State};
use crate::tui::hit::{Hit, Hits};
use crate::tui::look::Look;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};

/// A text in a role. The text has to be safe already.
pub type Piece = (String, Role);

/// A buffer with a look.
#[derive(Debug)]
pub struct Canvas<'a> {
    buffer: &'a mut Buffer,
    look: &'a Look,
    hits: Hits,
}

impl<'a> Canvas<'a> {
    /// Fills `buffer` with the ground of the theme.
    pub fn new(buffer: &'a mut Buffer, look: &'a Look) -> Self {
        let area = buffer.area;
        buffer.set_style(area, look.style(Role::Text));
        Canvas { buffer, look, hits: Hits::default() }
    }

    /// What is drawn in `area` can be pointed at.
    pub fn hit(&mut self, area: Rect, hit: Hit) {
        self.hits.put(area.intersection(self.buffer.area), hit);
    }

    /// All that can be pointed at.
    #[must_use]
    pub fn into_hits(self) -> Hits {
        self.hits
    }

    #[must_use]
    pub fn area(&self) -> Rect {
        self.buffer.area
    }

    #[must_use]
    pub fn look(&self) -> &'a Look {
        self.look
    }

    /// Writes `text` at column `x` of line `y` in at most `room` columns; gives the columns it took. A cut ends in `…`.
    pub fn put(&mut self, x: u16, y: u16, room: usize, text: &str, role: Role) -> u16 {
        let area = self.buffer.area;
        if y >= area.bottom() || x >= area.right() {
            return 0;
        }
        let room = room.min(usize::from(area.right() - x));
        let shown = fit(text, room);
        self.buffer.set_stringn(x, y, &shown, room, self.letters(role));
        u16::try_from(columns(&shown)).unwrap_or(u16::MAX)
    }

    /// The style of letters in `role`: whatever was written there before, nothing of it is left but the ground.
    fn letters(&self, role: Role) -> Style {
        let style = self.look.style(role);
        let fg = style.fg.or(self.look.style(Role::Text).fg).unwrap_or_default();
        style.fg(fg).remove_modifier(Modifier::all() - style.add_modifier)
    }

    /// Writes `pieces` one after the other in at most `room` columns; gives the columns they took.
    pub fn pieces(&mut self, x: u16, y: u16, room: usize, pieces: &[Piece]) -> u16 {
        let mut used = 0;
        for (text, role) in pieces {
            let left = room.saturating_sub(usize::from(used));
            if left == 0 {
                break;
            }
            used += self.put(x.saturating_add(used), y, left, text, *role);
        }
        used
    }

    /// Draws `text` again and again over `area`.
    fn fill(&mut self, area: Rect, text: &str, role: Role) {
        for y in area.top()..area.bottom() {
            for x in area.left()..area.right() {
                self.put(x, y, 1, text, role);
            }
        }
    }

    /// Lets the ground of `role` stand below what is drawn in `area`; what has a ground of its own keeps it, its letters are made for that.
    pub fn ground(&mut self, area: Rect, role: Role) {
        let inside = area.intersection(self.buffer.area);
        let (plain, style) = (self.look.style(Role::Text).bg.unwrap_or_default(), self.look.style(role));
        for at in inside.positions() {
            let Some(cell) = self.buffer.cell_mut(at) else { continue };
            let own = cell.bg;
            cell.set_style(style);
            if own != plain {
                cell.set_bg(own);
            }
        }
    }

    /// A frame around `area`.
    pub fn frame(&mut self, area: Rect, role: Role) {
        if area.width < 2 || area.height < 2 {
            return;
        }
        let signs = self.look.signs();
        let [top_left, top_right, bottom_left, bottom_right] = signs.corners;
        let (right, bottom) = (area.right() - 1, area.bottom() - 1);
        for y in [area.top(), bottom] {
            self.fill(Rect { y, height: 1, ..area }, signs.horizontal, role);
        }
        for x in [area.left(), right] {
            self.fill(Rect { x, width: 1, ..area }, signs.vertical, role);
        }
        for (x, y, sign) in
            [(area.left(), area.top(), top_left), (right, area.top(), top_right), (area.left(), bottom, bottom_left), (right, bottom, bottom_right)]
        {
            self.put(x, y, 1, sign, role);
        }
    }

    /// A line across a frame as wide as `area`, at line `y`.
    pub fn across(&mut self, area: Rect, y: u16, role: Role) {
        let signs = self.look.signs();
        let [left, right] = signs.tees;
        self.fill(Rect { y, height: 1, ..area }, signs.horizontal, role);
        self.put(area.left(), y, 1, left, role);
        self.put(area.right().saturating_sub(1), y, 1, right, role);
    }

    /// Glyph and word of a state.
    #[must_use]
    pub fn state(&self, state: State, word: &str) -> Piece {
        (format!("{} {word}", self.look.glyph(state)), state.role())
    }

    /// Leaves nothing but ASCII: what a plain terminal cannot show becomes `?`, a cut becomes `.`.
    pub fn plain(&mut self) {
        let cut = self.look.signs().cut;
        let area = self.buffer.area;
        for y in area.top()..area.bottom() {
            for x in area.left()..area.right() {
                let Some(cell) = self.buffer.cell_mut((x, y)) else { continue };
                if cell.symbol().is_ascii() {
                    continue;
                }
                let wide = columns(cell.symbol()) > 1;
                let sign = if cell.symbol() == "…" { cut } else { "?" };
                cell.set_symbol(sign);
                if wide && let Some(next) = self.buffer.cell_mut((x + 1, y)) {
                    next.set_symbol("?");
                }
            }
        }
    }
}
