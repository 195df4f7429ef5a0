//! Keys as the registry writes them (`ctrl-c`, `pgdn`, `G`) and as a footer shows them.

/// One key with what was held down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Chord {
    pub key: Key,
    pub held: Held,
}

/// A key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Key {
    Char(char),
    Enter,
    Esc,
    Tab,
    BackTab,
    Up,
    Down,
    Left,
    Right,
    PageUp,
    PageDown,
    Home,
    End,
    Backspace,
}

/// What was held down with it. Shift is part of a letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Held {
    Nothing,
    Ctrl,
    /// Alt, or several: nothing is bound to those.
    Other,
}

/// Keys with a name of more than one letter: how the registry says them, how they are shown.
const NAMED: [(&str, Key, &str); 14] = [
    ("enter", Key::Enter, "⏎"),
    ("esc", Key::Esc, "esc"),
    ("tab", Key::Tab, "tab"),
    ("backtab", Key::BackTab, "shift-tab"),
    ("up", Key::Up, "↑"),
    ("down", Key::Down, "↓"),
    ("left", Key::Left, "←"),
    ("right", Key::Right, "→"),
    ("pgup", Key::PageUp, "PgUp"),
    ("pgdn", Key::PageDown, "PgDn"),
    ("home", Key::Home, "home"),
    ("end", Key::End, "end"),
    ("backspace", Key::Backspace, "backspace"),
    ("space", Key::Char(' '), "space"),
];

impl Chord {
    #[must_use]
    pub const fn plain(key: Key) -> Self {
        Chord { key, held: Held::Nothing }
    }

    /// Reads `ctrl-c`, `enter`, `G`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Chord> {
        let (held, name) = match text.strip_prefix("ctrl-") {
            Some(rest) => (Held::Ctrl, rest),
            None => (Held::Nothing, text),
        };
        if let Some((_, key, _)) = NAMED.iter().find(|(known, _, _)| *known == name) {
            return Some(Chord { key: *key, held });
        }
        let mut letters = name.chars();
        match (letters.next(), letters.next()) {
            (Some(letter), None) => Some(Chord { key: Key::Char(letter), held }),
            _ => None,
        }
    }

    /// As a footer shows it; `plain` where there are only ASCII letters.
    #[must_use]
    pub fn shown(&self, plain: bool) -> String {
        let named = NAMED.iter().find(|(_, key, _)| *key == self.key).map(|(name, _, sign)| if plain { *name } else { *sign });
        let key = match (named, self.key) {
            (Some(name), _) => name.to_owned(),
            (None, Key::Char(letter)) => letter.to_string(),
            (None, other) => format!("{other:?}"),
        };
        match self.held {
            Held::Nothing => key,
            Held::Ctrl => format!("ctrl-{key}"),
            Held::Other => format!("alt-{key}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_and_shown() {
        let cases = [
            ("q", Chord::plain(Key::Char('q')), "q"),
            ("G", Chord::plain(Key::Char('G')), "G"),
            ("ctrl-c", Chord { key: Key::Char('c'), held: Held::Ctrl }, "ctrl-c"),
            ("backtab", Chord::plain(Key::BackTab), "shift-tab"),
            ("enter", Chord::plain(Key::Enter), "⏎"),
            ("space", Chord::plain(Key::Char(' ')), "space"),
        ];
        for (text, chord, shown) in cases {
            assert_eq!(Chord::parse(text), Some(chord));
            assert_eq!(chord.shown(false), shown);
            assert!(chord.shown(true).is_ascii());
        }
        assert_eq!((Chord::parse(""), Chord::parse("ctrl-"), Chord::parse("entre")), (None, None, None));
    }
}
