//! Keys as the registry writes them (`ctrl-c`, `pgdn`, `G`), as a terminal sends them, and as a footer shows them.

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

/// One key with what was held down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Chord {
    code: KeyCode,
    modifiers: KeyModifiers,
}

/// Keys with a name of more than one letter: how the registry says them, how they are shown.
const NAMED: [(&str, KeyCode, &str); 14] = [
    ("enter", KeyCode::Enter, "⏎"),
    ("esc", KeyCode::Esc, "esc"),
    ("tab", KeyCode::Tab, "tab"),
    ("backtab", KeyCode::BackTab, "shift-tab"),
    ("up", KeyCode::Up, "↑"),
    ("down", KeyCode::Down, "↓"),
    ("left", KeyCode::Left, "←"),
    ("right", KeyCode::Right, "→"),
    ("pgup", KeyCode::PageUp, "PgUp"),
    ("pgdn", KeyCode::PageDown, "PgDn"),
    ("home", KeyCode::Home, "home"),
    ("end", KeyCode::End, "end"),
    ("backspace", KeyCode::Backspace, "backspace"),
    ("space", KeyCode::Char(' '), "space"),
];

impl Chord {
    /// Reads `ctrl-c`, `enter`, `G`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Chord> {
        let (modifiers, name) = match text.strip_prefix("ctrl-") {
            Some(rest) => (KeyModifiers::CONTROL, rest),
            None => (KeyModifiers::NONE, text),
        };
        if let Some((_, code, _)) = NAMED.iter().find(|(known, _, _)| *known == name) {
            return Some(Chord { code: *code, modifiers });
        }
        let mut letters = name.chars();
        match (letters.next(), letters.next()) {
            (Some(letter), None) => Some(Chord { code: KeyCode::Char(letter), modifiers }),
            _ => None,
        }
    }

    /// The key of an event; `None` when it was let go.
    #[must_use]
    pub fn of(event: &KeyEvent) -> Option<Chord> {
        if event.kind == KeyEventKind::Release {
            return None;
        }
        let mut modifiers = event.modifiers;
        // `G` is a letter of its own, and a back-tab says shift already
        if matches!(event.code, KeyCode::Char(_) | KeyCode::BackTab) {
            modifiers.remove(KeyModifiers::SHIFT);
        }
        Some(Chord { code: event.code, modifiers })
    }

    /// As a footer shows it; `plain` where there are only ASCII letters.
    #[must_use]
    pub fn shown(&self, plain: bool) -> String {
        let named = NAMED.iter().find(|(_, code, _)| *code == self.code).map(|(name, _, sign)| if plain { *name } else { *sign });
        let key = match (named, self.code) {
            (Some(name), _) => name.to_owned(),
            (None, KeyCode::Char(letter)) => letter.to_string(),
            (None, other) => format!("{other:?}"),
        };
        if self.modifiers.contains(KeyModifiers::CONTROL) { format!("ctrl-{key}") } else { key }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_what_is_pressed() {
        let cases = [
            ("q", KeyCode::Char('q'), KeyModifiers::NONE),
            ("G", KeyCode::Char('G'), KeyModifiers::SHIFT),
            ("ctrl-c", KeyCode::Char('c'), KeyModifiers::CONTROL),
            ("backtab", KeyCode::BackTab, KeyModifiers::SHIFT),
            ("enter", KeyCode::Enter, KeyModifiers::NONE),
            ("?", KeyCode::Char('?'), KeyModifiers::SHIFT),
        ];
        for (text, code, modifiers) in cases {
            assert_eq!(Chord::parse(text), Chord::of(&KeyEvent::new(code, modifiers)), "{text}");
        }
        assert_ne!(Chord::parse("g"), Chord::parse("G"));
        assert_eq!((Chord::parse(""), Chord::parse("ctrl-"), Chord::parse("entre")), (None, None, None));
    }

    #[test]
    fn letting_go_is_no_key() {
        let event = KeyEvent::new_with_kind(KeyCode::Char('q'), KeyModifiers::NONE, KeyEventKind::Release);
        assert_eq!(Chord::of(&event), None);
    }
}
