//! Which key means which command where: the defaults of the registry, and what a person wants otherwise. Every conflict is found before anyone presses a key.

pub mod file;

use super::command::{Command, Deed, OwnCommand, Verb};
use super::key::{Chord, Held, Key};
use super::place::Place;
use crate::text::suggest::nearest;
use crate::text::untrusted::visible;

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
    #[error("{at}key {key} means both {first} and {second} on the {place} screen; give one of them another key, or none with []")]
    Taken { at: At, key: String, first: String, second: String, place: &'static str },
    #[error(
        "{at}{command} is bound to '{key}', which is no key; keys are a letter, ctrl- and a letter, enter, esc, tab, backtab, up, down, left, right, pgup, pgdn, home, end, backspace, space, f1 to f12"
    )]
    NoKey { at: At, key: String, command: String },
    #[error("{at}two commands are called '{name}'")]
    SameName { at: At, name: String },
    #[error("{written}: there is no command '{id}'{}", near.map(|near| format!("; did you mean '{near}'?")).unwrap_or_default())]
    NoCommand { written: String, id: String, near: Option<&'static str> },
    #[error("{written}: '{id}' is bound twice, first at {first}")]
    Twice { written: String, first: String, id: String },
    #[error("{0}nothing would leave the console: 'quit' has no key; it keeps ctrl-c if it is written so")]
    NoWayOut(At),
}

/// Where something is written, in front of what is wrong with it: `keys.toml:4:8: `; nothing for what the program itself has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct At(Option<String>);

impl std::fmt::Display for At {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.as_ref().map_or(Ok(()), |written| write!(f, "{}: ", visible(written)))
    }
}

/// Which key means which command where.
#[derive(Debug)]
pub struct Keymap {
    commands: &'static [Command],
    verbs: &'static [Verb],
    /// Keys of one's own, by the identifier of the command.
    bindings: Vec<Binding>,
    /// Commands of one's own.
    own: Vec<OwnCommand>,
    bound: Vec<(Chord, Bound)>,
}

/// What a key is bound to.
#[derive(Clone, Copy, Debug)]
enum Bound {
    Built(&'static Command),
    /// The command of one's own at this place.
    Own(usize),
}

impl Keymap {
    /// Binds the default keys.
    ///
    /// # Errors
    /// Every conflict, each naming both sides.
    pub fn of(commands: &'static [Command]) -> Result<Keymap, Vec<Conflict>> {
        Keymap::with(commands, &[], &[], &[])
    }

    /// Binds the keys of `bindings`, the default keys of all other commands, and those of `own`.
    ///
    /// # Errors
    /// Every conflict, each naming both sides and where they are written.
    pub fn with(commands: &'static [Command], verbs: &'static [Verb], bindings: &[Binding], own: &[OwnCommand]) -> Result<Keymap, Vec<Conflict>> {
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
        let named = |deed: Deed<'_>| match (deed, bindings.iter().find(|binding| binding.id == deed.id())) {
            (Deed::Own(own), _) => format!("'{}' ({})", visible(&own.said.name), visible(&own.said.written)),
            (Deed::Built(command), Some(binding)) => format!("'{}' ({})", command.id, binding.written),
            (Deed::Built(command), None) => format!("'{}'", command.id),
        };
        let written = |deed: Deed<'_>| match deed {
            Deed::Own(own) => At(Some(own.said.written.clone())),
            Deed::Built(command) => At(bindings.iter().find(|binding| binding.id == command.id).map(|binding| binding.written.clone())),
        };
        let deed = |bound: Bound| match bound {
            Bound::Built(command) => Some(Deed::Built(command)),
            Bound::Own(at) => own.get(at).map(Deed::Own),
        };
        let all = commands.iter().map(Bound::Built).chain((0..own.len()).map(Bound::Own));
        let mut bound: Vec<(Chord, Bound)> = Vec::new();
        let mut names: Vec<&str> = Vec::new();
        for one in all {
            let Some(wanted) = deed(one) else { continue };
            let is_verb = matches!(wanted, Deed::Own(_)) && verbs.iter().any(|verb| verb.id == wanted.id());
            if names.contains(&wanted.id()) || is_verb {
                conflicts.push(Conflict::SameName { at: written(wanted), name: visible(wanted.id()) });
            }
            for key in keys_of(wanted, bindings) {
                let Some(chord) = Chord::parse(key) else {
                    conflicts.push(Conflict::NoKey { at: written(wanted), key: visible(key), command: named(wanted) });
                    continue;
                };
                let others =
                    bound.iter().filter(|(known, _)| *known == chord).filter_map(|(_, other)| deed(*other)).filter(|other| other.id() != wanted.id());
                for other in others {
                    if let Some(place) = wanted.places().iter().find(|place| other.places().contains(place)) {
                        // the later one, unless only the other is of a person's own
                        let at = Some(written(wanted)).filter(|at| at.0.is_some()).unwrap_or_else(|| written(other));
                        conflicts.push(Conflict::Taken { at, key: key.to_owned(), first: named(other), second: named(wanted), place: place.word() });
                    }
                }
                bound.push((chord, one));
            }
            names.push(wanted.id());
        }
        // raw mode takes the terminal's own ctrl-c away
        let quit = commands.iter().map(Deed::Built).find(|deed| deed.id() == "quit" && keys_of(*deed, bindings).is_empty());
        conflicts.extend(quit.map(|quit| Conflict::NoWayOut(written(quit))));
        if conflicts.is_empty() { Ok(Keymap { commands, verbs, bindings: bindings.to_vec(), own: own.to_vec(), bound }) } else { Err(conflicts) }
    }

    /// The keys of `deed` as they are bound.
    #[must_use]
    pub fn keys_of<'a>(&'a self, deed: Deed<'a>) -> Vec<&'a str> {
        keys_of(deed, &self.bindings)
    }

    /// All commands, in the order of the help; which keys they have says [`Keymap::keys_of`].
    pub fn deeds(&self) -> impl Iterator<Item = Deed<'_>> {
        self.commands.iter().map(Deed::Built).chain(self.own.iter().map(Deed::Own))
    }

    /// What the palette knows besides.
    #[must_use]
    pub fn verbs(&self) -> &'static [Verb] {
        self.verbs
    }

    /// What `chord` means in `place`.
    #[must_use]
    pub fn find(&self, chord: Chord, place: Place) -> Option<Deed<'_>> {
        let same = self.bound.iter().filter(|(known, _)| *known == chord);
        let mut deeds = same.filter_map(|(_, bound)| match bound {
            Bound::Built(command) => Some(Deed::Built(command)),
            Bound::Own(at) => self.own.get(*at).map(Deed::Own),
        });
        deeds.find(|deed| deed.places().contains(&place))
    }

    /// What `chord` means in some place.
    #[must_use]
    pub fn elsewhere(&self, chord: Chord) -> Option<Deed<'_>> {
        Place::ALL.iter().find_map(|place| self.find(chord, *place))
    }

    /// Whether a dialog lets `chord` through: what concerns the terminal, not what is typed.
    #[must_use]
    pub fn passes(&self, chord: Chord, place: Place) -> Option<Deed<'_>> {
        let typed = chord.held == Held::Nothing && matches!(chord.key, Key::Char(_));
        self.find(chord, place).filter(|deed| !typed && matches!(deed.id(), "suspend" | "redraw"))
    }
}

fn keys_of<'a>(deed: Deed<'a>, bindings: &'a [Binding]) -> Vec<&'a str> {
    match (deed, bindings.iter().find(|binding| binding.id == deed.id())) {
        (Deed::Own(own), _) => own.said.keys.iter().map(String::as_str).collect(),
        (Deed::Built(_), Some(binding)) => binding.keys.iter().map(String::as_str).collect(),
        (Deed::Built(command), None) => command.keys.to_vec(),
    }
}
