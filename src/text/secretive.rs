//! Secrets that stand in the open in what a server tells: a password in a connection string, a key in a command, a bind password in a line of `pg_hba`. They
//! are taken out where the answer is read, so that no screen, recording or bundle can hold them.
//!
//! It knows names and forms, not secrets: it must never be the reason to show a text that is known to be one (see `model::Secret`).

use serde_json::Value;

/// What stands where a secret stood.
pub const HIDDEN: &str = "(hidden)";

/// Parts of names whose value is a secret.
const TELLING: &[&str] = &["password", "passwd", "passphrase", "secret", "token", "credential", "apikey"];
/// Last words of such names.
const LAST: &[&str] = &["pass", "pwd", "key"];
/// Names that hold such a part and no secret.
const OPEN: &[&str] =
    &["password_encryption", "passwordcheck", "require_secret", "token_endpoint", "ssl_key", "public_key", "primary_key", "foreign_key"];

/// Whether the value of `name` is a secret: `ldapbindpasswd`, `PGPASSWORD`, `AWS_SECRET_ACCESS_KEY`, `PGBACKREST_REPO1_CIPHER_PASS`.
#[must_use]
pub fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase().replace('-', "_");
    let name = name.trim_start_matches('_');
    // a key alone is the name of nearly anything
    let last = || LAST.iter().any(|last| name == *last && *last != "key" || name.strip_suffix(last).is_some_and(|before| before.ends_with('_')));
    !OPEN.iter().any(|open| name.starts_with(open)) && (TELLING.iter().any(|part| name.contains(part)) || last())
}

/// `value` without the secrets in it: those that their key names, and those inside its texts.
pub fn mask(value: &mut Value) {
    match value {
        Value::Object(map) => {
            for (key, value) in map.iter_mut() {
                match value {
                    Value::Null | Value::Bool(_) => {}
                    // whatever is below it as well
                    _ if is_secret(key) => *value = HIDDEN.into(),
                    value => mask(value),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(mask),
        Value::String(text) => {
            if let Some(without) = masked(text) {
                *text = without;
            }
        }
        _ => {}
    }
}

/// `text` without the secrets in it; `None` where it holds none: `password=...`, `password: ...`, `PASSWORD '...'`,
/// `--password ...`, `scheme://user:...@host`. Without quotes a secret ends at white space: it may hold anything else.
#[must_use]
pub fn masked(text: &str) -> Option<String> {
    let mut out = String::new();
    let mut from = 0;
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let length = rest.chars().next().map_or(1, char::len_utf8);
        let found = named(text, from, at).or_else(|| in_address(text, at));
        if let Some((begin, end)) = found.filter(|(begin, end)| begin < end && text.get(*begin..*end) != Some(HIDDEN)) {
            out.push_str(text.get(from..begin)?);
            out.push_str(HIDDEN);
            from = end;
            at = end;
        } else {
            at += length;
        }
    }
    (from > 0).then(|| out + text.get(from..).unwrap_or_default())
}

/// Where the secret stands whose name begins behind `from`, where the last one ended, and ends at `at`.
fn named(text: &str, from: usize, at: usize) -> Option<(usize, usize)> {
    let (before, rest) = (text.get(from..at)?, text.get(at..)?);
    let is_word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    if rest.starts_with(is_word) {
        return None;
    }
    let name = before.get(before.rfind(|c: char| !is_word(c)).map_or(0, |end| end + before[end..].chars().next().map_or(1, char::len_utf8))..)?;
    if name.is_empty() || !is_secret(name) {
        return None;
    }
    // a name in quotes, of JSON in a text
    let after = rest.trim_start_matches(['\\', '"', '\'']).trim_start();
    let value = match after.strip_prefix(['=', ':']) {
        Some(value) => value.trim_start(),
        // SQL: PASSWORD 'x'
        None if after.starts_with('\'') || rest.trim_start().starts_with('\'') => rest.trim_start(),
        // an option and its argument
        None if name.starts_with("--") && rest.starts_with(char::is_whitespace) && !after.starts_with('-') => after,
        None => return None,
    };
    let begin = text.len() - value.len();
    let (skipped, length) = quoted(value).unwrap_or_else(|| (0, value.find(char::is_whitespace).unwrap_or(value.len())));
    Some((begin + skipped, begin + skipped + length))
}

/// How long the quotes are at the beginning of `value`, and what stands in them: `'..'`, `".."`, and as a text in quotes has them, `''..''` and `\"..\"`.
/// What is not closed goes on to the end. `None` without quotes.
fn quoted(value: &str) -> Option<(usize, usize)> {
    let bare = value.trim_start_matches('\\');
    let quote = bare.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let opening = value.len() - bare.trim_start_matches(quote).len();
    let inside = value.get(opening..)?;
    let plain = opening == 1;
    if opening.is_multiple_of(2)
        && bare.len() == value.len()
        && inside.chars().next().is_none_or(|c| c.is_whitespace() || matches!(c, ',' | ';' | ')' | '}' | ']'))
    {
        // nothing between them, or quotes alone
        return Some((1, opening - 2));
    }
    let mut at = 0;
    while let Some(rest) = inside.get(at..).filter(|rest| !rest.is_empty()) {
        let step = rest.chars().next().map_or(1, char::len_utf8);
        if plain && rest.starts_with('\\') {
            at += step + rest.get(step..)?.chars().next().map_or(0, char::len_utf8);
        } else if plain && rest.starts_with(quote) && rest.get(step..)?.starts_with(quote) {
            at += 2 * step;
        } else if value.get(..opening).is_some_and(|opened| rest.starts_with(opened)) {
            return Some((opening, at));
        } else {
            at += step;
        }
    }
    Some((opening, inside.len()))
}

/// Where the password of an address stands that begins at `at`: `://user:password@host`.
fn in_address(text: &str, at: usize) -> Option<(usize, usize)> {
    let rest = text.get(at..)?.strip_prefix("://")?;
    let authority = rest.get(..rest.find(|c: char| c.is_whitespace() || matches!(c, '/' | '"' | '\'')).unwrap_or(rest.len()))?;
    let (login, _) = authority.rsplit_once('@')?;
    let (user, _) = login.split_once(':')?;
    Some((at + 3 + user.len() + 1, at + 3 + login.len()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn what_is_no_secret_stays() {
        for text in [
            "password_encryption = 'scram-sha-256'",
            "host all all 10.0.0.0/8 scram-sha-256",
            "cp %p /archive/%f",
            "https://host:8008/path?x=1",
            "the password is asked for",
            "sslkey=/etc/ssl/server.key keepalives=1",
            "password='' user=x",
            "--password --host=x",
            "the key: a compass=x bypass=y",
            "",
        ] {
            assert_eq!(masked(text), None, "{text}");
        }
    }

    #[test]
    fn a_secret_in_the_open_is_not_shown() {
        for (text, without) in [
            ("host=pg1 password=hunter2 user=x", "host=pg1 password=(hidden) user=x"),
            ("user=x password='a b c' host=h", "user=x password='(hidden)' host=h"),
            ("host all all all ldap ldapbindpasswd=x1 ldapserver=l", "host all all all ldap ldapbindpasswd=(hidden) ldapserver=l"),
            (r#"... ldapbindpasswd="a b" ldaptls=1"#, r#"... ldapbindpasswd="(hidden)" ldaptls=1"#),
            ("AWS_SECRET_ACCESS_KEY=abc wal-g wal-fetch %f %p", "AWS_SECRET_ACCESS_KEY=(hidden) wal-g wal-fetch %f %p"),
            ("PGPASSWORD = abc psql", "PGPASSWORD = (hidden) psql"),
            ("--api-key: abc, --x", "--api-key: (hidden) --x"),
            ("--password abc --x", "--password (hidden) --x"),
            ("password=ab,c;d&e\"f'g h", "password=(hidden) h"),
            (r"password='it\'s secret' x", "password='(hidden)' x"),
            ("password='it''s secret' x", "password='(hidden)' x"),
            ("conninfo 'password=''abc'' x'", "conninfo 'password=''(hidden)'' x'"),
            (r#"sh -c "PGPASSWORD=\"a b\" psql""#, r#"sh -c "PGPASSWORD=\"(hidden)\" psql""#),
            (r#""{\"token\": \"a b\"}""#, r#""{\"token\": \"(hidden)\"}""#),
            ("PGBACKREST_REPO1_CIPHER_PASS=x", "PGBACKREST_REPO1_CIPHER_PASS=(hidden)"),
            ("WALG_LIBSODIUM_KEY=x AZURE_STORAGE_KEY=y pwd=z", "WALG_LIBSODIUM_KEY=(hidden) AZURE_STORAGE_KEY=(hidden) pwd=(hidden)"),
            ("postgres://app:s3:cr@et@db:5432/x", "postgres://app:(hidden)@db:5432/x"),
            ("alter role x password 'abc'", "alter role x password '(hidden)'"),
            (r#"{"token": "abc", "b": 1}"#, r#"{"token": "(hidden)", "b": 1}"#),
            ("password='open end", "password='(hidden)"),
        ] {
            assert_eq!(masked(text).as_deref(), Some(without), "{text}");
            assert_eq!(masked(without), None, "said once: {without}");
        }
    }

    #[test]
    fn a_secret_is_known_by_its_key_at_any_depth() {
        let mut value = json!({
            "ttl": 30, "password": "a",
            "postgresql": { "authentication": { "superuser": { "username": "u", "password": "b" } }, "pg_hba": ["host x ldapbindpasswd=c"],
                "parameters": { "password_encryption": "md5", "ssl_passphrase_command": "echo d" } },
            "secret_ok": null,
            "tokens": ["e=f", { "x": "g=h" }],
        });
        mask(&mut value);
        let text = value.to_string();
        for secret in [r#""a""#, r#""b""#, "=c", "echo d", "e=f", "g=h"] {
            assert!(!text.contains(secret), "{secret} in {text}");
        }
        assert_eq!((&value["ttl"], &value["secret_ok"]), (&json!(30), &json!(null)));
        assert_eq!(value["postgresql"]["parameters"]["password_encryption"], "md5");
        assert_eq!(value["postgresql"]["authentication"]["superuser"]["username"], "u");
    }

    proptest! {
        #[test]
        fn no_text_breaks_it_and_nothing_is_masked_twice(text in ".{0,80}", tail in "[ =:'\"@/a-z]{0,40}") {
            for text in [format!("{text}password{tail}"), format!("{text}://u:{tail}@h"), text.clone()] {
                if let Some(without) = masked(&text) {
                    prop_assert_eq!(masked(&without), None);
                }
            }
        }

        #[test]
        fn a_word_after_password_is_never_shown(before in "[a-z =]{0,20}", secret in "[!#-&(-\\[\\]-~][!-~]{7,20}", after in "( [a-z=]{0,20})?") {
            let text = format!("{before} password={secret}{after}");
            prop_assert_eq!(masked(&text), Some(format!("{before} password={HIDDEN}{after}")));
        }

        #[test]
        fn what_is_in_quotes_is_never_shown(secret in "[ -~]{1,20}", after in "( [a-z=]{0,20})?") {
            let libpq = secret.replace('\\', r"\\").replace('\'', r"\'");
            let sql = secret.replace('\'', "''");
            // that begins with a quote or holds what the other form escapes with: hidden to the end
            let sql = (!secret.starts_with('\'') && !secret.contains('\\')).then_some(sql);
            for inside in [Some(libpq), sql].into_iter().flatten() {
                let text = format!("x password='{inside}'{after}");
                prop_assert_eq!(masked(&text), Some(format!("x password='{HIDDEN}'{after}")));
            }
        }
    }
}
