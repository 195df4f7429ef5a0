//! One sentence about what was just done, until the next key.

use crate::theme::State;

/// What is told, and how it stands. The text has to be safe already: it never holds a raw word of a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    pub mark: State,
    pub text: String,
}

impl Notice {
    pub fn new(mark: State, text: impl Into<String>) -> Self {
        Notice { mark, text: text.into() }
    }

    /// Something could not be done.
    pub fn warning(text: impl Into<String>) -> Self {
        Notice::new(State::Warning, text)
    }

    pub fn info(text: impl Into<String>) -> Self {
        Notice::new(State::Info, text)
    }
}
