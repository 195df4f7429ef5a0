//! Checks one source against the key tables and turns `[[cluster]]` and `[[cluster.endpoint]]` into tables by name. What is wrong is said and left
//! out, so that later steps say nothing about it again.
//!
//! It must not ask whether something is missing: another layer may have it.

use super::diagnostic::Diagnostic;
use super::keys::{self, Key, Shape};
use super::place::{Layer, Place, Trust};
use super::tree::{Entry, Node, Table, Value, quoted};
use super::{path, reference, values};
use crate::model::SecretRef;

/// Checks the whole of one source.
pub(super) fn check(root: Node, found: &mut Vec<Diagnostic>) -> Table {
    let source = root.place.source.clone();
    let Value::Table(table) = root.value else { return Table::default() };
    let mut kept = Table::default();
    for entry in table.into_entries() {
        let refuse = |what: String| Diagnostic::at(&entry.place, what);
        let known = keys::ROOT.iter().any(|key| key.name == entry.name);
        if source.group && known && !keys::GROUP_ROOT.contains(&entry.name.as_str()) {
            found.push(refuse(format!("`{}` cannot stand in a file of clusters.d", entry.name)).hint("it belongs in config.toml beside that folder"));
        } else if source.trust == Trust::Looks && known && !matches!(entry.name.as_str(), "poll" | "console") {
            found.push(
                refuse(format!("a project file that others can read may not set `{}`: it could send your credentials elsewhere", entry.name))
                    .hint(format!("if you wrote it yourself: chmod 600 {}", source.name())),
            );
        } else {
            kept.push(entry);
        }
    }
    Shaping { found }.table("", keys::ROOT, None, kept)
}

struct Shaping<'a> {
    found: &'a mut Vec<Diagnostic>,
}

impl Shaping<'_> {
    fn say(&mut self, place: &Place, what: impl Into<String>) {
        self.found.push(Diagnostic::at(place, what));
    }

    /// Keeps the good entries of a table. `open`: other keys belong to this system, and are only kept.
    fn table(&mut self, at: &str, known: &'static [Key], open: Option<&str>, table: Table) -> Table {
        let mut kept = Table::default();
        for entry in table.into_entries() {
            let label = path::join(at, &entry.name);
            let node = match known.iter().find(|key| key.name == entry.name) {
                Some(key) => self.value(&label, key.shape, entry.node),
                None if open.is_some() => self.body(&label, entry.node),
                None => {
                    let what = if at.is_empty() { format!("unknown key `{}`", entry.name) } else { format!("{at}: unknown key `{}`", entry.name) };
                    let error = Diagnostic::unknown(&entry, what).meant(&entry.name, known.iter().map(|key| key.name));
                    self.found.push(error);
                    None
                }
            };
            if let Some(node) = node {
                kept.push(Entry { name: entry.name, place: entry.place, node });
            }
        }
        kept
    }

    fn value(&mut self, at: &str, shape: Shape, node: Node) -> Option<Node> {
        match shape {
            Shape::Table(keys) => self.inner(at, node, |this, table| this.table(at, keys, None, table)),
            Shape::Clusters => self.clusters(at, node),
            Shape::Endpoints => self.endpoints(at, node),
            Shape::Systems => self.inner(at, node, |this, table| this.systems(at, table)),
            Shape::Rules => self.inner(at, node, |this, table| this.rules(at, table)),
            Shape::Secret => self.secret(at, node),
            Shape::Text | Shape::Name | Shape::OneOf(_) | Shape::Time { .. } | Shape::Path | Shape::Via => self.scalar(at, shape, node),
        }
    }

    fn inner(&mut self, at: &str, node: Node, keep: impl FnOnce(&mut Self, Table) -> Table) -> Option<Node> {
        if let Value::Table(table) = node.value {
            return Some(Node { value: Value::Table(keep(self, table)), place: node.place, lost: node.lost });
        }
        self.say(&node.place, format!("{at}: expected a table, found {}", node.kind()));
        None
    }

    fn scalar(&mut self, at: &str, shape: Shape, node: Node) -> Option<Node> {
        let error = if let Some(text) = node.text() {
            values::check(shape, text).map_err(|(what, hint)| (format!("{at}: {what}"), hint))
        } else {
            let hint = match (&node.value, shape) {
                (Value::Integer(number), Shape::Time { .. }) => Some(format!("a duration has a unit: \"{number}s\"")),
                (Value::Integer(_) | Value::Float(_) | Value::Flag(_), _) => Some("put it in quotes".to_owned()),
                _ => None,
            };
            Err((format!("{at}: expected {}, found {}", shape.phrase(), node.kind()), hint))
        };
        let Err((what, hint)) = error else { return Some(node) };
        let error = Diagnostic::at(&node.place, what);
        self.found.push(match hint {
            Some(hint) => error.hint(hint),
            None => error,
        });
        None
    }

    fn secret(&mut self, at: &str, node: Node) -> Option<Node> {
        match reference::of(&node) {
            Ok(SecretRef::Cmd(_)) if node.place.source.trust != Trust::Whole => {
                let hint = format!("`cmd` is taken from files that belong to you or root: look at the owner of {}", node.place.source.name());
                self.found.push(Diagnostic::at(&node.place, format!("{at}: a file of somebody else may not name a program to run")).hint(hint));
                None
            }
            Ok(_) => Some(node),
            Err(what) => {
                self.found.push(Diagnostic::at(&node.place, format!("{at}: {what}")).hint(reference::FORMS));
                None
            }
        }
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
            let node = self.inner(&label, rule.node, |this, knobs| {
                let mut good = Table::default();
                for knob in knobs.into_entries() {
                    if values::quantity(&knob.node).is_some() {
                        good.push(knob);
                    } else {
                        let shown = if matches!(knob.node.value, Value::Text(_)) { knob.node.shown() } else { knob.node.kind().to_owned() };
                        let error = Diagnostic::at(&knob.node.place, format!("{}: {shown} is no threshold", path::join(&label, &knob.name)));
                        this.found.push(error.hint("a size \"64MiB\", a duration \"30s\", a share \"80%\" or a whole number"));
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

    fn clusters(&mut self, at: &str, node: Node) -> Option<Node> {
        let named = self.by_name(at, node, "cluster", |this, table, place| {
            let name = this.identifier("[[cluster]]", "name", table, place)?;
            Some((name.node.text()?.to_owned(), name.node.place.clone()))
        })?;
        self.inner(at, named, |this, table| this.each(at, table, |this, label, table| this.table(label, keys::CLUSTER, None, table)))
    }

    fn endpoints(&mut self, at: &str, node: Node) -> Option<Node> {
        let named = self.by_name(at, node, "cluster.endpoint", |this, table, place| {
            let system = this.identifier("[[cluster.endpoint]]", "system", table, place).and_then(|entry| entry.node.text().map(str::to_owned));
            let name = this.identifier("[[cluster.endpoint]]", "name", table, place)?;
            Some((format!("{}/{}", system?, name.node.text()?), name.node.place.clone()))
        })?;
        self.inner(at, named, |this, table| this.each(at, table, |this, label, table| this.table(label, keys::ENDPOINT, Some(""), table)))
    }

    fn each(&mut self, at: &str, table: Table, keep: impl Fn(&mut Self, &str, Table) -> Table) -> Table {
        let mut kept = Table::default();
        for entry in table.into_entries() {
            let label = path::join(at, &entry.name);
            if let Some(node) = self.inner(&label, entry.node, |this, table| keep(this, &label, table)) {
                kept.push(Entry { name: entry.name, place: entry.place, node });
            }
        }
        kept
    }

    /// Turns a list of tables into a table by name. In variables and arguments it is one already.
    fn by_name(
        &mut self,
        at: &str,
        node: Node,
        header: &str,
        name_of: impl Fn(&mut Self, &Table, &Place) -> Option<(String, Place)>,
    ) -> Option<Node> {
        let items = match node.value {
            Value::List(items) => items,
            Value::Table(_) if node.place.source.layer >= Layer::Environment => return Some(node),
            Value::Table(_) => {
                let error = Diagnostic::at(&node.place, format!("{at}: there can be several, so each is an element of a list"));
                self.found.push(error.hint(format!("write [[{header}]], with `name = ...` below")));
                return None;
            }
            _ => {
                self.found
                    .push(Diagnostic::at(&node.place, format!("{at}: expected tables, found {}", node.kind())).hint(format!("write [[{header}]]")));
                return None;
            }
        };
        let mut named = Table::default();
        for item in items {
            let Value::Table(table) = &item.value else {
                self.say(&item.place, format!("{at}: expected a table, found {}", item.kind()));
                continue;
            };
            let Some((name, place)) = name_of(self, table, &item.place) else { continue };
            if let Some(first) = named.get(&name) {
                let error = Diagnostic::at(&place, format!("{at}: {} is defined twice in one file", quoted(&name)));
                self.found.push(error.hint(format!("the first stands at {}", first.place.label())));
                continue;
            }
            named.push(Entry { name, place, node: item });
        }
        Some(Node { value: Value::Table(named), place: node.place, lost: node.lost })
    }

    /// The key that tells elements of a list apart; said when it is missing or no name.
    fn identifier<'t>(&mut self, header: &str, key: &str, table: &'t Table, place: &Place) -> Option<&'t Entry> {
        let Some(entry) = table.get(key) else {
            self.say(place, format!("{header} without `{key}`"));
            return None;
        };
        let label = format!("{} {key}", header.trim_matches(['[', ']']));
        self.scalar(&label, Shape::Name, entry.node.clone()).map(|_good| entry)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_of_the_tables_shows_an_example_that_its_shape_takes() {
        fn walk(keys: &'static [Key]) {
            for key in keys {
                let node = super::super::tree::parse_setting(
                    format!("x={}", key.example),
                    Layer::Flag,
                    &super::super::place::Origin::Argument,
                    &[("x".to_owned(), 0..1)],
                    2,
                );
                let mut found = Vec::new();
                let value = node.table().and_then(|table| table.node("x")).expect("value").clone();
                if !matches!(key.shape, Shape::Clusters | Shape::Endpoints) {
                    assert!(
                        Shaping { found: &mut found }.value(key.name, key.shape, value).is_some(),
                        "{}",
                        super::super::diagnostic::render(&found)
                    );
                }
                if let Shape::Table(inner) = key.shape {
                    walk(inner);
                }
            }
        }
        for keys in [keys::ROOT, keys::CLUSTER, keys::ENDPOINT, keys::DEFAULTS] {
            walk(keys);
        }
    }
}
