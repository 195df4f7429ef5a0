//! Keys without end, in windows of any size: nothing panics, every frame is as large as its window.

use crate::screens::dump::look;
use crate::screens::{fixture, on_fleet};
use opsctl::theme::Glyphs;
use opsctl::tui::State;
use opsctl::tui::command::Keymap;
use opsctl::tui::key::{Chord, Held, Key};
use opsctl::tui::registry::{self, COMMANDS};
use opsctl::tui::update::{Message, update};
use std::time::Duration;

/// Numbers that are the same each time.
struct Seed(u64);

impl Seed {
    fn next(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("31 bits") % below
    }
}

/// A walk of `keys` keys from the fleet in a window of `size`; a frame is drawn after each `every`.
fn walk(keymap: &Keymap, seed: &mut Seed, size: (u16, u16), keys: usize, every: usize) {
    let look = look([Glyphs::Unicode, Glyphs::Ascii][seed.next(2)]);
    let bound: Vec<Chord> = COMMANDS.iter().flat_map(|command| command.keys).filter_map(|key| Chord::parse(key)).collect();
    let letters: Vec<char> = "abl>10s=ok?-!/\"\\(é東 ".chars().collect();
    let all = [fixture::degraded(), fixture::healthy(), fixture::down(), fixture::waiting(), fixture::nothing()];
    let mut state: State = on_fleet(&all[seed.next(all.len())], size);
    let mut now = fixture::now();
    for at in 0..keys {
        let message = match seed.next(100) {
            0 => Message::Paste("a\u{1b}[201~ \u{202e}/x/ lag>1".to_owned()),
            1 => Message::Seen(all[seed.next(all.len())].clone()),
            2 => Message::Tick,
            3..=25 => Message::Key(Chord::plain(Key::Char(letters[seed.next(letters.len())]))),
            26..=30 => Message::Key(Chord { key: Key::Char('u'), held: Held::Ctrl }),
            _ => Message::Key(bound[seed.next(bound.len())]),
        };
        now = now.plus(Duration::from_millis(10));
        update(&mut state, keymap, message, now);
        if at % every == every - 1 {
            let drawn = opsctl::tui::frame(&state, &look, keymap);
            assert_eq!((drawn.area.width, drawn.area.height), size, "after {at} keys");
            assert!(drawn.content().iter().all(|cell| cell.symbol().chars().all(opsctl::text::untrusted::is_plain)), "after {at} keys");
        }
    }
}

#[test]
fn keys_at_five_hundred_sizes_break_nothing() {
    let keymap = registry::keymap(&[]).expect("no conflict");
    let mut seed = Seed(0x2545_f491_4f6c_dd1d);
    let exhaustive = std::env::var_os("OPSCTL_EXHAUSTIVE").is_some();
    let (mut sizes, mut keys) = (0, 0);
    for _ in 0..500 {
        let size = (u16::try_from(seed.next(301)).expect("small"), u16::try_from(seed.next(101)).expect("small"));
        // every size has its own part of the walk; together they are as long as the walk at each size is when all is tried
        let length = if exhaustive { 2_000 } else { 40 };
        walk(&keymap, &mut seed, size, length, 10);
        (sizes, keys) = (sizes + 1, keys + length);
    }
    for size in [(0, 0), (1, 1), (59, 15), (60, 16), (80, 24), (120, 35), (200, 60), (300, 100)] {
        walk(&keymap, &mut seed, size, 2_000, 20);
        (sizes, keys) = (sizes + 1, keys + 2_000);
    }
    println!("report: {keys} keys in windows of {sizes} sizes");
}

#[test]
fn every_size_holds_every_screen() {
    if std::env::var_os("OPSCTL_EXHAUSTIVE").is_none() {
        println!("SKIPPED every_size: it is tried with --exhaustive");
        return;
    }
    let keymap = registry::keymap(&[]).expect("no conflict");
    let mut seed = Seed(0x9e37_79b9_7f4a_7c15);
    for columns in 0..=300 {
        for rows in 0..=100 {
            walk(&keymap, &mut seed, (columns, rows), 2, 1);
        }
    }
    walk(&keymap, &mut seed, (120, 35), 10_000, 5);
}
