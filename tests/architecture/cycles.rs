//! No cycles: between rooms, and at every level below them between the modules that stand side by side in one folder.
//!
//! What a parent re-exports is followed to where it is declared, so that the way through `mod.rs` hides nothing. Code under test is left out: it may
//! look at its neighbours from any side.

use super::Violation;
use super::facts::Form;
use super::house::House;
use std::collections::{BTreeMap, BTreeSet};

/// Edges between the children of one module, each with the first place where it is made.
type Edges = BTreeMap<(String, String), String>;

pub(super) fn judge(house: &House) -> Vec<Violation> {
    let mut levels: BTreeMap<Vec<String>, Edges> = BTreeMap::new();
    for named in house.named.iter().filter(|named| !named.mention.test && named.mention.form != Form::Reexport) {
        let Some(("crate", target)) = named.declared.split_first().map(|(first, rest)| (first.as_str(), rest)) else { continue };
        let from = &named.mention.module;
        let shared = from.iter().zip(target).take_while(|(left, right)| left == right).count();
        // one of them is the parent of the other: containment is no edge
        let (Some(left), Some(right)) = (from.get(shared), target.get(shared)) else { continue };
        let level = from.get(..shared).unwrap_or_default().to_vec();
        let child: Vec<String> = level.iter().chain([right]).cloned().collect();
        if house.scopes.contains_key(&child) {
            levels.entry(level).or_default().entry((left.clone(), right.clone())).or_insert_with(|| named.place());
        }
    }
    levels.iter().flat_map(|(level, edges)| cycles(level, edges)).collect()
}

fn cycles(level: &[String], edges: &Edges) -> Vec<Violation> {
    let mut reach: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (from, to) in edges.keys() {
        reach.entry(from).or_default().insert(to);
    }
    loop {
        let next: BTreeMap<&str, BTreeSet<&str>> = reach
            .iter()
            .map(|(from, to)| (*from, to.iter().copied().chain(to.iter().flat_map(|name| reach.get(name).into_iter().flatten().copied())).collect()))
            .collect();
        if next == reach {
            break;
        }
        reach = next;
    }
    let leads = |from: &str, to: &str| reach.get(from).is_some_and(|set| set.contains(to));
    let place = std::iter::once("crate").chain(level.iter().map(String::as_str)).collect::<Vec<_>>().join("::");
    edges
        .iter()
        .filter(|((from, to), _)| leads(to, from))
        .map(|((from, to), at)| Violation {
            law: "cycle",
            place: at.clone(),
            what: format!("in `{place}`: `{from}` names `{to}`, which leads back to `{from}`"),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::{assert_broken, broken_by};

    #[test]
    fn a_cycle_between_files_of_a_room_fails_by_name() {
        let found = broken_by(&[
            ("src/theme/one.rs", "//! x\nuse super::two::B;\npub struct A(B);"),
            ("src/theme/two.rs", "//! x\nuse super::three::C;\npub struct B(C);"),
            ("src/theme/three.rs", "//! x\npub struct C(Box<crate::theme::one::A>);"),
        ]);
        assert_broken(&found, "cycle: src/theme/one.rs:2", "in `crate::theme`: `one` names `two`");
        assert_broken(&found, "cycle: src/theme/three.rs:2", "`three` names `one`");
    }

    #[test]
    fn a_cycle_between_rooms_fails_by_name() {
        let found = broken_by(&[
            ("src/slo/mod.rs", "//! x\nuse crate::capacity::B;\npub struct A(B);"),
            ("src/capacity/mod.rs", "//! x\npub struct B(Box<crate::slo::A>);"),
        ]);
        assert_broken(&found, "cycle: src/slo/mod.rs:2", "in `crate`: `slo` names `capacity`");
    }

    #[test]
    fn a_cycle_through_reexports_of_the_parent_fails_by_name() {
        let found = broken_by(&[
            ("src/theme/deep/mod.rs", "//! x\nmod one;\nmod two;\npub use one::A;\npub use two::B;"),
            ("src/theme/deep/one.rs", "//! x\npub struct A(super::B);"),
            ("src/theme/deep/two.rs", "//! x\nuse crate::theme::deep::A;\npub struct B(Box<A>);"),
        ]);
        assert_broken(&found, "cycle: src/theme/deep/one.rs:2", "in `crate::theme::deep`: `one` names `two`");
    }

    #[test]
    fn what_goes_one_way_is_no_cycle_and_tests_may_look_back() {
        let found = broken_by(&[
            ("src/theme/one.rs", "//! x\nuse super::two::B;\npub struct A(B);"),
            ("src/theme/two.rs", "//! x\npub struct B;\n#[cfg(test)]\nmod tests {\n use super::super::one::A;\n}"),
        ]);
        assert_eq!(found, Vec::<String>::new());
    }
}
