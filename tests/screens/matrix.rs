//! Every screen in every size and state, with its roles, against golden files; a screen without a file fails. What must hold in each of them.

use super::dump::{dump, letters, look};
use super::platform::STATES;
use super::{change, fixture, frame, press};
use crate::support::golden;
use crate::who::chain::{server, through_the_balancer};
use opsctl::app::Observed;
use opsctl::app::who::Traced;
use opsctl::app::who::chain::link;
use opsctl::model::{Gap, Reason};
use opsctl::theme::Glyphs;
use opsctl::tui::errand::who::{Sought, Told, WhoAnswer, WhoOrder};
use opsctl::tui::place::{Place, Screen};
use opsctl::tui::registry::COMMANDS;
use opsctl::tui::screens::SCREENS;
use opsctl::tui::{Look, State};
use ratatui::buffer::Buffer;
use std::sync::Arc;

pub(super) const SIZES: [(u16, u16); 3] = [(80, 24), (120, 35), (200, 60)];

/// The screen of `place` of the one cluster there is, as one comes to it.
pub(crate) fn on(observed: &Arc<Observed>, place: Place, size: (u16, u16)) -> State {
    let mut state = State::open(Arc::clone(observed), fixture::scope(), size, fixture::now());
    while state.back() {}
    if place != Place::Fleet {
        state.go(Screen::cluster("orders-eu"));
    }
    match place {
        Place::Fleet | Place::Cluster => {}
        Place::Sheet => {
            press(&mut state, &["enter"]);
        }
        // of whom is asked is said on the screen of a session; here the question has gone out
        Place::Who => state.go(Screen::who(order())),
        place if place.is_of_change() => change::open(&mut state, place),
        place => {
            let key = COMMANDS.iter().find(|command| command.id == place.word()).and_then(|command| command.keys.first());
            press(&mut state, &[key.unwrap_or_else(|| panic!("no key opens {place:?}"))]);
        }
    }
    state
}

/// What became of the question who is behind a process: in each state another end of the search; in the last none yet.
fn answers(name: &str, state: &mut State) {
    let traced = match name {
        "healthy" => Traced::Chain(through_the_balancer()),
        "degraded" => Traced::Chain(link(&server("pg1", 18_431, Some(55_000)), &[], &[])),
        "stale" => Traced::Several(vec!["pg1".to_owned(), "pg3".to_owned()]),
        "down" => {
            let unread = Gap::new("sessions of postgres pg1", Reason::Unreachable("connection refused".to_owned()));
            Traced::Nowhere { unread: vec![unread] }
        }
        _ => return,
    };
    assert!(state.answered(&Arc::new(WhoAnswer { order: order(), traced: Ok(Told::Process(traced)) })));
}

fn order() -> WhoOrder {
    WhoOrder { cluster: "orders-eu".to_owned(), member: Some("pg1".to_owned()), sought: Sought::Process(18_431) }
}

/// Every screen over `observed`, at a size at which most is seen.
pub(super) fn everywhere(observed: &Arc<Observed>, look: &Look) -> Vec<(Place, Buffer)> {
    SCREENS.iter().map(|def| (def.place, frame(&on(observed, def.place, (200, 60)), look))).collect()
}

#[test]
fn every_screen_is_drawn_as_it_is_committed_in_every_size_and_state() {
    let look = look(Glyphs::Unicode);
    for (name, observed) in STATES {
        let observed = observed();
        for size in SIZES {
            let check = |screen: &str, state: &State| {
                golden(&format!("tests/golden/screens/{screen}/{name}-{}x{}.txt", size.0, size.1), dump(&frame(state, &look)).as_bytes());
            };
            for def in SCREENS {
                let mut state = on(&observed, def.place, size);
                if def.place == Place::Who {
                    answers(name, &mut state);
                }
                if def.place.is_of_change() {
                    change::answers(name, def.place, &mut state);
                }
                check(def.place.word(), &state);
            }
            let mut state = on(&observed, Place::Cluster, size);
            press(&mut state, &[":", "l", "o", "down"]);
            check("palette", &state);
        }
    }
}

#[test]
fn what_silent_servers_told_last_stands_there_as_old_and_is_not_counted() {
    let look = look(Glyphs::Unicode);
    for (name, observed) in STATES {
        if !matches!(name, "stale" | "down") {
            continue;
        }
        let observed = observed();
        for size in SIZES {
            let shown = letters(&frame(&on(&observed, Place::Poolers, size), &look));
            assert!(shown.contains("◌ active") && shown.contains("✗ 3 silent"), "{name} {size:?}\n{shown}");
            let shown = letters(&frame(&on(&observed, Place::Topology, size), &look));
            assert!(shown.contains("◌ running") && !shown.contains("● 3 running"), "{name} {size:?}\n{shown}");
            let roles = dump(&frame(&on(&observed, Place::Topology, size), &look));
            assert!(roles.contains("{stale}◌ replica  ◌ running"), "{roles}");
        }
    }
}

#[test]
fn each_panel_of_a_busy_cluster_keeps_rows_at_the_least_designed_size() {
    let look = look(Glyphs::Unicode);
    let shown = letters(&frame(&on(&STATES[1].1(), Place::Cluster, (80, 24)), &look));
    for row in ["18431", "  write  ", "├ pg2", "etcd-3  ✗ silent"] {
        assert!(shown.contains(row), "{row}\n{shown}");
    }
}

#[test]
fn waits_are_a_shape_with_their_gap_and_locks_a_tree_with_its_root_first() {
    let look = look(Glyphs::Unicode);
    for size in SIZES {
        let shown = letters(&frame(&on(&STATES[1].1(), Place::Activity, size), &look));
        let lock = shown.lines().find(|line| line.contains("Lock: transactionid") && line.contains('█')).unwrap_or_else(|| panic!("{shown}"));
        assert!(lock.contains("▁") && lock.contains("20 ▲") && lock.contains("4m 40s"), "{lock}");
        let shown = letters(&frame(&on(&STATES[1].1(), Place::Locks, size), &look));
        let at = |text: &str| shown.lines().position(|line| line.contains(text)).unwrap_or_else(|| panic!("{text}\n{shown}"));
        assert!(at("18431 ") < at("├ 18502"), "{shown}");
        assert!(at("├ 18502") < at("more") && at("more") < at("WHAT TO DO"), "{shown}");
    }
}
