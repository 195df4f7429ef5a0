//! What a command is. The list of all of them is the registry; which key means which is the keymap.

use super::effect::Effect;
use super::place::Place;
use super::state::State;
use crate::config::UserCommand;

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

/// A command of a person's own, as the configuration says it.
#[derive(Clone, Debug)]
pub struct OwnCommand {
    pub said: UserCommand,
    /// One sentence for the help.
    pub doc: String,
    /// Where it can be used.
    pub places: Vec<Place>,
    /// Whether what is selected has all that it is called with.
    pub useful: fn(&UserCommand, &State) -> bool,
    pub run: fn(&UserCommand, &mut State) -> Option<Effect>,
}

impl OwnCommand {
    #[must_use]
    pub fn new(said: &UserCommand, useful: fn(&UserCommand, &State) -> bool, run: fn(&UserCommand, &mut State) -> Option<Effect>) -> OwnCommand {
        let wanted = |place: &Place| if said.on.is_empty() { *place != Place::Help } else { said.on.iter().any(|word| word == place.word()) };
        let doc = said.doc.clone().unwrap_or_else(|| format!("Run {}", said.argv.join(" ")));
        OwnCommand { said: said.clone(), doc, places: Place::ALL.into_iter().filter(wanted).collect(), useful, run }
    }
}

/// What a key or a word of the palette leads to: a command of the registry, or one of a person's own.
#[derive(Clone, Copy, Debug)]
pub enum Deed<'a> {
    Built(&'static Command),
    Own(&'a OwnCommand),
}

impl<'a> Deed<'a> {
    #[must_use]
    pub fn id(self) -> &'a str {
        match self {
            Deed::Built(command) => command.id,
            Deed::Own(own) => &own.said.name,
        }
    }

    /// What the footer calls it.
    #[must_use]
    pub fn name(self) -> &'a str {
        match self {
            Deed::Built(command) => command.name,
            Deed::Own(own) => &own.said.name,
        }
    }

    #[must_use]
    pub fn doc(self) -> &'a str {
        match self {
            Deed::Built(command) => command.doc,
            Deed::Own(own) => &own.doc,
        }
    }

    #[must_use]
    pub fn places(self) -> &'a [Place] {
        match self {
            Deed::Built(command) => command.places,
            Deed::Own(own) => &own.places,
        }
    }

    /// Its order in the footer; 0 keeps it out.
    #[must_use]
    pub const fn footer(self) -> u8 {
        match self {
            Deed::Built(command) => command.footer,
            // what somebody wrote for here is wanted here, after the ways in and out
            Deed::Own(_) => 6,
        }
    }

    /// Whether it would do something now.
    #[must_use]
    pub fn is_useful(self, state: &State) -> bool {
        match self {
            Deed::Built(command) => (command.useful)(state),
            Deed::Own(own) => (own.useful)(&own.said, state),
        }
    }

    pub(super) fn run(self, state: &mut State) -> Option<Effect> {
        match self {
            Deed::Built(command) => (command.run)(state),
            Deed::Own(own) => (own.run)(&own.said, state),
        }
    }
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
    /// The name of a theme, of this program or of one's own.
    Theme,
    /// Which characters are drawn.
    Glyphs,
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
            Takes::Theme => "THEME",
            Takes::Glyphs => "SET",
            Takes::Words => "WORDS",
        }
    }
}
