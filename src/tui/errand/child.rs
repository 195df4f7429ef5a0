//! Another program on our terminal: what is asked for. How the terminal is lent and taken back is in `lending`.

use crate::app::child::{self, ChildOrder};

/// What gets the terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outing {
    Program(ChildOrder),
    /// The shell of this person, and why it is one: safe already, with a blank behind.
    Shell(String),
}

impl Outing {
    pub(in crate::tui) fn order(self, shell: &str) -> ChildOrder {
        match self {
            Outing::Program(order) => order,
            Outing::Shell(why) => child::shell(shell, &why),
        }
    }
}
