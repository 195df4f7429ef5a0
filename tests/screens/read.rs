//! What is read at 80x24 and 120x35 without a key or with few: every member, the words of a long pane, the names of pages, the keys that count.

use super::dump::{letters, look};
use super::platform::STATES;
use super::{fixture, frame, on_cluster, press};
use opsctl::app::Observed;
use opsctl::theme::Glyphs;
use opsctl::tui::State;
use opsctl::tui::place::Place;
use std::sync::Arc;

fn state(name: &str) -> Arc<Observed> {
    STATES.iter().find(|(state, _)| *state == name).map(|(_, observed)| observed()).expect("a state")
}

fn shown(state: &State) -> String {
    letters(&frame(state, &look(Glyphs::Unicode)))
}

fn line<'a>(shown: &'a str, text: &str) -> &'a str {
    shown.lines().find(|line| line.contains(text)).unwrap_or_else(|| panic!("{text}\n{shown}"))
}

#[test]
fn every_member_is_seen_at_the_least_designed_size_and_what_is_hidden_is_counted_in_words() {
    for name in ["healthy", "degraded", "down", "stale"] {
        let shown = shown(&on_cluster(&state(name), (80, 24)));
        for member in ["  pg1 ", "pg2 ", "pg3 "] {
            let members = shown.split("├ MEMBERS").nth(1).unwrap_or_else(|| panic!("{shown}"));
            assert!(members.contains(member), "{name}: {member}\n{shown}");
        }
        assert!(!shown.contains(" 2 of 3 "), "{shown}");
    }
    assert!(line(&shown(&on_cluster(&state("degraded"), (80, 24))), "├ EVENTS").contains(" not shown "));
}

#[test]
fn what_to_do_about_a_finding_is_reached_by_tab_and_a_page_down() {
    let mut state = on_cluster(&state("degraded"), (80, 16));
    press(&mut state, &["8"]);
    let first = shown(&state);
    assert!(line(&first, "EXPLAIN").contains("more lines below: tab"), "{first}");
    assert!(!first.contains("role=primary"), "{first}");
    press(&mut state, &["backtab", "pgdn"]);
    let second = shown(&state);
    assert!(second.contains("role=primary") && line(&second, "EXPLAIN").contains("lines above"), "{second}");
    press(&mut state, &["g", "z"]);
    let alone = shown(&state);
    assert!(alone.contains("┌ EXPLAIN") && alone.contains("WHAT TO DO") && alone.contains("role=primary"), "{alone}");
    // another finding is told from its first line
    press(&mut state, &["z", "tab", "j"]);
    assert!(line(&shown(&state), "EXPLAIN").contains("below"), "{}", shown(&state));
}

#[test]
fn columns_that_name_the_row_stay_where_the_others_scroll() {
    let mut state = on_cluster(&state("degraded"), (80, 24));
    press(&mut state, &["3", "tab", "right"]);
    let shown = shown(&state);
    let heads = line(&shown, " PID ");
    assert!(heads.contains("PID"), "{heads}");
    assert!(heads.contains("ON ") && !heads.contains("STATE ") && heads.contains("TX AGE"), "{shown}");
}

#[test]
fn the_keys_of_the_selected_row_and_the_way_to_the_others_are_in_every_footer() {
    for size in [(80, 24), (120, 35)] {
        let mut state = on_cluster(&state("degraded"), size);
        press(&mut state, &["4"]);
        let shown = shown(&state);
        let footer = shown.lines().last().expect("a footer");
        assert!(footer.trim_start().starts_with("⏎ open"), "{footer}");
        for key in ["w who", ": command", "? help", "< rewind", "q quit"] {
            assert!(footer.contains(key), "{key}: {footer}");
        }
        press(&mut state, &["?"]);
        let help = super::read::shown(&state);
        for page in ["foresee: ", "queries: ", "history: ", "show-config: ", "doctor: "] {
            assert!(help.contains(page), "{page}\n{help}");
        }
        assert!(!help.contains("(fleet, cluster, pages, who)"), "{help}");
    }
}

#[test]
fn a_page_opened_from_the_fleet_of_one_cluster_is_that_of_the_cluster() {
    let mut one = super::on_fleet(&state("degraded"), (80, 24));
    press(&mut one, &["3"]);
    assert_eq!((one.place(), one.cluster()), (Place::Activity, Some("orders-eu")));
    assert!(!shown(&one).contains("CLUSTER"), "{}", shown(&one));
    let mut several = super::on_fleet(&fixture::degraded(), (80, 24));
    press(&mut several, &["3"]);
    assert_eq!((several.place(), several.cluster()), (Place::Activity, None));
}

#[test]
fn who_waits_and_who_he_is_stands_in_the_sessions_at_80_columns() {
    let mut state = on_cluster(&state("degraded"), (80, 24));
    press(&mut state, &["3", "tab"]);
    let activity = shown(&state);
    for head in ["STATE", "WAIT", "TX AGE", "USER", "APPLICA", "STAT"] {
        assert!(line(&activity, "  PID").contains(head), "{head}\n{activity}");
    }
    assert!(activity.contains("▲ waiting") && !activity.contains("idle in transaction "), "{activity}");
    press(&mut state, &["4"]);
    assert!(line(&shown(&state), "  PID").contains("FROM"), "{}", shown(&state));
}
