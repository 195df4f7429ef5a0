//! Whether a runbook can be run, as far as that can be known without a cluster: names, kinds, what may be retried, taken back, held. Errors keep it
//! from being run; warnings are what its author should hear before the night comes.
//!
//! Pure: the day of today and the other runbooks are given. It must never read a file or ask a server.

mod effects;
mod holds;
mod includes;
mod lints;
mod names;
mod params;
mod spans;
mod words;

use super::expression::{Expression, Kind, Scalar, Template};
use super::facts;
use super::format::{Job, Judged, Piece, Runbook, Step};
use crate::config::{Diagnostic, diagnostic};
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};
use words::Words;

/// The other runbooks, which one may include.
pub trait Others {
    /// The runbook called `name`; `None`: there is none, or it has errors of its own.
    fn runbook(&self, name: &str) -> Option<&Runbook>;
    fn names(&self) -> Vec<String>;
}

/// Judges `runbook`.
#[must_use]
pub fn validate(runbook: &Runbook, others: &dyn Others, today: Date) -> Judged {
    let mut judged = Judged::default();
    let errors = &mut judged.errors;
    names::check(runbook, errors);
    params::check(runbook, errors);
    effects::check(runbook, errors);
    includes::check(runbook, others, errors);
    spans::check(runbook, errors);
    holds::check(runbook, others, &mut judged);
    expressions(runbook, others, &mut judged.errors);
    // what will hurt is of no use before it can be run at all
    if judged.errors.is_empty() {
        lints::check(runbook, today, &mut judged.warnings);
    } else {
        judged.warnings.clear();
    }
    diagnostic::sort(&mut judged.errors);
    diagnostic::sort(&mut judged.warnings);
    judged
}

/// Why the items of a `foreach` and targets are bound before it runs.
const BOUND: &str = "targets are fixed when the plan is made, and shown before anybody says yes: facts, parameters and the item can be named";

/// Checks every expression against what can be named where it stands.
fn expressions(runbook: &Runbook, others: &dyn Others, found: &mut Vec<Diagnostic>) {
    let steps = runbook.steps.iter().map(|step| step.id.value.clone()).collect();
    let mut words = Words { params: params::kinds(runbook), later: every_saved(runbook), steps, ..Words::default() };
    let bound = words.at_plan(BOUND);
    for param in &runbook.params {
        found.extend(param.check.iter().filter_map(|check| check.condition(&bound).err()));
    }
    for bind in &runbook.binds {
        found.extend(single(bind, &bound).err());
    }
    for abort in &runbook.abort_when {
        found.extend(abort.that.condition(&bound).err());
    }
    // what neighbours of one group save is there when the whole group is done
    let mut fresh: BTreeMap<String, Kind> = BTreeMap::new();
    let mut group: Option<&str> = None;
    for step in &runbook.steps {
        let own = step.group.as_ref().map(|group| group.value.as_str());
        if own.is_none() || own != group {
            let saved = std::mem::take(&mut fresh);
            for name in saved.keys() {
                words.later.remove(name);
            }
            words.saved.extend(saved);
        }
        group = own;
        fresh.extend(of_step(step, &words, others, found));
    }
}

/// Every `STEP.NAME` of the file.
fn every_saved(runbook: &Runbook) -> BTreeSet<String> {
    let names = |step: &Step| step.save.iter().map(|(name, _)| format!("{}.{}", step.id.value, name.value)).collect::<Vec<_>>();
    runbook.steps.iter().flat_map(names).collect()
}

/// Checks one step; gives what it saves.
fn of_step(step: &Step, words: &Words, others: &dyn Others, found: &mut Vec<Diagnostic>) -> BTreeMap<String, Kind> {
    let mut here = words.clone();
    if let Some(foreach) = &step.foreach {
        match foreach.list.check(&words.at_plan(BOUND)) {
            Err(error) => found.push(error),
            Ok(checked) => match checked.kind() {
                Kind::Items(fields) => here.item = Some((foreach.item.value.clone(), fields)),
                kind => {
                    let said = Diagnostic::at(&foreach.list.place, format!("`foreach` takes a list of records, and this is {}", kind.phrase()));
                    found.push(said.hint("such as write_pools, or cluster.members | selectattr('role', 'eq', 'replica')"));
                }
            },
        }
        // what is said below follows from that
        if here.item.is_none() {
            return BTreeMap::new();
        }
    }
    let at_when = if step.job.kind.name == "include" { here.at_plan(BOUND) } else { here.clone() };
    found.extend(step.when.iter().filter_map(|when| when.condition(&at_when).err()));
    found.extend(step.once.iter().filter_map(|once| once.that.condition(&here).err()));
    of_job(&step.job, &here, found);
    if let Some(undo) = &step.undo {
        of_job(&undo.job, &here, found);
    }
    if let Some(probe) = &step.probe {
        found.extend([&probe.applied, &probe.absent].into_iter().filter_map(|side| side.condition(&here).err()));
        found.extend(probe.tells.iter().filter_map(|tells| one_text(tells, &here).err()));
    }
    let answered = here.answered(step.job.kind.output);
    found.extend(step.expect.iter().filter_map(|expect| expect.that.condition(&answered).err()));
    let mut saved = includes::saved(step, others);
    for (name, expression) in &step.save {
        match expression.check(&answered) {
            Err(error) => found.push(error),
            Ok(checked) => match checked.kind() {
                Kind::One(Scalar::Secret) => found.push(Diagnostic::at(&expression.place, "a secret is never saved")),
                kind @ (Kind::One(_) | Kind::List(_)) => {
                    saved.insert(format!("{}.{}", step.id.value, name.value), kind);
                }
                kind => {
                    let said = Diagnostic::at(&expression.place, format!("a single value or a list of them is saved, and this is {}", kind.phrase()));
                    found.push(said.hint("NAME | map(attribute='FIELD')"));
                }
            },
        }
    }
    saved
}

fn of_job(job: &Job, words: &Words, found: &mut Vec<Diagnostic>) {
    let bound = words.at_plan(BOUND);
    for piece in &job.pieces {
        found.extend(match piece {
            Piece::Condition(condition) => condition.condition(words).err(),
            Piece::Value(value) => value.check(words).err(),
            Piece::Template(template) => filled(template, words),
            Piece::Target(template) => filled(template, &bound),
            Piece::Secret(secret) => match words.params.get(&secret.value) {
                Some(Kind::One(Scalar::Secret)) => None,
                Some(_) => {
                    Some(Diagnostic::at(&secret.place, format!("`{}` is no secret", secret.value)).hint(format!("write \"${{{}}}\"", secret.value)))
                }
                None => {
                    let secrets = words.params.iter().filter(|(_, kind)| matches!(kind, Kind::One(Scalar::Secret)));
                    let said = Diagnostic::at(&secret.place, format!("there is no parameter `{}`", secret.value));
                    Some(said.meant(&secret.value, secrets.map(|(name, _)| name.as_str()).collect::<Vec<_>>()))
                }
            },
        });
    }
}

fn filled(template: &Template, words: &Words) -> Option<Diagnostic> {
    template.check(words).err()
}

/// A text for a person.
fn one_text(expression: &Expression, words: &Words) -> Result<(), Diagnostic> {
    match expression.check(words)?.kind() {
        Kind::One(Scalar::Text) => Ok(()),
        kind => {
            Err(Diagnostic::at(&expression.place, format!("a text is told, and this is {}", kind.phrase())).hint("such as cluster.leader.kept_by"))
        }
    }
}

/// A fact that can be shown, and read again when it starts.
fn single(expression: &Expression, words: &Words) -> Result<(), Diagnostic> {
    let kind = expression.check(words)?.kind();
    if facts::find(&expression.text).is_none() {
        let said = Diagnostic::at(&expression.place, "a confirmation is bound to facts by their names");
        return Err(said.hint("such as cluster.leader.name; conditions belong into a `check`"));
    }
    match kind {
        Kind::One(Scalar::Secret) => Err(Diagnostic::at(&expression.place, "a secret is never shown")),
        Kind::One(_) | Kind::List(_) => Ok(()),
        kind => Err(Diagnostic::at(&expression.place, format!("a single value or a list of them is bound to, and this is {}", kind.phrase()))),
    }
}
