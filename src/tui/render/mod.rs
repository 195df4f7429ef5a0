//! A frame as something that can be kept: plain text, text with colours, a picture. Pure: a buffer gives a text. It must never decide what is on a screen.

mod ansi;
mod svg;
mod text;

pub use ansi::ansi;
pub use svg::svg;
pub use text::text;

use ratatui::buffer::{Buffer, Cell};

/// The cells of line `y` with the column each begins at; the second column of a wide character is none.
fn line(buffer: &Buffer, y: u16) -> impl Iterator<Item = (u16, &Cell)> {
    let area = buffer.area;
    let mut hidden = 0;
    (area.left()..area.right()).filter_map(move |x| {
        if hidden > 0 {
            hidden -= 1;
            return None;
        }
        let cell = buffer.cell((x, y))?;
        hidden = crate::text::width::columns(cell.symbol()).saturating_sub(1);
        Some((x, cell))
    })
}

/// What a cell shows, with nothing in it that acts on whoever reads it.
fn shown(cell: &Cell) -> String {
    crate::text::untrusted::visible(cell.symbol())
}
