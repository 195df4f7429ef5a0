//! Where each value of the configuration comes from: layer, file, line, column, and what it overrides.
//!
//! It must not know what a key of a system or a rule means: whoever asks brings those words.

use super::draft::Config;
use super::keys::{self, Key, Shape};
use super::path;
use super::place::{Layer, Origin, Place};
use super::tree::{Node, Table};
use crate::text::suggest;
use std::path::PathBuf;

/// One key: its value, who says so, and whom it wins over.
#[derive(Clone, Debug)]
pub struct Explanation {
    /// `cluster.lab.rto_goal`
    pub key: String,
    /// As TOML in one line, safe to show; `None`: nobody sets it.
    pub value: Option<Said>,
    /// The values that lost, the strongest first.
    pub overrides: Vec<Said>,
    pub doc: String,
}

/// A value and where it was said.
#[derive(Clone, Debug)]
pub struct Said {
    pub value: String,
    pub layer: Layer,
    /// `FILE:LINE:COLUMN`, or how else it came here; safe to show.
    pub place: String,
    pub file: Option<PathBuf>,
    /// Line and column from 1, of files.
    pub at: Option<(usize, usize)>,
}

/// What keys mean that are not the configuration's own.
pub trait Meanings {
    /// A key in the body of an endpoint.
    fn body(&self, system: &str, key: &str) -> Option<String>;
    /// A threshold of a rule.
    fn knob(&self, rule: &str, knob: &str) -> Option<String>;
    /// The body keys that endpoints of `system` can have.
    fn body_keys(&self, system: &str) -> Vec<String>;
    fn rules(&self) -> Vec<String>;
    /// The thresholds of a rule, each with what [`Meanings::knob`] says.
    fn knobs(&self, rule: &str) -> Vec<(String, String)>;
}

/// There is no such key; perhaps this one was meant.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no key '{key}'")]
pub struct NoSuchKey {
    pub key: String,
    pub hint: String,
}

/// Every value that is set, in the order of the tables.
#[must_use]
pub fn all(config: &Config, meanings: &dyn Meanings) -> Vec<Explanation> {
    let mut out = Vec::new();
    Walk { meanings, out: &mut out }.table("", &Known::Keys(keys::ROOT, None), &config.tree);
    out
}

/// The key `wanted`, or all below it. A key that could be set and is not has no value.
///
/// # Errors
/// There is no such key.
pub fn one(config: &Config, meanings: &dyn Meanings, wanted: &str) -> Result<Vec<Explanation>, NoSuchKey> {
    let parts =
        path::split(wanted).map_err(|(what, _)| NoSuchKey { key: wanted.to_owned(), hint: format!("{what}; quotes hold a name with dots") })?;
    let mut at = String::new();
    let mut known = Known::Keys(keys::ROOT, None);
    let mut table = Some(&config.tree);
    let empty = Table::default();
    let last = parts.len() - 1;
    for (depth, (part, _)) in parts.iter().enumerate() {
        let here = table.unwrap_or(&empty);
        let Some(next) = known.below(part, here, meanings) else {
            let names = known.names(here, meanings);
            let near = suggest::nearest(part, names.iter().map(String::as_str)).map(|near| format!("did you mean '{}'?", path::join(&at, near)));
            let hint = near.unwrap_or_else(|| "`opsctl config explain` lists every key that is set".to_owned());
            return Err(NoSuchKey { key: wanted.to_owned(), hint });
        };
        at = path::join(&at, part);
        let node = here.node(part);
        if depth == last {
            let mut out = Vec::new();
            let mut walk = Walk { meanings, out: &mut out };
            let set = node.and_then(Node::table);
            let unset: Vec<(String, String)> = match &next {
                Known::Leaf(doc) if node.is_none() => vec![(at.clone(), doc.clone())],
                Known::Knobs(rule) => meanings
                    .knobs(rule)
                    .into_iter()
                    .filter(|(knob, _)| set.and_then(|set| set.node(knob)).is_none())
                    .map(|(knob, doc)| (path::join(&at, &knob), doc))
                    .collect(),
                _ => Vec::new(),
            };
            if let Some(node) = node {
                walk.node(&at, next, node);
            }
            out.extend(unset.into_iter().map(|(key, doc)| Explanation { key, value: None, overrides: Vec::new(), doc }));
            return Ok(out);
        }
        table = node.and_then(Node::table);
        known = next;
    }
    Ok(Vec::new())
}

/// What can stand below a key.
enum Known {
    /// These keys, and with a system those of its body.
    Keys(&'static [Key], Option<String>),
    /// Anything by name, each with these keys.
    Clusters,
    Notices,
    Endpoints,
    Systems,
    Rules,
    /// The knobs of this rule.
    Knobs(String),
    /// A value, and what it means.
    Leaf(String),
}

impl Known {
    fn of(key: &Key) -> Known {
        match key.shape {
            Shape::Table(keys) => Known::Keys(keys, None),
            Shape::Clusters => Known::Clusters,
            Shape::Endpoints => Known::Endpoints,
            Shape::Notices => Known::Notices,
            Shape::Systems => Known::Systems,
            Shape::Rules => Known::Rules,
            Shape::Text
            | Shape::Name
            | Shape::OneOf(_)
            | Shape::Time { .. }
            | Shape::Size { .. }
            | Shape::Number { .. }
            | Shape::Argv
            | Shape::Path
            | Shape::Secret
            | Shape::Via
            | Shape::Theme => Known::Leaf(key.doc.to_owned()),
        }
    }

    fn below(&self, name: &str, here: &Table, meanings: &dyn Meanings) -> Option<Known> {
        match self {
            Known::Keys(keys, system) => {
                let own = keys.iter().find(|key| key.name == name).map(Known::of);
                own.or_else(|| meanings.body(system.as_deref()?, name).map(Known::Leaf))
            }
            Known::Clusters => here.get(name).map(|_there| Known::Keys(keys::CLUSTER, None)),
            Known::Notices => here.get(name).map(|_there| Known::Keys(keys::NOTIFY, None)),
            Known::Endpoints => here.get(name).map(|_there| Known::Keys(keys::ENDPOINT, name.split_once('/').map(|(system, _)| system.to_owned()))),
            Known::Systems => here.get(name).map(|_there| Known::Keys(keys::ENDPOINT, Some(name.to_owned()))),
            Known::Rules => meanings.rules().iter().any(|rule| rule == name).then(|| Known::Knobs(name.to_owned())),
            Known::Knobs(rule) => meanings.knob(rule, name).map(Known::Leaf),
            Known::Leaf(_) => None,
        }
    }

    fn names(&self, here: &Table, meanings: &dyn Meanings) -> Vec<String> {
        match self {
            Known::Keys(keys, system) => {
                let own = keys.iter().map(|key| key.name.to_owned());
                own.chain(system.iter().flat_map(|system| meanings.body_keys(system))).collect()
            }
            Known::Clusters | Known::Notices | Known::Endpoints | Known::Systems => here.entries().iter().map(|entry| entry.name.clone()).collect(),
            Known::Rules => meanings.rules(),
            Known::Knobs(rule) => meanings.knobs(rule).into_iter().map(|(name, _)| name).collect(),
            Known::Leaf(_) => Vec::new(),
        }
    }
}

struct Walk<'a> {
    meanings: &'a dyn Meanings,
    out: &'a mut Vec<Explanation>,
}

impl Walk<'_> {
    fn table(&mut self, at: &str, known: &Known, table: &Table) {
        for entry in table.entries() {
            let next = known.below(&entry.name, table, self.meanings).unwrap_or_else(|| Known::Leaf(String::new()));
            self.node(&path::join(at, &entry.name), next, &entry.node);
        }
    }

    fn node(&mut self, at: &str, known: Known, node: &Node) {
        match (known, node.table()) {
            (Known::Leaf(doc), _) => self.leaf(at, doc, node),
            (known, Some(table)) => self.table(at, &known, table),
            (_, None) => self.leaf(at, String::new(), node),
        }
    }

    fn leaf(&mut self, at: &str, doc: String, node: &Node) {
        let said = |value: String, place: &Place| {
            let source = &place.source;
            let file = match &source.origin {
                Origin::File(path) => Some(path.clone()),
                _ => None,
            };
            let at = file.as_ref().map(|_file| (place.position().line, place.position().column));
            Said { value, layer: source.layer, place: place.label(), file, at }
        };
        self.out.push(Explanation {
            key: at.to_owned(),
            value: Some(said(node.shown(), &node.place)),
            overrides: node.lost.iter().map(|lost| said(lost.shown.clone(), &lost.place)).collect(),
            doc,
        });
    }
}
