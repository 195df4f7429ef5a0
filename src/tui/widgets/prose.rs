//! Labelled text to read: a label at the left, the text wrapped beside it.

use super::canvas::{Canvas, Piece};
use crate::text::width::{columns, fit, wrap};
use crate::theme::Role;
use ratatui::layout::Rect;

/// A paragraph.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paragraph {
    pub label: String,
    pub text: String,
    pub role: Role,
}

impl Paragraph {
    pub fn new(label: impl Into<String>, text: impl Into<String>, role: Role) -> Self {
        Paragraph { label: label.into(), text: text.into(), role }
    }

    /// A line that stands alone, as a title does.
    pub fn title(text: impl Into<String>) -> Self {
        Paragraph::new("", text, Role::Strong)
    }

    #[must_use]
    pub fn blank() -> Self {
        Paragraph::new("", "", Role::Text)
    }
}

/// Widest label.
const LABEL: usize = 22;

/// The paragraphs as lines of `width` columns.
#[must_use]
pub fn lines(paragraphs: &[Paragraph], width: usize) -> Vec<[Piece; 2]> {
    let label = paragraphs.iter().map(|paragraph| columns(&paragraph.label)).max().unwrap_or(0).min(LABEL).min(width / 2);
    let mut lines = Vec::new();
    for paragraph in paragraphs {
        let indent = if paragraph.label.is_empty() && paragraph.role == Role::Strong { 0 } else { label + 2 };
        for (at, text) in wrap(&paragraph.text, width.saturating_sub(indent).max(1)).into_iter().enumerate() {
            let head = if at == 0 { fit(&paragraph.label, label) } else { String::new() };
            let head = format!("{head}{}", " ".repeat(indent.saturating_sub(columns(&head))));
            lines.push([(head, Role::Muted), (text, paragraph.role)]);
        }
    }
    lines
}

/// Draws `paragraphs` into `area` from line `scroll` on.
pub fn draw(canvas: &mut Canvas<'_>, area: Rect, paragraphs: &[Paragraph], scroll: usize) {
    let lines = lines(paragraphs, usize::from(area.width));
    let first = scroll.min(lines.len().saturating_sub(usize::from(area.height)));
    for (line, y) in lines.iter().skip(first).zip(area.top()..area.bottom()) {
        canvas.pieces(area.x, y, usize::from(area.width), line);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_stand_beside_the_first_line_only() {
        let lines = lines(&[Paragraph::new("WHY", "because of it", Role::Text)], 14);
        let text: Vec<String> = lines.iter().map(|[label, text]| format!("{}{}", label.0, text.0)).collect();
        assert_eq!(text, ["WHY  because", "     of it"]);
    }
}
