//! The mouse: what is pointed at is what was seen, and it does what keys do.

use super::{play, seen};
use crate::screens::dump::look;
use crate::screens::{fixture, on_cluster, on_fleet};
use opsctl::theme::Glyphs;
use opsctl::tui::State;
use opsctl::tui::effect::Effect;
use opsctl::tui::escape::Touch;
use opsctl::tui::hit::Hit;
use opsctl::tui::place::Place;
use opsctl::tui::registry;
use opsctl::tui::update::{Message, update};

/// Does it where `text` stands on the frame.
fn touch(state: &mut State, touch: Touch, text: &str) -> Option<Effect> {
    let keymap = registry::keymap(&[], &[]).expect("no conflict");
    let shown = seen(state);
    let (y, line) = shown.lines().enumerate().filter(|(_, line)| line.contains(text)).last().unwrap_or_else(|| panic!("no {text}:\n{shown}"));
    let x = line.split(text).next().expect("the beginning").chars().count();
    let drawn = opsctl::tui::drawn(state, &look(Glyphs::Unicode), &keymap);
    let hit = drawn.hits.at(u16::try_from(x).expect("small"), u16::try_from(y).expect("small"));
    update(state, &keymap, Message::Mouse(touch, hit), fixture::now())
}

#[test]
fn a_click_selects_a_row_and_a_second_one_opens_it() {
    let mut state = on_fleet(&fixture::degraded(), (120, 35));
    let first = seen(&state);
    touch(&mut state, Touch::Press, "search  ");
    assert_ne!(seen(&state), first);
    assert_eq!(state.place(), Place::Fleet);
    touch(&mut state, Touch::Press, "search  ");
    assert_eq!((state.place(), state.cluster()), (Place::Cluster, Some("search")));
}

#[test]
fn a_click_on_a_head_sorts_and_again_turns() {
    let mut state = on_cluster(&fixture::degraded(), (120, 35));
    touch(&mut state, Touch::Press, "RULE");
    let once = seen(&state);
    assert!(once.contains("sorted by rule"), "{once}");
    touch(&mut state, Touch::Press, "RULE");
    assert!(seen(&state).contains("sorted by rule") && seen(&state).lines().last() == once.lines().last(), "{}", seen(&state));
    assert_ne!(seen(&state), once, "the other way");
    // a panel that had not the keys has them now
    touch(&mut state, Touch::Press, "ROLE");
    assert!(seen(&state).contains("sorted by role"), "{}", seen(&state));
}

#[test]
fn a_click_on_a_page_opens_it_and_one_on_a_key_presses_it() {
    let mut state = on_cluster(&fixture::degraded(), (120, 35));
    touch(&mut state, Touch::Press, "2 repl");
    assert_eq!(state.place(), Place::Replication);
    touch(&mut state, Touch::Press, "esc back");
    assert_eq!(state.place(), Place::Cluster);
    assert_eq!(touch(&mut state, Touch::Press, "q quit"), Some(Effect::Quit));
}

#[test]
fn the_wheel_moves_in_the_panel_below_it() {
    let mut state = on_cluster(&fixture::degraded(), (120, 35));
    touch(&mut state, Touch::WheelDown, "split-brain");
    assert!(seen(&state).contains("4/7"), "{}", seen(&state));
    touch(&mut state, Touch::WheelUp, "split-brain");
    assert!(seen(&state).contains("1/7"), "{}", seen(&state));
    // and what is read
    play(&mut state, "?");
    let top = seen(&state);
    touch(&mut state, Touch::WheelDown, "KEYS");
    assert_ne!(seen(&state), top);
}

#[test]
fn in_the_palette_a_click_runs_and_the_wheel_chooses() {
    let mut state = on_cluster(&fixture::degraded(), (120, 35));
    play(&mut state, ":");
    touch(&mut state, Touch::WheelDown, "FINDINGS");
    assert!(seen(&state).contains("2 of "), "{}", seen(&state));
    play(&mut state, "<esc>:locks");
    touch(&mut state, Touch::Press, "Page: who holds up whom");
    assert_eq!(state.place(), Place::Locks);
    // beside it nothing happens
    play(&mut state, ":loc");
    assert_eq!(touch(&mut state, Touch::Press, "opsctl"), None);
    assert!(state.dialog.is_some());
}

#[test]
fn the_mouse_can_be_left_to_the_terminal() {
    let mut state = on_cluster(&fixture::degraded(), (120, 35));
    assert_eq!(play(&mut state, "m"), Some(Effect::Mouse(false)));
    assert_eq!(play(&mut state, "m"), Some(Effect::Mouse(true)));
}

#[test]
fn everything_that_can_be_pointed_at_lies_inside_the_frame() {
    let keymap = registry::keymap(&[], &[]).expect("no conflict");
    for size in [(60, 16), (80, 24), (120, 35), (200, 60), (1, 1), (0, 0)] {
        for script in ["", "1", "4", "8", ":", "c", "?"] {
            let mut state = on_cluster(&fixture::degraded(), size);
            play(&mut state, script);
            let drawn = opsctl::tui::drawn(&state, &look(Glyphs::Unicode), &keymap);
            for (area, hit) in drawn.hits.iter() {
                assert!(
                    area.right() <= drawn.buffer.area.right() && area.bottom() <= drawn.buffer.area.bottom(),
                    "{size:?} {script}: {hit:?} at {area:?}"
                );
            }
            let rows = drawn.hits.iter().filter(|(area, hit)| matches!(hit, Hit::Row { .. }) && area.area() > 0).count();
            assert!(rows > 0 || script == "?" || size.0 < 60, "{size:?} {script}");
        }
    }
}
