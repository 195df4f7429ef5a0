//! Which statements of SQL are one transaction, so that an error says that nothing of them stays.
//!
//! It must never say so of what it does not know: `CREATE INDEX CONCURRENTLY` leaves an index that is not valid, a procedure commits in its middle, `VACUUM` and
//! `REINDEX` go from table to table.

/// First words of statements that are one transaction. `ALTER SYSTEM` is none, and writes its file whole or not at all.
const WHOLE: &[&str] = &[
    "alter", "comment", "create", "delete", "drop", "grant", "insert", "lock", "merge", "notify", "refresh", "reset", "revoke", "security", "select",
    "set", "table", "truncate", "update", "values", "with",
];
/// What is created, changed or dropped in several steps, some of them outside of the catalogue.
const SEVERAL: &[&str] = &["database", "subscription", "tablespace"];

/// Whether `text`, one statement, is one transaction for all that is known.
pub(super) fn is_one_transaction(text: &str) -> bool {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("--"));
    let statement = lines.collect::<Vec<_>>().join(" ").to_ascii_lowercase();
    let mut words = statement.split(|c: char| !(c.is_alphanumeric() || c == '_'));
    let (first, second) = (words.next().unwrap_or(""), words.next().unwrap_or(""));
    // wherever it stands: in quotes it is nobody's loss
    WHOLE.contains(&first) && !SEVERAL.contains(&second) && !statement.contains("concurrently")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_known_to_be_one_transaction_is() {
        for whole in [
            "select pg_logical_emit_message(true, 'opsctl', $1)",
            "-- why\n  UPDATE t SET a = 1",
            "with x as (delete from t returning *) select count(*) from x",
            "create index on t (a)",
            "alter system set work_mem = '4MB'",
            "drop table t",
        ] {
            assert!(is_one_transaction(whole), "{whole}");
        }
        for several in [
            "CREATE INDEX CONCURRENTLY i ON t (a)",
            "create index\nConcurrently if not exists i on t (a)",
            "drop index concurrently i",
            "reindex table concurrently t",
            "reindex table t",
            "alter table t detach partition p concurrently",
            "call moves()",
            "do $$ begin commit; end $$",
            "vacuum t",
            "analyze",
            "cluster t",
            "create database d",
            "drop database d",
            "create subscription s connection '' publication p",
            "commit prepared 'x'",
            "/* not looked into */ select 1",
            "(select 1)",
            "",
        ] {
            assert!(!is_one_transaction(several), "{several}");
        }
    }
}
