//! Makes typed values of the merged tree, and says what only shows once all layers are one: something missing, two values that do not fit.

use super::defaults::Group;
use super::diagnostic::Diagnostic;
use super::inventory::{Body, BodyValue, ClusterSpec, Credential, EndpointSpec, Inventory};
use super::keys;
use super::path;
use super::place::{Layer, Place};
use super::quantity::{Quantity, duration, time_text};
use super::raw::{RawBody, RawThreshold};
use super::reference;
use super::settings::Poll;
use super::shape::Report;
use super::tree::{Entry, Node, Table, Value};
use super::values;
use crate::model::{EndpointId, Environment, Origin, SecretRef, TlsOptions, Via, Zone};
use std::sync::Arc;

/// The typed values, and what is kept raw.
#[derive(Default)]
pub(super) struct Built {
    pub(super) inventory: Inventory,
    pub(super) bodies: Vec<RawBody>,
    pub(super) thresholds: Vec<RawThreshold>,
}

/// A tier that is asked less often must not be asked more often.
pub(super) fn order_of_poll(root: &Table, poll: &Poll, found: &mut Vec<Diagnostic>) {
    let Some(table) = root.node("poll").and_then(Node::table) else { return };
    for (slower, is, faster, than) in [("slow", poll.slow, "fast", poll.fast), ("rare", poll.rare, "slow", poll.slow)] {
        if is < than
            && let (Some(node), Some(other)) = (table.node(slower), table.node(faster))
        {
            // the error stands where somebody wrote something: the stronger of the two layers
            let place = if other.place.source.layer > node.place.source.layer { &other.place } else { &node.place };
            let what = format!("poll.{slower} ({}) is shorter than poll.{faster} ({})", time_text(is), time_text(than));
            found.push(Diagnostic::at(place, what).hint(format!("set poll.{slower} as well: fast <= slow <= rare")));
        }
    }
}

/// The default bodies of systems: checked even where no endpoint uses them.
pub(super) fn defaults(root: &Table, groups: &[Group], built: &mut Built) {
    let all = root.node("defaults").and_then(Node::table);
    for table in all.into_iter().chain(groups.iter().map(|group| &group.defaults)) {
        if let Some(rules) = table.node("rules").and_then(Node::table) {
            thresholds("defaults.rules", rules, built);
        }
        for entry in table.node("endpoint").and_then(Node::table).map(Table::entries).unwrap_or_default() {
            built.bodies.push(RawBody {
                label: path::join("defaults.endpoint", &entry.name),
                system: entry.name.clone(),
                system_place: entry.place.clone(),
                place: entry.node.place.clone(),
                complete: false,
                keys: body_keys(entry),
                pgpass: entry.node.table().map(pgpass).unwrap_or_default(),
            });
        }
    }
}

/// All clusters.
pub(super) fn clusters(root: &Table, built: &mut Built, report: &mut Report) {
    let mirror = root.node("team").and_then(Node::table).and_then(|team| team.node("mirror"));
    let mirror = matches!(mirror.map(|node| &node.value), Some(Value::Flag(true)));
    for entry in root.node("cluster").and_then(Node::table).map(Table::entries).unwrap_or_default() {
        let cluster = ClusterSpec { mirror, ..cluster(entry, built, report) };
        built.inventory.clusters.push(Arc::new(cluster));
    }
}

fn cluster(entry: &Entry, built: &mut Built, report: &mut Report) -> ClusterSpec {
    let label = path::join("cluster", &entry.name);
    let mut spec = ClusterSpec::named(&entry.name, &entry.place.line_label());
    let Some(table) = entry.node.table() else { return spec };
    if let Some((environment, assumed)) = environment(table) {
        (spec.environment, spec.environment_assumed) = (environment, assumed);
    }
    if let Some(scope) = text(table, "scope") {
        scope.clone_into(&mut spec.scope);
    }
    if let Some(goal) = text(table, "rto_goal").and_then(duration) {
        spec.rto_goal = goal;
    }
    if let Some(Quantity::Bytes(goal)) = text(table, "rpo_goal").and_then(Quantity::parse) {
        spec.rpo_goal = goal;
    }
    if let Some(rules) = table.node("rules").and_then(Node::table) {
        thresholds(&path::join(&label, "rules"), rules, built);
        for rule in rules.entries() {
            let knobs = rule.node.table().map(Table::entries).unwrap_or_default();
            let set = knobs.iter().filter_map(|knob| Some((knob.name.clone(), values::quantity(&knob.node)?)));
            spec.rules.insert(rule.name.clone(), set.collect());
        }
    }
    let endpoints = table.node("endpoint").and_then(Node::table).map(Table::entries).unwrap_or_default();
    if table.get("endpoint").is_none() && entry.node.place.source.layer < super::Layer::Environment {
        let error = Diagnostic::at(&entry.place, format!("{label}: no endpoint; there is nobody to ask"));
        report.found.push(error.hint("[[cluster.endpoint]] with `system`, `name` and where it answers"));
    }
    for entry in endpoints {
        if let Some(endpoint) = endpoint(&spec.name, &path::join(&label, "endpoint"), entry, built, report) {
            spec.endpoints.push(Arc::new(endpoint));
        }
    }
    spec
}

fn endpoint(cluster: &str, at: &str, entry: &Entry, built: &mut Built, report: &mut Report) -> Option<EndpointSpec> {
    let table = entry.node.table()?;
    let label = path::join(at, &entry.name);
    let (system, name) = entry.name.split_once('/')?;
    let raw = RawBody {
        label: label.clone(),
        system: system.to_owned(),
        system_place: table.node("system").map_or(&entry.place, |node| &node.place).clone(),
        place: entry.place.clone(),
        complete: !report.dropped.contains(&label),
        keys: body_keys(entry),
        pgpass: pgpass(table),
    };
    let body = Body::new(raw.keys.iter().filter_map(|key| Some((key.name.clone(), body_value(&key.node)?))));
    built.bodies.push(raw);
    Some(EndpointSpec {
        id: EndpointId { cluster: cluster.to_owned(), system: system.to_owned(), name: name.to_owned() },
        origin: Origin::Configured,
        zone: text(table, "zone").map(|zone| Zone(zone.to_owned())),
        via: Via::Direct,
        read: credential(&label, "read", table, report),
        write: credential(&label, "write", table, report),
        tls: tls(&label, table, report),
        body,
    })
}

fn credential(at: &str, key: &str, table: &Table, report: &mut Report) -> Option<Credential> {
    let entry = table.get(key)?;
    let inner = entry.node.table()?;
    let Some(user) = text(inner, "user") else {
        let label = path::join(at, key);
        if !report.dropped.contains(&label) {
            report.found.push(Diagnostic::at(&entry.place, format!("{label}: `user` is missing")).without(entry));
        }
        return None;
    };
    let password = inner.node("password").and_then(|node| reference::of(node).ok());
    Some(Credential { user: user.to_owned(), password })
}

fn tls(at: &str, table: &Table, report: &mut Report) -> Option<TlsOptions> {
    let entry = table.get("tls")?;
    let inner = entry.node.table()?;
    for (has, lacks) in [("cert", "key"), ("key", "cert")] {
        let label = path::join(at, "tls");
        if let (Some(there), None, false) = (inner.get(has), inner.get(lacks), report.dropped.contains(&label)) {
            let error = Diagnostic::at(&there.place, format!("{label}: `{has}` without `{lacks}`"));
            report.found.push(error.hint("a client certificate needs both `cert` and `key`"));
        }
    }
    let file = |key: &str| inner.node(key).and_then(|node| Some(reference::absolute(node.text()?, &node.place.source)));
    Some(TlsOptions {
        ca: file("ca"),
        cert: file("cert"),
        key: inner.node("key").and_then(|node| reference::of(node).ok()),
        server_name: text(inner, "server_name").map(str::to_owned),
    })
}

fn thresholds(at: &str, rules: &Table, built: &mut Built) {
    for rule in rules.entries() {
        for knob in rule.node.table().map(Table::entries).unwrap_or_default() {
            let Some(value) = values::quantity(&knob.node) else { continue };
            built.thresholds.push(RawThreshold {
                label: path::join(at, &rule.name),
                rule: rule.name.clone(),
                rule_place: rule.place.clone(),
                knob: knob.clone(),
                value,
            });
        }
    }
}

fn body_keys(entry: &Entry) -> Vec<Entry> {
    let ours = |name: &str| keys::ENDPOINT.iter().any(|key| key.name == name);
    let table = entry.node.table().map(Table::entries).unwrap_or_default();
    table.iter().filter(|entry| !ours(&entry.name)).cloned().collect()
}

/// Where an endpoint names a password file of libpq.
fn pgpass(endpoint: &Table) -> Vec<(String, Place)> {
    let named = [("read", "password"), ("write", "password"), ("tls", "key")].into_iter().filter_map(|(part, key)| {
        let node = endpoint.node(part)?.table()?.node(key)?;
        matches!(reference::of(node), Ok(SecretRef::Pgpass(_))).then(|| (path::join(part, key), node.place.clone()))
    });
    named.collect()
}

/// The typed form of a value of a system; `None` for forms that no system takes.
#[must_use]
pub fn body_value(node: &Node) -> Option<BodyValue> {
    match &node.value {
        Value::Text(text) => Some(BodyValue::Text(text.clone())),
        Value::Integer(number) => Some(BodyValue::Number(*number)),
        Value::Flag(on) => Some(BodyValue::Flag(*on)),
        Value::List(items) => {
            let texts = items.iter().map(|item| item.text().map(str::to_owned));
            texts.collect::<Option<Vec<String>>>().map(BodyValue::List)
        }
        Value::Float(_) | Value::Other(_) | Value::Table(_) => None,
    }
}

/// The environment that `table` says, and whether only the built-in layer says it.
pub(super) fn environment(table: &Table) -> Option<(Environment, bool)> {
    let node = table.node("environment")?;
    let named = |environment: &Environment| node.text() == Some(environment.word());
    let environment = [Environment::Prod, Environment::Staging, Environment::Dev].into_iter().find(named)?;
    Some((environment, node.place.source.layer == Layer::BuiltIn))
}

fn text<'t>(table: &'t Table, key: &str) -> Option<&'t str> {
    table.node(key).and_then(Node::text)
}
