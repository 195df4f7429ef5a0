//! The selected row: copied, or another one.

use super::{COMMANDS, EVERYWHERE, LISTS, always};
use crate::tui::command::Command;
use crate::tui::effect::Effect;
use crate::tui::moves;
use crate::tui::place::Place::Help;
use crate::tui::screens::help;
use crate::tui::state::State;

pub(super) const ALL: &[Command] = &[
    Command {
        id: "copy",
        name: "copy",
        doc: "The selected row to the clipboard of the terminal (OSC 52), its columns separated by tabs",
        keys: &["y"],
        places: LISTS,
        footer: 0,
        useful: moves::has_row,
        run: moves::copy,
    },
    Command { id: "down", name: "down", doc: "One row down", keys: &["down", "j"], places: EVERYWHERE, footer: 0, useful: always, run: |s| by(s, 1) },
    Command { id: "up", name: "up", doc: "One row up", keys: &["up", "k"], places: EVERYWHERE, footer: 0, useful: always, run: |s| by(s, -1) },
    Command {
        id: "page-down",
        name: "page down",
        doc: "Half a screen down",
        keys: &["pgdn", "ctrl-d", "space"],
        places: EVERYWHERE,
        footer: 0,
        useful: always,
        run: |state| page(state, 1),
    },
    Command {
        id: "page-up",
        name: "page up",
        doc: "Half a screen up",
        keys: &["pgup", "ctrl-u"],
        places: EVERYWHERE,
        footer: 0,
        useful: always,
        run: |state| page(state, -1),
    },
    Command {
        id: "first",
        name: "first",
        doc: "To the first row",
        keys: &["g", "home"],
        places: EVERYWHERE,
        footer: 0,
        useful: always,
        run: |state| by(state, isize::MIN),
    },
    Command {
        id: "last",
        name: "last",
        doc: "To the last row",
        keys: &["G", "end"],
        places: EVERYWHERE,
        footer: 0,
        useful: always,
        run: |state| by(state, isize::MAX),
    },
];

/// Moves; the help is as long as this list makes it, and only there that is worth its words.
fn by(state: &mut State, rows: isize) -> Option<Effect> {
    let lines = if state.place() == Help { help::length(COMMANDS, &state.own, state.size.0) } else { 0 };
    moves::by(state, rows, lines)
}

fn page(state: &mut State, direction: isize) -> Option<Effect> {
    by(state, moves::page(state).saturating_mul(direction))
}
