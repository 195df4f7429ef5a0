//! Whole frames of the console, with their roles, against golden files; and what must hold for every frame.

mod change;
pub(crate) mod dump;
pub(crate) mod fixture;
mod hostile;
pub(crate) mod matrix;
pub(crate) mod platform;
mod read;
mod three_seconds;

use crate::support::golden;
use dump::{dump, letters, look};
use opsctl::app::Observed;
use opsctl::theme::{Depth, Glyphs, builtin, names};
use opsctl::tui::command::Keymap;
use opsctl::tui::effect::Effect;
use opsctl::tui::errand::Errand;
use opsctl::tui::key::Chord;
use opsctl::tui::picture::Mode;
use opsctl::tui::place::{Place, Screen};
use opsctl::tui::registry::COMMANDS;
use opsctl::tui::update::{Message, update};
use opsctl::tui::{Look, State};
use ratatui::buffer::Buffer;
use std::sync::Arc;
use std::time::Duration;

const SIZES: [(u16, u16); 2] = [(80, 24), (120, 35)];

/// The frame of `state`, with the keys of the registry.
pub(crate) fn frame(state: &State, look: &Look) -> Buffer {
    opsctl::tui::frame(state, look, &Keymap::of(COMMANDS).expect("no conflict"))
}

fn open(observed: &Arc<Observed>, size: (u16, u16)) -> State {
    State::open(Arc::clone(observed), fixture::scope(), size, fixture::now())
}

/// The state after `keys`, as they are written in the registry.
pub(crate) fn press(state: &mut State, keys: &[&str]) -> Vec<Option<Effect>> {
    let keymap = Keymap::of(COMMANDS).expect("no conflict");
    let press = |key: &&str| update(state, &keymap, Message::Key(Chord::parse(key).expect("a key")), fixture::now());
    keys.iter().map(press).collect()
}

/// On the fleet, wherever the console opened.
pub(crate) fn on_fleet(observed: &Arc<Observed>, size: (u16, u16)) -> State {
    let mut state = open(observed, size);
    while state.back() {}
    state
}

/// On the cluster `orders-eu`.
pub(crate) fn on_cluster(observed: &Arc<Observed>, size: (u16, u16)) -> State {
    let mut state = on_fleet(observed, size);
    state.go(Screen::cluster("orders-eu"));
    state
}

/// Whether the overview of the cluster called `name` is shown.
fn is_on(state: &State, name: &str) -> bool {
    state.place() == Place::Cluster && state.screen().cluster.as_deref() == Some(name)
}

fn check(name: &str, state: &State) {
    let drawn = frame(state, &look(Glyphs::Unicode));
    golden(&format!("tests/golden/screens/{name}-{}x{}.txt", state.size.0, state.size.1), dump(&drawn).as_bytes());
}

#[test]
fn the_header_says_who_sits_here_who_holds_the_lock_and_that_a_still_picture_was_fresh_then() {
    let mut state = on_cluster(&fixture::healthy(), (200, 60));
    state.user = Some("alice@jump1\u{1b}[2J".to_owned());
    let head = |state: &State| letters(&frame(state, &look(Glyphs::Unicode))).lines().next().unwrap_or_default().trim_end().to_owned();
    assert!(head(&state).ends_with("alice@jump1\\x1b[2J"), "{}", head(&state));
    assert!(head(&state).contains("lock ?   (no etcd is configured)"), "{}", head(&state));
    assert!(!head(&state).contains(" then"));
    press(&mut state, &["f"]);
    let still = head(&state);
    assert!(still.contains("FROZEN 14:03:22Z") && still.contains("◌ data ") && still.contains(" then"), "{still}");
    // where there is no room for a person, the state of the platform stays
    state.size = (80, 24);
    assert!(!head(&state).contains("alice"), "{}", head(&state));
}

#[test]
fn a_replay_names_cluster_and_instant_in_every_window() {
    let look = look(Glyphs::Unicode);
    let then = fixture::now();
    let mode = Mode::Replay { at: then, of: (then, then.plus(Duration::from_mins(30))) };
    for width in 60..=120 {
        for observed in [fixture::healthy(), fixture::degraded(), fixture::down()] {
            for keys in [&[][..], &["1"], &["enter"], &["F"]] {
                let mut state = on_cluster(&observed, (width, 24));
                state.picture.hold(Arc::clone(&observed), mode);
                press(&mut state, keys);
                let shown = letters(&frame(&state, &look));
                let header = shown.lines().next().expect("a header");
                assert!(["▸ orders-eu ", "[PROD]", " REPLAY ", "14:03:22Z"].iter().all(|word| header.contains(word)), "{width} {keys:?}: {header}");
            }
        }
    }
    // what says less is said before a name is cut: the day goes before how fresh it was then
    for (observed, told) in [(fixture::healthy(), "REPLAY 2026-"), (fixture::degraded(), "1 of 5 silent then")] {
        let mut state = on_cluster(&observed, (80, 24));
        state.picture.hold(observed, mode);
        let header = letters(&frame(&state, &look)).lines().next().unwrap_or_default().to_owned();
        assert!(header.contains(told), "{told}: {header}");
    }
}

#[test]
fn the_fleet_is_drawn_as_it_is_committed() {
    for size in SIZES {
        for (name, observed) in [
            ("fleet-healthy", fixture::healthy()),
            ("fleet-degraded", fixture::degraded()),
            ("fleet-down", fixture::down()),
            ("fleet-waiting", fixture::waiting()),
            ("fleet-empty", fixture::nothing()),
        ] {
            check(name, &on_fleet(&observed, size));
        }
    }
}

#[test]
fn a_cluster_is_drawn_as_it_is_committed() {
    for size in SIZES {
        for (name, observed) in [
            ("cluster-healthy", fixture::healthy()),
            ("cluster-degraded", fixture::degraded()),
            ("cluster-down", fixture::down()),
            ("cluster-waiting", fixture::waiting()),
            ("cluster-gone", fixture::nothing()),
        ] {
            check(name, &on_cluster(&observed, size));
        }
    }
}

#[test]
fn details_and_help_are_drawn_as_they_are_committed() {
    for size in SIZES {
        let mut state = on_cluster(&fixture::degraded(), size);
        press(&mut state, &["enter"]);
        check("finding", &state);
        let mut state = on_cluster(&fixture::degraded(), size);
        press(&mut state, &["tab", "tab", "j", "enter"]);
        check("row", &state);
        let mut state = on_fleet(&fixture::degraded(), size);
        press(&mut state, &["?"]);
        check("help", &state);
        let mut state = on_cluster(&fixture::degraded(), size);
        press(&mut state, &["f", "tab", "z"]);
        check("zoomed-frozen", &state);
    }
    for size in [(59, 24), (80, 15), (20, 3), (1, 1)] {
        check("small", &on_fleet(&fixture::degraded(), size));
    }
}

/// Every screen that can be reached, over every fixture.
fn everywhere(size: (u16, u16)) -> Vec<State> {
    let mut states = Vec::new();
    for observed in [fixture::healthy(), fixture::degraded(), fixture::down(), fixture::waiting(), fixture::nothing()] {
        for keys in [&[][..], &["enter"], &["X"], &["?", "G"], &["f"]] {
            for mut state in [on_fleet(&observed, size), on_cluster(&observed, size)] {
                press(&mut state, keys);
                states.push(state);
            }
        }
    }
    states
}

#[test]
fn no_size_breaks_a_frame() {
    let look = look(Glyphs::Unicode);
    for columns in [0, 1, 2, 3, 10, 59, 60, 61, 79, 81, 119, 200, u16::MAX] {
        for rows in [0, 1, 2, 3, 10, 15, 16, 17, 23, 60] {
            for state in everywhere((columns, rows)) {
                let drawn = frame(&state, &look);
                assert_eq!(drawn.area.width, columns.min(1_000));
                assert_eq!(drawn.area.height, rows);
            }
        }
    }
}

#[test]
fn nothing_that_acts_on_a_terminal_reaches_a_cell() {
    let look = look(Glyphs::Unicode);
    for state in everywhere((120, 35)) {
        for cell in frame(&state, &look).content() {
            assert!(cell.symbol().chars().all(opsctl::text::untrusted::is_plain), "{:?}", cell.symbol());
        }
    }
    let shown = letters(&frame(&on_cluster(&fixture::degraded(), (120, 35)), &look));
    assert!(shown.contains("crashed \\x1b[2Jbadly") && shown.contains("clo‹202E›sed"), "{shown}");
}

#[test]
fn a_plain_terminal_gets_nothing_but_ascii() {
    let look = look(Glyphs::Ascii);
    for state in everywhere((80, 24)) {
        assert!(letters(&frame(&state, &look)).is_ascii());
    }
    let state = on_cluster(&fixture::degraded(), (80, 24));
    golden("tests/golden/screens/cluster-degraded-ascii-80x24.txt", letters(&frame(&state, &look)).as_bytes());
}

#[test]
fn every_theme_draws_the_same_letters() {
    let state = on_cluster(&fixture::degraded(), (120, 35));
    let expected = letters(&frame(&state, &look(Glyphs::Unicode)));
    for name in names() {
        for depth in [Depth::Mono, Depth::Sixteen, Depth::Indexed, Depth::True] {
            let theme = builtin(name, depth).expect("a theme").expect("a good one");
            assert_eq!(letters(&frame(&state, &Look::new(&theme, Glyphs::Unicode))), expected, "{name} {depth:?}");
        }
    }
}

#[test]
fn a_system_that_the_console_never_heard_of_has_its_panel() {
    let shown = letters(&frame(&on_cluster(&fixture::healthy(), (120, 35)), &look(Glyphs::Unicode)));
    assert!(shown.contains("├ Queue  ● 2 ok ") && shown.contains("MESSAGES") && shown.contains("● open"), "{shown}");
    assert!(shown.contains("▁▂·▄█"), "{shown}");
}

#[test]
fn whether_the_data_is_live_is_said_in_every_window_and_incident() {
    let look = look(Glyphs::Unicode);
    for width in [60, 66, 72, 80, 100, 120] {
        for observed in [fixture::degraded(), fixture::down(), fixture::healthy(), fixture::waiting()] {
            for state in [on_fleet(&observed, (width, 24)), on_cluster(&observed, (width, 24))] {
                let shown = letters(&frame(&state, &look));
                let header = shown.lines().next().expect("a header");
                let live = ["data ", "nothing answers", "first answers are out"].iter().any(|word| header.contains(word));
                assert!(live, "{width}: {header}");
            }
        }
    }
}

#[test]
fn a_finding_is_told_to_its_last_word_with_its_rule_and_member() {
    let look = look(Glyphs::Unicode);
    for size in SIZES {
        // alone on the screen each finding is told in full; among others the selected one is, and on the fleet the worst
        let mut zoomed = on_cluster(&fixture::degraded(), size);
        press(&mut zoomed, &["z"]);
        for (state, all) in [(zoomed, true), (on_cluster(&fixture::degraded(), size), false), (on_fleet(&fixture::degraded(), size), false)] {
            let shown = letters(&frame(&state, &look));
            let words = shown.split(|c: char| c.is_whitespace() || c == '│').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
            let told = words.replace(" 3m 12s X explain", "").replace(" 3m 12s", "").replace(" ≥41s", "");
            assert!(
                state.place() == Place::Cluster && size.0 > 100 || told.contains("every client that reaches the wrong one loses what it commits"),
                "{size:?}: {told}"
            );
            assert!(!all || told.contains("what is committed now can be lost"), "{size:?}: {told}");
        }
        let mut zoomed = on_cluster(&fixture::degraded(), size);
        press(&mut zoomed, &["z"]);
        let shown = letters(&frame(&zoomed, &look));
        for word in ["RULE", "MEMBER", "split-brain", "sync-standby-missing", "endpoint-unreachable  pg2"] {
            assert!(shown.contains(word), "{size:?}: {word}\n{shown}");
        }
    }
}

#[test]
fn a_cluster_that_cannot_be_judged_says_which_fact_is_missing_and_why() {
    let look = look(Glyphs::Unicode);
    for size in SIZES {
        for state in [on_fleet(&fixture::blind(), size), on_cluster(&fixture::blind(), size)] {
            let shown = letters(&frame(&state, &look));
            let words = shown.split(|c: char| c.is_whitespace() || c == '│').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
            assert!(words.contains("1 rule cannot judge: role of pg2: no answer before the deadline"), "{size:?}\n{shown}");
            assert!(!shown.contains("nothing found") && !shown.contains("nothing needs you"), "{shown}");
        }
    }
    let small = letters(&frame(&on_fleet(&fixture::blind(), (80, 10)), &look));
    assert!(small.contains("role of pg2: no answer before the "), "{small}");
}

#[test]
fn a_frozen_picture_stands_still_and_needs_no_frame() {
    let mut state = on_cluster(&fixture::healthy(), (120, 35));
    press(&mut state, &["f"]);
    let look = look(Glyphs::Unicode);
    let still = frame(&state, &look);
    let keymap = Keymap::of(COMMANDS).expect("no conflict");
    let later = fixture::now().plus(Duration::from_mins(10));
    assert_eq!(update(&mut state, &keymap, Message::Seen(fixture::degraded()), later), None);
    assert!(!state.is_aging());
    assert_eq!(frame(&state, &look), still);
    press(&mut state, &["f"]);
    assert!(state.is_aging());
    assert!(letters(&frame(&state, &look)).contains("split-brain"));
}

#[test]
fn the_cursor_follows_its_row_when_rows_change_places() {
    let mut state = on_fleet(&fixture::healthy(), (120, 35));
    press(&mut state, &["j"]);
    // of two healthy clusters the second by name; then it is the second of three by how it stands
    let keymap = Keymap::of(COMMANDS).expect("no conflict");
    update(&mut state, &keymap, Message::Seen(fixture::degraded()), fixture::now());
    press(&mut state, &["enter"]);
    assert!(is_on(&state, "search"), "{:?}", state.screen());
}

#[test]
fn one_cluster_opens_on_itself_and_more_on_the_fleet() {
    assert_eq!(open(&fixture::down(), (80, 24)).place(), Place::Cluster);
    assert_eq!(open(&fixture::degraded(), (80, 24)).place(), Place::Fleet);
    assert_eq!(open(&fixture::nothing(), (80, 24)).place(), Place::Fleet);
}

/// Keys, and where they lead from the fleet of the degraded platform.
#[test]
fn each_command_does_what_its_line_says() {
    let cases: [(&[&str], Place); 9] = [
        (&["enter"], Place::Cluster),
        (&["X"], Place::Sheet),
        (&["?"], Place::Help),
        (&["?", "?"], Place::Fleet),
        (&["?", "enter"], Place::Fleet),
        (&["enter", "esc"], Place::Fleet),
        (&["enter", "enter"], Place::Sheet),
        (&["enter", "tab", "tab", "X", "backspace"], Place::Cluster),
        (&["esc", "esc"], Place::Fleet),
    ];
    for (keys, place) in cases {
        let mut state = on_fleet(&fixture::degraded(), (120, 35));
        press(&mut state, keys);
        assert_eq!(state.place(), place, "{keys:?}");
    }
    let mut state = on_fleet(&fixture::degraded(), (120, 35));
    let effects = press(&mut state, &["q", "ctrl-c", "ctrl-z", "ctrl-l", "~"]);
    assert_eq!(effects, [Some(Effect::Quit), Some(Effect::Quit), Some(Effect::Suspend), Some(Effect::Redraw), None]);
    press(&mut state, &["enter", "}"]);
    assert!(is_on(&state, "search"));
    press(&mut state, &["{"]);
    assert!(is_on(&state, "orders-eu"));
}

/// Each page is reached by its key from the fleet and from a cluster, shows its view, and gives its place to the next.
#[test]
fn every_page_has_a_key_and_its_tables() {
    let look = look(Glyphs::Unicode);
    let pages = COMMANDS.iter().filter_map(|command| Some((command.keys[0], Place::ALL.into_iter().find(|place| place.word() == command.id)?)));
    let pages: Vec<(&str, Place)> = pages.filter(|(_, place)| place.is_page()).collect();
    assert_eq!(pages.len(), Place::ALL.iter().filter(|place| place.is_page()).count());
    for size in SIZES {
        for (key, place) in &pages {
            let mut state = on_fleet(&fixture::degraded(), size);
            press(&mut state, &[key]);
            assert_eq!((state.place(), state.cluster()), (*place, None));
            let mut state = on_cluster(&fixture::degraded(), size);
            press(&mut state, &["8", key]);
            let shown = letters(&frame(&state, &look));
            let panels = opsctl::tui::screens::panels(&state);
            assert!(!panels.is_empty(), "{place:?}");
            for panel in panels.iter() {
                assert!(shown.contains(&format!(" {} ", panel.table().title)), "{place:?} lacks {}:\n{shown}", panel.table().title);
            }
            assert!(shown.contains(&format!("orders-eu ▸ {}", place.word())), "{shown}");
            press(&mut state, &["}"]);
            assert_eq!((state.place(), state.cluster()), (*place, Some("search")));
            press(&mut state, &["esc"]);
            assert!(is_on(&state, "search"), "{place:?}");
        }
    }
}

#[test]
fn a_row_is_copied_as_it_is_read() {
    let mut state = on_cluster(&fixture::degraded(), (120, 35));
    let effects = press(&mut state, &["tab", "tab", "y"]);
    let Some(Some(Effect::Errand(Errand::Copy(text)))) = effects.last() else { panic!("{effects:?}") };
    assert!(text.starts_with("q1\t") && text.contains("clo‹202E›sed"), "{text}");
}

#[test]
fn no_row_of_keys_leads_out_of_the_console() {
    let every: Vec<&str> = COMMANDS.iter().flat_map(|command| command.keys).copied().collect();
    let mut state = on_fleet(&fixture::degraded(), (80, 24));
    let look = look(Glyphs::Unicode);
    // a walk that is the same each time: every key after every other
    for first in &every {
        for second in &every {
            press(&mut state, &[first, second]);
        }
        let _drawn = frame(&state, &look);
    }
}
