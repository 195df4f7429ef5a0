//! What is allowed and will hurt: no way back, no time of its own, a gate that nobody reads to its end, a step that is never reached, a runbook that
//! nobody tried.

use super::effects::effect;
use crate::config::Diagnostic;
use crate::runbook::format::{Piece, Risk, Runbook, Step};
use crate::runbook::kinds::{Effect, check as gate};
use jiff::civil::Date;

/// More than so many checks at one gate are not read.
const MOST_CHECKS: usize = 9;
/// After so many days without a rehearsal nobody knows whether it still works.
const STALE_DAYS: i32 = 90;

pub(super) fn check(runbook: &Runbook, today: Date, found: &mut Vec<Diagnostic>) {
    let first = runbook.steps.iter().position(|step| step.point_of_no_return.is_some());
    for (place, step) in runbook.steps.iter().enumerate() {
        let after = first.is_some_and(|first| place >= first);
        of_step(step, after, found);
    }
    unreachable(runbook, found);
    rehearsed(runbook, today, found);
    if runbook.risk.value == Risk::High && runbook.binds.is_empty() {
        let said = Diagnostic::at(&runbook.risk.place, "the confirmation is bound to nothing");
        found.push(said.hint("binds = [\"cluster.leader.name\", \"cluster.leader.timeline\"]: another value when it starts, and nothing is sent"));
    }
}

fn of_step(step: &Step, after_no_return: bool, found: &mut Vec<Diagnostic>) {
    let label = format!("step.{}", step.id.value);
    let mut warn = |what: &str, hint: &str| found.push(Diagnostic::at(&step.id.place, format!("{label}: {what}")).hint(hint));
    let does = effect(step);
    let plain = does == Effect::Changes && !matches!(step.job.kind.name, "include" | "release");
    if plain && step.undo.is_none() && !after_no_return {
        warn("what it does cannot be taken back", "`undo`, or `point_of_no_return = true` where there is none");
    }
    if plain && !step.idempotent && step.probe.is_none() {
        warn("after a crash in it nobody can tell whether it happened", "`probe`, or `idempotent = true` where twice is once");
    }
    if plain && step.why.is_none() {
        warn("it does not say why", "`why` is read by whoever decides at night whether to go on");
    }
    if matches!(does, Effect::Changes | Effect::Reads | Effect::Asks) && (plain || does != Effect::Changes) && !step.timeout_said {
        warn("it says no timeout, and gets 30s", "timeout = \"..\", what it may take on a bad day");
    }
    let checks = if step.job.kind.name == "check" { gate::count(&step.job.body) } else { 0 };
    if checks > MOST_CHECKS {
        warn(&format!("{checks} checks at one gate"), "more than nine are not read to the end: make two gates of them");
    }
}

fn unreachable(runbook: &Runbook, found: &mut Vec<Diagnostic>) {
    let mut stops: Option<&str> = None;
    for step in &runbook.steps {
        if let Some(before) = stops {
            let said = Diagnostic::at(&step.id.place, format!("step.{}: it is never reached", step.id.value));
            found.push(said.hint(format!("`{before}` never lets anything pass")));
            return;
        }
        if let Some(when) = step.when.as_ref().filter(|when| when.constant().is_some()) {
            let what = if when.constant() == Some(true) { "it is always done" } else { "it is never done" };
            found.push(Diagnostic::at(&when.place, format!("step.{}: {what}", step.id.value)).hint("`when` names nothing that could be otherwise"));
            continue;
        }
        let conditions = step.job.pieces.iter().filter_map(|piece| if let Piece::Condition(condition) = piece { Some(condition) } else { None });
        let never = conditions.chain(step.expect.as_ref().map(|expect| &expect.that)).any(|condition| condition.constant() == Some(false));
        if never {
            stops = Some(&step.id.value);
        }
    }
}

fn rehearsed(runbook: &Runbook, today: Date, found: &mut Vec<Diagnostic>) {
    if !runbook.steps.iter().any(|step| effect(step) == Effect::Changes) {
        return;
    }
    let Some(day) = &runbook.rehearsed else {
        let said = Diagnostic::at(&runbook.name.place, format!("`{}` was never rehearsed", runbook.name.value));
        found.push(said.hint("try it where nothing is lost, then rehearsed = \"YYYY-MM-DD\""));
        return;
    };
    let days = (today - day.value).get_days();
    if days > STALE_DAYS {
        let said = Diagnostic::at(&day.place, format!("`{}` was last rehearsed {days} days ago", runbook.name.value));
        found.push(said.hint("what nobody tried for 90 days may not work any more"));
    }
    if days < 0 {
        found.push(Diagnostic::at(&day.place, "a rehearsal in the future"));
    }
}
