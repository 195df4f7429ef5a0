//! Checks one source against the key tables. What is wrong is said and left out, so that later steps say nothing about it again.
//!
//! It must not ask whether something is missing: another layer may have it.

use super::diagnostic::Diagnostic;
use super::keys::{self, Key, Shape};
use super::place::{Place, Trust};
use super::tree::{Entry, Node, Table, Value};
use super::{path, reference, values};
use crate::model::SecretRef;
use std::collections::BTreeSet;

/// How a program is written.
const ARGV: &str = "[\"PROGRAM\", \"ARGUMENT\"]; no shell reads it";

/// What was said, and in which tables something was left out: what is missing there is not said besides.
pub(super) struct Report {
    pub(super) found: Vec<Diagnostic>,
    pub(super) dropped: BTreeSet<String>,
}

/// Checks the whole of one source.
pub(super) fn check(root: Node, report: &mut Report) -> Table {
    let source = root.place.source.clone();
    let Value::Table(table) = root.value else { return Table::default() };
    let mut kept = Table::default();
    for entry in table.into_entries() {
        let refuse = |what: String| Diagnostic::at(&entry.place, what);
        let known = keys::ROOT.iter().any(|key| key.name == entry.name);
        if source.group && known && !keys::GROUP_ROOT.contains(&entry.name.as_str()) {
            report
                .found
                .push(refuse(format!("`{}` cannot stand in a file of clusters.d", entry.name)).hint("it belongs in config.toml beside that folder"));
        } else if source.trust == Trust::Looks && known && !matches!(entry.name.as_str(), "poll" | "console") {
            report.found.push(
                refuse(format!("a project file that others can read may not set `{}`: it could send your credentials elsewhere", entry.name))
                    .hint(format!("if you wrote it yourself: chmod 600 {}", source.name())),
            );
        } else {
            kept.push(entry);
        }
    }
    Shaping { report }.table("", keys::ROOT, None, kept)
}

/// The check of one source.
pub(super) struct Shaping<'a> {
    pub(super) report: &'a mut Report,
}

impl Shaping<'_> {
    pub(super) fn say(&mut self, place: &Place, what: impl Into<String>) {
        self.report.found.push(Diagnostic::at(place, what));
    }

    /// Keeps the good entries of a table. `open`: other keys belong to this system, and are only kept.
    pub(super) fn table(&mut self, at: &str, known: &'static [Key], open: Option<&str>, table: Table) -> Table {
        let mut kept = Table::default();
        for entry in table.into_entries() {
            let label = path::join(at, &entry.name);
            let node = match known.iter().find(|key| key.name == entry.name) {
                Some(key) => self.value(&label, key, entry.node),
                None if open.is_some() => self.body(&label, entry.node),
                None => {
                    let what = if at.is_empty() { format!("unknown key `{}`", entry.name) } else { format!("{at}: unknown key `{}`", entry.name) };
                    let error = Diagnostic::unknown(&entry, what);
                    self.report.found.push(match keys::in_our_words(&entry.name) {
                        Some(hint) => error.hint(hint),
                        None => error.meant(&entry.name, known.iter().map(|key| key.name)),
                    });
                    None
                }
            };
            match node {
                Some(node) => kept.push(Entry { name: entry.name, place: entry.place, node }),
                None => {
                    self.report.dropped.insert(at.to_owned());
                }
            }
        }
        kept
    }

    fn value(&mut self, at: &str, key: &Key, node: Node) -> Option<Node> {
        match key.shape {
            Shape::Table(keys) => {
                if node.table().is_none() {
                    let error = Diagnostic::at(&node.place, format!("{at}: expected a table, found {}", node.kind()));
                    self.report.found.push(error.hint(format!("{} = {}", key.name, key.example)));
                    return None;
                }
                self.inner(at, node, |this, table| this.table(at, keys, None, table))
            }
            Shape::Clusters => self.clusters(at, node),
            Shape::Notices => self.notices(at, node),
            Shape::Number { least, most } => self.number(at, least, most, node),
            Shape::Argv => self.argv(at, node),
            Shape::Endpoints => self.endpoints(at, node),
            Shape::Systems => self.inner(at, node, |this, table| this.systems(at, table)),
            Shape::Rules => self.inner(at, node, |this, table| this.rules(at, table)),
            Shape::Secret => self.secret(at, node),
            Shape::Text | Shape::Name | Shape::OneOf(_) | Shape::Time { .. } | Shape::Size { .. } | Shape::Path | Shape::Via | Shape::Theme => {
                self.scalar(at, key.shape, node)
            }
        }
    }

    pub(super) fn inner(&mut self, at: &str, node: Node, keep: impl FnOnce(&mut Self, Table) -> Table) -> Option<Node> {
        if let Value::Table(table) = node.value {
            return Some(Node { value: Value::Table(keep(self, table)), place: node.place, lost: node.lost });
        }
        self.say(&node.place, format!("{at}: expected a table, found {}", node.kind()));
        None
    }

    pub(super) fn scalar(&mut self, at: &str, shape: Shape, node: Node) -> Option<Node> {
        let error = if let Some(text) = node.text() {
            values::check(shape, text).map_err(|(what, hint)| (format!("{at}: {what}"), hint))
        } else {
            let hint = match (&node.value, shape) {
                (Value::Integer(number), Shape::Time { .. }) => Some(format!("a duration has a unit: \"{number}s\"")),
                (Value::Integer(number), Shape::Size { .. }) => Some(format!("a size has a unit: \"{number}MiB\"")),
                (Value::Integer(_) | Value::Float(_) | Value::Flag(_), _) => Some("put it in quotes".to_owned()),
                _ => None,
            };
            Err((format!("{at}: expected {}, found {}", shape.phrase(), node.kind()), hint))
        };
        let Err((what, hint)) = error else { return Some(node) };
        let error = Diagnostic::at(&node.place, what);
        self.report.found.push(match hint {
            Some(hint) => error.hint(hint),
            None => error,
        });
        None
    }

    fn secret(&mut self, at: &str, node: Node) -> Option<Node> {
        match reference::of(&node) {
            Ok(SecretRef::Cmd(_)) if node.place.source.trust != Trust::Whole => {
                let hint = format!("`cmd` is taken from files that belong to you or root: look at the owner of {}", node.place.source.name());
                self.report
                    .found
                    .push(Diagnostic::at(&node.place, format!("{at}: a file of somebody else may not name a program to run")).hint(hint));
                None
            }
            Ok(_) => Some(node),
            Err(what) => {
                self.report.found.push(Diagnostic::at(&node.place, format!("{at}: {what}")).hint(reference::FORMS));
                None
            }
        }
    }

    fn number(&mut self, at: &str, least: u32, most: u32, node: Node) -> Option<Node> {
        let within = |number: &i64| (i64::from(least)..=i64::from(most)).contains(number);
        let what = match &node.value {
            Value::Integer(number) if within(number) => return Some(node),
            Value::Integer(number) => format!("{at}: {number} is not {}", Shape::Number { least, most }.phrase()),
            _ => format!("{at}: expected {}, found {}", Shape::Number { least, most }.phrase(), node.kind()),
        };
        self.say(&node.place, what);
        None
    }

    /// A program with its arguments. A file of somebody else may name none.
    fn argv(&mut self, at: &str, node: Node) -> Option<Node> {
        let words = match &node.value {
            Value::List(items) => items.iter().map(Node::text).collect::<Option<Vec<_>>>(),
            _ => None,
        };
        let (what, hint) = match words.as_deref() {
            Some([program, ..]) if program.trim().is_empty() => (format!("{at}: it names no program"), ARGV.to_owned()),
            Some([]) => (format!("{at}: it names no program"), ARGV.to_owned()),
            None => (format!("{at}: expected {}, found {}", Shape::Argv.phrase(), node.kind()), ARGV.to_owned()),
            Some(_) if node.place.source.trust != Trust::Whole => (
                format!("{at}: a file of somebody else may not name a program to run"),
                format!("it is taken from files that belong to you or root: look at the owner of {}", node.place.source.name()),
            ),
            Some(_) => return Some(node),
        };
        self.report.found.push(Diagnostic::at(&node.place, what).hint(hint));
        None
    }

    /// A key of a system: kept as it is, if the system could take it at all.
    fn body(&mut self, at: &str, node: Node) -> Option<Node> {
        let good = match &node.value {
            Value::Text(_) | Value::Integer(_) | Value::Flag(_) => true,
            Value::List(items) => items.iter().all(|item| matches!(item.value, Value::Text(_))),
            Value::Float(_) | Value::Other(_) | Value::Table(_) => false,
        };
        if good {
            return Some(node);
        }
        self.say(&node.place, format!("{at}: {} cannot stand here; expected a text, a whole number, true or false, or a list of texts", node.kind()));
        None
    }

    fn rules(&mut self, at: &str, table: Table) -> Table {
        let mut kept = Table::default();
        for rule in table.into_entries() {
            let label = path::join(at, &rule.name);
            if rule.node.table().is_none() {
                let error = Diagnostic::at(&rule.node.place, format!("{label}: expected a table of thresholds, found {}", rule.node.kind()));
                self.report.found.push(error.hint(format!("{} = {{ THRESHOLD = VALUE }}", rule.name)));
                continue;
            }
            let node = self.inner(&label, rule.node, |this, knobs| {
                let mut good = Table::default();
                for knob in knobs.into_entries() {
                    if values::quantity(&knob.node).is_some() {
                        good.push(knob);
                    } else {
                        let shown = if matches!(knob.node.value, Value::Text(_)) { knob.node.shown() } else { knob.node.kind().to_owned() };
                        let error = Diagnostic::at(&knob.node.place, format!("{}: {shown} is no threshold", path::join(&label, &knob.name)));
                        this.report.found.push(error.hint("a size \"64MiB\", a duration \"30s\", a share \"80%\" or a whole number"));
                    }
                }
                good
            });
            if let Some(node) = node {
                kept.push(Entry { name: rule.name, place: rule.place, node });
            }
        }
        kept
    }

    fn systems(&mut self, at: &str, table: Table) -> Table {
        let mut kept = Table::default();
        for entry in table.into_entries() {
            let label = path::join(at, &entry.name);
            let system = entry.name.clone();
            let node = self.inner(&label, entry.node, |this, mut keys| {
                for name in keys::NOT_IN_DEFAULTS {
                    if let Some(refused) = keys.take(name) {
                        this.say(&refused.place, format!("{label}: `{name}` belongs to one endpoint and cannot be a default"));
                    }
                }
                this.table(&label, keys::ENDPOINT, Some(&system), keys)
            });
            if let Some(node) = node {
                kept.push(Entry { name: entry.name, place: entry.place, node });
            }
        }
        kept
    }
}

#[cfg(test)]
mod tests {
    use super::super::place::{Layer, Origin};
    use super::*;

    #[test]
    fn every_key_of_the_tables_shows_an_example_that_its_shape_takes() {
        fn walk(keys: &'static [Key]) {
            for key in keys {
                let node = super::super::parse::setting(format!("x={}", key.example), Layer::Flag, &Origin::Argument, &[("x".to_owned(), 0..1)], 2);
                let mut report = Report { found: Vec::new(), dropped: BTreeSet::new() };
                let value = node.table().and_then(|table| table.node("x")).expect("value").clone();
                if !matches!(key.shape, Shape::Clusters | Shape::Endpoints | Shape::Notices) {
                    let taken = Shaping { report: &mut report }.value(key.name, key, value).is_some();
                    assert!(taken, "{}", super::super::diagnostic::render(&report.found));
                }
                if let Shape::Table(inner) = key.shape {
                    walk(inner);
                }
            }
        }
        for keys in [keys::ROOT, keys::CLUSTER, keys::ENDPOINT, keys::DEFAULTS, keys::NOTIFY] {
            walk(keys);
        }
    }
}
