//! Which bytes of a file no message may repeat: values that are, or look like, a secret in plain text.
//!
//! It must know no key tables: a file is hidden from before it is understood, also when it cannot be understood at all.

use super::reference;
use super::tree::{Node, Value};
use std::ops::Range;

/// Words that make the value of a key a secret.
const TELLTALE: &[&str] = &["pass", "pwd", "pw", "secret", "token", "credential", "auth", "key"];

/// The table whose elements hold URLs that are secrets, and what may be shown of them.
const NOTICES: &str = "notify";
const PLAIN_OF_NOTICES: &[&str] = &["name", "to", "least", "per_hour", "argv"];

/// The hidden bytes below `node`, in order.
#[must_use]
pub(super) fn below(node: &Node) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    walk(node, false, &mut found);
    found.sort_by_key(|range| range.start);
    found
}

fn walk(node: &Node, inside: bool, found: &mut Vec<Range<usize>>) {
    match &node.value {
        Value::Table(table) => {
            for entry in table.entries() {
                let key = entry.name.to_ascii_lowercase();
                let credential = matches!(key.as_str(), "read" | "write");
                if key == NOTICES && !inside {
                    notices(&entry.node, found);
                    continue;
                }
                let plain = key == "user" || key == "name" || (key == "cmd" && inside);
                walk(&entry.node, !plain && (inside || credential || tells(&key)), found);
            }
        }
        Value::List(items) => {
            for item in items {
                walk(item, inside, found);
            }
        }
        Value::Text(text) if inside => {
            if reference::parse(text).is_err() {
                found.push(node.place.span.clone());
            }
        }
        Value::Text(text) => {
            if carries(text) {
                found.push(node.place.span.clone());
            }
        }
        Value::Integer(_) | Value::Float(_) | Value::Other(_) if inside => found.push(node.place.span.clone()),
        Value::Integer(_) | Value::Float(_) | Value::Other(_) | Value::Flag(_) => {}
    }
}

/// Targets of notices: the URL of a webhook is a secret as a whole, and one under a misspelled key is no less.
fn notices(node: &Node, found: &mut Vec<Range<usize>>) {
    let tables: Vec<&Node> = match &node.value {
        Value::List(items) => items.iter().collect(),
        // a table by name, as variables and arguments have it, or one that was meant to be an element
        Value::Table(table) if table.entries().iter().all(|entry| matches!(entry.node.value, Value::Table(_))) => {
            table.entries().iter().map(|entry| &entry.node).collect()
        }
        _ => vec![node],
    };
    for table in tables {
        let Value::Table(keys) = &table.value else {
            walk(table, true, found);
            continue;
        };
        for entry in keys.entries() {
            let plain = PLAIN_OF_NOTICES.contains(&entry.name.as_str());
            walk(&entry.node, !plain, found);
        }
    }
}

fn tells(key: &str) -> bool {
    TELLTALE.iter().any(|word| key.contains(word))
}

/// Whether a text has a password inside: a URL with credentials, a connection string.
fn carries(text: &str) -> bool {
    let authority = text.split_once("://").and_then(|(_, rest)| rest.split(['/', '?', '#']).next());
    authority.is_some_and(|authority| authority.contains('@')) || text.to_ascii_lowercase().contains("password=")
}

/// What to hide of a line that is no TOML: all from the first word that tells of a secret on. `inside` a text of several lines: all of it.
#[must_use]
pub(super) fn in_broken(text: &str, at: usize) -> Option<Range<usize>> {
    let start = text.get(..at.min(text.len()))?.rfind('\n').map_or(0, |found| found + 1);
    let line = text.get(start..)?.lines().next()?;
    let before = text.get(..start)?;
    let open = before.matches("\"\"\"").count() % 2 == 1 || before.matches("'''").count() % 2 == 1;
    if open {
        return Some(start..start + line.len());
    }
    let lower = line.to_ascii_lowercase();
    let word_end =
        |from: usize| lower.get(from..).map_or(from, |rest| from + rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len()));
    let words = TELLTALE.iter().filter_map(|word| lower.find(word).map(|found| word_end(found + word.len()) + 1));
    let url = lower.find("://").filter(|_| lower.contains('@') || lower.contains("hook") || lower.contains("services/"));
    let cut = words.chain(url).min().or_else(|| {
        // a credential written as one text
        let credential = ["read", "write"].iter().any(|word| lower.trim_start().starts_with(word));
        lower.find('=').filter(|_| credential).map(|at| at + 1)
    });
    cut.filter(|cut| *cut < line.len() && line.is_char_boundary(*cut)).map(|cut| start + cut..start + line.len())
}
