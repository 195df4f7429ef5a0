//! One endpoint body against the fields of its system.

use super::{Report, address};
use crate::config::keys;
use crate::config::tree::{Entry, Value, quoted};
use crate::config::{Diagnostic, RawBody, path};
use crate::systems::contract::{AnySystem, Field, Form};
use crate::systems::fields::{phrase, toml_example};
use crate::text::suggest::nearest;

pub(super) fn check(systems: &[&dyn AnySystem], raw: &RawBody, report: &mut Report) {
    let Some(system) = systems.iter().find(|system| system.name() == raw.system) else {
        report.once(&raw.system_place, || {
            let what = format!("{}: there is no system called \"{}\"", raw.label, raw.system);
            Diagnostic::at(&raw.system_place, what).meant(&raw.system, systems.iter().map(|system| system.name()))
        });
        return;
    };
    let fields = system.fields();
    for entry in &raw.keys {
        match fields.iter().find(|field| field.key == entry.name) {
            Some(field) => form(&raw.label, field, entry, report),
            None => report.once(&entry.place, || {
                let candidates = fields.iter().map(|field| field.key).chain(keys::ENDPOINT.iter().map(|key| key.name));
                let what = format!("{}: unknown key `{}` of {}", raw.label, entry.name, system.name());
                let error = Diagnostic::unknown(entry, what);
                match keys::in_our_words(&entry.name) {
                    Some(hint) => error.hint(hint),
                    None => error.meant(&entry.name, candidates),
                }
            }),
        }
    }
    // what else a password file of libpq says is not for a server that is no PostgreSQL
    for (key, place) in raw.pgpass.iter().filter(|(key, _)| !system.takes_pgpass() || key == "tls.key") {
        report.once(place, || {
            let what = format!("{}: pgpass holds passwords of PostgreSQL logins alone", path::join(&raw.label, key));
            Diagnostic::at(place, what).hint("\"env:NAME\", \"file:PATH\" or { cmd = [\"PROGRAM\"] }")
        });
    }
    if raw.complete {
        // a key that is there but misspelled was named already
        let there = |field: &Field| raw.keys.iter().any(|entry| entry.name == field.key || nearest(&entry.name, [field.key]).is_some());
        for field in fields.iter().filter(|field| field.required && !there(field)) {
            let error = Diagnostic::at(&raw.place, format!("{}: `{}` is missing", raw.label, field.key));
            report.found.push(error.hint(format!("{} = {} # {}", field.key, toml_example(field), field.doc)));
        }
    }
}

fn form(at: &str, field: &Field, entry: &Entry, report: &mut Report) {
    let Some(wrong) = wrong(field.form, entry) else { return };
    report.once(&entry.node.place, || {
        let error = Diagnostic::at(&entry.node.place, format!("{}: {wrong}", path::join(at, &entry.name)));
        error.hint(format!("{} = {}", field.key, toml_example(field)))
    });
}

/// What is wrong with the value of `entry`; `None`: nothing.
fn wrong(form: Form, entry: &Entry) -> Option<String> {
    let expected = || Some(format!("expected {}, found {}", phrase(form), entry.node.kind()));
    match (form, &entry.node.value) {
        (Form::Number, Value::Integer(_)) | (Form::Flag, Value::Flag(_)) | (Form::List, Value::List(_)) => None,
        (Form::Number | Form::Flag | Form::List, _) => expected(),
        (_, Value::Text(text)) => in_text(form, text),
        _ => expected(),
    }
}

fn in_text(form: Form, text: &str) -> Option<String> {
    match form {
        Form::Text => text.trim().is_empty().then(|| "an empty text".to_owned()),
        Form::Url => address::url(text).err().map(str::to_owned),
        Form::Address => address::address(text).err().map(str::to_owned),
        Form::Path => (!text.starts_with('/')).then(|| format!("{} is not an absolute path", quoted(text))),
        Form::OneOf(words) if words.contains(&text) => None,
        Form::OneOf(_) => Some(format!("{} is not {}", quoted(text), phrase(form))),
        Form::Number | Form::Flag | Form::List => Some(format!("expected {}, found a text", phrase(form))),
    }
}
