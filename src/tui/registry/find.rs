//! Finding: rows by what they hold, anything by its name; and the order, the columns and the width of a table.

use super::{EVERYWHERE, LISTS, always};
use crate::tui::command::Command;
use crate::tui::dialog::Dialog;
use crate::tui::effect::Effect;
use crate::tui::line::Line;
use crate::tui::notice::Notice;
use crate::tui::state::State;
use crate::tui::tables;

pub(super) const ALL: &[Command] = &[
    Command {
        id: "filter",
        name: "filter",
        doc: "Rows that match: word, /pattern/, !not, lag>10s, state!=ok, lag=? for what is not known",
        keys: &["/"],
        places: LISTS,
        footer: 10,
        useful: tables::has_table,
        run: tables::filter,
    },
    Command {
        id: "palette",
        name: "command",
        doc: "Anything by its name: commands, pages, @clusters; tab completes",
        keys: &[":"],
        places: EVERYWHERE,
        footer: 4,
        useful: always,
        run: |state| {
            state.dialog = Some(Dialog::Palette { line: Line::default(), at: 0 });
            None
        },
    },
    Command {
        id: "sort",
        name: "sort",
        doc: "Sort by the next column; after the last one the table's own order again",
        keys: &["S"],
        places: LISTS,
        footer: 14,
        useful: tables::has_table,
        run: tables::sort_next,
    },
    Command {
        id: "turn-order",
        name: "turn order",
        doc: "Sort the other way",
        keys: &["s"],
        places: LISTS,
        footer: 0,
        useful: tables::has_table,
        run: tables::turn,
    },
    Command {
        id: "reset",
        name: "reset",
        doc: "The table as it is by itself: every row, its own order, its own columns",
        keys: &["="],
        places: LISTS,
        footer: 0,
        useful: tables::has_table,
        run: reset,
    },
    Command {
        id: "columns",
        name: "columns",
        doc: "Choose which columns are shown",
        keys: &["c"],
        places: LISTS,
        footer: 0,
        useful: tables::has_table,
        run: tables::columns,
    },
    Command {
        id: "scroll-right",
        name: "scroll",
        doc: "Columns further to the right; those that name the row stay",
        keys: &["right", "l"],
        places: LISTS,
        footer: 0,
        useful: tables::has_table,
        run: |state| tables::scroll(state, 1),
    },
    Command {
        id: "scroll-left",
        name: "scroll back",
        doc: "Columns further to the left",
        keys: &["left", "h"],
        places: LISTS,
        footer: 0,
        useful: tables::has_table,
        run: |state| tables::scroll(state, -1),
    },
];

/// Takes back all that a person did to the table in focus.
fn reset(state: &mut State) -> Option<Effect> {
    // no filter means something everywhere
    let _every_row = tables::narrow(state, "");
    tables::sort_by(state, "none");
    tables::every_column(state);
    tables::scroll(state, isize::MIN);
    state.notice = Some(Notice::info("every row, in the order and with the columns of the table"));
    None
}
