//! The screens: what was shown before, all clusters, each page by its number or letter.

use super::{EVERYWHERE, LISTS, always};
use crate::tui::command::Command;
use crate::tui::effect::Effect;
use crate::tui::moves;
use crate::tui::place::Place;
use crate::tui::state::State;

pub(super) const ALL: &[Command] = &[
    Command {
        id: "former-view",
        name: "former view",
        doc: "To what was shown before, step by step",
        keys: &["["],
        places: EVERYWHERE,
        footer: 0,
        useful: always,
        run: moves::rewind,
    },
    Command {
        id: "later-view",
        name: "later view",
        doc: "Again to what was shown after",
        keys: &["]"],
        places: EVERYWHERE,
        footer: 0,
        useful: always,
        run: moves::advance,
    },
    Command {
        id: "last-view",
        name: "last view",
        doc: "To what was shown last; again: back here",
        keys: &["-"],
        places: EVERYWHERE,
        footer: 0,
        useful: always,
        run: moves::swap,
    },
    Command { id: "fleet", name: "fleet", doc: "To all clusters", keys: &["0"], places: EVERYWHERE, footer: 0, useful: always, run: moves::home },
    page_of("topology", &"1", "Page: who streams from whom", |state| moves::page_of(state, Place::Topology)),
    page_of("replication", &"2", "Page: each standby, how far behind", |state| moves::page_of(state, Place::Replication)),
    page_of("activity", &"3", "Page: sessions that do or hold something", |state| moves::page_of(state, Place::Activity)),
    page_of("locks", &"4", "Page: who holds up whom", |state| moves::page_of(state, Place::Locks)),
    page_of("poolers", &"5", "Page: every pool of every PgBouncer", |state| moves::page_of(state, Place::Poolers)),
    page_of("balancers", &"6", "Page: every server of every HAProxy", |state| moves::page_of(state, Place::Balancers)),
    page_of("consensus", &"7", "Page: the members of the store", |state| moves::page_of(state, Place::Consensus)),
    page_of("findings", &"8", "Page: what is wrong, and what to do", |state| moves::page_of(state, Place::Findings)),
    page_of("foresee", &"F", "Page: if it dies now, what follows", |state| moves::page_of(state, Place::Foresee)),
    Command {
        id: "who",
        name: "who",
        doc: "The client behind the selected process: back through pooler and balancer; of a pooler or a pool: who waits there; again: once more",
        keys: &["w"],
        places: LISTS,
        footer: 2,
        useful: moves::can_ask_who,
        run: moves::who,
    },
    page_of("events", &"9", "Page: what happened, newest first", |state| moves::page_of(state, Place::Events)),
    page_of("queries", &"Q", "Page: the statements that cost most", |state| moves::page_of(state, Place::Queries)),
    page_of("history", &"H", "Page: every change of leader", |state| moves::page_of(state, Place::History)),
    page_of("show-config", &"C", "Page: the dynamic configuration", |state| moves::page_of(state, Place::ShowConfig)),
    page_of("doctor", &"D", "Page: can opsctl do its work here", |state| moves::page_of(state, Place::Doctor)),
];

/// A command that opens a page of the same name.
const fn page_of(id: &'static str, key: &'static &'static str, doc: &'static str, run: fn(&mut State) -> Option<Effect>) -> Command {
    Command { id, name: id, doc, keys: std::slice::from_ref(key), places: EVERYWHERE, footer: 0, useful: always, run }
}
