//! The states that a screen tells apart: each has a word, a glyph and a role.

use super::role::Role;

/// How something stands. Decided by `health` and the systems; only drawn here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Healthy,
    Warning,
    Critical,
    Info,
    Unknown,
    /// Once known, too old now.
    Stale,
    Running,
    /// Not yet.
    Pending,
    Leader,
}

impl State {
    pub const ALL: [State; 9] =
        [State::Healthy, State::Warning, State::Critical, State::Info, State::Unknown, State::Stale, State::Running, State::Pending, State::Leader];

    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            State::Healthy => "healthy",
            State::Warning => "warning",
            State::Critical => "critical",
            State::Info => "info",
            State::Unknown => "unknown",
            State::Stale => "stale",
            State::Running => "running",
            State::Pending => "pending",
            State::Leader => "leader",
        }
    }

    #[must_use]
    pub const fn role(self) -> Role {
        match self {
            State::Healthy => Role::Healthy,
            State::Warning => Role::Warning,
            State::Critical => Role::Critical,
            State::Info => Role::Info,
            State::Unknown => Role::Unknown,
            State::Stale => Role::Stale,
            State::Running => Role::Running,
            State::Pending => Role::Pending,
            State::Leader => Role::Leader,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::State;
    use crate::theme::Glyphs;
    use std::collections::BTreeSet;
    use unicode_width::UnicodeWidthStr;

    #[test]
    fn states_differ_by_glyph_and_by_word_in_both_sets() {
        for set in [Glyphs::Unicode, Glyphs::Ascii] {
            let glyphs: BTreeSet<_> = State::ALL.iter().map(|state| set.of(*state)).collect();
            assert_eq!(glyphs.len(), State::ALL.len(), "{set:?}");
            assert!(glyphs.iter().all(|glyph| glyph.width() == 1), "{set:?}");
        }
        let words: BTreeSet<_> = State::ALL.iter().map(|state| state.word()).collect();
        assert_eq!(words.len(), State::ALL.len());
        let roles: BTreeSet<_> = State::ALL.iter().map(|state| state.role()).collect();
        assert_eq!(roles.len(), State::ALL.len());
    }

    #[test]
    fn the_plain_set_is_plain() {
        let signs = Glyphs::Ascii.signs();
        let all = [signs.crumb, signs.selected, signs.horizontal, signs.vertical, signs.enter, signs.at_least, signs.cut];
        assert!(all.iter().chain(&signs.corners).chain(&signs.tees).all(|sign| sign.is_ascii()));
        assert!(State::ALL.iter().all(|state| Glyphs::Ascii.of(*state).is_ascii()));
    }
}
