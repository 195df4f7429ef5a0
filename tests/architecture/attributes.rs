//! No test is switched off, no lint is silenced without a reason, no file is compiled that the laws cannot see.

use super::Violation;
use super::facts::Mark;
use super::house::House;

pub(super) fn judge(house: &House) -> Vec<Violation> {
    house
        .attributes
        .iter()
        .filter_map(|mark| wrong(mark).map(|(law, what)| Violation { law, place: format!("{}:{}", mark.file, mark.line), what }))
        .collect()
}

/// What is wrong with the attribute, and the law it breaks. `cfg_attr(x, allow(..))` is looked into.
fn wrong(mark: &Mark) -> Option<(&'static str, String)> {
    let text = mark.text.replace(char::is_whitespace, "");
    let inner = text.strip_prefix("cfg_attr(").and_then(|inner| inner.split_once(',')).map_or(text.as_str(), |(_, inner)| inner);
    let name = inner.split(['(', ')', '=']).next().unwrap_or("");
    match name {
        "ignore" => Some(("ignore", "a test is switched off; it must say SKIPPED with a reason at run time instead".to_owned())),
        "allow" | "expect" if !inner.contains("reason=") => Some(("silence", format!("`{}` without a reason", mark.text))),
        "path" if mark.file.starts_with("src/") => Some(("hidden-file", "`#[path]` hides a file from the laws on paths".to_owned())),
        "doc" if doc_fence_ignored(&mark.text) => Some(("ignore", "an example is switched off by ```ignore".to_owned())),
        _ => None,
    }
}

fn doc_fence_ignored(doc: &str) -> bool {
    let fence = doc.trim_start_matches("doc = \"").trim_start().strip_prefix("```");
    fence.is_some_and(|words| words.trim_end_matches('"').split(',').any(|word| word.trim() == "ignore"))
}

#[cfg(test)]
mod tests {
    use super::super::{assert_broken, assert_each_broken, broken_by};

    #[test]
    fn a_silenced_lint_fails_by_name() {
        let texts = [
            "//! x\n#[allow(dead_code)]\nfn f() {}",
            "#![allow(dead_code)]\n//! x",
            "//! x\n#[cfg_attr(test, expect(dead_code))]\nfn f() {}",
            "//! x\nmacro_rules! m { () => { #[allow(unused)] fn f() {} } }",
        ];
        assert_each_broken("silence", "src/theme", &texts, "without a reason");
    }

    #[test]
    fn a_test_that_is_switched_off_fails_by_name() {
        let texts = [
            "//! x\n#[test]\n#[ignore]\nfn f() {}",
            "//! x\n#[test]\n#[ignore = \"slow\"]\nfn f() {}",
            "//! x\n#[cfg_attr(unix, ignore)]\nfn f() {}",
            "//! x\nmacro_rules! m { () => { #[test] #[ignore] fn f() {} } }",
            "//! x\n/// ```ignore\n/// f()\n/// ```\nfn f() {}",
        ];
        assert_each_broken("ignore", "src/theme", &texts, "switched off");
        assert_each_broken("ignore", "tests", &texts, "switched off");
    }

    #[test]
    fn a_hidden_file_fails_by_name_and_a_reason_is_enough() {
        let found = broken_by(&[
            ("src/theme/evil.rs", "//! x\n#[path = \"other.rs\"]\nmod m;"),
            ("src/theme/good.rs", "//! x\n#[expect(dead_code, reason = \"it comes\")]\nfn f() {}\n/// ```text\n/// x\n/// ```\nfn g() {}"),
        ]);
        assert_broken(&found, "hidden-file: src/theme/evil.rs:2", "");
        assert_eq!(found.len(), 1, "{found:#?}");
    }
}
