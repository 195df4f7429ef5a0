//! A room uses only rooms with a smaller number, and its own; rooms of one floor do not name each other. Code under test keeps it too.

use super::Violation;
use super::house::{House, Named};
use super::lists::{FLOORS, SAME_FLOOR, STRANGERS};

const LAW: &str = "direction";

pub(super) fn judge(house: &House) -> Vec<Violation> {
    let mut found: Vec<Violation> =
        house.named.iter().flat_map(|named| [step(named, &named.absolute), step(named, &named.declared)]).flatten().collect();
    for file in house.files.keys() {
        let room = file.trim_start_matches("src/").split(['/', '.']).next().unwrap_or("");
        if !["lib", "main"].contains(&room) && floor(room).is_none() {
            found.push(Violation { law: LAW, place: file.clone(), what: format!("room `{room}` stands on no floor") });
        }
    }
    found
}

fn floor(room: &str) -> Option<u8> {
    match room {
        // above all: it only starts the command line
        "main" => Some(u8::MAX),
        _ => FLOORS.iter().find(|(name, _)| *name == room).map(|(_, floor)| *floor),
    }
}

/// The step from the room where `named` stands to the room that `path` leads to, if it is forbidden.
fn step(named: &Named, path: &[String]) -> Option<Violation> {
    let [first, target, ..] = path else { return None };
    let room = named.room();
    if first != "crate" || room == target || room.is_empty() {
        return None;
    }
    let violation = |what: String| Some(Violation { law: LAW, place: named.place(), what });
    let written = path.join("::");
    let Some(to) = floor(target) else { return violation(format!("`{written}`: `{target}` stands on no floor")) };
    let from = floor(room)?;
    if STRANGERS.contains(&(room, target)) {
        return violation(format!("`{room}` shares nothing with `{target}`, and names `{written}`"));
    }
    if to < from || SAME_FLOOR.contains(&(room, target)) {
        return None;
    }
    violation(format!("`{room}` (floor {from}) names `{written}` (floor {to})"))
}

#[cfg(test)]
mod tests {
    use super::super::{assert_broken, assert_each_broken, broken_by};
    use super::*;
    use crate::architecture::tree::root;

    #[test]
    fn an_upward_use_fails_by_name() {
        let texts = [
            "//! x\nuse crate::transport::http::HttpReader;",
            "//! x\nfn f() { crate::transport::http::decode(b\"\") }",
            "//! x\nfn f(x: &super::super::transport::ProbeError) {}",
            "//! x\nfn f() { println!(\"{}\", crate::transport::http::decode(b\"\")) }",
            "//! x\nuse crate as house; type T =\nhouse::transport::ProbeError;",
            "//! x\nmod inner { use super::super::super::transport::{http::{self as web}}; }",
        ];
        assert_each_broken("direction", "src/model", &texts, "`model` (floor 0) names `crate::transport");
    }

    #[test]
    fn rooms_of_one_floor_do_not_name_each_other() {
        let found = broken_by(&[
            ("src/config/evil.rs", "//! x\nuse crate::transport::ProbeError;"),
            ("src/text/evil.rs", "//! x\nuse crate::model::Lsn;"),
            ("src/model/good.rs", "//! x\nuse crate::text::Untrusted;"),
        ]);
        assert_broken(&found, "direction: src/config/evil.rs:2", "floor 1");
        assert_broken(&found, "direction: src/text/evil.rs:2", "`text` (floor 0)");
        assert!(!found.iter().any(|line| line.contains("good.rs")), "{found:#?}");
    }

    #[test]
    fn tests_and_reexports_keep_the_direction() {
        let found = broken_by(&[
            ("src/text/evil.rs", "//! x\n#[cfg(test)]\nmod tests {\n use crate::fleet::x;\n}"),
            ("src/model/way.rs", "//! x\npub use crate::transport::ProbeError as Harmless;"),
            ("src/model/evil.rs", "//! x\nfn f(x: &super::way::Harmless) {}"),
        ]);
        assert_broken(&found, "direction: src/text/evil.rs:4", "`crate::fleet::x`");
        assert_broken(&found, "direction: src/model/evil.rs:2", "`crate::transport::error::ProbeError`");
    }

    #[test]
    fn the_simulator_and_the_systems_are_strangers_and_every_room_has_a_floor() {
        let found = broken_by(&[("src/systems/evil.rs", "//! x\nuse crate::sim::server;"), ("src/attic/mod.rs", "//! x")]);
        assert_broken(&found, "direction: src/systems/evil.rs:2", "`systems` shares nothing with `sim`");
        assert_broken(&found, "direction: src/attic/mod.rs", "`attic` stands on no floor");
    }

    /// The map that `cargo doc` shows and the law must not drift apart.
    #[test]
    fn the_map_in_lib_rs_names_every_room_with_its_floor() {
        let map = std::fs::read_to_string(root().join("src/lib.rs")).expect("lib.rs");
        for (room, floor) in FLOORS.iter().filter(|(room, _)| root().join("src").join(room).is_dir()) {
            let line = format!("//! | {floor} | [`{room}`] |");
            assert!(map.contains(&line), "src/lib.rs lacks a line that begins `{line}`");
        }
    }
}
