//! What SQL may be asked: statements that are part of this program and were proven to read only, word by word.
//!
//! A role without grants and a read-only session keep a statement from writing; neither keeps `pg_terminate_backend()`, `set_config()` or a lock away.
//! So a [`ReadOnlySql`] is made of text that was compiled in, by one constructor that knows every function, type, operator and relation it lets pass.
//! It must never let pass what it does not know; a new function is added here or cannot be called.

/// A statement that was proven to read only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadOnlySql(String);

impl ReadOnlySql {
    /// Proves `text`: one `SELECT`, or one `WITH` of nothing else. Lines that begin with `--` are left out; what is proven is what is sent.
    ///
    /// # Errors
    /// The word or sign that is not known to be harmless.
    pub fn new(text: &'static str) -> Result<ReadOnlySql, String> {
        ReadOnlySql::of(text, Values::None)
    }

    /// As [`ReadOnlySql::new`], with `number` wherever the text has `{number}`: digits cannot be anything else.
    ///
    /// # Errors
    /// As [`ReadOnlySql::new`].
    pub fn with_number(text: &'static str, number: u32) -> Result<ReadOnlySql, String> {
        ReadOnlySql::of(&text.replace("{number}", &number.to_string()), Values::None)
    }

    /// Proves a statement of a runbook, which is text from a file: by the same list. It may have `$1`, `$2`, ..: a value that is bound beside a statement is
    /// never read as a part of it.
    ///
    /// # Errors
    /// As [`ReadOnlySql::new`].
    pub fn of_runbook(text: &str) -> Result<ReadOnlySql, String> {
        ReadOnlySql::of(text, Values::Bound)
    }

    fn of(text: &str, values: Values) -> Result<ReadOnlySql, String> {
        let lines = text.lines().map(str::trim_ascii).filter(|line| !line.is_empty() && !line.starts_with("--"));
        let statement = lines.collect::<Vec<_>>().join(" ");
        prove(&tokens(&statement, values)?)?;
        Ok(ReadOnlySql(statement))
    }

    /// What is sent.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.0
    }
}

/// Functions and aggregates that change nothing, wait for nothing and read no file but by name of a directory that holds no data.
pub(super) const FUNCTIONS: &[&str] = &[
    "age",
    "clock_timestamp",
    "coalesce",
    "count",
    "current_database",
    "current_setting",
    "extract",
    "format",
    "greatest",
    "has_sequence_privilege",
    "host",
    "isfinite",
    "left",
    "min",
    "mxid_age",
    "nullif",
    "pg_backend_pid",
    "pg_blocking_pids",
    "pg_conf_load_time",
    "pg_control_checkpoint",
    "pg_control_system",
    "pg_current_wal_lsn",
    "pg_database_size",
    "pg_get_replication_slots",
    "pg_get_userbyid",
    "pg_has_role",
    "pg_indexes_size",
    "pg_is_in_recovery",
    "pg_is_wal_replay_paused",
    "pg_last_wal_receive_lsn",
    "pg_last_wal_replay_lsn",
    "pg_last_xact_replay_timestamp",
    "pg_ls_archive_statusdir",
    "pg_ls_waldir",
    "pg_postmaster_start_time",
    "pg_prepared_xact",
    "pg_stat_get_activity",
    "pg_tablespace_size",
    "pg_total_relation_size",
    "pg_wal_lsn_diff",
    "pg_walfile_name",
    "pg_xact_status",
    "round",
    "substr",
    "sum",
    "to_jsonb",
    "to_regclass",
    "unnest",
];

/// What a value may be cast to: the casts of these are part of the server.
const TYPES: &[&str] = &["bigint", "bit", "float8", "int", "numeric", "regclass", "text", "timestamptz", "xid8"];

const OPERATORS: &[&str] = &["+", "-", "*", "/", "<", ">", "=", "<=", ">=", "<>", "||", "::", "->>"];

/// Words that open a parenthesis without being a function.
pub(super) const BEFORE_PARENTHESIS: &[&str] = &[
    "and",
    "as",
    "else",
    "exists",
    "filter",
    "from",
    "in",
    "join",
    "lateral",
    "materialized",
    "not",
    "on",
    "or",
    "over",
    "then",
    "using",
    "when",
    "where",
];

/// Words before a text; any other word there would be a type, whose input function is called.
const BEFORE_TEXT: &[&str] = &["and", "else", "like", "or", "select", "then", "when"];

/// Words that have no place in a statement that reads, wherever they stand.
const WRITING: &[&str] = &[
    "abort",
    "alter",
    "analyse",
    "analyze",
    "begin",
    "call",
    "checkpoint",
    "close",
    "cluster",
    "comment",
    "commit",
    "copy",
    "create",
    "deallocate",
    "declare",
    "delete",
    "discard",
    "do",
    "drop",
    "execute",
    "explain",
    "fetch",
    "for",
    "grant",
    "import",
    "insert",
    "into",
    "listen",
    "load",
    "lock",
    "merge",
    "move",
    "notify",
    "prepare",
    "reassign",
    "recursive",
    "refresh",
    "reindex",
    "release",
    "reset",
    "returning",
    "revoke",
    "rollback",
    "savepoint",
    "security",
    "set",
    "share",
    "start",
    "table",
    "truncate",
    "unlisten",
    "update",
    "vacuum",
];

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    /// A name or keyword, in small letters.
    Word(String),
    /// `"table"`: only ever the name of a column that is returned.
    Label,
    Text,
    Number,
    Operator(String),
    /// One of `( ) , . [ ]`.
    Mark(char),
}

impl Token {
    fn is(&self, word: &str) -> bool {
        matches!(self, Token::Word(own) if own == word)
    }
}

/// Whether values may be bound beside a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Values {
    None,
    Bound,
}

fn tokens(statement: &str, values: Values) -> Result<Vec<Token>, String> {
    let mut found = Vec::new();
    let mut rest = statement;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            ' ' => 1,
            'a'..='z' | 'A'..='Z' | '_' => {
                let length = run(rest, |c| c.is_ascii_alphanumeric() || c == '_');
                // E'..', X'..': a text in which other signs have another meaning
                if rest.get(length..).is_some_and(|after| after.starts_with('\'')) {
                    return Err("a prefix before a text".to_owned());
                }
                found.push(Token::Word(rest.get(..length).unwrap_or_default().to_ascii_lowercase()));
                length
            }
            '0'..='9' => {
                let length = run(rest, |c| c.is_ascii_digit() || c == '.');
                if rest.get(length..).is_some_and(|after| after.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_')) {
                    return Err("a number that goes on as a word".to_owned());
                }
                found.push(Token::Number);
                length
            }
            '$' if values == Values::Bound => {
                let digits = run(rest.get(1..).unwrap_or_default(), |c| c.is_ascii_digit());
                let after = rest.get(1 + digits..).unwrap_or_default();
                // $$..$$ and $tag$..$tag$ are texts
                if digits == 0 || after.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_' || c == '$') {
                    return Err("a sign $ that is no parameter".to_owned());
                }
                found.push(Token::Number);
                1 + digits
            }
            '\'' => {
                let body = rest.get(1..).unwrap_or_default();
                let end = body.find('\'').ok_or("a text without end")?;
                // whether a backslash escapes the sign after it is a setting of the server
                if body.get(..end).is_some_and(|text| text.contains('\\')) {
                    return Err("a backslash in a text".to_owned());
                }
                found.push(Token::Text);
                end + 2
            }
            '"' => {
                let body = rest.get(1..).unwrap_or_default();
                let end = run(body, |c| c.is_ascii_lowercase() || c == '_');
                if end == 0 || !body.get(end..).is_some_and(|after| after.starts_with('"')) || !found.last().is_some_and(|last: &Token| last.is("as"))
                {
                    return Err("a quoted name that is no label".to_owned());
                }
                found.push(Token::Label);
                end + 2
            }
            '(' | ')' | ',' | '.' | '[' | ']' => {
                found.push(Token::Mark(first));
                1
            }
            '+' | '-' | '*' | '/' | '<' | '>' | '=' | '|' | ':' => {
                let length = run(rest, |c| "+-*/<>=|:".contains(c));
                let operator = rest.get(..length).unwrap_or_default();
                if !OPERATORS.contains(&operator) {
                    return Err(format!("the operator {operator}"));
                }
                found.push(Token::Operator(operator.to_owned()));
                length
            }
            other => return Err(format!("the sign {other:?}")),
        };
        rest = rest.get(length..).unwrap_or_default();
    }
    Ok(found)
}

/// Bytes at the beginning of `text` that are of a kind; only ever asked about ASCII.
fn run(text: &str, of: impl Fn(char) -> bool) -> usize {
    text.find(|c| !of(c)).unwrap_or(text.len())
}

fn prove(tokens: &[Token]) -> Result<(), String> {
    if !tokens.first().is_some_and(|first| first.is("select") || first.is("with")) {
        return Err("it begins with neither SELECT nor WITH".to_owned());
    }
    // for each open parenthesis: whether it is in a FROM, where a comma is followed by a relation
    let mut from = vec![false];
    let mut before: Option<&Token> = None;
    for (at, token) in tokens.iter().enumerate() {
        let after = tokens.get(at + 1);
        let named = names_relation(tokens, at) || (before == Some(&Token::Mark(',')) && from.last() == Some(&true));
        if named {
            relation(tokens, token, after)?;
        }
        match token {
            Token::Mark('(') => from.push(false),
            Token::Mark(')') => {
                if from.len() < 2 || after == Some(&Token::Mark('.')) {
                    return Err("a parenthesis that closes nothing, or is asked for a part".to_owned());
                }
                from.pop();
            }
            Token::Word(word) => {
                self::word(word, before, after)?;
                if let Some(open) = from.last_mut() {
                    *open = match word.as_str() {
                        "from" => true,
                        "select" | "where" | "group" | "having" | "order" | "limit" | "offset" | "union" | "window" => false,
                        _ => *open,
                    };
                }
            }
            Token::Operator(operator) if operator == "::" && !matches!(after, Some(Token::Word(to)) if TYPES.contains(&to.as_str())) => {
                return Err("a cast to a type that is not on the list".to_owned());
            }
            Token::Label | Token::Text | Token::Number if after == Some(&Token::Mark('(')) => return Err("a call of what is no name".to_owned()),
            // `'it''s'` reads as two texts side by side, which is as harmless as one
            Token::Label | Token::Text | Token::Number | Token::Operator(_) | Token::Mark(_) => {}
        }
        before = Some(token);
    }
    if from.len() == 1 { Ok(()) } else { Err("a parenthesis without end".to_owned()) }
}

/// Judges one word by what stands around it.
fn word(word: &str, before: Option<&Token>, after: Option<&Token>) -> Result<(), String> {
    if WRITING.contains(&word) {
        return Err(format!("the word {word}"));
    }
    if after == Some(&Token::Text) && !BEFORE_TEXT.contains(&word) {
        return Err(format!("the word {word} before a text"));
    }
    if after != Some(&Token::Mark('(')) {
        return Ok(());
    }
    let part = before == Some(&Token::Mark('.'));
    let cast = before == Some(&Token::Operator("::".to_owned()));
    let known = BEFORE_PARENTHESIS.contains(&word) || FUNCTIONS.contains(&word) || (cast && TYPES.contains(&word));
    if known && !part { Ok(()) } else { Err(format!("the function {word}()")) }
}

/// Whether the token at `at` stands where a relation is named.
fn names_relation(tokens: &[Token], at: usize) -> bool {
    let back = |steps: usize| at.checked_sub(steps).and_then(|at| tokens.get(at));
    let is = |steps: usize, word: &str| back(steps).is_some_and(|token| token.is(word));
    // extract(epoch from x)
    let part_of_time = is(1, "from") && is(2, "epoch") && back(3) == Some(&Token::Mark('(')) && is(4, "extract");
    (is(1, "from") && !part_of_time) || is(1, "join")
}

/// A view of somebody's own may call anything: what is read is a relation of the server, a part of this statement, or a function on the list.
fn relation(tokens: &[Token], token: &Token, after: Option<&Token>) -> Result<(), String> {
    let Token::Word(name) = token else {
        return if *token == Token::Mark('(') { Ok(()) } else { Err("a relation without a name".to_owned()) };
    };
    let defines = |pair: &[Token]| matches!(pair, [Token::Word(own), next, open] if own == name && next.is("as") && (*open == Token::Mark('(') || open.is("materialized")));
    let called = after == Some(&Token::Mark('('));
    let known = name.starts_with("pg_") || name == "lateral" || called || tokens.windows(3).any(defines);
    if known && after != Some(&Token::Mark('.')) { Ok(()) } else { Err(format!("the relation {name}")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_change_something_is_no_statement() {
        for text in [
            "",
            "-- select 1",
            "update t set x = 1",
            "show all",
            "table pg_class",
            "values (1)",
            "do 'x'",
            "call p()",
            "explain select 1",
            "select 1; drop table t",
            "select 1;",
            "with x as (delete from pg_class returning 1) select count(*) from x",
            "with x as (insert into t values (1) returning 1) select 1 from x",
            "with x as (update pg_class set relname = 'x' returning 1) select 1 from x",
            "with x as (merge into t using s on true when matched then delete) select 1",
            "with x as (table evil) select 1 from x",
            "select 1 into t",
            "select pid into unlogged x from pg_stat_activity",
            "select 1 from pg_class for update",
            "select 1 from pg_class for no key update",
            "select 1 from pg_class for share",
            "select pg_terminate_backend(1)",
            "select pg_terminate_backend (1)",
            "SELECT PG_CANCEL_BACKEND(1)",
            "select pg_catalog.pg_terminate_backend(1)",
            "select pg_catalog.age(1)",
            "select \"pg_terminate_backend\"(1)",
            "select 1 as \"x\"(1)",
            "select pg_terminate_backend/**/(1)",
            "select pg_terminate_backend--\n(1)",
            "select age(pg_sleep(9))",
            "select set_config('role', 'x', false)",
            "select pg_advisory_lock(1)",
            "select pg_switch_wal()",
            "select pg_promote()",
            "select pg_reload_conf()",
            "select pg_read_file('x')",
            "select lo_import('x')",
            "select nextval('x')",
            "select dblink_exec('x')",
            "select 1 from pg_sleep(9)",
            "select 1 from pg_class, pg_sleep(9)",
            "select 1 from evil",
            "select 1 from public.evil",
            "select 1 from pg_class, evil",
            "select 1 from pg_class a join evil b on true",
            "select 1 from pg_class a join pg_class b on true, evil",
            "select (select 1 from evil)",
            "select evil 'x'",
            "select regrole 'x'",
            "select 'x'::evil",
            "select 'x'::evil(1)",
            "select e'\\'; drop'",
            "select '\\'; drop'",
            "select U&'x'",
            "select $$x$$",
            "select $1",
            "select (pg_class).evil from pg_class",
            "select 1 @@@ 2",
            "select 1 +- 2",
            "select 'x",
            "select (1",
            "select 1)",
            "with recursive x as (select 1 from x) select 1 from x",
            "select 1 \u{3b} drop",
            "select 1\u{a0}",
            "select caf\u{e9}()",
        ] {
            assert!(ReadOnlySql::new(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_statement_of_a_runbook_may_have_values_and_no_other_text_in_dollars() {
        let text = "select pg_xact_status($1::xid8) where $2 > 1";
        assert_eq!(ReadOnlySql::of_runbook(text).as_ref().map(ReadOnlySql::text), Ok(text));
        assert!(ReadOnlySql::new("select pg_xact_status($1::xid8)").is_err());
        for text in ["select $$x$$", "select $x$y$x$", "select $1$x$1$", "select $", "select $1x", "select $1(2)", "select pg_terminate_backend($1)"]
        {
            assert!(ReadOnlySql::of_runbook(text).is_err(), "{text}");
        }
    }

    #[test]
    fn what_only_reads_is_sent_as_it_was_proven() {
        for (text, sent) in [
            ("select 1", "select 1"),
            ("-- why\nselect 1,\n  2\n", "select 1, 2"),
            (
                "with x as materialized (select 1 as a) select count(*) filter (where a > 1) from x",
                "with x as materialized (select 1 as a) select count(*) filter (where a > 1) from x",
            ),
            ("select 'it''s -- ; delete'", "select 'it''s -- ; delete'"),
            (
                "select extract(epoch from query_start)::float8 from pg_stat_activity, lateral (select 1) l",
                "select extract(epoch from query_start)::float8 from pg_stat_activity, lateral (select 1) l",
            ),
        ] {
            assert_eq!(ReadOnlySql::new(text).as_ref().map(ReadOnlySql::text), Ok(sent), "{text}");
        }
    }
}
