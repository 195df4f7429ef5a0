//! Secrets that stand in the open in what a server tells: a password in a connection string, a key in a command, a bind password in a line of `pg_hba`. They
//! are taken out where the answer is read, so that no screen, recording or bundle can hold them.
//!
//! It knows names and forms, not secrets: it must never be the reason to show a text that is known to be one (see `model::Secret`).

use serde_json::Value;

/// What stands where a secret stood.
pub const HIDDEN: &str = "(hidden)";

/// Parts of names whose value is a secret.
const TELLING: &[&str] = &["password", "passwd", "passphrase", "secret", "token", "credential", "apikey", "api_key", "access_key", "private_key"];
/// Names that hold such a part and no secret.
const OPEN: &[&str] = &["password_encryption", "passwordcheck", "require_secret", "token_endpoint"];

/// Whether the value of `name` is a secret: `ldapbindpasswd`, `PGPASSWORD`, `AWS_SECRET_ACCESS_KEY`.
#[must_use]
pub fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase().replace('-', "_");
    !OPEN.iter().any(|open| name.starts_with(open)) && TELLING.iter().any(|part| name.contains(part))
}

/// `value` without the secrets in it: those that their key names, and those inside its texts.
pub fn mask(value: &mut Value) {
    match value {
        Value::Object(map) => {
            for (key, value) in map.iter_mut() {
                match value {
                    Value::Null | Value::Bool(_) => {}
                    Value::String(_) | Value::Number(_) if is_secret(key) => *value = HIDDEN.into(),
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

/// `text` without the secrets in it; `None` where it holds none: `password=...`, `password: ...`, `PASSWORD '...'`, `scheme://user:...@host`.
#[must_use]
pub fn masked(text: &str) -> Option<String> {
    let mut out = String::new();
    let mut from = 0;
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let length = rest.chars().next().map_or(1, char::len_utf8);
        let found = named(text, at).or_else(|| in_address(text, at));
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

/// Where the secret stands whose name ends at `at`.
fn named(text: &str, at: usize) -> Option<(usize, usize)> {
    let (before, rest) = (text.get(..at)?, text.get(at..)?);
    let is_word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    if rest.starts_with(is_word) {
        return None;
    }
    let name = before.get(before.rfind(|c: char| !is_word(c)).map_or(0, |end| end + before[end..].chars().next().map_or(1, char::len_utf8))..)?;
    if name.is_empty() || !is_secret(name) {
        return None;
    }
    // a name in quotes, of JSON in a text
    let after = rest.trim_start_matches(['"', '\'']).trim_start();
    let value = match after.strip_prefix(['=', ':']) {
        Some(value) => value.trim_start(),
        // SQL: PASSWORD 'x'
        None if after.starts_with('\'') || rest.trim_start().starts_with('\'') => rest.trim_start(),
        None => return None,
    };
    let begin = text.len() - value.len();
    let (begin, end) = match value.chars().next() {
        Some(quote @ ('"' | '\'')) => (begin + 1, value.get(1..)?.find(quote).map_or(text.len(), |length| begin + 1 + length)),
        _ => {
            (begin, value.find(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ',' | ';' | '&')).map_or(text.len(), |length| begin + length))
        }
    };
    Some((begin, end))
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
            ("--api-key: abc, --x", "--api-key: (hidden), --x"),
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
        });
        mask(&mut value);
        let text = value.to_string();
        for secret in [r#""a""#, r#""b""#, "=c", "echo d"] {
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
        fn a_word_after_password_is_never_shown(before in "[a-z =]{0,20}", secret in "[A-Z0-9]{8,20}", after in "( [a-z=]{0,20})?") {
            let text = format!("{before} password={secret}{after}");
            let without = masked(&text);
            prop_assert!(without.is_some_and(|without| !without.contains(&secret)));
        }
    }
}
