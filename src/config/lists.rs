//! `[[cluster]]` and `[[cluster.endpoint]]`: lists of tables made tables by name, so that layers can be put over each other.

use super::diagnostic::Diagnostic;
use super::keys::{self, Shape};
use super::path;
use super::place::{Layer, Place};
use super::shape::Shaping;
use super::tree::{Entry, Node, Table, Value, quoted};

impl Shaping<'_> {
    pub(super) fn clusters(&mut self, at: &str, node: Node) -> Option<Node> {
        let named = self.by_name(at, node, "cluster", |this, table, place| {
            let name = this.identifier("[[cluster]]", "name", table, place)?;
            Some((name.node.text()?.to_owned(), name.node.place.clone()))
        })?;
        self.inner(at, named, |this, table| this.each(at, table, |this, label, table| this.table(label, keys::CLUSTER, None, table)))
    }

    pub(super) fn notices(&mut self, at: &str, node: Node) -> Option<Node> {
        let named = self.by_name(at, node, "notify", |this, table, place| {
            let name = this.identifier("[[notify]]", "name", table, place)?;
            Some((name.node.text()?.to_owned(), name.node.place.clone()))
        })?;
        self.inner(at, named, |this, table| this.each(at, table, |this, label, table| this.table(label, keys::NOTIFY, None, table)))
    }

    pub(super) fn endpoints(&mut self, at: &str, node: Node) -> Option<Node> {
        let place = node.place.clone();
        let named = self.by_name(at, node, "cluster.endpoint", |this, table, place| {
            let system = this.identifier("[[cluster.endpoint]]", "system", table, place).and_then(|entry| entry.node.text().map(str::to_owned));
            let name = this.identifier("[[cluster.endpoint]]", "name", table, place)?;
            Some((format!("{}/{}", system?, name.node.text()?), name.node.place.clone()))
        });
        // endpoints were written, and what is wrong with them was said
        let named = named.unwrap_or_else(|| Node::new(Value::Table(Table::default()), place));
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
                self.report.found.push(error.hint(format!("write [[{header}]], with `name = ...` below")));
                return None;
            }
            _ => {
                let error = Diagnostic::at(&node.place, format!("{at}: expected tables, found {}", node.kind()));
                self.report.found.push(error.hint(format!("write [[{header}]]")));
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
                self.report.found.push(error.hint(format!("the first stands at {}", first.place.label())));
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
        let label = format!("{header} {key}");
        self.scalar(&label, Shape::Name, entry.node.clone()).map(|_good| entry)
    }
}
