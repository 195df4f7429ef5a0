//! From the text of a file to a [`Runbook`]: TOML, the schema, then the types. All that is wrong with one layer is said at once; the next one is not
//! looked at then, because what it would say follows from it.

use super::expression::{Expression, Template};
use super::format::schema::SCHEMA;
use super::format::shape::{self, Meaning, Report, Slot};
use super::format::{Abort, Expect, Foreach, Job, OnFailure, Param, ParamType, Piece, Probe, Retry, Risk, Runbook, Said, Span, Step, Undo};
use super::kinds;
use crate::config::quantity::duration;
use crate::config::tree::{Entry, Node, Table, Value as Toml};
use crate::config::{Diagnostic, Place, alone, diagnostic, path};
use serde_json::{Map, Value};
use std::path::PathBuf;
use std::time::Duration;

/// The time of a step that says none.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Reads the text of the file at `path`.
///
/// # Errors
/// Everything that is wrong with it, in the order of the file.
pub fn parse(text: &str, path: PathBuf) -> Result<Runbook, Vec<Diagnostic>> {
    let root = alone(text.to_owned(), path)?;
    let mut report = Report::default();
    shape::check(&root, &SCHEMA, &SCHEMA, "", &mut report);
    let mut found = report.found;
    found.extend(report.slots.iter().filter_map(|slot| piece(slot).err()));
    if let (true, Some(table)) = (found.is_empty(), root.table()) {
        match (Building { found: &mut found }).runbook(table, text) {
            Some(runbook) if found.is_empty() => return Ok(runbook),
            _ => {}
        }
    }
    if found.is_empty() {
        found.push(Diagnostic::at(&root.place, "this is no runbook"));
    }
    diagnostic::sort(&mut found);
    Err(found)
}

/// What a text means, read.
fn piece(slot: &Slot) -> Result<Piece, Diagnostic> {
    match slot.meaning {
        Meaning::Condition => Expression::parse(&slot.text, &slot.place).map(Piece::Condition),
        Meaning::Expression => Expression::parse(&slot.text, &slot.place).map(Piece::Value),
        Meaning::Template => Template::parse(&slot.text, &slot.place).map(Piece::Template),
        Meaning::Target => Template::parse(&slot.text, &slot.place).map(Piece::Target),
        Meaning::Secret => Ok(Piece::Secret(Said { value: slot.text.clone(), place: slot.place.clone() })),
        Meaning::Statement if slot.text.contains("${") => {
            let at = slot.text.find("${").unwrap_or(0);
            let said = Diagnostic::at(&slot.place.within(&slot.text, at..at + 2), "a value never becomes a part of a statement");
            Err(said.hint("bind it: run = \"select $1\", with = [\"${..}\"]; a name: run = \"PAUSE {db}\", names = { db = \"${..}\" }"))
        }
        Meaning::Statement => Template::parse("", &slot.place).map(Piece::Template),
    }
}

fn text<'a>(table: &'a Table, key: &str) -> Option<&'a str> {
    table.node(key).and_then(Node::text)
}

fn owned(table: &Table, key: &str) -> Option<String> {
    text(table, key).map(str::to_owned)
}

fn time(table: &Table, key: &str) -> Option<Duration> {
    text(table, key).and_then(duration)
}

fn flag(table: &Table, key: &str) -> bool {
    matches!(table.node(key).map(|node| &node.value), Some(Toml::Flag(true)))
}

fn number(table: &Table, key: &str) -> Option<u32> {
    match table.node(key).map(|node| &node.value) {
        Some(Toml::Integer(number)) => u32::try_from(*number).ok(),
        _ => None,
    }
}

fn said(table: &Table, key: &str) -> Option<Said<String>> {
    let node = table.node(key)?;
    Some(Said { value: node.text()?.to_owned(), place: node.place.clone() })
}

fn tables<'a>(table: &'a Table, key: &str) -> Vec<&'a Node> {
    match table.node(key).map(|node| &node.value) {
        Some(Toml::List(items)) => items.iter().collect(),
        _ => Vec::new(),
    }
}

/// A value of the file as JSON.
fn json(node: &Node) -> Value {
    match &node.value {
        Toml::Text(text) | Toml::Other(text) => Value::from(text.as_str()),
        Toml::Integer(number) => Value::from(*number),
        Toml::Float(number) => Value::from(*number),
        Toml::Flag(on) => Value::from(*on),
        Toml::List(items) => items.iter().map(json).collect(),
        Toml::Table(table) => table.entries().iter().map(|entry| (entry.name.clone(), json(&entry.node))).collect::<Map<_, _>>().into(),
    }
}

/// The node that a JSON pointer leads to, or the last one on the way.
fn at<'a>(node: &'a Node, pointer: &str) -> &'a Node {
    let mut here = node;
    for part in pointer.split('/').skip(1) {
        let next = match &here.value {
            Toml::Table(table) => table.node(part),
            Toml::List(items) => part.parse::<usize>().ok().and_then(|place| items.get(place)),
            _ => None,
        };
        match next {
            Some(next) => here = next,
            None => break,
        }
    }
    here
}

/// Makes the types of what the schema let pass.
struct Building<'a> {
    found: &'a mut Vec<Diagnostic>,
}

impl Building<'_> {
    fn runbook(&mut self, table: &Table, whole: &str) -> Option<Runbook> {
        let risk_node = table.node("risk")?;
        let risk = match risk_node.text()? {
            "low" => Risk::Low,
            "medium" => Risk::Medium,
            _ => Risk::High,
        };
        let steps: Vec<Option<Step>> = tables(table, "step").into_iter().map(|node| self.step(node)).collect();
        let params = table.node("params").and_then(Node::table).map(Table::entries).unwrap_or_default();
        Some(Runbook {
            name: said(table, "name")?,
            summary: owned(table, "summary")?,
            why: owned(table, "why"),
            risk: Said { value: risk, place: risk_node.place.clone() },
            impact: owned(table, "impact"),
            lock: text(table, "lock") != Some("none"),
            approvals: number(table, "approvals").unwrap_or(u32::from(risk == Risk::High)),
            on_failure: match text(table, "on_failure") {
                Some("rollback") => OnFailure::Rollback,
                Some("stop") => OnFailure::Stop,
                _ => OnFailure::Ask,
            },
            rollback_on_cancel: text(table, "on_cancel") == Some("rollback"),
            rehearsed: said(table, "rehearsed").and_then(|day| Some(Said { value: day.value.parse().ok()?, place: day.place })),
            typed: said(table, "typed"),
            binds: tables(table, "binds").into_iter().filter_map(|node| self.value(node)).collect(),
            params: params.iter().filter_map(|entry| self.param(entry)).collect(),
            abort_when: tables(table, "abort_when").into_iter().filter_map(|node| self.abort(node)).collect(),
            spans: tables(table, "span").into_iter().filter_map(|node| span(node.table()?)).collect(),
            steps: steps.into_iter().collect::<Option<Vec<_>>>()?,
            text: whole.to_owned(),
        })
    }

    fn value(&mut self, node: &Node) -> Option<Expression> {
        Expression::parse(node.text()?, &node.place).map_err(|error| self.found.push(error)).ok()
    }

    fn named(&mut self, table: &Table, key: &str) -> Option<Expression> {
        table.node(key).and_then(|node| self.value(node))
    }

    fn param(&mut self, entry: &Entry) -> Option<Param> {
        let table = entry.node.table()?;
        let of = said(table, "type")?;
        let kind = ParamType::named(&of.value)?;
        Some(Param {
            name: Said { value: entry.name.clone(), place: entry.place.clone() },
            of: Said { value: kind, place: of.place },
            doc: owned(table, "doc"),
            check: self.named(table, "check"),
            default: table.node("default").map(|node| Said { value: json(node), place: node.place.clone() }),
            values: tables(table, "values").into_iter().filter_map(|node| node.text().map(str::to_owned)).collect(),
            values_place: table.node("values").map(|node| node.place.clone()),
        })
    }

    fn abort(&mut self, node: &Node) -> Option<Abort> {
        let table = node.table()?;
        Some(Abort { that: self.named(table, "that")?, why: owned(table, "why")?, every: time(table, "every").unwrap_or(Duration::from_secs(1)) })
    }

    fn step(&mut self, node: &Node) -> Option<Step> {
        let table = node.table()?;
        let id = said(table, "id")?;
        let label = path::join("step", &id.value);
        let foreach = table.node("foreach").and_then(Node::table).and_then(|table| table.entries().first());
        let save = table.node("save").and_then(Node::table).map(Table::entries).unwrap_or_default();
        let timeout = time(table, "timeout");
        let place_of = |key: &str| table.get(key).filter(|_| flag(table, key)).map(|entry| entry.place.clone());
        Some(Step {
            why: owned(table, "why"),
            when: self.named(table, "when"),
            once: table.node("once").and_then(|node| self.expect(node)),
            foreach: foreach.and_then(|entry| {
                Some(Foreach { item: Said { value: entry.name.clone(), place: entry.place.clone() }, list: self.value(&entry.node)? })
            }),
            group: said(table, "group"),
            expect: table.node("expect").and_then(|node| self.expect(node)),
            save: save
                .iter()
                .filter_map(|entry| Some((Said { value: entry.name.clone(), place: entry.place.clone() }, self.value(&entry.node)?)))
                .collect(),
            timeout: timeout.unwrap_or(TIMEOUT),
            timeout_said: timeout.is_some(),
            retry: table.node("retry").and_then(retry),
            idempotent: flag(table, "idempotent"),
            probe: table.node("probe").and_then(|node| self.probe(node)),
            undo: table.node("undo").and_then(|node| self.undo(&label, node, timeout.unwrap_or(TIMEOUT))),
            finally: place_of("finally"),
            hold: said(table, "hold").and_then(|hold| Some(Said { value: duration(&hold.value)?, place: hold.place })),
            point_of_no_return: place_of("point_of_no_return"),
            job: self.job(&label, &id.place, table, |_| true)?,
            id,
        })
    }

    fn expect(&mut self, node: &Node) -> Option<Expect> {
        let (every, within) = (Duration::from_millis(500), Duration::ZERO);
        match node.table() {
            None => Some(Expect { that: self.value(node)?, every, within }),
            Some(table) => Some(Expect {
                that: self.named(table, "that")?,
                every: time(table, "every").unwrap_or(every),
                within: time(table, "for").unwrap_or(within),
            }),
        }
    }

    fn probe(&mut self, node: &Node) -> Option<Probe> {
        let table = node.table()?;
        Some(Probe {
            applied: self.named(table, "applied")?,
            absent: self.named(table, "absent")?,
            every: time(table, "every").unwrap_or(Duration::from_secs(1)),
            within: time(table, "for").unwrap_or(Duration::from_secs(30)),
            meanwhile: flag(table, "meanwhile"),
            tells: self.named(table, "tells"),
        })
    }

    fn undo(&mut self, label: &str, node: &Node, timeout: Duration) -> Option<Undo> {
        let table = node.table()?;
        Some(Undo {
            place: node.place.clone(),
            why: owned(table, "why"),
            job: self.job(&path::join(label, "undo"), &node.place, table, |kind| kind.undoes)?,
            timeout: time(table, "timeout").unwrap_or(timeout),
            idempotent: flag(table, "idempotent"),
        })
    }

    /// The one thing that a step does.
    fn job(&mut self, label: &str, place: &Place, table: &Table, wanted: impl Fn(&kinds::Kind) -> bool) -> Option<Job> {
        let mut done = table.entries().iter().filter_map(|entry| Some((entry, kinds::find(&entry.name).filter(|kind| wanted(kind))?)));
        let Some((entry, kind)) = done.next() else {
            let all: Vec<&str> = kinds::all().filter(|kind| wanted(kind)).map(|kind| kind.name).collect();
            self.found.push(Diagnostic::at(place, format!("{label}: it does nothing")).hint(format!("one of: {}", all.join(", "))));
            return None;
        };
        if let Some((second, _)) = done.next() {
            let what = format!("{label}: a step does one thing, and this one has `{}` and `{}`", entry.name, second.name);
            self.found.push(
                Diagnostic::at(&second.place, what).hint("make two steps of it: what was sent and what was not is then known after any failure"),
            );
            return None;
        }
        let body = json(&entry.node);
        for problem in (kind.check)(&body) {
            let said = Diagnostic::at(&at(&entry.node, &problem.path).place, format!("{label}.{}: {}", kind.name, problem.what));
            self.found.push(said.hint(problem.hint));
        }
        let mut report = Report::default();
        shape::check(&entry.node, &(kind.schema)(), &SCHEMA, label, &mut report);
        let pieces = report.slots.iter().filter_map(|slot| piece(slot).map_err(|error| self.found.push(error)).ok()).collect();
        Some(Job { kind, place: entry.place.clone(), body, pieces })
    }
}

fn span(table: &Table) -> Option<Span> {
    Some(Span { name: owned(table, "name")?, from: said(table, "from")?, to: said(table, "to")?, rto: flag(table, "rto") })
}

fn retry(node: &Node) -> Option<Said<Retry>> {
    let table = node.table()?;
    let value = Retry {
        attempts: number(table, "attempts")?,
        pause: time(table, "pause").unwrap_or(Duration::from_secs(1)),
        factor: number(table, "factor").unwrap_or(2),
    };
    Some(Said { value, place: node.place.clone() })
}
