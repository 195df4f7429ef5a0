//! The values of one source as a tree, each with its place; later the merged tree, each with what it overrides.

use super::place::{Layer, Place};
use crate::text::untrusted::visible;

/// A value with its place and the values it won over, the strongest loser first.
#[derive(Clone, Debug)]
pub struct Node {
    pub value: Value,
    pub place: Place,
    pub lost: Vec<Lost>,
}

/// A value that a stronger layer overrides.
#[derive(Clone, Debug)]
pub struct Lost {
    pub shown: String,
    pub place: Place,
}

/// A value of TOML.
#[derive(Clone, Debug)]
pub enum Value {
    Text(String),
    Integer(i64),
    Float(f64),
    Flag(bool),
    /// A date, a time, or an integer that no 64 bits hold: nothing here takes one. As it was written.
    Other(String),
    List(Vec<Node>),
    Table(Table),
}

/// A table in the order of the file.
#[derive(Clone, Debug, Default)]
pub struct Table(pub(super) Vec<Entry>);

#[derive(Clone, Debug)]
pub struct Entry {
    pub name: String,
    /// Where the key stands; for an element of `[[cluster]]`, where its name stands.
    pub place: Place,
    pub node: Node,
}

impl Table {
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.0
    }

    #[must_use]
    pub fn into_entries(self) -> Vec<Entry> {
        self.0
    }

    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Entry> {
        self.0.iter().find(|entry| entry.name == name)
    }

    #[must_use]
    pub fn node(&self, name: &str) -> Option<&Node> {
        self.get(name).map(|entry| &entry.node)
    }

    pub fn push(&mut self, entry: Entry) {
        self.0.push(entry);
    }

    /// Takes `name` out.
    pub fn take(&mut self, name: &str) -> Option<Entry> {
        let at = self.0.iter().position(|entry| entry.name == name)?;
        Some(self.0.remove(at))
    }
}

impl Node {
    #[must_use]
    pub fn new(value: Value, place: Place) -> Self {
        Node { value, place, lost: Vec::new() }
    }

    #[must_use]
    pub fn table(&self) -> Option<&Table> {
        match &self.value {
            Value::Table(table) => Some(table),
            _ => None,
        }
    }

    /// The text; of a variable or an argument also a number or a flag as it was typed.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text),
            Value::Integer(_) | Value::Float(_) | Value::Flag(_) | Value::Other(_) if self.place.source.layer >= Layer::Environment => {
                self.place.source.text.get(self.place.span.clone())
            }
            _ => None,
        }
    }

    /// What kind of value it is, in the words of an error message.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match &self.value {
            Value::Text(_) => "a text",
            Value::Integer(_) => "a number",
            Value::Float(_) => "a fraction",
            Value::Flag(_) => "true or false",
            Value::Other(text) if text.contains([':', '-']) => "a date or time",
            Value::Other(_) => "a number too large",
            Value::List(_) => "a list",
            Value::Table(_) => "a table",
        }
    }

    /// As TOML in one line, safe to show.
    #[must_use]
    pub fn shown(&self) -> String {
        match &self.value {
            Value::Text(text) => quoted(text),
            Value::Integer(number) => number.to_string(),
            Value::Float(number) => number.to_string(),
            Value::Flag(on) => on.to_string(),
            Value::Other(text) => visible(text),
            Value::List(items) => format!("[{}]", items.iter().map(Node::shown).collect::<Vec<_>>().join(", ")),
            Value::Table(table) => {
                let inner: Vec<String> = table.entries().iter().map(|entry| format!("{} = {}", visible(&entry.name), entry.node.shown())).collect();
                if inner.is_empty() { "{}".to_owned() } else { format!("{{ {} }}", inner.join(", ")) }
            }
        }
    }
}

/// `text` as a TOML string, safe to show.
#[must_use]
pub fn quoted(text: &str) -> String {
    format!("\"{}\"", visible(&text.replace('\\', "\\\\").replace('"', "\\\"")))
}
