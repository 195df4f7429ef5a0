//! What a bundle leaves out: statements, and where secrets lie. Pure.
//!
//! It must never leave a statement standing in words because its reading is gone: what was learnt of one instant holds for all.

use crate::fleet::record::Docs;
use crate::text::untrusted::visible;
use serde_json::Value;
use std::collections::{BTreeSet, HashMap};

/// What stands where a statement stood.
const LEFT_OUT: &str = "(left out)";
/// Keys of snapshots that hold statements.
const STATEMENTS: &[&str] = &["query"];
/// Rules whose evidence repeats statements.
const REPEATING: &[&str] = &["lock-tree", "long-transaction"];
/// A text of fewer bytes, `begin` or `commit`, says nothing of anybody and stands in too many other words.
pub(super) const TELLING: usize = 12;
/// How a text begins that says where a secret lies.
const REFERENCES: &[&str] = &["file:", "env:", "yaml:", "pgpass:", "cmd:"];

/// The statements that are known.
#[derive(Debug, Default)]
pub(super) struct Redaction {
    known: BTreeSet<String>,
    /// By their first bytes: a rule may have cut them.
    by_beginning: HashMap<[u8; TELLING], Vec<String>>,
}

impl Redaction {
    /// Learns the statements of an instant.
    pub(super) fn learn(&mut self, docs: &Docs) {
        for value in docs.values().filter_map(|text| serde_json::from_slice(text).ok()) {
            self.gather(&value);
        }
    }

    fn gather(&mut self, value: &Value) {
        match value {
            Value::Object(map) => {
                for (key, value) in map {
                    match value {
                        Value::String(text) if STATEMENTS.contains(&key.as_str()) => {
                            self.add(text);
                            // as logs have it
                            self.add(&visible(text));
                        }
                        value => self.gather(value),
                    }
                }
            }
            Value::Array(items) => items.iter().for_each(|item| self.gather(item)),
            _ => {}
        }
    }

    fn add(&mut self, statement: &str) {
        let Some(beginning) = statement.as_bytes().first_chunk::<TELLING>() else { return };
        if statement != LEFT_OUT && self.known.insert(statement.to_owned()) {
            self.by_beginning.entry(*beginning).or_default().push(statement.to_owned());
        }
    }

    /// `docs` without the texts of statements, wherever they stand, and without where secrets lie.
    pub(super) fn redacted(&self, docs: &Docs) -> Docs {
        // what is no JSON is nothing that a recorder wrote, and nothing that anybody could read
        let values = docs.iter().filter_map(|(name, text)| Some((name, serde_json::from_slice::<Value>(text).ok()?)));
        let texts = values.map(|(name, mut value)| {
            self.replace(&mut value);
            unreferenced(&mut value);
            (name.clone(), value.to_string().into_bytes().into())
        });
        texts.collect()
    }

    /// Lines of a log without statements and without where secrets lie.
    pub(super) fn log(&self, log: &[u8]) -> Vec<u8> {
        let text = String::from_utf8_lossy(log);
        let lines = text.lines().map(|line| {
            // in a line of JSON they stand escaped
            let mut value = serde_json::from_str(line).unwrap_or_else(|_| Value::String(line.to_owned()));
            self.replace(&mut value);
            unreferenced(&mut value);
            let line = if let Value::String(line) = value { line } else { value.to_string() };
            format!("{line}\n")
        });
        lines.collect::<String>().into_bytes()
    }

    /// Takes statements out of `value`, and all that repeats them.
    pub(super) fn replace(&self, value: &mut Value) {
        match value {
            Value::Object(map) => {
                let is_repeating = map.get("rule").and_then(Value::as_str).is_some_and(|rule| REPEATING.contains(&rule));
                if is_repeating && map.get("confirmed") == Some(&Value::Bool(false)) {
                    // the reading that held the statement may be older than all that is remembered
                    map.get_mut("evidence").and_then(Value::as_array_mut).into_iter().flatten().for_each(|one| blank(one, "fact"));
                }
                for key in STATEMENTS {
                    if let Some(text @ Value::String(_)) = map.get_mut(*key) {
                        *text = LEFT_OUT.into();
                    }
                }
                map.values_mut().for_each(|value| self.replace(value));
            }
            Value::Array(items) => items.iter_mut().for_each(|item| self.replace(item)),
            Value::String(text) => {
                if let Some(without) = self.without(text) {
                    *text = without;
                }
            }
            _ => {}
        }
    }

    /// `text` without statements and beginnings of them; `None` when it holds none.
    fn without(&self, text: &str) -> Option<String> {
        let mut out = String::new();
        let (mut from, mut at) = (0, 0);
        while let Some(beginning) = text.as_bytes().get(at..).and_then(|rest| rest.first_chunk::<TELLING>()) {
            let same = self.by_beginning.get(beginning).map_or(0, |all| longest(text.get(at..).unwrap_or_default(), all));
            if same == 0 {
                at += 1;
                continue;
            }
            out.push_str(text.get(from..at)?);
            out.push_str(LEFT_OUT);
            at += same;
            from = at;
        }
        (from > 0).then(|| out + text.get(from..).unwrap_or_default())
    }
}

/// Bytes that `text` begins with of any of these.
fn longest(text: &str, all: &[String]) -> usize {
    let same = |statement: &String| text.chars().zip(statement.chars()).take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).sum();
    all.iter().map(same).max().unwrap_or(0)
}

fn blank(value: &mut Value, key: &str) {
    if let Some(text) = value.get_mut(key) {
        *text = LEFT_OUT.into();
    }
}

/// Takes out of all texts of `value` where secrets lie.
pub(super) fn unreferenced(value: &mut Value) {
    match value {
        Value::Object(map) => map.values_mut().for_each(unreferenced),
        Value::Array(items) => items.iter_mut().for_each(unreferenced),
        Value::String(text) => *text = without_references(text),
        _ => {}
    }
}

/// A reference goes as far as the quotes it stands in, or the word; one that a text begins with is all of it. A program that tells a secret goes with all
/// its arguments.
fn without_references(text: &str) -> String {
    if text == "pgpass" || REFERENCES.iter().any(|reference| text.starts_with(reference)) {
        return LEFT_OUT.to_owned();
    }
    let mut out = String::new();
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        let apart = !out.ends_with(|before: char| before.is_alphanumeric() || matches!(before, '_' | '-' | '.'));
        let quoted = out.ends_with('"');
        let length = if quoted && rest.starts_with("pgpass\"") {
            Some("pgpass".len())
        } else if apart
            && REFERENCES.iter().any(|reference| rest.strip_prefix(reference).is_some_and(|path| path.starts_with(|c: char| !c.is_whitespace())))
        {
            Some(if rest.starts_with("cmd:[") { list(rest) } else { reach(rest, quoted) })
        } else if apart && rest.starts_with("cmd = [") {
            Some(list(rest))
        } else {
            None
        };
        if let Some(after) = length.and_then(|length| rest.get(length..)) {
            out.push_str(LEFT_OUT);
            rest = after;
        } else {
            out.push(next);
            rest = rest.get(next.len_utf8()..).unwrap_or_default();
        }
    }
    out
}

/// How far a reference goes.
fn reach(text: &str, quoted: bool) -> usize {
    let mut escaped = false;
    let end = |c: char| {
        let ends = if quoted { c == '"' && !escaped } else { c.is_whitespace() || matches!(c, '"' | '\'' | ',' | ';' | ')') };
        escaped = c == '\\' && !escaped;
        ends
    };
    text.find(end).unwrap_or(text.len())
}

/// How far a list of quoted texts goes, its bracket included.
fn list(text: &str) -> usize {
    let (mut inside, mut escaped) = (false, false);
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if inside => escaped = true,
            '"' => inside = !inside,
            ']' if !inside => return at + 1,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const TYPED: &str = "update accounts set iban = 'DE02' where name = 'Ana'";

    fn docs(value: &Value) -> Docs {
        Docs::from([("doc".to_owned(), value.to_string().into_bytes().into())])
    }

    fn text(docs: &Docs) -> String {
        String::from_utf8_lossy(&docs["doc"]).into_owned()
    }

    #[test]
    fn a_statement_of_one_instant_is_taken_out_of_all() {
        let mut redaction = Redaction::default();
        redaction.learn(&docs(&json!({ "rows": [{ "query": TYPED }, { "query": "begin" }] })));
        let cut: String = TYPED.chars().take(30).collect();
        let later = json!({ "fact": format!("waits: {TYPED}; {cut}…"), "query": "a statement of its own", "plain": "begin" });
        assert_eq!(text(&redaction.redacted(&docs(&later))), r#"{"fact":"waits: (left out); (left out)…","query":"(left out)","plain":"begin"}"#);
    }

    #[test]
    fn evidence_whose_reading_was_never_remembered_is_blank() {
        let finding = |rule: &str, confirmed: bool| json!({ "rule": rule, "evidence": [{ "witness": "w", "fact": TYPED }], "confirmed": confirmed });
        for rule in ["lock-tree", "long-transaction"] {
            assert!(!text(&Redaction::default().redacted(&docs(&finding(rule, false)))).contains("iban"), "{rule}");
        }
        assert!(text(&Redaction::default().redacted(&docs(&finding("replica-lag", false)))).contains("iban"), "other evidence is no statement");
    }

    #[test]
    fn a_log_goes_through_the_same() {
        let mut redaction = Redaction::default();
        redaction.learn(&docs(&json!([{ "query": "select \"a\"\n from accounts" }])));
        let said = visible("select \"a\"\n from accounts");
        let log = format!("{}\nplain {said} file:/run/secret\n", json!({ "message": "select \"a\"\n from accounts", "said": said, "at": "env:PW" }));
        let log = String::from_utf8(redaction.log(log.as_bytes())).expect("text");
        assert_eq!(log, "{\"message\":\"(left out)\",\"said\":\"(left out)\",\"at\":\"(left out)\"}\nplain (left out) (left out)\n");
    }

    #[test]
    fn where_a_secret_lies_is_not_told_in_any_form() {
        for (text, without) in [
            ("file:/home/a b/pw", "(left out)"),
            ("pgpass", "(left out)"),
            (r#""file:/home/a \"b/pw""#, r#""(left out)""#),
            (r#"{ user = "u", password = "pgpass" }"#, r#"{ user = "u", password = "(left out)" }"#),
            (r#"{ cmd = ["vault", "read]", "db"] }"#, "{ (left out) }"),
            ("cannot read env:PGPW, yaml:/etc/p.yml#a.b: no", "cannot read (left out), (left out) no"),
            ("profile:/x env: none http://10.0.0.1:5432", "profile:/x env: none http://10.0.0.1:5432"),
        ] {
            assert_eq!(without_references(text), without);
        }
    }
}
