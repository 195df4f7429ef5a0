//! Which key means which command where: the defaults of the registry, and what a person wants otherwise. Every conflict is found before anyone presses a key.

pub mod file;

use super::command::{Command, Verb};
use super::key::{Chord, Held, Key};
use super::place::Place;
use crate::text::suggest::nearest;

/// The keys that a person wants for a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binding {
    /// Identifier of the command.
    pub id: String,
    /// All of its keys; none takes the command off the keyboard, the palette still has it.
    pub keys: Vec<String>,
    /// Where it is written: `keys.toml:4:8`.
    pub written: String,
}

/// Two commands want one key in one place, or a key is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Conflict {
    #[error("key {key} means both {first} and {second} on the {place} screen; give one of them another key, or none with []")]
    Taken { key: String, first: String, second: String, place: &'static str },
    #[error(
        "{command} is bound to '{key}', which is no key; keys are a letter, ctrl- and a letter, enter, esc, tab, backtab, up, down, left, right, pgup, pgdn, home, end, backspace, space"
    )]
    NoKey { key: String, command: String },
    #[error("two commands are called '{0}'")]
    SameName(&'static str),
    #[error("{written}: there is no command '{id}'{}", near.map(|near| format!("; did you mean '{near}'?")).unwrap_or_default())]
    NoCommand { written: String, id: String, near: Option<&'static str> },
    #[error("{written}: '{id}' is bound twice, first at {first}")]
    Twice { written: String, first: String, id: String },
    #[error("nothing would leave the console: 'quit' has no key; it keeps ctrl-c if it is written so")]
    NoWayOut,
}

/// Which key means which command where.
#[derive(Debug)]
pub struct Keymap {
    commands: &'static [Command],
    verbs: &'static [Verb],
    /// Keys of one's own, by the identifier of the command.
    own: Vec<Binding>,
    bound: Vec<(Chord, &'static Command)>,
}

impl Keymap {
    /// Binds the default keys.
    ///
    /// # Errors
    /// Every conflict, each naming both sides.
    pub fn of(commands: &'static [Command]) -> Result<Keymap, Vec<Conflict>> {
        Keymap::with(commands, &[], &[])
    }

    /// Binds the keys of `bindings`, and the default keys of all other commands.
    ///
    /// # Errors
    /// Every conflict, each naming both sides and where they are written.
    pub fn with(commands: &'static [Command], verbs: &'static [Verb], bindings: &[Binding]) -> Result<Keymap, Vec<Conflict>> {
        let mut conflicts = Vec::new();
        for (at, binding) in bindings.iter().enumerate() {
            if !commands.iter().any(|command| command.id == binding.id) {
                let near = nearest(&binding.id, commands.iter().map(|command| command.id));
                conflicts.push(Conflict::NoCommand { written: binding.written.clone(), id: binding.id.clone(), near });
            }
            if let Some(first) = bindings.iter().take(at).find(|other| other.id == binding.id) {
                conflicts.push(Conflict::Twice { written: binding.written.clone(), first: first.written.clone(), id: binding.id.clone() });
            }
        }
        let named = |command: &Command| match bindings.iter().find(|binding| binding.id == command.id) {
            Some(binding) => format!("'{}' ({})", command.id, binding.written),
            None => format!("'{}'", command.id),
        };
        let mut bound: Vec<(Chord, &'static Command)> = Vec::new();
        for (at, command) in commands.iter().enumerate() {
            if commands.iter().take(at).any(|other| other.id == command.id) {
                conflicts.push(Conflict::SameName(command.id));
            }
            for key in keys_of(command, bindings) {
                let Some(chord) = Chord::parse(key) else {
                    conflicts.push(Conflict::NoKey { key: key.to_owned(), command: named(command) });
                    continue;
                };
                let others = bound.iter().filter(|(known, other)| *known == chord && other.id != command.id);
                for (_, other) in others {
                    if let Some(place) = command.places.iter().find(|place| other.places.contains(place)) {
                        conflicts.push(Conflict::Taken { key: key.to_owned(), first: named(other), second: named(command), place: place.word() });
                    }
                }
                bound.push((chord, command));
            }
        }
        // raw mode takes the terminal's own ctrl-c away
        if commands.iter().any(|command| command.id == "quit" && keys_of(command, bindings).is_empty()) {
            conflicts.push(Conflict::NoWayOut);
        }
        if conflicts.is_empty() { Ok(Keymap { commands, verbs, own: bindings.to_vec(), bound }) } else { Err(conflicts) }
    }

    /// The keys of `command` as they are bound.
    #[must_use]
    pub fn keys_of(&self, command: &Command) -> Vec<&str> {
        keys_of(command, &self.own)
    }

    /// All commands, in the order of the help; which keys they have says [`Keymap::keys_of`].
    #[must_use]
    pub fn commands(&self) -> &'static [Command] {
        self.commands
    }

    /// What the palette knows besides.
    #[must_use]
    pub fn verbs(&self) -> &'static [Verb] {
        self.verbs
    }

    /// What `chord` means in `place`.
    #[must_use]
    pub fn find(&self, chord: Chord, place: Place) -> Option<&'static Command> {
        self.bound.iter().find(|(known, command)| *known == chord && command.places.contains(&place)).map(|(_, command)| *command)
    }

    /// Whether a dialog lets `chord` through: what concerns the terminal, not what is typed.
    #[must_use]
    pub fn passes(&self, chord: Chord, place: Place) -> Option<&'static Command> {
        let typed = chord.held == Held::Nothing && matches!(chord.key, Key::Char(_));
        self.find(chord, place).filter(|command| !typed && matches!(command.id, "suspend" | "redraw"))
    }
}

fn keys_of<'a>(command: &Command, bindings: &'a [Binding]) -> Vec<&'a str> {
    match bindings.iter().find(|binding| binding.id == command.id) {
        Some(binding) => binding.keys.iter().map(String::as_str).collect(),
        None => command.keys.to_vec(),
    }
}
