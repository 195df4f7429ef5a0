//! `Armed` is minted in the engine alone, after the journal was synced; nobody copies, decodes or makes one otherwise.

use super::Violation;
use super::facts::Form;
use super::house::{House, is_below};
use super::lists::{ARMED, ARMED_FILE, MINTERS};

const LAW: &str = "armed";
/// Traits that would make a second one of one, or one of nothing.
const FORBIDDEN: &[&str] = &["Clone", "Copy", "Default", "Deserialize", "From", "TryFrom", "FromStr"];

pub(super) fn judge(house: &House) -> Vec<Violation> {
    let violation = |place: String, what: String| Violation { law: LAW, place, what };
    let mut found = Vec::new();
    for named in house.named.iter().filter(|named| named.mention.file != ARMED_FILE && is_below(&named.declared, ARMED)) {
        let mint = named.declared.last().is_some_and(|last| last == "mint");
        // what a test sends is not in the program
        if mint && !named.mention.test && !MINTERS.contains(&named.mention.file.as_str()) {
            found.push(violation(named.place(), format!("`{}` is called, only {} may", named.mention.path.join("::"), MINTERS.join(" and "))));
        }
        if named.mention.form == Form::Glob {
            found.push(violation(named.place(), "a `*` would hide who mints".to_owned()));
        }
    }
    for (kind, name, mark) in house.traits.iter().filter(|(kind, name, _)| kind == "Armed" && FORBIDDEN.contains(&name.as_str())) {
        found.push(violation(format!("{}:{}", mark.file, mark.line), format!("`{kind}` must not be `{name}`")));
    }
    for function in house.functions.iter().filter(|function| !function.test && function.name != "mint") {
        let own = function.file == ARMED_FILE && function.returns.split(' ').any(|name| name == "Self");
        if own || function.returns.split(' ').any(|name| name == "Armed") {
            let place = format!("{}:{}", function.file, function.line);
            found.push(violation(place, format!("`{}` hands out an `Armed`, only `mint` may", function.name)));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::{assert_broken, assert_each_broken, broken_by};
    use super::*;
    use crate::architecture::tree::Tree;

    #[test]
    fn a_mint_elsewhere_fails_by_name() {
        let texts = [
            "//! x\nuse crate::model::Armed;\nfn f() { let _ = Armed::mint(r, s, 1, t); }",
            "//! x\nuse crate::model::armed::Armed as A;\nfn f() { let _ = A::mint(r, s, 1, t); }",
            "//! x\nfn f() { let g = <crate::model::Armed>::mint; }",
            "//! x\ntype T = crate::model::Armed;\nfn f() { vec![T::mint(r, s, 1, t)] }",
            "//! x\nuse crate::model::*;\nfn f() { Armed::mint(r, s, 1, t) }",
        ];
        assert_each_broken("armed", "src/fleet", &texts, "only src/engine/execute.rs and src/engine/hold.rs may");
        let text = "//! x\nuse crate::model::Armed;\nfn f() { Armed::mint(r, s, 1, t); }";
        assert_eq!(broken_by(&[("src/engine/execute.rs", text)]), Vec::<String>::new());
    }

    #[test]
    fn an_armed_from_nowhere_fails_by_name() {
        let tree = Tree::lower_rooms();
        let text = tree.files.get(ARMED_FILE).expect("armed.rs").replacen("#[derive(Debug)]", "#[derive(Debug, Clone, serde::Deserialize)]", 1);
        let text = text.replacen("impl Armed {", "impl Armed {\n pub fn again(&self) -> Option<Self> { None }", 1);
        let found = broken_by(&[(ARMED_FILE, &text), ("src/engine/lend.rs", "//! x\npub fn lend() -> crate::model::Armed { todo!() }")]);
        assert_broken(&found, "armed: src/model/armed.rs", "must not be `Clone`");
        assert_broken(&found, "armed: src/model/armed.rs", "must not be `Deserialize`");
        assert_broken(&found, "armed: src/model/armed.rs", "`again` hands out an `Armed`");
        assert_broken(&found, "armed: src/engine/lend.rs:2", "`lend` hands out an `Armed`");
    }
}
