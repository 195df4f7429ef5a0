//! The laws of the house, proved on parsed paths: direction, cycles, who may open a socket or start a process, who may write, what is pure.
//!
//! `lists.rs` holds what the laws know as data; `tree.rs`, `source.rs` and `house.rs` turn files into facts; each other file is one law and, below it,
//! the proof that the law has teeth: a copy of the tree with one violation in it fails by name.

mod armed;
mod attributes;
mod cycles;
mod deny;
mod direction;
mod faces;
mod facts;
mod graph;
mod heads;
mod house;
mod items;
mod lab;
mod licence;
mod lists;
mod names;
mod places;
mod purity;
mod sizes;
mod source;
mod statements;
mod systems;
mod tls;
pub mod tree;

use house::House;
use std::fmt;
use tree::Tree;

/// A broken law, with its name and the place.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Violation {
    law: &'static str,
    /// `src/model/lsn.rs:12`
    place: String,
    what: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}: {}", self.law, self.place, self.what)
    }
}

/// Every law on paths, in the order of the design.
const LAWS: &[fn(&House) -> Vec<Violation>] = &[
    direction::judge,
    cycles::judge,
    systems::judge,
    places::judge,
    armed::judge,
    statements::judge,
    faces::judge,
    purity::judge,
    attributes::judge,
    heads::judge,
];

/// All that is wrong with `tree`, sorted and without doubles.
fn violations(tree: &Tree) -> Vec<Violation> {
    let house = House::build(tree);
    let mut all: Vec<Violation> = LAWS.iter().flat_map(|law| law(&house)).collect();
    all.sort();
    all.dedup();
    all
}

/// What is broken when `files` are put into a copy of the lower rooms: each line is `law: place: what`. What these rooms break by themselves is left
/// out: [`the_house_keeps_its_laws`] tells that.
pub fn broken_by(files: &[(&str, &str)]) -> Vec<String> {
    let tree = Tree::lower_rooms();
    let before = violations(&tree);
    let changed = files.iter().fold(tree, |tree, (file, text)| tree.with(file, text));
    violations(&changed).iter().filter(|violation| !before.contains(violation)).map(ToString::to_string).collect()
}

/// For each of `texts`, put into the copy as `folder/evil_N.rs`: `law: place` begins one line about it, which also holds `words`.
#[track_caller]
fn assert_each_broken(law: &str, folder: &str, texts: &[&str], words: &str) {
    let names: Vec<String> = (0..texts.len()).map(|at| format!("{folder}/evil_{at}.rs")).collect();
    let files: Vec<(&str, &str)> = names.iter().map(String::as_str).zip(texts.iter().copied()).collect();
    let found = broken_by(&files);
    for name in &names {
        assert_broken(&found, &format!("{law}: {name}"), words);
    }
}

/// Fails unless one of `found` begins with `law: place` and holds `words`.
#[track_caller]
fn assert_broken(found: &[String], law_and_place: &str, words: &str) {
    let hit = found.iter().any(|line| line.starts_with(law_and_place) && line.contains(words));
    assert!(hit, "nothing was found as `{law_and_place}…{words}`, only: {found:#?}");
}

#[test]
fn the_house_keeps_its_laws() {
    let found = violations(&Tree::real());
    let lines: Vec<String> = found.iter().map(ToString::to_string).collect();
    assert!(found.is_empty(), "{} laws are broken:\n{}", lines.len(), lines.join("\n"));
}
