//! A state is told by glyph and word wherever colour is poor: without any, and with sixteen.

use crate::screens::dump::letters;
use crate::screens::fixture::{self, Platform};
use crate::screens::{frame, on_fleet};
use opsctl::app::Observed;
use opsctl::health::Standing;
use opsctl::model::Environment;
use opsctl::theme::{Depth, Glyphs, State, builtin, names};
use opsctl::tui::Look;
use std::collections::BTreeSet;
use std::sync::Arc;

const STANDINGS: [Standing; 5] = [Standing::Healthy, Standing::Warning, Standing::Unknown, Standing::Unreadable, Standing::Critical];

fn platform() -> Arc<Observed> {
    let named = |platform: Platform, (at, standing): (usize, &Standing)| platform.cluster(&format!("c{at}"), Environment::Prod, *standing);
    STANDINGS.iter().enumerate().fold(Platform::new(), named).observed()
}

/// Glyph and word of each cluster of the fleet.
fn told(look: &Look) -> Vec<(String, String)> {
    let shown = letters(&frame(&on_fleet(&platform(), (80, 24)), look));
    let of = |name: &str| {
        let line = shown.lines().find(|line| line.contains(&format!(" {name} "))).unwrap_or_else(|| panic!("{name}\n{shown}"));
        let mut words = line.split_whitespace().skip_while(|word| *word != name).skip(1);
        (words.next().expect("a glyph").to_owned(), words.next().expect("a word").to_owned())
    };
    (0..STANDINGS.len()).map(|at| of(&format!("c{at}"))).collect()
}

#[test]
fn how_a_cluster_stands_is_told_by_glyph_and_word_without_colour_and_with_sixteen() {
    for name in names() {
        for depth in [Depth::Mono, Depth::Sixteen] {
            for glyphs in [Glyphs::Unicode, Glyphs::Ascii] {
                let look = Look::new(&builtin(name, depth).expect("a theme").expect("a good one"), glyphs);
                let told = told(&look);
                let words: BTreeSet<&String> = told.iter().map(|(_, word)| word).collect();
                assert_eq!(words.len(), STANDINGS.len(), "{name} {depth:?} {glyphs:?}: {told:?}");
                let known: BTreeSet<&str> = State::ALL.iter().map(|state| glyphs.of(*state)).collect();
                let signs: BTreeSet<&str> = told.iter().map(|(glyph, _)| glyph.as_str()).collect();
                // what cannot be read and what cannot be judged are both unknown, by two words
                assert!(signs.len() >= STANDINGS.len() - 1 && signs.is_subset(&known), "{name} {depth:?} {glyphs:?}: {told:?}");
            }
        }
    }
}

#[test]
fn what_stands_on_a_screen_does_not_depend_on_its_colours() {
    for observed in [fixture::healthy(), fixture::degraded(), fixture::down()] {
        for glyphs in [Glyphs::Unicode, Glyphs::Ascii] {
            let mut shown = BTreeSet::new();
            for name in names() {
                for depth in [Depth::Mono, Depth::Sixteen, Depth::Indexed, Depth::True] {
                    let look = Look::new(&builtin(name, depth).expect("a theme").expect("a good one"), glyphs);
                    shown.insert(letters(&frame(&on_fleet(&observed, (120, 35)), &look)));
                }
            }
            assert_eq!(shown.len(), 1);
        }
    }
}
