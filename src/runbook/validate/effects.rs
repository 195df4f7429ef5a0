//! What changes something: what may be tried again, what can be taken back, where there is no way back.

use crate::config::Diagnostic;
use crate::runbook::format::{Risk, Runbook, Step};
use crate::runbook::kinds::Effect;

pub(super) fn check(runbook: &Runbook, found: &mut Vec<Diagnostic>) {
    if runbook.risk.value == Risk::High && !runbook.lock {
        let said = Diagnostic::at(&runbook.risk.place, "a runbook of high risk takes the lock of the cluster");
        found.push(said.hint("leave `lock = \"none\"` out"));
    }
    for step in &runbook.steps {
        of_step(step, found);
    }
}

/// What a step does to the world.
pub(super) fn effect(step: &Step) -> Effect {
    (step.job.kind.effect)(&step.job.body)
}

fn of_step(step: &Step, found: &mut Vec<Diagnostic>) {
    let id = &step.id.value;
    let changes = effect(step) == Effect::Changes;
    let plain = changes && !matches!(step.job.kind.name, "include" | "release");
    if let Some(retry) = step.retry.as_ref().filter(|_| changes && !step.idempotent && step.probe.is_none()) {
        let said = Diagnostic::at(&retry.place, format!("step.{id}: what is neither idempotent nor probed is never sent again"));
        found.push(said.hint("say how to find out whether it happened: probe = { applied = \"..\", absent = \"..\" }"));
    }
    if let Some(once) = step.once.as_ref().filter(|_| matches!(step.job.kind.name, "check" | "include" | "wait")) {
        let said = Diagnostic::at(&once.that.place, format!("step.{id}: `{}` has no `once`", step.job.kind.name));
        found.push(said.hint("a `wait` before it waits"));
    }
    let mut only_of_effects = |place: Option<&crate::config::Place>, what: &str| {
        if let (Some(place), false) = (place, plain) {
            let said = Diagnostic::at(place, format!("step.{id}: `{}` {what}", step.job.kind.name));
            found.push(said.hint("only a step that changes something has one"));
        }
    };
    only_of_effects(step.undo.as_ref().map(|undo| &undo.place), "has nothing to take back");
    only_of_effects(step.probe.as_ref().map(|probe| &probe.applied.place), "has no effect to look for");
    only_of_effects(step.point_of_no_return.as_ref(), "is no point of no return");
    if let Some(undo) = &step.undo
        && (undo.job.kind.effect)(&undo.job.body) == Effect::Reads
    {
        found.push(Diagnostic::at(&undo.job.place, format!("step.{id}.undo: it only reads, and takes nothing back")));
    }
    match (&step.finally, &step.undo) {
        (Some(place), None) => {
            found.push(Diagnostic::at(place, format!("step.{id}: `finally` without `undo`")).hint("`finally` runs the undo also after success"));
        }
        (Some(_), Some(undo)) if !undo.idempotent => {
            let said = Diagnostic::at(&undo.place, format!("step.{id}: an undo that runs in any case is idempotent"));
            found.push(said.hint("it may run where nothing was applied, and twice: undo.idempotent = true"));
        }
        _ => {}
    }
}
