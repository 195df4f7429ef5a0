//! Keys, clicks and pasted text without end, in windows of any size: nothing panics, every frame is as large as its window.

use crate::screens::dump::look;
use crate::screens::{fixture, on_fleet, platform};
use opsctl::app::Observed;
use opsctl::model::Clock;
use opsctl::text::untrusted::is_plain;
use opsctl::theme::Glyphs;
use opsctl::tui::State;
use opsctl::tui::command::Keymap;
use opsctl::tui::escape::Touch;
use opsctl::tui::hit::Hits;
use opsctl::tui::key::{Chord, Held, Key};
use opsctl::tui::registry::{self, COMMANDS};
use opsctl::tui::update::{Message, update};
use std::sync::Arc;
use std::time::Duration;

/// Numbers that are the same each time.
struct Seed(u64);

impl Seed {
    fn next(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("31 bits") % below
    }
}

/// What a walk is made from; it takes long to make, and no walk changes it.
struct Ground {
    keymap: Keymap,
    bound: Vec<Chord>,
    seen: Vec<Arc<Observed>>,
}

impl Ground {
    fn new() -> Ground {
        let bound = COMMANDS.iter().flat_map(|command| command.keys).filter_map(|key| Chord::parse(key)).collect();
        let small = [fixture::degraded(), fixture::healthy(), fixture::down(), fixture::waiting(), fixture::nothing()];
        let seen = small.into_iter().chain(platform::STATES.iter().map(|(_, seen)| seen())).collect();
        Ground { keymap: registry::keymap(&[]).expect("no conflict"), bound, seen }
    }

    /// One thing that can come from a terminal or from what is observed.
    fn message(&self, seed: &mut Seed, hits: &Hits, (columns, rows): (u16, u16)) -> Message {
        let letters = ['a', 'b', 'l', '>', '1', '0', 's', '=', 'o', 'k', '?', '-', '!', '/', '"', '\\', '(', 'é', '東', ' '];
        match seed.next(100) {
            0 => Message::Paste("a\u{1b}[201~ \u{202e}/x/ lag>1".to_owned()),
            1 => Message::Seen(Arc::clone(&self.seen[seed.next(self.seen.len())])),
            2 => Message::Tick,
            3..=12 => {
                let x = u16::try_from(seed.next(usize::from(columns) + 2)).expect("small");
                let y = u16::try_from(seed.next(usize::from(rows) + 2)).expect("small");
                Message::Mouse([Touch::Press, Touch::Press, Touch::WheelUp, Touch::WheelDown][seed.next(4)], hits.at(x, y))
            }
            13..=30 => Message::Key(Chord::plain(Key::Char(letters[seed.next(letters.len())]))),
            31..=33 => Message::Key(Chord { key: Key::Char('u'), held: Held::Ctrl }),
            _ => Message::Key(self.bound[seed.next(self.bound.len())]),
        }
    }

    /// A walk of `steps` from the fleet in a window of `size`; a frame is drawn after each `every`.
    fn walk(&self, number: u64, size: (u16, u16), steps: usize, every: usize) {
        let mut seed = Seed(0x2545_f491_4f6c_dd1d ^ (number << 20));
        let look = look([Glyphs::Unicode, Glyphs::Ascii][seed.next(2)]);
        let mut state: State = on_fleet(&self.seen[seed.next(self.seen.len())], size);
        let mut now = fixture::now();
        let mut hits = Hits::default();
        for at in 0..steps {
            let message = self.message(&mut seed, &hits, size);
            now = now.plus(Duration::from_millis(10));
            update(&mut state, &self.keymap, message, now);
            if at % every == every - 1 {
                let drawn = opsctl::tui::drawn(&state, &look, &self.keymap);
                assert_eq!((drawn.buffer.area.width, drawn.buffer.area.height), size, "walk {number} after {at}");
                assert!(drawn.buffer.content().iter().all(|cell| cell.symbol().chars().all(is_plain)), "walk {number} after {at}");
                hits = drawn.hits;
            }
        }
    }

    /// All of `walks`, on every core: their number, size, steps, and after how many a frame.
    fn walks(&self, walks: &[(u64, (u16, u16), usize, usize)]) {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        std::thread::scope(|scope| {
            for core in 0..cores {
                let own = walks.iter().skip(core).step_by(cores);
                scope.spawn(move || own.for_each(|(number, size, steps, every)| self.walk(*number, *size, *steps, *every)));
            }
        });
    }
}

fn small(number: usize) -> u16 {
    u16::try_from(number).expect("small")
}

#[test]
fn two_thousand_keys_at_each_of_five_hundred_sizes_break_nothing() {
    let clock = Clock::real();
    let begin = clock.now();
    let mut seed = Seed(0x9e37_79b9_7f4a_7c15);
    let edges = [(0, 0), (1, 1), (59, 15), (60, 16), (80, 24), (120, 35), (200, 60), (300, 100)];
    let sizes = (0..500).map(|_| (small(seed.next(301)), small(seed.next(101)))).chain(edges);
    let walks: Vec<_> = (0_u64..).zip(sizes).map(|(number, size)| (number, size, 2_000, 50)).collect();
    Ground::new().walks(&walks);
    println!("report: {} keys in windows of {} sizes in {:?}", walks.len() * 2_000, walks.len(), clock.now().since(begin));
}

#[test]
fn every_size_holds_every_screen() {
    if std::env::var_os("OPSCTL_EXHAUSTIVE").is_none() {
        println!("SKIPPED every_size: it is tried with --exhaustive");
        return;
    }
    let sizes = (0..=300).flat_map(|columns| (0..=100).map(move |rows| (columns, rows)));
    let mut walks: Vec<_> = (1_000_u64..).zip(sizes).map(|(number, size)| (number, size, 2, 1)).collect();
    walks.push((0, (120, 35), 10_000, 5));
    Ground::new().walks(&walks);
}
