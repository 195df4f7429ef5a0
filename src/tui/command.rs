//! What a command is. The list of all of them is the registry; which key means which is the keymap.

use super::effect::Effect;
use super::place::Place;
use super::state::State;

pub use super::keymap::{Binding, Conflict, Keymap};

/// Something a key does.
#[derive(Clone, Copy, Debug)]
pub struct Command {
    /// Stable identifier, for a keymap of one's own.
    pub id: &'static str,
    /// One or two words, for the footer.
    pub name: &'static str,
    /// One sentence without full stop, for the help.
    pub doc: &'static str,
    /// Its default keys; a keymap may have others.
    pub keys: &'static [&'static str],
    /// Where it can be used.
    pub places: &'static [Place],
    /// Order in the footer: what acts on the selected row first, then how to find the rest; 0 keeps it out, the highest go first where room is short.
    pub footer: u8,
    /// Whether it would do something now; the footer shows it only then.
    pub useful: fn(&State) -> bool,
    pub run: fn(&mut State) -> Option<Effect>,
}

/// Something that is said in the palette, most of them with an argument.
#[derive(Clone, Copy, Debug)]
pub struct Verb {
    pub id: &'static str,
    /// One sentence without full stop.
    pub doc: &'static str,
    pub takes: Takes,
    pub run: fn(&mut State, &str) -> Option<Effect>,
}

/// What stands behind a verb; the palette offers what there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    /// It is whole as it is.
    Nothing,
    Cluster,
    /// A column of the table in focus.
    Column,
    /// The number of a process, and perhaps the server it runs on.
    Process,
    Time,
    Folder,
    /// Any text.
    Words,
}

impl Takes {
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Takes::Nothing => "",
            Takes::Cluster => "CLUSTER",
            Takes::Column => "COLUMN",
            Takes::Process => "PID [SERVER]",
            Takes::Time => "TIME",
            Takes::Folder => "FOLDER",
            Takes::Words => "WORDS",
        }
    }
}
