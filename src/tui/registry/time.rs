//! Which moment is shown, and what is kept of it for others.

use super::{EVERYWHERE, always};
use crate::app::history::Step;
use crate::tui::command::Command;
use crate::tui::moves;
use crate::tui::state::State;
use crate::tui::travel;

pub(super) const ALL: &[Command] = &[
    Command {
        id: "freeze",
        name: "freeze",
        doc: "Keep the picture as it is, or go on; polling goes on meanwhile",
        keys: &["f"],
        places: EVERYWHERE,
        footer: 13,
        useful: always,
        run: moves::freeze,
    },
    Command {
        id: "rewind",
        name: "rewind",
        doc: "To the instant before; what is live goes on meanwhile",
        keys: &["<"],
        places: EVERYWHERE,
        footer: 7,
        useful: always,
        run: |state| travel::step(state, Step::Back),
    },
    Command {
        id: "forward",
        name: "forward",
        doc: "To the instant after; after the last one it is live again",
        keys: &[">"],
        places: EVERYWHERE,
        footer: 7,
        useful: is_past,
        run: |state| travel::step(state, Step::Forth),
    },
    Command {
        id: "minute-back",
        name: "minute back",
        doc: "Back by a minute",
        keys: &["("],
        places: EVERYWHERE,
        footer: 0,
        useful: always,
        run: |state| travel::step(state, Step::By(-60)),
    },
    Command {
        id: "minute-forward",
        name: "minute forward",
        doc: "On by a minute",
        keys: &[")"],
        places: EVERYWHERE,
        footer: 0,
        useful: is_past,
        run: |state| travel::step(state, Step::By(60)),
    },
    Command {
        id: "live",
        name: "live",
        doc: "Back to what is live; in a replay, to its end",
        keys: &["L"],
        places: EVERYWHERE,
        footer: 6,
        useful: is_past,
        run: travel::live,
    },
    Command {
        id: "play",
        name: "play",
        doc: "In a replay: go on by itself, a second each second, or stand still",
        keys: &["p"],
        places: EVERYWHERE,
        footer: 6,
        useful: |state| state.travel.is_replay(),
        run: travel::play,
    },
    Command {
        id: "bundle",
        name: "bundle",
        doc: "Write what is remembered into a folder for others: without statements and without secrets",
        keys: &["B"],
        places: EVERYWHERE,
        footer: 0,
        useful: always,
        run: |state| travel::bundle_into(state, "."),
    },
];

fn is_past(state: &State) -> bool {
    !state.picture.mode().is_live()
}
