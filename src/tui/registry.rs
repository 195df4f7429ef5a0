//! The one list of what a person can do: keys, footer and help are made from it. A new command is an entry here.

use super::command::{Binding, Command, Conflict, Keymap, OwnCommand, Takes, Verb};
use super::dialog::Dialog;
use super::effect::Effect;
use super::line::Line;
use super::moves;
use super::notice::Notice;
use super::place::Place;
use super::screens::help;
use super::state::State;
use super::tables;
use super::travel;
use crate::app::history::Step;

use Place::{Help, Sheet};

const EVERYWHERE: &[Place] = &Place::ALL;
/// The screens with rows to move in: all but the last two.
const LISTS: &[Place] = EVERYWHERE.split_at(EVERYWHERE.len() - 2).0;
/// The cluster and the pages: what can have several panels.
const PAGES: &[Place] = LISTS.split_at(1).1;

/// All of them, in the order of the help.
pub static COMMANDS: &[Command] = &[
    Command {
        id: "open",
        name: "open",
        doc: "Open the selected cluster, or all that is known of the selected row",
        keys: &["enter"],
        places: LISTS,
        footer: 1,
        useful: moves::has_row,
        run: moves::open,
    },
    Command {
        id: "explain",
        name: "explain",
        doc: "The worst finding about the selected row: evidence, since when, what to do",
        keys: &["X", "x"],
        places: LISTS,
        footer: 3,
        useful: moves::has_finding,
        run: moves::explain,
    },
    Command {
        id: "back",
        name: "back",
        doc: "Back to where one came from",
        keys: &["esc", "backspace"],
        places: EVERYWHERE,
        footer: 8,
        useful: |state| state.trail().len() > 1,
        run: moves::back,
    },
    Command {
        id: "next-panel",
        name: "panel",
        doc: "To the next panel",
        keys: &["tab"],
        places: PAGES,
        footer: 11,
        useful: always,
        run: |state| moves::panel(state, 1),
    },
    Command {
        id: "former-panel",
        name: "former panel",
        doc: "To the panel before",
        keys: &["backtab"],
        places: PAGES,
        footer: 0,
        useful: always,
        run: |state| moves::panel(state, -1),
    },
    Command {
        id: "zoom",
        name: "zoom",
        doc: "The panel alone on the screen, or all panels again",
        keys: &["z"],
        places: PAGES,
        footer: 12,
        useful: always,
        run: moves::zoom,
    },
    Command {
        id: "next-cluster",
        name: "next cluster",
        doc: "To the next cluster, in the order of the fleet",
        keys: &["}"],
        places: PAGES,
        footer: 15,
        useful: moves::has_neighbours,
        run: |state| moves::cluster(state, 1),
    },
    Command {
        id: "former-cluster",
        name: "former cluster",
        doc: "To the cluster before",
        keys: &["{"],
        places: PAGES,
        footer: 0,
        useful: moves::has_neighbours,
        run: |state| moves::cluster(state, -1),
    },
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
        doc: "The client behind the selected process: back through pooler and balancer; on that screen, once more",
        keys: &["w"],
        places: LISTS,
        footer: 2,
        useful: moves::has_process,
        run: moves::who,
    },
    page_of("events", &"9", "Page: what happened, newest first", |state| moves::page_of(state, Place::Events)),
    page_of("queries", &"Q", "Page: the statements that cost most", |state| moves::page_of(state, Place::Queries)),
    page_of("history", &"H", "Page: every change of leader", |state| moves::page_of(state, Place::History)),
    page_of("show-config", &"C", "Page: the dynamic configuration", |state| moves::page_of(state, Place::ShowConfig)),
    page_of("doctor", &"D", "Page: can opsctl do its work here", |state| moves::page_of(state, Place::Doctor)),
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
        keys: &["?"],
        places: EVERYWHERE,
        footer: 5,
        useful: |state| state.place() != Help,
        run: moves::help,
    },
    Command {
        id: "quit",
        name: "quit",
        doc: "Leave the console",
        keys: &["q", "ctrl-c"],
        places: EVERYWHERE,
        footer: 9,
        useful: always,
        run: |_| Some(Effect::Quit),
    },
    Command {
        id: "close",
        name: "close",
        doc: "Close what was opened",
        keys: &["enter"],
        places: &[Sheet, Help],
        footer: 0,
        useful: always,
        run: moves::back,
    },
];

/// What is said in the palette with an argument.
pub static VERBS: &[Verb] = &[
    Verb { id: "by", doc: "Sort by a column; again: the other way; none: as the table has it", takes: Takes::Column, run: tables::sort_by },
    Verb { id: "only", doc: "Rows that match, as / does", takes: Takes::Words, run: only },
    Verb { id: "who", doc: "The client behind a process of the open cluster, by its number", takes: Takes::Process, run: moves::who_of },
    Verb { id: "at", doc: "To another time: 14:03, 14:03:22, -5m, 2026-11-21T14:03Z", takes: Takes::Time, run: travel::at },
    Verb { id: "bundle", doc: "Write what is remembered into a folder below this one, as B does", takes: Takes::Folder, run: travel::bundle_into },
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

fn is_past(state: &State) -> bool {
    !state.picture.mode().is_live()
}

/// A command that opens a page of the same name.
const fn page_of(id: &'static str, key: &'static &'static str, doc: &'static str, run: fn(&mut State) -> Option<Effect>) -> Command {
    Command { id, name: id, doc, keys: std::slice::from_ref(key), places: LISTS, footer: 0, useful: always, run }
}

/// Moves; the help is as long as this list makes it, and only there that is worth its words.
fn by(state: &mut State, rows: isize) -> Option<Effect> {
    let lines = if state.place() == Help { help::length(COMMANDS, &state.own, state.size.0) } else { 0 };
    moves::by(state, rows, lines)
}

fn page(state: &mut State, direction: isize) -> Option<Effect> {
    by(state, moves::page(state).saturating_mul(direction))
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
        assert!(taken.starts_with("key z means both 'zoom' and 'freeze' (keys.toml:4:1) on the cluster screen"), "{taken}");
        assert_eq!(told(&[binding("freze", &["Z"], 5)]), "keys.toml:5:1: there is no command 'freze'; did you mean 'freeze'?");
        assert_eq!(told(&[binding("zoom", &["Z"], 6), binding("zoom", &["Z"], 7)]), "keys.toml:7:1: 'zoom' is bound twice, first at keys.toml:6:1");
        assert!(told(&[binding("quit", &[], 8)]).starts_with("nothing would leave the console"));
    }
}
