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
    /// F1 to F12.
    Function(u8),
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
const NAMED: [(&str, Key, &str); 26] = [
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
    ("f1", Key::Function(1), "F1"),
    ("f2", Key::Function(2), "F2"),
    ("f3", Key::Function(3), "F3"),
    ("f4", Key::Function(4), "F4"),
    ("f5", Key::Function(5), "F5"),
    ("f6", Key::Function(6), "F6"),
    ("f7", Key::Function(7), "F7"),
    ("f8", Key::Function(8), "F8"),
    ("f9", Key::Function(9), "F9"),
    ("f10", Key::Function(10), "F10"),
    ("f11", Key::Function(11), "F11"),
    ("f12", Key::Function(12), "F12"),
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

/// Reads keys one after the other: `3jj<enter>?`. What stands between `<` and `>` is a key by its name; `<lt>` is the key `<`, and so is one that begins no name.
///
/// # Errors
/// A name that no key has.
pub fn script(text: &str) -> Result<Vec<Chord>, String> {
    let mut keys = Vec::new();
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        let inner = rest.strip_prefix('<').and_then(|after| after.split_once('>')).filter(|(name, _)| name.len() > 1 && !name.contains(['<', ' ']));
        if let Some((name, after)) = inner {
            let lower = name.to_ascii_lowercase();
            let key = if lower == "lt" { Some(Chord::plain(Key::Char('<'))) } else { Chord::parse(&lower) };
            keys.push(key.ok_or_else(|| format!("no key is called <{name}>"))?);
            rest = after;
        } else {
            keys.push(Chord::plain(Key::Char(letter)));
            rest = rest.get(letter.len_utf8()..).unwrap_or("");
        }
    }
    Ok(keys)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_is_the_keys_it_names() {
        let shown = |text: &str| script(text).map(|keys| keys.iter().map(|key| key.shown(true)).collect::<Vec<_>>());
        assert_eq!(shown("3jj<enter>?"), Ok(["3", "j", "j", "enter", "?"].map(str::to_owned).to_vec()));
        assert_eq!(shown("<<lt>><ctrl-l><PgDn>"), Ok(["<", "<", ">", "ctrl-l", "pgdn"].map(str::to_owned).to_vec()));
        assert_eq!(shown("<F1><f12>f1"), Ok(["f1", "f12", "f", "1"].map(str::to_owned).to_vec()));
        assert_eq!(shown("< a>"), Ok(["<", "space", "a", ">"].map(str::to_owned).to_vec()));
        assert_eq!(shown("<entre>"), Err("no key is called <entre>".to_owned()));
    }

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
