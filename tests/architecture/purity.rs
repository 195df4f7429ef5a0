//! What judges and shows takes `now` as an argument: no IO, no clock, no `async` in the rooms and parts that are pure. Their tests are left out.

use super::Violation;
use super::facts::Mark;
use super::house::{House, is_below};
use super::lists::{CLOCK_METHODS, IMPURE, PURE_ALL_THE_SAME, PURE_ROOMS, PURE_SYSTEM_PARTS, PURE_TUI_PARTS};

const LAW: &str = "purity";

pub(super) fn judge(house: &House) -> Vec<Violation> {
    let mut found = Vec::new();
    for named in house.named.iter().filter(|named| !named.mention.test && is_pure(&named.mention.file)) {
        if let Some(prefix) = impure(&named.declared) {
            found.push(Violation { law: LAW, place: named.place(), what: format!("`{}`: `{prefix}` is IO or a clock", named.declared.join("::")) });
        }
    }
    let mut marks = |marks: &[Mark], wanted: &dyn Fn(&Mark) -> bool, says: &dyn Fn(&Mark) -> String| {
        for mark in marks.iter().filter(|mark| !mark.test && is_pure(&mark.file) && wanted(mark)) {
            found.push(Violation { law: LAW, place: format!("{}:{}", mark.file, mark.line), what: says(mark) });
        }
    };
    marks(&house.asyncs, &|_| true, &|mark| format!("`{}` where nothing is waited for", mark.text));
    marks(&house.methods, &|mark| CLOCK_METHODS.contains(&mark.text.as_str()), &|mark| format!("`.{}()` asks a clock", mark.text));
    found
}

/// Whether `file` belongs to a pure room or to a pure part of a system or of the console.
fn is_pure(file: &str) -> bool {
    let inner = file.trim_start_matches("src/").trim_end_matches(".rs");
    match inner.split('/').collect::<Vec<_>>().as_slice() {
        [room, ..] if PURE_ROOMS.contains(room) => true,
        ["systems", _, part, ..] => PURE_SYSTEM_PARTS.contains(part),
        ["tui", part, ..] => PURE_TUI_PARTS.contains(part),
        _ => false,
    }
}

/// The impure path that decides about `path`, unless a longer one makes an exception.
fn impure(path: &[String]) -> Option<&'static str> {
    let longest = |list: &'static [&'static str]| list.iter().filter(|prefix| is_below(path, prefix)).max_by_key(|prefix| prefix.len()).copied();
    let impure = longest(IMPURE)?;
    longest(PURE_ALL_THE_SAME).is_none_or(|pure| pure.len() < impure.len()).then_some(impure)
}

#[cfg(test)]
mod tests {
    use super::super::{assert_broken, assert_each_broken, broken_by};

    #[test]
    fn io_and_clocks_in_a_pure_place_fail_by_name() {
        let texts = [
            "//! x\nfn f() { std::fs::read(\"x\") }",
            "//! x\nuse std::env;\nfn f() { env::var(\"x\") }",
            "//! x\nuse tokio::sync::mpsc;",
            "//! x\nasync fn f() {}",
            "//! x\nfn f() { let g = async { 1 }; }",
            "//! x\nfn f() { let t = jiff::Timestamp::now(); }",
            "//! x\nuse crate::model::Clock;",
            "//! x\nfn f(c: &C) { c.now() }",
            "//! x\nfn f(c: &C) { format!(\"{}\", c.now()) }",
            "//! x\nuse crate::transport::http::HttpReader;",
        ];
        assert_each_broken("purity", "src/health", &texts, "");
        assert_each_broken("purity", "src/systems/beacon/rules", &texts, "");
    }

    #[test]
    fn each_pure_place_is_known() {
        let files = [
            "src/slo/a.rs",
            "src/backup/a.rs",
            "src/capacity/a/b.rs",
            "src/systems/beacon/wire.rs",
            "src/systems/beacon/present/a.rs",
            "src/tui/update.rs",
        ];
        let found = broken_by(&files.map(|file| (file, "//! x\nfn f() { std::fs::read(\"x\") }")));
        for file in files {
            assert_broken(&found, &format!("purity: {file}:2"), "`std::fs` is IO or a clock");
        }
    }

    #[test]
    fn types_tests_and_the_client_are_free() {
        let found = broken_by(&[
            ("src/systems/beacon/snapshot.rs", "//! x\nuse crate::transport::{ProbeError, Trouble};\nuse std::time::Duration;\nuse jiff::Timestamp;"),
            ("src/health/good.rs", "//! x\n#[cfg(test)]\nmod tests {\n fn f() { crate::model::Clock::real().now() }\n}"),
            ("src/systems/beacon/client.rs", "//! x\nasync fn f() { tokio::fs::read(\"x\").await }"),
        ]);
        assert_eq!(found, Vec::<String>::new());
    }
}
