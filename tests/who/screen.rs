//! The screen of a process, before and after its answer, and the page of what is foretold: keys in, frame out.

use super::chain::server;
use crate::screens::dump::{letters, look};
use crate::screens::{fixture, frame, on_cluster, press};
use opsctl::app::who::Traced;
use opsctl::app::who::chain::link;
use opsctl::model::{Gap, Reason};
use opsctl::theme::Glyphs;
use opsctl::tui::State;
use opsctl::tui::command::Keymap;
use opsctl::tui::effect::Effect;
use opsctl::tui::errand::who::{WhoAnswer, WhoOrder};
use opsctl::tui::errand::{Done, Errand};
use opsctl::tui::place::{Place, Screen};
use opsctl::tui::registry::COMMANDS;
use opsctl::tui::update::{Message, update};
use std::sync::Arc;

fn order() -> WhoOrder {
    WhoOrder { cluster: "orders-eu".into(), member: Some("pg1".into()), pid: 25_052 }
}

fn asked() -> State {
    let mut state = on_cluster(&fixture::degraded(), (120, 35));
    state.go(Screen::who(order()));
    state
}

fn answer(state: &mut State, order: WhoOrder, traced: Result<Traced, String>) -> Option<Effect> {
    let keymap = Keymap::of(COMMANDS).expect("no conflict");
    update(state, &keymap, Message::Done(Done::Who(Arc::new(WhoAnswer { order, traced }))), fixture::now())
}

fn shown(state: &State) -> String {
    letters(&frame(state, &look(Glyphs::Unicode)))
}

#[test]
fn the_answer_comes_to_where_it_was_asked_for_and_nowhere_else() {
    let mut state = asked();
    assert!(shown(&state).contains("asking who pid 25052 on pg1 belongs to"), "{}", shown(&state));
    let mut process = server("pg1", 25_052, Some(55_000));
    process.session.application_name = Some("batch\u{1b}]0;x\u{7}".into());
    let chain = link(&process, &[], &[]);
    assert!(answer(&mut state, WhoOrder { pid: 1, ..order() }, Ok(Traced::Chain(chain.clone()))).is_none(), "another question");
    assert!(shown(&state).contains("asking who"));
    assert!(answer(&mut state, order(), Ok(Traced::Chain(chain))).is_some());
    let text = shown(&state);
    assert!(text.contains("the client of pid 25052 on pg1 is 127.0.0.1:55000, which calls itself batch"), "{text}");
    assert!(text.contains("backend") && text.contains("FROM THE PROCESS TO ITS CLIENT") && text.contains("who 25052"), "{text}");
    assert!(text.chars().all(|c| c == '\n' || !c.is_control()), "a raw byte of a client");
}

#[test]
fn each_end_of_a_search_is_said_in_words() {
    let unread = Gap::new("sessions of postgres pg3", Reason::Unreachable("no answer before the deadline".into()));
    for (traced, words) in [
        (Ok(Traced::Several(vec!["pg1".into(), "pg2".into()])), "several servers have a process 25052: pg1, pg2"),
        (Ok(Traced::Nowhere { unread: vec![] }), "no server has a process 25052; it may have ended"),
        (Ok(Traced::Nowhere { unread: vec![unread] }), "? pid 25052 on pg1: sessions of postgres pg3: no answer before the deadline"),
        (Ok(Traced::Chain(link(&server("pg1", 25_052, None), &[], &[]))), "? client of pid 25052 on pg1: no privilege"),
        (Err("who failed inside: x".into()), "who failed inside: x"),
    ] {
        let mut state = asked();
        answer(&mut state, order(), traced);
        assert!(shown(&state).contains(words), "{words}\n{}", shown(&state));
    }
}

#[test]
fn the_key_asks_for_the_selected_process_and_once_more_on_its_screen() {
    let mut state = asked();
    answer(&mut state, order(), Ok(Traced::Nowhere { unread: vec![] }));
    assert_eq!(press(&mut state, &["w"]), [Some(Effect::Errand(Errand::Who(order())))]);
    assert!(shown(&state).contains("asking who pid 25052"), "the former answer is no answer to the new question");
    press(&mut state, &["esc"]);
    assert_eq!(state.place(), Place::Cluster);
    // a row of a cluster's own panels is no process
    assert!(!matches!(press(&mut state, &["w"])[..], [Some(Effect::Errand(_))]));
}

#[test]
fn what_is_foretold_is_a_page_and_no_size_breaks_either_screen() {
    let mut state = on_cluster(&fixture::degraded(), (120, 35));
    press(&mut state, &["F"]);
    assert_eq!(state.place(), Place::Foresee);
    let text = shown(&state);
    assert!(text.contains("IF IT DIES NOW") && text.contains("EVIDENCE"), "{text}");
    let mut who = asked();
    answer(&mut who, order(), Ok(Traced::Chain(link(&server("pg1", 25_052, Some(55_000)), &[], &[]))));
    for state in [&mut state, &mut who] {
        for size in [(0, 0), (1, 1), (59, 15), (60, 16), (61, 17), (80, 24), (200, 60), (300, 100), (300, 1), (1, 100)] {
            state.size = size;
            let _drawn = frame(state, &look(Glyphs::Ascii));
        }
    }
}

#[test]
fn an_answer_finds_its_question_where_one_left_it_and_another_cluster_has_not_the_process() {
    let mut state = asked();
    press(&mut state, &["esc"]);
    assert_eq!(state.place(), Place::Cluster);
    assert!(answer(&mut state, order(), Ok(Traced::Nowhere { unread: vec![] })).is_some());
    press(&mut state, &["["]);
    assert!(shown(&state).contains("it may have ended"), "{}", shown(&state));
    press(&mut state, &["}"]);
    assert_eq!((state.place(), state.cluster()), (Place::Cluster, Some("search")));
}
