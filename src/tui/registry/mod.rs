//! The one list of what a person can do: keys, footer, help, palette and keymap are made from it. Its parts are files of this folder, by what they act on: a
//! new command is an entry in one of them, and what it does a function beside the others of its kind (`moves`, `tables`, `travel`).
//!
//! It must never do anything itself: an entry names who does it.

mod change;
mod console;
mod find;
mod open;
mod pages;
mod rows;
mod time;

use super::command::{Binding, Command, Conflict, Keymap, OwnCommand, Takes, Verb};
use super::effect::Effect;
use super::moves;
use super::notice::Notice;
use super::place::Place;
use super::settings;
use super::state::State;
use super::tables;
use super::travel;

const EVERYWHERE: &[Place] = &Place::ALL;
/// The screens with rows to move in: all but the last two.
const LISTS: &[Place] = EVERYWHERE.split_at(EVERYWHERE.len() - 2).0;
/// Where there is something that was found: everywhere but in the help.
const TELLING: &[Place] = EVERYWHERE.split_at(EVERYWHERE.len() - 1).0;
/// The cluster and the pages: what can have several panels.
const PAGES: &[Place] = LISTS.split_at(1).1;

/// In the order of the help.
const GROUPS: [&[Command]; 7] = [open::ALL, change::ALL, find::ALL, pages::ALL, rows::ALL, time::ALL, console::ALL];

/// All of them, in the order of the help.
pub static COMMANDS: &[Command] = &JOINED;

static JOINED: [Command; length(&GROUPS)] = joined(&GROUPS);

const fn length(mut groups: &[&[Command]]) -> usize {
    let mut length = 0;
    while let [group, others @ ..] = groups {
        length += group.len();
        groups = others;
    }
    length
}

/// The commands of `groups` behind each other; a list is made by the compiler, so that keys, footer and help borrow from it for ever.
const fn joined<const N: usize>(mut groups: &[&[Command]]) -> [Command; N] {
    let mut all = [console::CLOSE; N];
    let mut places: &mut [Command] = &mut all;
    while let [group, others @ ..] = groups {
        let mut commands: &[Command] = group;
        while let [command, next @ ..] = commands {
            let [place, free @ ..] = places else { return all };
            *place = *command;
            (commands, places) = (next, free);
        }
        groups = others;
    }
    all
}

/// What is said in the palette with an argument.
pub static VERBS: &[Verb] = &[
    Verb { id: "by", doc: "Sort by a column; again: the other way; none: as the table has it", takes: Takes::Column, run: tables::sort_by },
    Verb { id: "only", doc: "Rows that match, as / does", takes: Takes::Words, run: only },
    Verb { id: "who", doc: "The client behind a process of the open cluster, by its number", takes: Takes::Process, run: moves::who_of },
    Verb { id: "at", doc: "To another time: 14:03, 14:03:22, -5m, 2026-11-21T14:03Z", takes: Takes::Time, run: travel::at },
    Verb { id: "bundle", doc: "Write what is remembered into a new folder in this one", takes: Takes::Folder, run: travel::bundle_into },
    Verb {
        id: "write",
        doc: "Unlock writing to the open cluster for a time: 15m; off locks it again",
        takes: Takes::Words,
        run: super::change::write,
    },
    Verb { id: "plan", doc: "The plan of a runbook: switchover to=pg2", takes: Takes::Words, run: super::change::plan },
    Verb { id: "attach", doc: "A run by its name, or the last letters of it: attach 7ZQ39F", takes: Takes::Words, run: super::change::attach },
    Verb { id: "theme", doc: "Setting: colours, until the console is left", takes: Takes::Theme, run: settings::theme },
    Verb { id: "glyphs", doc: "Setting: characters that are drawn, until the console is left", takes: Takes::Glyphs, run: settings::glyphs },
    Verb {
        id: "shell",
        doc: "The shell of yours, on this terminal; exit comes back",
        takes: Takes::Nothing,
        run: |state, _| moves::shell(state, ""),
    },
];

/// The keymap of this registry with `bindings` in the place of its keys, and the commands of one's own.
///
/// # Errors
/// Every conflict, each naming both sides.
pub fn keymap(bindings: &[Binding], own: &[OwnCommand]) -> Result<Keymap, Vec<Conflict>> {
    Keymap::with(COMMANDS, VERBS, bindings, own)
}

fn only(state: &mut State, words: &str) -> Option<Effect> {
    if let Err(flaw) = tables::narrow(state, words) {
        state.notice = Some(Notice::warning(flaw.to_string()));
    }
    None
}

fn always(_state: &State) -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::command::Deed;
    use crate::tui::key::Chord;

    #[test]
    fn the_default_keys_mean_one_thing_each() {
        let keymap = Keymap::of(COMMANDS).expect("no conflict");
        for command in COMMANDS {
            assert!(!command.keys.is_empty() && !command.places.is_empty(), "{} can be reached", command.id);
            for place in command.places {
                let chord = Chord::parse(command.keys[0]).expect("a key");
                assert_eq!(keymap.find(chord, *place).map(Deed::id), Some(command.id));
            }
        }
    }

    #[test]
    fn a_conflict_names_both_and_the_place() {
        static TWO: [Command; 3] = [
            Command { id: "one", keys: &["f"], places: &[Place::Fleet], ..COMMANDS[0] },
            Command { id: "two", keys: &["f", "hyper-f"], places: &[Place::Cluster, Place::Fleet], ..COMMANDS[0] },
            Command { id: "one", keys: &["f"], places: &[Place::Help], ..COMMANDS[0] },
        ];
        let conflicts = Keymap::of(&TWO).expect_err("conflicts");
        let told: Vec<String> = conflicts.iter().map(ToString::to_string).collect();
        assert!(told[0].starts_with("key f means both 'one' and 'two' on the fleet screen; "), "{told:?}");
        assert!(told[1].starts_with("'two' is bound to 'hyper-f', which is no key; "), "{told:?}");
        assert_eq!(told[2], "two commands are called 'one'");
        assert_eq!(told.len(), 3);
    }

    #[test]
    fn keys_of_ones_own_take_the_place_of_the_defaults() {
        let binding = |id: &str, keys: &[&str], line: usize| Binding {
            id: id.to_owned(),
            keys: keys.iter().map(|key| (*key).to_owned()).collect(),
            written: format!("keys.toml:{line}:1"),
        };
        let own = keymap(&[binding("freeze", &["ctrl-f"], 1), binding("zoom", &["f"], 2), binding("doctor", &[], 3)], &[]).expect("no conflict");
        let means = |key: &str| own.find(Chord::parse(key).expect("a key"), Place::Locks).map(Deed::id);
        assert_eq!((means("ctrl-f"), means("f"), means("D"), means("z")), (Some("freeze"), Some("zoom"), None, None));
        let told =
            |bindings: &[Binding]| keymap(bindings, &[]).expect_err("conflicts").iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
        let taken = told(&[binding("freeze", &["z"], 4)]);
        assert!(taken.starts_with("keys.toml:4:1: key z means both 'zoom' and 'freeze' (keys.toml:4:1) on the cluster screen"), "{taken}");
        assert_eq!(told(&[binding("freze", &["Z"], 5)]), "keys.toml:5:1: there is no command 'freze'; did you mean 'freeze'?");
        assert_eq!(told(&[binding("zoom", &["Z"], 6), binding("zoom", &["Z"], 7)]), "keys.toml:7:1: 'zoom' is bound twice, first at keys.toml:6:1");
        assert!(told(&[binding("quit", &[], 8)]).starts_with("keys.toml:8:1: nothing would leave the console"));
    }
}
