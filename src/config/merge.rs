//! Puts layers over each other: tables key by key, all else replaced by the stronger one, which remembers what it overrides.

use super::tree::{Entry, Lost, Node, Table, Value};

/// `over` put over `under`.
#[must_use]
pub(super) fn node(under: Node, over: Node) -> Node {
    match (under.value, over.value) {
        (Value::Table(below), Value::Table(above)) => Node { value: Value::Table(table(below, above)), place: under.place, lost: under.lost },
        (below, above) => {
            let below = Node { value: below, place: under.place, lost: Vec::new() };
            let mut lost = over.lost;
            lost.push(Lost { shown: below.shown(), place: below.place });
            lost.extend(under.lost);
            Node { value: above, place: over.place, lost }
        }
    }
}

/// As [`node`], for tables. The order is that of `under`, then what is new.
#[must_use]
pub(super) fn table(under: Table, mut over: Table) -> Table {
    let mut merged = Table::default();
    for below in under.into_entries() {
        merged.push(match over.take(&below.name) {
            Some(above) => Entry { name: below.name, place: below.place, node: node(below.node, above.node) },
            None => below,
        });
    }
    for entry in over.into_entries() {
        merged.push(entry);
    }
    merged
}
