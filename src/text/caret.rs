//! Where in a file something is wrong: line, column, and the line itself with a caret below.

use super::untrusted::visible;
use super::width;
use std::ops::Range;

/// A place in a text: line and column count from 1, columns in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    pub line: usize,
    pub column: usize,
}

/// The position of byte `offset` in `source`.
#[must_use]
pub fn position(source: &str, offset: usize) -> Position {
    let before = source.get(..offset.min(source.len())).unwrap_or(source);
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let column = before.get(line_start..).map_or(0, |text| text.chars().count()) + 1;
    Position { line: before.matches('\n').count() + 1, column }
}

/// The line of `source` that `span` starts in, with carets under the part it covers:
///
/// ```text
///    |
///  3 | enviroment = "prod"
///    | ^^^^^^^^^^
/// ```
#[must_use]
pub fn excerpt(source: &str, span: &Range<usize>) -> String {
    let at = position(source, span.start);
    let line = source.lines().nth(at.line - 1).unwrap_or("");
    let number = at.line.to_string();
    let margin = " ".repeat(number.len());
    let before: String = line.chars().take(at.column - 1).collect();
    let covered: String = source.get(span.clone()).unwrap_or("").lines().next().unwrap_or("").to_owned();
    let indent = " ".repeat(width::columns(&visible(&before)));
    let carets = "^".repeat(width::columns(&visible(&covered)).max(1));
    format!(" {margin} |\n {number} | {}\n {margin} | {indent}{carets}", visible(line))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_columns_count_from_one_in_characters() {
        let source = "a = 1\nü = 2\n";
        assert_eq!(position(source, 0), Position { line: 1, column: 1 });
        assert_eq!(position(source, 9), Position { line: 2, column: 3 });
        assert_eq!(position(source, 999), Position { line: 3, column: 1 });
    }

    #[test]
    fn carets_stand_under_what_is_wrong() {
        let source = "[x]\nenviroment = \"prod\"\n";
        assert_eq!(excerpt(source, &(4..14)), "   |\n 2 | enviroment = \"prod\"\n   | ^^^^^^^^^^");
    }

    #[test]
    fn a_span_outside_the_file_does_no_harm() {
        assert!(excerpt("", &(5..9)).contains('^'));
    }
}
