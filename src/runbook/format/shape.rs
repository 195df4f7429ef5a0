//! Checks the tree of a file against the schema: keys, types, words, bounds, each with its place and what was perhaps meant. Every text that means
//! something to this program comes out as a [`Slot`].

use crate::config::quantity::{duration, time_text};
use crate::config::tree::{Entry, Node, Table, Value as Toml, quoted};
use crate::config::{Diagnostic, Place, path};
use crate::text::suggest::nearest;
use serde_json::Value;
use std::time::Duration;

/// What a text means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    Condition,
    Expression,
    Template,
    /// Nothing may be put into it.
    Statement,
    /// The name of a parameter that is a secret.
    Secret,
    /// `SYSTEM:WHICH`, a template.
    Target,
}

/// A text that means something, with its place.
#[derive(Clone, Debug)]
pub struct Slot {
    pub meaning: Meaning,
    pub text: String,
    pub place: Place,
}

/// What was found so far.
#[derive(Default)]
pub struct Report {
    pub found: Vec<Diagnostic>,
    pub slots: Vec<Slot>,
}

/// Checks `node` against `schema`, a part of `root`; `at` is its key.
pub fn check(node: &Node, schema: &Value, root: &Value, at: &str, report: &mut Report) {
    let schema = followed(schema, root);
    if schema.get("format").and_then(Value::as_str) == Some("json") {
        return free(node, at, report);
    }
    if let (Some(branches), None) = (schema.get("oneOf").and_then(Value::as_array), schema.get("type")) {
        if let Some(branch) = branches.iter().map(|branch| followed(branch, root)).find(|branch| takes(branch, node)) {
            return check(node, branch, root, at, report);
        }
        let all: Vec<String> = branches.iter().map(phrase).collect();
        return report.found.push(Diagnostic::at(&node.place, format!("{at}: expected {}, found {}", all.join(" or "), node.kind())));
    }
    if !takes(schema, node) {
        return report.found.push(other_type(node, schema, at));
    }
    match &node.value {
        Toml::Text(text) => of_text(node, text, schema, at, report),
        Toml::Integer(number) => of_number(node, *number, schema, at, report),
        Toml::List(items) => {
            if items.is_empty() && schema.get("minItems").is_some() {
                report.found.push(Diagnostic::at(&node.place, format!("{at}: an empty list")));
            }
            let each = schema.get("items").unwrap_or(&Value::Null);
            for (place, item) in items.iter().enumerate() {
                check(item, each, root, &label_of(at, place, item), report);
            }
        }
        Toml::Table(table) => of_table(node, table, schema, root, at, report),
        Toml::Float(_) | Toml::Flag(_) | Toml::Other(_) => {}
    }
}

fn followed<'a>(schema: &'a Value, root: &'a Value) -> &'a Value {
    let target = schema.get("$ref").and_then(Value::as_str).and_then(|name| name.strip_prefix('#'));
    target.and_then(|pointer| root.pointer(pointer)).unwrap_or(schema)
}

/// An element of a list is called by its `id`, where it has one.
fn label_of(at: &str, place: usize, item: &Node) -> String {
    let id = item.table().and_then(|table| table.node("id")).and_then(Node::text);
    id.map_or_else(|| format!("{at}[{place}]"), |id| path::join(at, id))
}

fn takes(schema: &Value, node: &Node) -> bool {
    let fits = |word: &str| {
        matches!(
            (word, &node.value),
            ("string", Toml::Text(_))
                | ("integer", Toml::Integer(_))
                | ("boolean", Toml::Flag(_))
                | ("array", Toml::List(_))
                | ("object", Toml::Table(_))
        )
    };
    match schema.get("type") {
        Some(Value::String(word)) => fits(word),
        Some(Value::Array(words)) => words.iter().filter_map(Value::as_str).any(fits),
        _ => true,
    }
}

/// What a schema wants, in the words of an error message.
fn phrase(schema: &Value) -> String {
    let word = |key: &str| schema.get(key).and_then(Value::as_str);
    if let Some(words) = schema.get("enum").and_then(Value::as_array) {
        return format!("one of {}", words.iter().map(Value::to_string).collect::<Vec<_>>().join(", "));
    }
    let named = match word("format") {
        Some("duration") => "a duration in quotes",
        Some("condition") => "a condition in quotes",
        Some("expression") => "an expression in quotes",
        Some("date") => "a day in quotes, \"2026-11-21\"",
        Some("word" | "name") => "a name in quotes",
        _ => match schema.get("type") {
            Some(Value::String(kind)) => match kind.as_str() {
                "string" => "a text",
                "integer" => "a whole number",
                "boolean" => "true or false",
                "array" => "a list",
                _ => "a table",
            },
            _ => "a single value",
        },
    };
    named.to_owned()
}

fn other_type(node: &Node, schema: &Value, at: &str) -> Diagnostic {
    let said = Diagnostic::at(&node.place, format!("{at}: expected {}, found {}", phrase(schema), node.kind()));
    match (&node.value, schema.get("format").and_then(Value::as_str), schema.get("type").and_then(Value::as_str)) {
        (Toml::Integer(number), Some("duration"), _) => said.hint(format!("a duration has a unit: \"{number}s\"")),
        (Toml::Integer(_) | Toml::Float(_) | Toml::Flag(_) | Toml::Other(_), _, Some("string")) => said.hint("put it in quotes"),
        (Toml::Text(text), _, Some("boolean" | "integer")) if text.parse::<i64>().is_ok() || matches!(text.as_str(), "true" | "false") => {
            said.hint("without the quotes")
        }
        (Toml::Text(_), _, Some("array")) => said.hint("in brackets: [\"..\"]"),
        (Toml::Table(_), _, Some("array")) => said.hint("in double brackets: [[..]]"),
        _ => said,
    }
}

fn of_text(node: &Node, text: &str, schema: &Value, at: &str, report: &mut Report) {
    let refuse = |what: String| Diagnostic::at(&node.place, format!("{at}: {what}"));
    if text.trim().is_empty() && schema.get("minLength").is_some() {
        return report.found.push(refuse("an empty text".to_owned()));
    }
    if let Some(words) = schema.get("enum").and_then(Value::as_array) {
        let words: Vec<&str> = words.iter().filter_map(Value::as_str).collect();
        if !words.contains(&text) {
            report.found.push(refuse(format!("{} is none of its words", quoted(text))).meant(text, words));
        }
        return;
    }
    let meaning = match schema.get("format").and_then(Value::as_str) {
        Some("condition") => Meaning::Condition,
        Some("expression") => Meaning::Expression,
        Some("template") => Meaning::Template,
        Some("statement") => Meaning::Statement,
        Some("secret") => Meaning::Secret,
        Some("target") => {
            if !text.split_once(':').is_some_and(|(system, which)| named(system, "name").is_ok() && !which.trim().is_empty()) {
                return report.found.push(
                    refuse(format!("{} names no endpoint", quoted(text)))
                        .hint("SYSTEM:NAME, such as \"pgbouncer:${pool.name}\" or \"patroni:leader\""),
                );
            }
            Meaning::Target
        }
        Some(format @ ("word" | "name")) => return report.found.extend(named(text, format).err().map(|(what, hint)| refuse(what).hint(hint))),
        Some("duration") => return report.found.extend(bounded(text, schema).err().map(|(what, hint)| refuse(what).hint(hint))),
        Some("date") => {
            if text.parse::<jiff::civil::Date>().is_err() {
                report.found.push(refuse(format!("{} is no day", quoted(text))).hint("such as \"2026-11-21\""));
            }
            return;
        }
        _ => return,
    };
    report.slots.push(Slot { meaning, text: text.to_owned(), place: node.place.clone() });
}

/// Longest name, in bytes.
const LONGEST: usize = 48;

/// A `word` has no `-`: in an expression that is a minus.
fn named(text: &str, format: &str) -> Result<(), (String, &'static str)> {
    let dash = format == "name";
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || (dash && c == '-');
    if text.starts_with(|c: char| c.is_ascii_lowercase()) && text.chars().all(plain) && text.len() <= LONGEST {
        return Ok(());
    }
    let hint = if dash {
        "lower case letters, digits, - and _, a letter first, at most 48"
    } else {
        "lower case letters, digits and _, a letter first, at most 48"
    };
    Err((format!("{} is no name", quoted(text)), hint))
}

fn bounded(text: &str, schema: &Value) -> Result<(), (String, String)> {
    let seconds = |key: &str| schema.get(key).and_then(Value::as_f64).unwrap_or(0.0);
    let time =
        duration(text).ok_or_else(|| (format!("{} is no duration", quoted(text)), "such as \"500ms\", \"30s\", \"5m\", \"2h 30m\"".to_owned()))?;
    let (least, most) = (seconds("x-least-seconds"), seconds("x-most-seconds"));
    let said = |seconds: f64| time_text(Duration::from_secs_f64(seconds));
    if time.as_secs_f64() < least {
        return Err((format!("{} is too short", quoted(text)), format!("at least \"{}\"", said(least))));
    }
    if time.as_secs_f64() > most {
        return Err((format!("{} is too long", quoted(text)), format!("at most \"{}\"", said(most))));
    }
    Ok(())
}

fn of_number(node: &Node, number: i64, schema: &Value, at: &str, report: &mut Report) {
    let bound = |key: &str| schema.get(key).and_then(Value::as_i64);
    if let Some(only) = bound("const").filter(|only| *only != number) {
        report
            .found
            .push(Diagnostic::at(&node.place, format!("{at}: {number} is not known here")).hint(format!("this program knows version {only}")));
    }
    if let (Some(least), Some(most)) = (bound("minimum"), bound("maximum"))
        && !(least..=most).contains(&number)
    {
        report.found.push(Diagnostic::at(&node.place, format!("{at}: {number} is not between {least} and {most}")));
    }
}

fn of_table(node: &Node, table: &Table, schema: &Value, root: &Value, at: &str, report: &mut Report) {
    let empty = serde_json::Map::new();
    let properties = schema.get("properties").and_then(Value::as_object).unwrap_or(&empty);
    let others = schema.get("additionalProperties").filter(|others| others.is_object());
    let least = schema.get("minProperties").and_then(Value::as_u64).unwrap_or(0);
    let most = schema.get("maxProperties").and_then(Value::as_u64).unwrap_or(u64::MAX);
    let names_alone = schema.get("propertyNames").is_some();
    let count = table.entries().len() as u64;
    if count < least || count > most {
        let what = if count < least { "it names nothing" } else { "it names more than one thing" };
        report.found.push(Diagnostic::at(&node.place, format!("{at}: {what}")));
    }
    for entry in table.entries() {
        let label = if at.is_empty() { entry.name.clone() } else { path::join(at, &entry.name) };
        match (properties.get(&entry.name), others) {
            (Some(schema), _) | (None, Some(schema)) => {
                if properties.is_empty()
                    && names_alone
                    && let Err((what, hint)) = named(&entry.name, "word")
                {
                    report.found.push(Diagnostic::at(&entry.place, format!("{at}: {what}")).hint(hint));
                }
                check(&entry.node, schema, root, &label, report);
            }
            (None, None) => report.found.push(unknown_key(entry, at, properties.keys().map(String::as_str))),
        }
    }
    for name in schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str) {
        if table.get(name).is_none() {
            let what = if at.is_empty() { format!("`{name}` is missing") } else { format!("{at}: `{name}` is missing") };
            let doc = properties.get(name).and_then(|property| property.get("description")).and_then(Value::as_str);
            let said = Diagnostic::at(&node.place, what);
            report.found.push(match doc {
                Some(doc) => said.hint(doc.to_owned()),
                None => said,
            });
        }
    }
}

fn unknown_key<'a>(entry: &Entry, at: &str, known: impl Iterator<Item = &'a str>) -> Diagnostic {
    let known: Vec<&str> = known.collect();
    let what = if at.is_empty() { format!("unknown key `{}`", entry.name) } else { format!("{at}: unknown key `{}`", entry.name) };
    let said = Diagnostic::unknown(entry, what);
    match (in_our_words(&entry.name), nearest(&entry.name, known.iter().copied())) {
        (_, Some(near)) => said.hint(format!("did you mean `{near}`?")),
        (Some(hint), None) => said.hint(hint),
        (None, None) => said.hint(format!("known here: {}", known.join(", "))),
    }
}

/// Words of other tools for keys of ours.
fn in_our_words(name: &str) -> Option<&'static str> {
    const WORDS: &[(&str, &str)] = &[
        ("register", "write `save = { NAME = \"output.FIELD\" }`"),
        ("until", "write `wait = { every = \"1s\", for = \"30s\", until = \"..\" }`"),
        ("if", "write `when`"),
        ("loop", "write `foreach = { item = \"LIST\" }`"),
        ("with_items", "write `foreach = { item = \"LIST\" }`"),
        ("rescue", "write `undo`"),
        ("on_error", "write `undo` on the step, or `on_failure` at the top"),
        ("depends", "steps run in the order of the file; `group` runs neighbours at the same time"),
        ("needs", "steps run in the order of the file; `group` runs neighbours at the same time"),
        ("shell", "write `exec = { argv = [..] }`: no shell reads it"),
        ("command", "write `exec = { argv = [..] }`: no shell reads it"),
        ("script", "write `exec = { argv = [..] }`: no shell reads it"),
        ("timeout_sec", "write `timeout = \"30s\"`"),
        ("timeoutSeconds", "write `timeout = \"30s\"`"),
        ("retries", "write `retry = { attempts = 3 }`"),
        ("description", "write `summary` at the top, `why` in a step"),
        ("name", "a step is called by its `id`"),
    ];
    WORDS.iter().find(|(word, _)| *word == name).map(|(_, hint)| *hint)
}

/// Any value, as it goes into a request: every text in it is a template, `{ secret = .. }` the secret itself.
fn free(node: &Node, at: &str, report: &mut Report) {
    match &node.value {
        Toml::Text(text) => report.slots.push(Slot { meaning: Meaning::Template, text: text.clone(), place: node.place.clone() }),
        Toml::List(items) => items.iter().for_each(|item| free(item, at, report)),
        Toml::Table(table) => match table.entries() {
            [Entry { name, node: Node { value: Toml::Text(text), place, .. }, .. }] if name == "secret" => {
                report.slots.push(Slot { meaning: Meaning::Secret, text: text.clone(), place: place.clone() });
            }
            entries => entries.iter().for_each(|entry| free(&entry.node, &path::join(at, &entry.name), report)),
        },
        Toml::Other(_) => report.found.push(Diagnostic::at(&node.place, format!("{at}: {} cannot be sent", node.kind())).hint("put it in quotes")),
        Toml::Integer(_) | Toml::Float(_) | Toml::Flag(_) => {}
    }
}
