//! Every file of `src/` begins with what it is for; the head of a room also says what it must never do; no name is empty.

use super::Violation;
use super::house::House;
use super::lists::EMPTY_NAMES;

pub(super) fn judge(house: &House) -> Vec<Violation> {
    let mut found = Vec::new();
    for (file, (head, _)) in &house.files {
        let text = head.join(" ");
        if text.trim().is_empty() {
            found.push(Violation { law: "head", place: file.clone(), what: "has no `//!` head".to_owned() });
        } else if is_room(file) && !["never", "must not", "alone", "only"].iter().any(|word| text.contains(word)) {
            found.push(Violation { law: "head", place: file.clone(), what: "the head of a room says what it must never do".to_owned() });
        }
        let stem = file.rsplit('/').find(|part| *part != "mod.rs").unwrap_or("").trim_end_matches(".rs");
        if EMPTY_NAMES.contains(&stem) {
            found.push(Violation { law: "name", place: file.clone(), what: format!("`{stem}` says nothing of the operator's world") });
        }
    }
    found
}

/// `src/model/mod.rs`
fn is_room(file: &str) -> bool {
    matches!(file.split('/').collect::<Vec<_>>().as_slice(), ["src", _, "mod.rs"])
}

#[cfg(test)]
mod tests {
    use super::super::{assert_broken, broken_by};

    #[test]
    fn a_file_without_a_head_fails_by_name() {
        let found = broken_by(&[
            ("src/theme/evil.rs", "pub struct A;"),
            ("src/slo/mod.rs", "//! Objectives."),
            ("src/theme/utils.rs", "//! x"),
            ("src/theme/helpers/mod.rs", "//! x"),
        ]);
        assert_broken(&found, "head: src/theme/evil.rs", "no `//!` head");
        assert_broken(&found, "head: src/slo/mod.rs", "must never do");
        assert_broken(&found, "name: src/theme/utils.rs", "`utils`");
        assert_broken(&found, "name: src/theme/helpers/mod.rs", "`helpers`");
    }
}
