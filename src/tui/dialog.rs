//! What a person is in the middle of saying; it has the keys until it is said or left.

use super::filter::Flaw;
use super::line::Line;

/// One of them at a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Dialog {
    /// Which rows of the table in focus are shown.
    Filter {
        line: Line,
        /// What it was before.
        former: String,
        /// Why what is typed means nothing yet; the rows stay as they were.
        flaw: Option<Flaw>,
    },
    /// Anything, by its name.
    Palette {
        line: Line,
        /// Which of what was found is selected.
        at: usize,
    },
    /// Which columns of the table in focus are shown.
    Columns { at: usize },
}

impl Dialog {
    /// The line that is typed, where one is.
    #[must_use]
    pub const fn line(&self) -> Option<&Line> {
        match self {
            Dialog::Filter { line, .. } | Dialog::Palette { line, .. } => Some(line),
            Dialog::Columns { .. } => None,
        }
    }

    /// Its keys, as the registry writes keys, with what they do.
    #[must_use]
    pub const fn keys(&self) -> &'static [(&'static str, &'static str)] {
        match self {
            Dialog::Filter { .. } => &[("enter", "keep"), ("esc", "as before"), ("down", "next row"), ("ctrl-u", "clear")],
            Dialog::Palette { .. } => &[("enter", "run"), ("tab", "complete"), ("down", "next"), ("esc", "leave")],
            Dialog::Columns { .. } => &[("space", "show or hide"), ("enter", "done"), ("a", "as the table has them"), ("esc", "leave")],
        }
    }
}
