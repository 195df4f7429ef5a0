//! What a command is, and which key means which. The list of all of them is the registry.

use super::effect::Effect;
use super::key::Chord;
use super::place::Place;
use super::state::State;

/// Something a key does.
#[derive(Clone, Copy, Debug)]
pub struct Command {
    /// Stable identifier, for a keymap of one's own.
    pub id: &'static str,
    /// One or two words, for the footer.
    pub name: &'static str,
    /// One sentence without full stop, for the help.
    pub doc: &'static str,
    /// Its default keys; the footer shows the first.
    pub keys: &'static [&'static str],
    /// Where it can be used.
    pub places: &'static [Place],
    /// Order in the footer; 0 keeps it out, the highest go first where room is short.
    pub footer: u8,
    /// Whether it would do something now; the footer shows it only then.
    pub useful: fn(&State) -> bool,
    pub run: fn(&mut State) -> Option<Effect>,
}

/// Two commands want one key in one place, or a key is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Conflict {
    #[error("key {key} means both '{first}' and '{second}' on the {place} screen")]
    Taken { key: &'static str, first: &'static str, second: &'static str, place: &'static str },
    #[error("'{command}' is bound to '{key}', which is no key")]
    NoKey { key: &'static str, command: &'static str },
    #[error("two commands are called '{0}'")]
    SameName(&'static str),
}

/// Which key means which command where.
#[derive(Debug)]
pub struct Keymap {
    commands: &'static [Command],
    bound: Vec<(Chord, &'static Command)>,
}

impl Keymap {
    /// Binds the default keys.
    ///
    /// # Errors
    /// Every conflict, each naming both sides.
    pub fn of(commands: &'static [Command]) -> Result<Keymap, Vec<Conflict>> {
        let mut bound: Vec<(Chord, &'static Command)> = Vec::new();
        let mut conflicts = Vec::new();
        for (at, command) in commands.iter().enumerate() {
            if commands.iter().take(at).any(|other| other.id == command.id) {
                conflicts.push(Conflict::SameName(command.id));
            }
            for key in command.keys {
                let Some(chord) = Chord::parse(key) else {
                    conflicts.push(Conflict::NoKey { key, command: command.id });
                    continue;
                };
                for (_, other) in bound.iter().filter(|(known, _)| *known == chord) {
                    if let Some(place) = command.places.iter().find(|place| other.places.contains(place)) {
                        conflicts.push(Conflict::Taken { key, first: other.id, second: command.id, place: place.word() });
                    }
                }
                bound.push((chord, command));
            }
        }
        if conflicts.is_empty() { Ok(Keymap { commands, bound }) } else { Err(conflicts) }
    }

    /// All commands, in the order of the help.
    #[must_use]
    pub fn commands(&self) -> &'static [Command] {
        self.commands
    }

    /// What `chord` means in `place`.
    #[must_use]
    pub fn find(&self, chord: Chord, place: Place) -> Option<&'static Command> {
        self.bound.iter().find(|(known, command)| *known == chord && command.places.contains(&place)).map(|(_, command)| *command)
    }
}
