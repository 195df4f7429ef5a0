//! The letters alone.

use super::{line, shown};
use ratatui::buffer::Buffer;

/// The frame as lines of text, without blanks at their ends.
#[must_use]
pub fn text(buffer: &Buffer) -> String {
    let area = buffer.area;
    let row = |y| line(buffer, y).map(|(_, cell)| shown(cell)).collect::<String>().trim_end().to_owned() + "\n";
    (area.top()..area.bottom()).map(row).collect()
}
