//! A line that is being typed. Pure: keys and pasted text change it.

use super::key::{Chord, Held, Key};

/// Longer than anything a person filters by; what is pasted beyond it is left out.
const LONGEST: usize = 500;

/// The text, and the place of the cursor in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    text: String,
    /// In bytes, on the border of a character.
    at: usize,
}

impl Line {
    #[must_use]
    pub fn new(text: &str) -> Self {
        let mut line = Line::default();
        line.insert(text);
        line
    }

    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The text before and behind the cursor.
    #[must_use]
    pub fn halves(&self) -> (&str, &str) {
        self.text.split_at_checked(self.at).unwrap_or((&self.text, ""))
    }

    /// Puts `text` where the cursor is; what does not print is left out.
    pub fn insert(&mut self, text: &str) {
        let room = LONGEST.saturating_sub(self.text.chars().count());
        let plain: String =
            text.chars().map(|c| if c == '\n' || c == '\t' { ' ' } else { c }).filter(|c| crate::text::untrusted::is_plain(*c)).take(room).collect();
        self.text.insert_str(self.at, &plain);
        self.at += plain.len();
    }

    /// What `chord` does to a line; `false` when it does nothing to one.
    pub fn press(&mut self, chord: Chord) -> bool {
        match (chord.held, chord.key) {
            (Held::Nothing, Key::Char(letter)) => self.insert(letter.encode_utf8(&mut [0; 4])),
            (Held::Nothing, Key::Backspace) => self.cut(self.before()),
            (Held::Nothing, Key::Left) => self.at = self.before(),
            (Held::Nothing, Key::Right) => self.at += self.halves().1.chars().next().map_or(0, char::len_utf8),
            (Held::Nothing, Key::Home) | (Held::Ctrl, Key::Char('a')) => self.at = 0,
            (Held::Nothing, Key::End) | (Held::Ctrl, Key::Char('e')) => self.at = self.text.len(),
            (Held::Ctrl, Key::Char('u')) => self.cut(0),
            (Held::Ctrl, Key::Char('w')) => self.cut(self.word()),
            _ => return false,
        }
        true
    }

    /// Where the character before the cursor begins.
    fn before(&self) -> usize {
        self.at - self.halves().0.chars().next_back().map_or(0, char::len_utf8)
    }

    /// Where the word before the cursor begins.
    fn word(&self) -> usize {
        let head = self.halves().0.trim_end();
        head.rfind(char::is_whitespace).map_or(0, |blank| blank + head.get(blank..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8))
    }

    /// Takes out what stands between `from` and the cursor.
    fn cut(&mut self, from: usize) {
        self.text.replace_range(from..self.at, "");
        self.at = from;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn typed(keys: &[&str]) -> Line {
        let mut line = Line::default();
        for key in keys {
            assert!(line.press(Chord::parse(key).expect("a key")), "{key}");
        }
        line
    }

    #[test]
    fn keys_edit_the_line_where_the_cursor_is() {
        assert_eq!(typed(&["a", "é", "東", "left", "left", "x"]).text(), "axé東");
        assert_eq!(typed(&["a", "é", "backspace", "b"]).text(), "ab");
        assert_eq!(typed(&["a", "b", "space", "c", "d", "ctrl-w", "e"]).text(), "ab e");
        assert_eq!(typed(&["a", "b", "left", "ctrl-u", "home", "c", "end", "d"]).text(), "cbd");
        assert_eq!(typed(&["a", "home", "backspace", "right", "right"]).halves(), ("a", ""));
    }

    #[test]
    fn what_is_pasted_is_one_plain_line() {
        assert_eq!(Line::new("a\nb\tc\x1b[2J\u{202e}d").text(), "a b c[2Jd");
        assert_eq!(Line::new(&"x".repeat(100_000)).text().len(), LONGEST);
    }

    proptest! {
        #[test]
        fn no_keys_break_a_line(keys in proptest::collection::vec(prop_oneof![Just("left"), Just("right"), Just("backspace"), Just("ctrl-w"), Just("ctrl-u"), Just("home"), Just("end"), Just("é"), Just("東"), Just("space"), Just("\u{3000}")], 0..200)) {
            let mut line = Line::default();
            for key in keys {
                line.press(Chord::parse(key).expect("a key"));
                prop_assert!(line.text.is_char_boundary(line.at));
            }
        }
    }
}
