//! SQL is proven where it is listed: one file makes statements of text, and no text of run time passes for one that was compiled in.

use super::Violation;
use super::facts::Form;
use super::house::{House, is_below};
use super::lists::{STATEMENT, STATEMENT_FILE, STATERS};

const LAW: &str = "statement";

pub(super) fn judge(house: &House) -> Vec<Violation> {
    let violation = |place: String, what: String| Violation { law: LAW, place, what };
    let mut found = Vec::new();
    for named in house.named.iter().filter(|named| named.mention.file != STATEMENT_FILE && is_below(&named.declared, STATEMENT)) {
        let makes = named.declared.last().is_some_and(|last| last == "new" || last == "with_number" || last == "of_runbook");
        if makes && !STATERS.contains(&named.mention.file.as_str()) {
            found.push(violation(named.place(), format!("a statement is made, only {} may", STATERS.join(" and "))));
        }
        if named.mention.form == Form::Glob {
            found.push(violation(named.place(), "a `*` would hide who makes statements".to_owned()));
        }
    }
    for mark in house.methods.iter().filter(|mark| mark.text == "leak") {
        found.push(violation(format!("{}:{}", mark.file, mark.line), "`.leak()` makes text of run time pass for text of the program".to_owned()));
    }
    for named in house.named.iter().filter(|named| named.declared.last().is_some_and(|last| last == "leak")) {
        found.push(violation(named.place(), "`leak` makes text of run time pass for text of the program".to_owned()));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::{assert_each_broken, broken_by};

    #[test]
    fn a_statement_made_elsewhere_fails_by_name() {
        let texts = [
            "//! x\nuse crate::transport::sql::ReadOnlySql;\nfn f() { let _ = ReadOnlySql::new(\"select 1\"); }",
            "//! x\nfn f() { let g = crate::transport::sql::ReadOnlySql::new; }",
            "//! x\nuse crate::transport::sql::ReadOnlySql;\nfn f() { let _ = ReadOnlySql::with_number(\"select {number}\", 1); }",
            "//! x\nuse crate::transport::sql::ReadOnlySql as Q;\nfn f() { let _ = Q::new(\"select 1\"); }",
        ];
        assert_each_broken("statement", "src/fleet", &texts, "only src/systems/postgres/queries.rs and src/runbook/kinds/sql.rs may");
        let text = "//! x\nuse crate::transport::sql::ReadOnlySql;\nfn f() { let _ = ReadOnlySql::new(\"select 1\"); }";
        assert_eq!(broken_by(&[("src/systems/postgres/queries.rs", text)]), Vec::<String>::new());
    }

    #[test]
    fn text_of_run_time_that_passes_for_text_of_the_program_fails_by_name() {
        let texts = ["//! x\nfn f(s: String) -> &'static str { s.leak() }", "//! x\nfn f(s: Box<str>) -> &'static str { Box::leak(s) }"];
        assert_each_broken("statement", "src/fleet", &texts, "text of run time");
    }
}
