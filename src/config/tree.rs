//! The values of one source as a tree, each with its place; later the merged tree, each with what it overrides.

use super::diagnostic::Diagnostic;
use super::hidden;
use super::path::Part;
use super::place::{Layer, Origin, Place, Source, Trust};
use crate::text::untrusted::visible;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

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
pub struct Table(Vec<Entry>);

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

/// Reads the text of a file.
///
/// # Errors
/// Each place that is no TOML.
pub(super) fn parse_file(text: String, layer: Layer, origin: Origin, trust: Trust, group: bool) -> Result<Node, Vec<Diagnostic>> {
    let bare = Arc::new(Source { layer, origin, trust, group, text, hidden: Vec::new() });
    let (tree, errors) = DeTable::parse_recoverable(&bare.text);
    let whole = tree.span();
    let convert = |source: &Arc<Source>| {
        let table = table_of(tree.get_ref(), source, 0);
        Node::new(Value::Table(table), Place::new(source, whole.clone()))
    };
    let mut hidden = hidden::below(&convert(&bare));
    hidden.extend(errors.iter().filter_map(|error| hidden::in_broken(&bare.text, error.span().map_or(0, |span| span.start))));
    hidden.sort_by_key(|range| range.start);
    let source = Arc::new(Source { layer, origin: bare.origin.clone(), trust, group, text: bare.text.clone(), hidden });
    if errors.is_empty() {
        return Ok(convert(&source));
    }
    Err(broken(&source, &errors))
}

/// One error a line: what follows on the same line follows from it.
fn broken(source: &Arc<Source>, errors: &[toml::de::Error]) -> Vec<Diagnostic> {
    let mut first: BTreeMap<usize, (usize, Diagnostic)> = BTreeMap::new();
    for error in errors {
        let place = Place::new(source, error.span().unwrap_or(0..0));
        let (line, at) = (place.position().line, place.span.start);
        let message = error.message();
        let said = Diagnostic::at(&place, format!("this is not valid TOML: {}", message.replace('\n', ", ")));
        let said = match message {
            text if text.starts_with("key with no value") => said.hint("the form is KEY = VALUE"),
            text if text.starts_with("invalid basic string") => said.hint("a text stands in quotes, on one line"),
            text if text.starts_with("duplicate key") => said.hint("the same key or table stands further up in this file"),
            _ => said,
        };
        // of two at one place the later one is the cause
        if first.get(&line).is_none_or(|(former, _)| at <= *former) {
            first.insert(line, (at, said));
        }
    }
    first.into_values().map(|(_, said)| said).collect()
}

/// A tree with one value in it, from a variable or an argument: `text` holds the value from byte `at` on, `path` its key.
pub(super) fn parse_setting(text: String, layer: Layer, origin: &Origin, path: &[Part], at: usize) -> Node {
    let make = |hidden: Vec<Range<usize>>, text: String| {
        let source = Arc::new(Source { layer, origin: origin.clone(), trust: Trust::Whole, group: false, text, hidden });
        let raw = source.text.get(at..).unwrap_or("");
        let typed = DeValue::parse(raw).ok().map(|value| node_of(&value, &source, at));
        let mut node = typed.unwrap_or_else(|| Node::new(Value::Text(raw.to_owned()), Place::new(&source, at..source.text.len())));
        for (name, span) in path.iter().rev() {
            let place = Place::new(&source, span.clone());
            let entry = Entry { name: name.clone(), place: place.clone(), node };
            node = Node::new(Value::Table(Table(vec![entry])), place);
        }
        node
    };
    let hidden = hidden::below(&make(Vec::new(), text.clone()));
    make(hidden, text)
}

fn table_of(table: &DeTable<'_>, source: &Arc<Source>, shift: usize) -> Table {
    let mut entries: Vec<Entry> = table
        .iter()
        .map(|(key, value)| Entry {
            name: key.get_ref().to_string(),
            place: Place::new(source, shifted(&key.span(), shift)),
            node: node_of(value, source, shift),
        })
        .collect();
    entries.sort_by_key(|entry| entry.place.span.start);
    Table(entries)
}

fn node_of(value: &Spanned<DeValue<'_>>, source: &Arc<Source>, shift: usize) -> Node {
    let converted = match value.get_ref() {
        DeValue::String(text) => Value::Text(text.to_string()),
        DeValue::Integer(number) => {
            i64::from_str_radix(number.as_str(), number.radix()).map_or_else(|_too_large| Value::Other(number.to_string()), Value::Integer)
        }
        DeValue::Float(number) => number.as_str().parse().map_or_else(|_odd| Value::Other(number.to_string()), Value::Float),
        DeValue::Boolean(on) => Value::Flag(*on),
        DeValue::Datetime(at) => Value::Other(at.to_string()),
        DeValue::Array(items) => Value::List(items.iter().map(|item| node_of(item, source, shift)).collect()),
        DeValue::Table(table) => Value::Table(table_of(table, source, shift)),
    };
    Node::new(converted, Place::new(source, shifted(&value.span(), shift)))
}

fn shifted(span: &Range<usize>, by: usize) -> Range<usize> {
    span.start + by..span.end + by
}
