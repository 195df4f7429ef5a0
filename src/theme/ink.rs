//! How one role is drawn: two colours and what is done to the letters.

use super::colour::Colour;

/// Colours and effects of one role, as the terminal at hand can show them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ink {
    pub fg: Colour,
    pub bg: Colour,
    pub effects: Effects,
}

/// A set of effects; not every terminal shows each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Effects(u8);

impl Effects {
    pub const NONE: Effects = Effects(0);
    pub const BOLD: Effects = Effects(1);
    pub const DIM: Effects = Effects(2);
    pub const REVERSE: Effects = Effects(4);
    pub const UNDERLINE: Effects = Effects(8);
    /// What a theme file may say.
    pub const NAMES: [(&'static str, Effects); 4] =
        [("bold", Effects::BOLD), ("dim", Effects::DIM), ("reverse", Effects::REVERSE), ("underline", Effects::UNDERLINE)];

    #[must_use]
    pub const fn with(self, other: Effects) -> Effects {
        Effects(self.0 | other.0)
    }

    #[must_use]
    pub const fn has(self, other: Effects) -> bool {
        self.0 & other.0 == other.0
    }

    /// The effect called `name`.
    #[must_use]
    pub fn named(name: &str) -> Option<Effects> {
        Effects::NAMES.iter().find(|(known, _)| *known == name).map(|(_, effect)| *effect)
    }
}
