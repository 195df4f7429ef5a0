//! Filters, orders and columns on whole screens: what is left out is said, what is wrong is told in place, what was chosen is remembered.

use super::{play, seen};
use crate::screens::dump::look;
use crate::screens::{fixture, on_cluster};
use opsctl::model::Clock;
use opsctl::theme::Glyphs;
use opsctl::tui::memory::Memory;
use opsctl::tui::registry;
use opsctl::tui::update::{Message, update};
use std::time::Duration;

#[test]
fn a_filter_is_shown_with_what_it_leaves_and_taken_off_by_esc() {
    for size in [(80, 24), (120, 35)] {
        let mut state = on_cluster(&fixture::degraded(), size);
        play(&mut state, "z/!sync");
        let typing = seen(&state);
        assert!(typing.contains("/!sync│") && typing.contains("6 of 7 rows") && !typing.contains("sync-standby-missing"), "{typing}");
        play(&mut state, "<enter>");
        let kept = seen(&state);
        assert!(kept.contains("/!sync 6 of 7 rows, esc shows all"), "{kept}");
        play(&mut state, "<esc>");
        let all = seen(&state);
        assert!(all.contains("sync-standby-missing") && all.contains("FINDINGS") && !all.contains("of 7 rows"), "{all}");
    }
}

#[test]
fn a_flaw_is_told_in_place_and_the_rows_stay() {
    let mut state = on_cluster(&fixture::degraded(), (120, 35));
    play(&mut state, "z/pg3 sevrity");
    let before: Vec<String> = seen(&state).lines().take(30).map(str::to_owned).collect();
    play(&mut state, "=warning");
    let flawed = seen(&state);
    assert!(flawed.contains("no column 'sevrity' here; did you mean 'severity'?"), "{flawed}");
    assert_eq!(flawed.lines().take(30).map(str::to_owned).collect::<Vec<_>>(), before);
    // enter does not keep what means nothing, esc goes back to what was before
    play(&mut state, "<enter>");
    let held = seen(&state);
    assert!(
        held.contains("not used: no column 'sevrity' here; did you mean 'severity'?") && held.contains("the rows are those of /pg3 sevrity"),
        "{held}"
    );
    play(&mut state, "<esc>");
    assert!(!seen(&state).contains("of 7 rows"));
}

#[test]
fn a_small_window_keeps_timeline_and_lock_of_the_members_before_the_line_of_their_lag() {
    let mut state = on_cluster(&fixture::degraded(), (80, 24));
    play(&mut state, ":topology<enter>");
    let shown = seen(&state);
    let head = shown.lines().find(|line| line.contains("MEMBER ")).unwrap_or_else(|| panic!("{shown}"));
    assert!(["TL", "LOCK"].iter().all(|title| head.contains(title)) && !head.contains("5 MIN"), "{shown}");
}

#[test]
fn a_key_of_other_screens_says_that_it_does_nothing_here() {
    let mut state = on_cluster(&fixture::degraded(), (120, 35));
    play(&mut state, "X/");
    assert!(seen(&state).contains("/ (filter) does nothing on this screen; esc goes back"), "{}", seen(&state));
    // and one that is bound nowhere is not worth a frame
    play(&mut state, "<esc>X");
    assert_eq!(play(&mut state, "\u{e4}"), None);
}

#[test]
fn none_that_match_is_not_none_that_are_there() {
    let mut state = on_cluster(&fixture::degraded(), (120, 35));
    play(&mut state, "/zzz<enter>");
    let shown = seen(&state);
    assert!(shown.contains("none of 7 rows matches /zzz") && !shown.contains("nothing found"), "{shown}");
    // the way back is still there
    play(&mut state, "<esc>");
    assert!(seen(&state).contains("split-brain"));
}

#[test]
fn rows_that_nobody_can_tell_about_are_counted() {
    // nothing of a platform that is down is known
    let mut state = on_cluster(&fixture::down(), (120, 35));
    play(&mut state, "<tab><tab>/messages>5<enter>");
    let shown = seen(&state);
    assert!(shown.contains("0 of 2 rows, 2 not known (=? shows them)"), "{shown}");
    play(&mut state, "/<ctrl-u>messages=?<enter>");
    assert!(seen(&state).contains("2 of 2 rows, esc"), "{}", seen(&state));
}

#[test]
fn an_order_and_columns_are_remembered_for_the_screen() {
    let mut state = on_cluster(&fixture::degraded(), (120, 35));
    play(&mut state, "z:by rule<enter>");
    let rules = |shown: &str| {
        let words = ["pending-restart", "split-brain", "timeline-mismatch"];
        words.map(|word| shown.find(word).unwrap_or(usize::MAX))
    };
    let sorted = seen(&state);
    assert!(sorted.contains("RULE ↑") && rules(&sorted).is_sorted(), "{sorted}");
    play(&mut state, "s");
    let turned = seen(&state);
    assert!(turned.contains("RULE ↓") && rules(&turned).iter().rev().is_sorted(), "{turned}");
    // off with the member
    play(&mut state, "c<down><down>");
    assert!(seen(&state).contains("[x] MEMBER"), "{}", seen(&state));
    play(&mut state, " <enter>");
    assert!(!seen(&state).contains("MEMBER"), "{}", seen(&state));
    assert!(state.memory.is_unsaved());
    state.memory.to_save().expect("changed");
    let mut next = on_cluster(&fixture::degraded(), (120, 35));
    next.memory = Memory::of_text(&state.memory.text()).expect("a memory");
    play(&mut next, "z");
    let shown = seen(&next);
    assert!(shown.contains("RULE ↓") && !shown.contains("MEMBER"), "{shown}");
    // as the table has them again
    play(&mut next, "ca<enter>:by none<enter>");
    assert!(seen(&next).contains("MEMBER") && !seen(&next).contains("RULE ↓"));
}

#[test]
fn columns_scroll_behind_the_first_and_every_one_can_be_reached() {
    let mut state = on_cluster(&fixture::degraded(), (80, 24));
    play(&mut state, "<backtab>z");
    let titles: Vec<String> =
        opsctl::tui::screens::panels(&state).last().expect("a panel").table().columns.iter().map(|column| column.title.to_owned()).collect();
    let first = titles[0].clone();
    let mut missing: Vec<String> = titles;
    for _ in 0..missing.len() {
        let shown = seen(&state);
        assert!(shown.contains(&first), "{shown}");
        missing.retain(|title| !shown.contains(title.as_str()));
        play(&mut state, "l");
    }
    assert_eq!(missing, Vec::<String>::new());
    play(&mut state, "llll");
    assert!(seen(&state).contains("this is the last column"));
}

#[test]
fn pasted_text_fills_the_line_and_presses_nothing() {
    let keymap = registry::keymap(&[], &[]).expect("no conflict");
    let mut state = on_cluster(&fixture::degraded(), (120, 35));
    update(&mut state, &keymap, Message::Paste("qqq\u{3}".to_owned()), fixture::now());
    assert!(seen(&state).contains("pasted text presses no keys"));
    play(&mut state, "/");
    update(&mut state, &keymap, Message::Paste("pg3\n\u{1b}[2J".to_owned()), fixture::now());
    assert!(seen(&state).contains("/pg3 [2J│"), "{}", seen(&state));
    play(&mut state, "<esc>:");
    update(&mut state, &keymap, Message::Paste("locks".to_owned()), fixture::now());
    play(&mut state, "<enter>");
    assert_eq!(state.place().word(), "locks");
}

/// A debug build on a busy machine; the figures that count are those of the bench.
const SLOW: Duration = Duration::from_millis(400);

#[test]
fn ten_thousand_rows_are_filtered_key_by_key() {
    let keymap = registry::keymap(&[], &[]).expect("no conflict");
    let look = look(Glyphs::Unicode);
    let clock = Clock::real();
    let mut state = on_cluster(&fixture::many(10_000), (120, 35));
    play(&mut state, "<backtab>z");
    let _warm = opsctl::tui::frame(&state, &look, &keymap);
    let mut took = Vec::new();
    for key in [
        "/", "q", "u", "4", "2", " ", "s", "t", "a", "t", "e", "=", "o", "p", "e", "n", "<ctrl-u>", "m", "e", "s", "s", "a", "g", "e", "s", ">", "9",
        "0", "0", "0", "<esc>", "S", "j",
    ] {
        let begin = clock.now();
        play(&mut state, key);
        let _drawn = opsctl::tui::frame(&state, &look, &keymap);
        took.push(clock.now().since(begin));
    }
    took.sort_unstable();
    let (median, worst) = (took[took.len() / 2], took[took.len() - 1]);
    println!("report: 10,000 rows in a debug build: key to frame median {median:?}, worst {worst:?}");
    assert!(median < SLOW, "{took:?}");
}
