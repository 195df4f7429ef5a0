//! The one type for text that a server, a file or a person gave us. It has no `Display`; a face shows [`Untrusted::shown`].
//!
//! What would move a cursor, change a colour, reorder or hide characters becomes visible: `\x1b`, `‹202E›`. JSON carries the text as it came.

use serde::{Deserialize, Serialize};
use unicode_segmentation::UnicodeSegmentation;

/// Longest text a face shows, in bytes of input; more is cut and said. A 1 MiB line must not cost a frame.
const LONGEST: usize = 2_000;
/// Longest run of combining marks on one letter that is shown as is.
const MOST_MARKS: usize = 4;

/// Text from outside, kept as it came.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Untrusted(String);

impl Untrusted {
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Untrusted(text.into())
    }

    /// The text as it came: for comparing, looking up and JSON. Never for a terminal, a log line or a title.
    #[must_use]
    pub fn raw(&self) -> &str {
        &self.0
    }

    /// The text as one safe line.
    #[must_use]
    pub fn shown(&self) -> String {
        visible(&self.0)
    }
}

impl From<&str> for Untrusted {
    fn from(text: &str) -> Self {
        Untrusted(text.to_owned())
    }
}

impl From<String> for Untrusted {
    fn from(text: String) -> Self {
        Untrusted(text)
    }
}

/// One safe line of `text`: no control, format or private character survives, and its length is bounded.
#[must_use]
pub fn visible(text: &str) -> String {
    let mut end = text.len().min(LONGEST);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let (kept, cut) = text.split_at_checked(end).unwrap_or((text, ""));
    if cut.is_empty() && kept.bytes().all(|b| (0x20..0x7f).contains(&b)) {
        return kept.to_owned();
    }
    let mut out = String::with_capacity(kept.len() + 16);
    for cluster in kept.graphemes(true) {
        let mut marks = 0;
        for c in cluster.chars() {
            if is_combining(c) {
                marks += 1;
                if marks > MOST_MARKS {
                    continue;
                }
            }
            push_visible(&mut out, c);
        }
    }
    if !cut.is_empty() {
        out.push_str(&format!("…(+{} bytes)", cut.len()));
    }
    out
}

/// Whether `c` may reach a terminal as it is.
#[must_use]
pub fn is_plain(c: char) -> bool {
    !(c.is_control() || is_hidden(c))
}

fn push_visible(out: &mut String, c: char) {
    match c {
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        c if c.is_ascii_control() => out.push_str(&format!("\\x{:02x}", u32::from(c))),
        c if is_plain(c) => out.push(c),
        c => out.push_str(&format!("‹{:04X}›", u32::from(c))),
    }
}

/// Characters that are invisible, reorder their neighbours, or have no meaning of their own.
fn is_hidden(c: char) -> bool {
    matches!(u32::from(c),
        0x00AD | 0x034F | 0x061C | 0x115F | 0x1160 | 0x17B4 | 0x17B5 | 0x180B..=0x180F
        | 0x200B..=0x200F | 0x2028..=0x202E | 0x2060..=0x206F | 0x3164 | 0xFE00..=0xFE0F | 0xFEFF | 0xFFA0
        | 0xFFF0..=0xFFFB | 0xE000..=0xF8FF | 0x1BCA0..=0x1BCA3 | 0x1D173..=0x1D17A | 0xE0000..=0xE0FFF | 0xF0000..=0x10_FFFF)
}

fn is_combining(c: char) -> bool {
    matches!(u32::from(c), 0x0300..=0x036F | 0x0483..=0x0489 | 0x1AB0..=0x1AFF | 0x1DC0..=0x1DFF | 0x20D0..=0x20FF | 0xFE20..=0xFE2F)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_act_on_a_terminal_becomes_visible() {
        let cases = [
            ("plain", "plain"),
            ("\x1b[2J\x1b]0;x\x07", "\\x1b[2J\\x1b]0;x\\x07"),
            ("a\u{9b}31m", "a‹009B›31m"),
            ("\u{202e}evil\u{2066}", "‹202E›evil‹2066›"),
            ("ze\u{200b}ro", "ze‹200B›ro"),
            ("two\nlines\r\t", "two\\nlines\\r\\t"),
            ("\u{e0041}", "‹E0041›"),
            ("Grüße 東京", "Grüße 東京"),
            ("\u{7f}", "\\x7f"),
        ];
        for (raw, shown) in cases {
            assert_eq!(visible(raw), shown);
        }
    }

    #[test]
    fn nothing_hidden_survives_any_character() {
        for c in (0..=0x0010_FFFF).filter_map(char::from_u32) {
            assert!(visible(&c.to_string()).chars().all(is_plain), "U+{:04X}", u32::from(c));
        }
    }

    #[test]
    fn a_mebibyte_is_cut_and_the_cut_is_said() {
        let shown = visible(&"é".repeat(1 << 19));
        assert!(shown.len() < 2_100 && shown.ends_with(" bytes)"), "{}", shown.len());
    }

    #[test]
    fn three_hundred_marks_on_one_letter_are_bounded() {
        assert!(visible(&format!("a{}", "\u{301}".repeat(300))).chars().count() <= 1 + MOST_MARKS);
    }
}
