//! The signs of a screen, in two sets of equal meaning: one for terminals with Unicode, one for all others.

use super::state::State;

/// Which set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Glyphs {
    Unicode,
    Ascii,
}

/// The signs that are no state; each takes one column, except keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signs {
    /// Between the stations of a path.
    pub crumb: &'static str,
    /// Before the selected row.
    pub selected: &'static str,
    pub horizontal: &'static str,
    pub vertical: &'static str,
    /// Top left, top right, bottom left, bottom right.
    pub corners: [&'static str; 4],
    /// Left and right end of a line across a frame.
    pub tees: [&'static str; 2],
    /// The enter key.
    pub enter: &'static str,
    /// It may be more than this.
    pub at_least: &'static str,
    /// Some text was left out.
    pub cut: &'static str,
    /// The heights of a line over time, from nothing to the most.
    pub heights: [&'static str; 8],
    /// In such a line: nothing was read.
    pub gap: &'static str,
}

const UNICODE: Signs = Signs {
    crumb: "▸",
    selected: "▸",
    horizontal: "─",
    vertical: "│",
    corners: ["┌", "┐", "└", "┘"],
    tees: ["├", "┤"],
    enter: "⏎",
    at_least: "≥",
    cut: "…",
    heights: ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"],
    gap: "·",
};
const ASCII: Signs = Signs {
    crumb: ">",
    selected: ">",
    horizontal: "-",
    vertical: "|",
    corners: ["+", "+", "+", "+"],
    tees: ["+", "+"],
    enter: "enter",
    at_least: ">",
    cut: ".",
    heights: ["_", "-", "~", "=", "+", "*", "%", "#"],
    gap: ".",
};

impl Glyphs {
    /// The signs of the set.
    #[must_use]
    pub const fn signs(self) -> &'static Signs {
        match self {
            Glyphs::Unicode => &UNICODE,
            Glyphs::Ascii => &ASCII,
        }
    }

    /// The glyph of `state`: one column, another for each state.
    #[must_use]
    pub const fn of(self, state: State) -> &'static str {
        match (self, state) {
            (Glyphs::Unicode, State::Healthy) => "●",
            (Glyphs::Unicode, State::Warning) => "▲",
            (Glyphs::Unicode, State::Critical) => "✗",
            (Glyphs::Unicode, State::Info) => "◆",
            (_, State::Unknown) => "?",
            (Glyphs::Unicode, State::Stale) => "◌",
            (Glyphs::Unicode, State::Running) => "◐",
            (Glyphs::Unicode, State::Pending) => "·",
            (Glyphs::Unicode, State::Leader) => "★",
            (Glyphs::Ascii, State::Healthy) => "o",
            (Glyphs::Ascii, State::Warning) => "!",
            (Glyphs::Ascii, State::Critical) => "X",
            (Glyphs::Ascii, State::Info) => "i",
            (Glyphs::Ascii, State::Stale) => "~",
            (Glyphs::Ascii, State::Running) => ">",
            (Glyphs::Ascii, State::Pending) => "-",
            (Glyphs::Ascii, State::Leader) => "*",
        }
    }
}
