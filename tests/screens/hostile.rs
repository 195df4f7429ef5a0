//! Every string that a server told, replaced by one that was chosen to hurt, in every screen: nothing that acts, hides or reorders reaches a cell.

use super::dump::look;
use super::matrix::everywhere;
use super::platform::STATES;
use opsctl::app::Observed;
use opsctl::fleet::{Entry, Good};
use opsctl::model::{Cure, Finding};
use opsctl::systems::contract::AnySystem;
use opsctl::systems::registry;
use opsctl::text::Untrusted;
use opsctl::text::untrusted::is_plain;
use opsctl::theme::Glyphs;
use serde_json::Value;
use std::sync::Arc;

/// A text that hurts, and what a screen shows of it.
pub(super) const HOSTILE: [(&str, &str); 4] = [
    ("\u{1b}[2J\u{1b}]0;x\u{7}", "\\x1b[2J"),
    ("\u{202e}gnp.exe", "‹202E›"),
    ("\u{9b}31m\u{90}q\u{9c}", "‹009B›31m"),
    ("two\nlines\r\tand\u{2028}more", "two\\nlines"),
];

/// The paths of all strings in `value`.
fn strings(value: &Value, path: &str, found: &mut Vec<String>) {
    match value {
        Value::String(_) => found.push(path.to_owned()),
        Value::Array(items) => items.iter().enumerate().for_each(|(at, item)| strings(item, &format!("{path}/{at}"), found)),
        Value::Object(fields) => {
            fields.iter().for_each(|(key, item)| strings(item, &format!("{path}/{}", key.replace('~', "~0").replace('/', "~1")), found));
        }
        _ => {}
    }
}

/// `entry` with `text` in every string of its snapshot that may be any; how many there were.
fn poisoned(entry: &Entry, text: &str) -> (Entry, usize) {
    let system: &dyn AnySystem = match registry::find(&entry.spec.id.system) {
        Some(system) => system,
        None => return (entry.clone(), 0),
    };
    let Some(good) = &entry.good else { return (entry.clone(), 0) };
    let mut value = system.encode(&good.snapshot).expect("a snapshot of its own");
    let mut paths = Vec::new();
    strings(&value, "", &mut paths);
    let mut count = 0;
    for path in paths {
        let Some(place) = value.pointer_mut(&path) else { continue };
        let former = std::mem::replace(place, Value::String(text.to_owned()));
        if system.decode(value.clone()).is_ok() {
            count += 1;
        } else if let Some(place) = value.pointer_mut(&path) {
            *place = former;
        }
    }
    let snapshot = system.decode(value).expect("each string was tried");
    (Entry { good: Some(Good { snapshot, ..good.clone() }), ..entry.clone() }, count)
}

fn hurt(observed: &Observed, text: &str) -> Arc<Observed> {
    let mut fleet = observed.fleet.as_ref().clone();
    let mut count = 0;
    for cluster in &mut fleet.clusters {
        for entry in &mut Arc::make_mut(cluster).entries {
            let (other, strings) = poisoned(entry, text);
            *entry = Arc::new(other);
            count += strings;
        }
    }
    assert!(count > 100, "only {count} strings were replaced");
    let mut judgement = observed.judgement.as_ref().clone();
    judgement.findings.iter_mut().for_each(|finding| spoil(finding, text));
    for judged in &mut judgement.clusters {
        Arc::make_mut(judged).findings.iter_mut().for_each(|finding| spoil(finding, text));
    }
    Arc::new(Observed { fleet: Arc::new(fleet), judgement: Arc::new(judgement), ..observed.clone() })
}

fn spoil(finding: &mut Finding, text: &str) {
    finding.sentence = Untrusted::from(text);
    finding.cure = Cure::Procedure(text.to_owned());
    for evidence in &mut finding.evidence {
        evidence.fact = Untrusted::from(text);
        text.clone_into(&mut evidence.witness);
    }
}

#[test]
fn no_string_of_a_server_acts_in_any_screen() {
    let look = look(Glyphs::Unicode);
    let observed = STATES[1].1();
    for (text, seen) in HOSTILE {
        let observed = hurt(&observed, text);
        let mut marked = 0;
        for (place, drawn) in everywhere(&observed, &look) {
            for cell in &drawn.content {
                assert!(cell.symbol().chars().all(is_plain), "{place:?}: {:?}", cell.symbol());
            }
            let shown = super::dump::letters(&drawn);
            marked += usize::from(shown.contains(seen));
        }
        assert!(marked >= 8, "{seen} is seen in {marked} screens only");
    }
}
