//! Names that mean one thing: of the file, of steps, items and groups.

use crate::config::Diagnostic;
use crate::runbook::facts;
use crate::runbook::format::{Runbook, Said};
use std::collections::BTreeMap;

pub(super) fn check(runbook: &Runbook, found: &mut Vec<Diagnostic>) {
    file(runbook, found);
    let mut first: BTreeMap<&str, &Said<String>> = BTreeMap::new();
    for step in &runbook.steps {
        if let Some(before) = first.get(step.id.value.as_str()) {
            found.push(
                Diagnostic::at(&step.id.place, format!("the step `{}` is there twice", step.id.value))
                    .hint(format!("first: {}", before.place.label())),
            );
        }
        first.entry(step.id.value.as_str()).or_insert(&step.id);
        taken(&step.id, "a step", found);
    }
    for step in &runbook.steps {
        let Some(foreach) = &step.foreach else { continue };
        taken(&foreach.item, "an item", found);
        if first.contains_key(foreach.item.value.as_str()) {
            let said = Diagnostic::at(&foreach.item.place, format!("`{}` is the name of a step already", foreach.item.value));
            found.push(said.hint("another word: `STEP.NAME` is what a step saved"));
        }
        if let Some((name, _)) = step.save.first() {
            let said = Diagnostic::at(&name.place, format!("`{}` saves a value once for each item", step.id.value));
            found.push(said.hint("which one would be meant? a step of its own without `foreach` saves one"));
        }
    }
    groups(runbook, found);
}

/// A runbook is found by the name of its file.
fn file(runbook: &Runbook, found: &mut Vec<Diagnostic>) {
    let name = &runbook.name;
    let label = name.place.source.name();
    let stem = label.rsplit('/').next().unwrap_or("").trim_end_matches(".toml");
    if stem != name.value {
        found.push(
            Diagnostic::at(&name.place, format!("`{}` stands in a file of another name", name.value))
                .hint(format!("call the file {}.toml, or it {stem}", name.value)),
        );
    }
}

/// Words that stand for something else where expressions are read.
fn taken(name: &Said<String>, who: &str, found: &mut Vec<Diagnostic>) {
    let own = ["params", "output", "and", "or", "not", "in", "is", "if", "else", "true", "false", "none"];
    if let Some(word) = own.into_iter().chain(facts::families()).find(|word| *word == name.value) {
        found.push(Diagnostic::at(&name.place, format!("{who} cannot be called `{word}`")).hint("in expressions that word means something else"));
    }
}

fn groups(runbook: &Runbook, found: &mut Vec<Diagnostic>) {
    let mut done: Vec<&str> = Vec::new();
    let mut last: Option<&str> = None;
    for step in &runbook.steps {
        let group = step.group.as_ref();
        let own = group.map(|group| group.value.as_str());
        if let (Some(group), true) = (group, own != last) {
            if done.contains(&group.value.as_str()) {
                let said = Diagnostic::at(&group.place, format!("the group `{}` is torn apart", group.value));
                found.push(said.hint("its steps stand one after the other; give these another word"));
            }
            done.push(&group.value);
        }
        last = own;
    }
}
