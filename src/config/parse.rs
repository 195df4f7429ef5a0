//! TOML into the tree of one source, from a file, a variable or an argument; what is no TOML is said with its place.

use super::diagnostic::Diagnostic;
use super::hidden;
use super::path::Part;
use super::place::{Layer, Origin, Place, Source, Trust};
use super::tree::{Entry, Node, Table, Value};
use std::collections::BTreeMap;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Reads the text of a file.
///
/// # Errors
/// Each place that is no TOML.
pub(super) fn file(text: String, layer: Layer, origin: Origin, trust: Trust, group: bool) -> Result<Node, Vec<Diagnostic>> {
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

/// Reads a file that is no layer of the configuration and has a room of its own to understand it, such as a runbook.
///
/// # Errors
/// Each place that is no TOML.
pub fn alone(text: String, path: PathBuf) -> Result<Node, Vec<Diagnostic>> {
    file(text, Layer::User, Origin::File(path), Trust::Whole, false)
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
pub(super) fn setting(text: String, layer: Layer, origin: &Origin, path: &[Part], at: usize) -> Node {
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
