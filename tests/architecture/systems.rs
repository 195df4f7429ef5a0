//! A system never names another system, nor the registry; the registry alone names systems. So any folder can be deleted with its one line.

use super::Violation;
use super::house::{House, Named};
use super::lists::REGISTRY;
use std::collections::BTreeSet;

pub(super) fn judge(house: &House) -> Vec<Violation> {
    // a folder is a system when it says so; others hold what all systems share
    let declared = house.traits.iter().filter(|(_, name, mark)| name == "System" && !mark.test);
    let folders: BTreeSet<&str> =
        declared.filter_map(|(_, _, mark)| mark.file.strip_prefix("src/systems/")?.split_once('/').map(|(folder, _)| folder)).collect();
    house.named.iter().filter_map(|named| step(named, &named.absolute, &folders).or_else(|| step(named, &named.declared, &folders))).collect()
}

fn step(named: &Named, path: &[String], folders: &BTreeSet<&str>) -> Option<Violation> {
    let target = match path {
        [first, room, target, ..] if first == "crate" && room == "systems" => target.as_str(),
        _ => return None,
    };
    let violation = |what: String| Some(Violation { law: "system", place: named.place(), what });
    let written = path.join("::");
    let own = match named.mention.module.as_slice() {
        [room, own, ..] if room == "systems" => own.as_str(),
        [room] if room == "systems" => "mod",
        // faces and joins: deleting a system may take a join with it, and nothing else
        _ => return None,
    };
    if own == target {
        return None;
    }
    match (folders.contains(own), folders.contains(target)) {
        (true, true) => violation(format!("system `{own}` names system `{target}`: `{written}`")),
        (true, false) if target == "registry" => violation(format!("system `{own}` names the registry: `{written}`")),
        (false, true) if named.mention.file != REGISTRY => violation(format!("`{own}` names system `{target}`, only the registry may: `{written}`")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::{assert_broken, broken_by};

    #[test]
    fn a_system_that_names_another_fails_by_name() {
        let found = broken_by(&[
            ("src/systems/left/mod.rs", "//! x\npub struct L;\nimpl System for L {}"),
            ("src/systems/right/mod.rs", "//! x\nuse super::left::L;\nuse crate::systems::registry;\nimpl super::contract::System for R {}"),
            ("src/systems/evil.rs", "//! x\nfn f(l: super::left::L) {}"),
            ("src/systems/shared/mod.rs", "//! x\npub struct S;"),
            ("src/systems/good.rs", "//! x\nfn f(s: super::shared::S) {}"),
        ]);
        assert_broken(&found, "system: src/systems/right/mod.rs:2", "system `right` names system `left`");
        assert_broken(&found, "system: src/systems/right/mod.rs:3", "`right` names the registry");
        assert_broken(&found, "system: src/systems/evil.rs:2", "only the registry may");
        assert!(!found.iter().any(|line| line.contains("good.rs")), "{found:#?}");
    }
}
