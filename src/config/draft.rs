//! The first of two steps: all sources read, checked against the key tables, merged, typed. Bodies of endpoints and thresholds of rules are kept raw
//! with their places; the registry of systems checks them. Only then it is a [`Config`].

use super::build::{self, Built};
use super::defaults::{self, Group};
use super::diagnostic::{self, Diagnostic};
use super::inventory::Inventory;
use super::merge;
use super::notices::{self, NoticeTarget};
use super::place::{Layer, Place};
use super::raw::{RawBody, RawThreshold};
use super::settings::{Console, Poll, Ring};
use super::shape::{self, Report};
use super::sources::{Gathered, Sources, gather};
use super::tree::{Entry, Node, Table, Value};
use crate::model::Environment;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

/// The configuration before the systems have seen it.
#[derive(Debug)]
pub struct Draft {
    pub inventory: Inventory,
    pub poll: Poll,
    pub console: Console,
    pub ring: Ring,
    pub notify: Vec<NoticeTarget>,
    /// The files that were read.
    pub files: Vec<PathBuf>,
    /// The bodies of endpoints, and the default bodies of systems.
    pub bodies: Vec<RawBody>,
    pub thresholds: Vec<RawThreshold>,
    tree: Table,
}

/// The configuration: checked by the key tables and by every system. Made by `app::load` alone.
#[derive(Debug)]
pub struct Config {
    pub inventory: Inventory,
    pub poll: Poll,
    pub console: Console,
    pub ring: Ring,
    pub notify: Vec<NoticeTarget>,
    /// The files that were read, the weakest first.
    pub files: Vec<PathBuf>,
    pub(super) tree: Table,
}

impl Config {
    /// The environment of a cluster that the configuration does not have, and whether it is only assumed: nobody wrote a default.
    #[must_use]
    pub fn environment(&self) -> (Environment, bool) {
        let said = self.tree.node("defaults").and_then(Node::table).and_then(build::environment);
        said.unwrap_or((Environment::Prod, true))
    }
}

impl Draft {
    /// The second step has been done: `found` are the errors of both.
    ///
    /// # Errors
    /// All of them, in the order of layers, files and lines.
    pub fn finish(self, mut found: Vec<Diagnostic>) -> Result<Config, Vec<Diagnostic>> {
        if !found.is_empty() {
            diagnostic::sort(&mut found);
            return Err(found);
        }
        Ok(Config {
            inventory: self.inventory,
            poll: self.poll,
            console: self.console,
            ring: self.ring,
            notify: self.notify,
            files: self.files,
            tree: self.tree,
        })
    }
}

/// Reads and merges all sources. What is wrong is left out of the draft and said.
#[must_use]
pub fn read(sources: &Sources) -> (Draft, Vec<Diagnostic>) {
    let Gathered { trees, files, found } = gather(sources);
    let mut report = Report { found, dropped: BTreeSet::new() };
    let mut root = Table::default();
    let mut groups = Vec::new();
    let mut of_layer: BTreeMap<String, (Layer, Place)> = BTreeMap::new();
    let mut builtin = None;
    for tree in trees {
        let source = tree.place.source.clone();
        if source.layer == Layer::BuiltIn {
            builtin = Some(tree.place.clone());
        }
        let mut checked = shape::check(tree, &mut report);
        let clusters = checked.node("cluster").and_then(Node::table);
        if source.group
            && let (Some(clusters), Some(defaults)) = (clusters, checked.node("defaults").and_then(Node::table))
        {
            groups.push(Group { clusters: names(clusters), defaults: defaults.clone() });
        }
        if source.group {
            checked.take("defaults");
        }
        if source.layer >= Layer::Environment {
            known_only(&root, &mut checked, &mut report.found);
        } else {
            once_a_layer(&mut of_layer, source.layer, &mut checked, &mut report.found);
        }
        root = merge::table(root, checked);
    }
    if let Some(builtin) = builtin {
        root = with_defaults(root, &groups, &builtin);
    }
    let poll = Poll::of(root.node("poll").and_then(Node::table));
    let console = Console::of(root.node("console").and_then(Node::table));
    let ring = Ring::of(root.node("ring").and_then(Node::table));
    build::order_of_poll(&root, &poll, &mut report.found);
    let notify = notices::of(&root, &mut report);
    let mut built = Built::default();
    build::defaults(&root, &groups, &mut built);
    build::clusters(&root, &mut built, &mut report);
    let Built { inventory, bodies, thresholds } = built;
    let draft = Draft { inventory, poll, console, ring, notify, files, bodies, thresholds, tree: root };
    (draft, report.found)
}

fn names(table: &Table) -> Vec<String> {
    table.entries().iter().map(|entry| entry.name.clone()).collect()
}

fn with_defaults(mut root: Table, groups: &[Group], builtin: &Place) -> Table {
    let Some(clusters) = root.take("cluster") else { return root };
    let all = root.node("defaults").and_then(Node::table);
    let mut filled = Table::default();
    for cluster in clusters.node.table().map(Table::entries).unwrap_or_default() {
        let whole = defaults::under(cluster, &defaults::of(&cluster.name, all, groups), builtin);
        filled.push(Entry {
            name: cluster.name.clone(),
            place: cluster.place.clone(),
            node: Node::new(Value::Table(whole), cluster.node.place.clone()),
        });
    }
    root.push(Entry { name: clusters.name, place: clusters.place, node: Node::new(Value::Table(filled), clusters.node.place) });
    root
}

/// Two files of one layer with the same cluster are a copy that somebody forgot to rename; merged they would read as a split brain.
fn once_a_layer(seen: &mut BTreeMap<String, (Layer, Place)>, layer: Layer, tree: &mut Table, found: &mut Vec<Diagnostic>) {
    edit(tree, "cluster", |clusters| {
        let mut kept = Table::default();
        for cluster in clusters.into_entries() {
            match seen.get(&cluster.name) {
                Some((other, place)) if *other == layer => {
                    let error = Diagnostic::at(&cluster.place, format!("cluster \"{}\" is defined in another file of the same layer", cluster.name));
                    found.push(error.hint(format!("the first stands at {}; rename one, or keep them in one file", place.label())));
                }
                _ => {
                    seen.insert(cluster.name.clone(), (layer, cluster.place.clone()));
                    kept.push(cluster);
                }
            }
        }
        kept
    });
}

/// Variables and arguments change clusters and endpoints, they do not make any: a typo would.
fn known_only(root: &Table, tree: &mut Table, found: &mut Vec<Diagnostic>) {
    let clusters = root.node("cluster").and_then(Node::table);
    let mut refuse = |entry: &Entry, what: &str, known: Option<&Table>| {
        let known = known.map(names).unwrap_or_default();
        let error = Diagnostic::unknown(entry, format!("no file defines the {what} \"{}\"", entry.name));
        found.push(error.meant(&entry.name, known.iter().map(String::as_str)));
    };
    let targets = root.node("notify").and_then(Node::table);
    edit(tree, "notify", |named| {
        let mut kept = Table::default();
        for target in named.into_entries() {
            if targets.is_some_and(|known| known.get(&target.name).is_some()) {
                kept.push(target);
            } else {
                refuse(&target, "target of notices", targets);
            }
        }
        kept
    });
    edit(tree, "cluster", |named| {
        let mut kept = Table::default();
        for mut cluster in named.into_entries() {
            let Some(known) = clusters.and_then(|clusters| clusters.node(&cluster.name)).and_then(Node::table) else {
                refuse(&cluster, "cluster", clusters);
                continue;
            };
            let endpoints = known.node("endpoint").and_then(Node::table);
            if let Value::Table(table) = &mut cluster.node.value {
                edit(table, "endpoint", |named| {
                    let mut kept = Table::default();
                    for endpoint in named.into_entries() {
                        if endpoints.is_some_and(|known| known.get(&endpoint.name).is_some()) {
                            kept.push(endpoint);
                        } else {
                            refuse(&endpoint, "endpoint", endpoints);
                        }
                    }
                    kept
                });
            }
            kept.push(cluster);
        }
        kept
    });
}

fn edit(table: &mut Table, key: &str, change: impl FnOnce(Table) -> Table) {
    if let Some(mut entry) = table.take(key) {
        if let Value::Table(inner) = entry.node.value {
            entry.node.value = Value::Table(change(inner));
        }
        table.push(entry);
    }
}
