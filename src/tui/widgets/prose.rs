//! Labelled text to read: a label at the left, the text wrapped beside it.

use super::canvas::{Canvas, Piece};
use crate::text::width::{columns, fit};
use crate::theme::Role;
use ratatui::layout::Rect;
use unicode_segmentation::UnicodeSegmentation;

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

/// `text` in lines of at most `width` columns, broken at blanks where that is possible. At least one line.
fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut used = 0;
    let mut push = |word: &str, lines: &mut Vec<String>| {
        let wide = columns(word);
        if used + wide > width && used > 0 {
            lines.push(String::new());
            used = 0;
        }
        if let Some(line) = lines.last_mut().filter(|_| used > 0 || !word.trim().is_empty()) {
            line.push_str(word);
            used += wide;
        }
    };
    for word in text.split_word_bounds() {
        if columns(word) <= width {
            push(word, &mut lines);
        } else {
            word.graphemes(true).for_each(|cluster| push(cluster, &mut lines));
        }
    }
    lines.into_iter().map(|line| line.trim_end().to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_broken_at_blanks_and_never_too_wide() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("", 7), [""]);
        assert_eq!(wrap("abcdefghij", 4), ["abcd", "efgh", "ij"]);
        for width in 1..20 {
            for line in wrap("a 東京都 long-word-without-blanks, and more words than fit", width) {
                assert!(columns(&line) <= width.max(2), "{width}: {line}");
            }
        }
    }

    #[test]
    fn labels_stand_beside_the_first_line_only() {
        let lines = lines(&[Paragraph::new("WHY", "because of it", Role::Text)], 14);
        let text: Vec<String> = lines.iter().map(|[label, text]| format!("{}{}", label.0, text.0)).collect();
        assert_eq!(text, ["WHY  because", "     of it"]);
    }
}
