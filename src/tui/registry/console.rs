//! The console itself: its terminal, its help, its end.

use super::{EVERYWHERE, always};
use crate::tui::change;
use crate::tui::command::Command;
use crate::tui::effect::Effect;
use crate::tui::moves;
use crate::tui::place::Place::{Help, Sheet};

pub(super) const ALL: &[Command] = &[
    Command {
        id: "mouse",
        name: "mouse",
        doc: "Leave the mouse to the terminal, which selects text with it; again: it points and turns the wheel here",
        keys: &["m"],
        places: EVERYWHERE,
        footer: 0,
        useful: always,
        run: moves::mouse,
    },
    Command {
        id: "psql",
        name: "psql",
        doc: "psql of the selected server, read only, on this terminal; a shell where no server is selected (:shell is always one)",
        keys: &["!"],
        places: EVERYWHERE,
        footer: 16,
        useful: always,
        run: moves::psql,
    },
    Command {
        id: "redraw",
        name: "redraw",
        doc: "Draw everything anew, where something else wrote on the terminal",
        keys: &["ctrl-l"],
        places: EVERYWHERE,
        footer: 0,
        useful: always,
        run: |_| Some(Effect::Redraw),
    },
    Command {
        id: "suspend",
        name: "suspend",
        doc: "Stop and give the terminal back to the shell; `fg` comes back",
        keys: &["ctrl-z"],
        places: EVERYWHERE,
        footer: 0,
        useful: always,
        run: |_| Some(Effect::Suspend),
    },
    Command {
        id: "help",
        name: "help",
        doc: "What the keys do here; again to close",
        keys: &["?", "f1"],
        places: EVERYWHERE,
        footer: 5,
        useful: |state| state.place() != Help,
        run: moves::help,
    },
    Command {
        id: "quit",
        name: "quit",
        doc: "Leave the console; a run that is watched is only detached from",
        keys: &["q", "ctrl-c"],
        places: EVERYWHERE,
        footer: 9,
        useful: always,
        run: change::quit,
    },
    CLOSE,
];

/// The last one of the list.
pub(super) const CLOSE: Command = Command {
    id: "close",
    name: "close",
    doc: "Close what was opened",
    keys: &["enter"],
    places: &[Sheet, Help],
    footer: 0,
    useful: always,
    run: moves::back,
};
