//! Which statements of SQL are one transaction, so that an error says that nothing of them stays.
//!
//! It must never say so of what it does not know: `CREATE INDEX CONCURRENTLY` leaves an index that is not valid, a procedure commits in its middle, `VACUUM` and
//! `REINDEX` go from table to table, and much of what is run by `SELECT` is done as soon as its function returns: a slot is dropped, a backend is gone. What is
//! named in the statement is judged; a trigger or a view that calls such a function is not seen.

use crate::transport::sql::{BEFORE_PARENTHESIS, FUNCTIONS};

/// First words of statements that are one transaction. `ALTER SYSTEM` is none, and writes its file whole or not at all.
const WHOLE: &[&str] = &[
    "alter", "comment", "create", "delete", "drop", "grant", "insert", "lock", "merge", "notify", "refresh", "reset", "revoke", "security", "select",
    "set", "table", "truncate", "update", "values", "with",
];
/// What is created, changed or dropped in several steps, some of them outside of the catalogue.
const SEVERAL: &[&str] = &["database", "subscription", "tablespace"];

/// First words of statements that are no more than their functions.
const CALLING: &[&str] = &["select", "table", "values", "with"];
/// Functions of which nothing stays when their transaction ends with an error, beside those that change nothing.
const INSIDE: &[&str] = &[
    "array_agg",
    "avg",
    "bool_and",
    "bool_or",
    "concat",
    "jsonb_agg",
    "jsonb_build_object",
    "length",
    "lower",
    "max",
    "now",
    "pg_advisory_xact_lock",
    "pg_current_xact_id",
    "pg_try_advisory_xact_lock",
    "statement_timestamp",
    "string_agg",
    "transaction_timestamp",
    "txid_current",
    "upper",
];
/// A message in the log of the transaction, where it says so.
const MESSAGE: &str = "pg_logical_emit_message";
/// Words that open a parenthesis without being a function, beside those of a statement that reads.
const OPENING: &[&str] = &["all", "any", "by", "distinct", "except", "having", "intersect", "returning", "select", "some", "union", "values"];
/// How functions are called that act outside of the transaction that calls them.
const OUTSIDE: &[&str] = &["dblink", "lo_", "pg_", "postgres_fdw_", "setval"];

/// Whether `text`, one statement, is one transaction for all that is known.
pub(super) fn is_one_transaction(text: &str) -> bool {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("--"));
    let statement = lines.collect::<Vec<_>>().join(" ").to_ascii_lowercase();
    let mut words = statement.split(|c: char| !(c.is_alphanumeric() || c == '_'));
    let (first, second) = (words.next().unwrap_or(""), words.next().unwrap_or(""));
    // wherever they stand: in quotes it is nobody's loss
    let stays = statement.contains("concurrently") || statement.contains("/*");
    WHOLE.contains(&first)
        && !SEVERAL.contains(&second)
        && !stays
        && calls(&statement).all(|(name, given)| ends(CALLING.contains(&first), name, given))
}

/// What stands before each parenthesis, and what follows it.
fn calls(statement: &str) -> impl Iterator<Item = (&str, &str)> {
    statement.match_indices('(').map(|(at, sign)| {
        let (before, given) = (statement.get(..at).unwrap_or_default().trim_end(), statement.get(at + sign.len()..).unwrap_or_default());
        let named = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '"' | '$');
        (before.rsplit(|c| !named(c)).next().unwrap_or_default(), given.trim_start())
    })
}

/// Whether nothing stays of a call of `name` with what is `given`, after an error; what is not known does, where the statement is `only` its functions.
fn ends(only: bool, name: &str, given: &str) -> bool {
    let name = name.strip_prefix("pg_catalog.").unwrap_or(name);
    let known = FUNCTIONS.contains(&name) || INSIDE.contains(&name) || name == MESSAGE && given.starts_with("true");
    let opens = name.is_empty() || BEFORE_PARENTHESIS.contains(&name) || OPENING.contains(&name);
    let last = name.rsplit('.').next().unwrap_or(name).trim_matches('"');
    known || opens || !only && !OUTSIDE.iter().any(|begins| last.starts_with(begins))
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
            "select pg_current_xact_id()::text, pg_logical_emit_message(true, 'opsctl', $1)",
            "select count(*) filter (where state = 'idle') from pg_stat_activity where pid in (select pid from pg_locks)",
            "select pg_catalog.now()",
            "update t set a = f(a), at = now() where (a, b) in (select a, max(b) from u group by a)",
            "insert into t (a, b) values (1, 2)",
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
            "select pg_drop_replication_slot(slot_name) from pg_replication_slots where not active",
            "select pg_create_physical_replication_slot ('a')",
            "select pg_terminate_backend(pid) from pg_stat_activity",
            "select pg_catalog.pg_switch_wal()",
            "select pg_switch_wal/**/()",
            "select \"pg_switch_wal\"()",
            "select pg_backup_start('a')",
            "select pg_promote()",
            "select setval('s', 1)",
            "select dblink_exec('x', 'drop table t')",
            "select somebodys.now()",
            "select pg_logical_emit_message(false, 'opsctl', 'x')",
            "select pg_logical_emit_message($1, 'opsctl', 'x')",
            "values (pg_wal_replay_pause())",
            "with x as (select pg_wal_replay_pause()) select 1",
            "insert into t select pg_terminate_backend(1)",
            "create table t as select pg_drop_replication_slot('a')",
            "update t set a = public.dblink_exec('x')",
            "(select 1)",
            "",
        ] {
            assert!(!is_one_transaction(several), "{several}");
        }
    }
}
