//! Holds: while clients wait, nobody is asked anything, and the way back is there before the first of them waits.

use super::Others;
use super::effects::effect;
use crate::config::Diagnostic;
use crate::config::quantity::duration;
use crate::config::quantity::time_text;
use crate::runbook::format::{Judged, Runbook, Step};
use crate::runbook::kinds::{self, Effect, include, release};
use crate::text::suggest::nearest;
use std::time::Duration;

pub(super) fn check(runbook: &Runbook, others: &dyn Others, judged: &mut Judged) {
    for (place, step) in runbook.steps.iter().enumerate() {
        if let Some(hold) = &step.hold {
            let id = &step.id.value;
            if step.finally.is_none() || step.undo.is_none() {
                let said = Diagnostic::at(&hold.place, format!("step.{id}: a hold without its end"));
                judged.errors.push(said.hint("`undo` says how the clients go on, `finally = true` that it runs in any case"));
            }
            let own = time(step).saturating_sub(before(step));
            if own > hold.value {
                let what = format!("step.{id}: it may take {}, and hold clients only {}", time_text(own), time_text(hold.value));
                judged.errors.push(Diagnostic::at(&hold.place, what).hint("`timeout` and the time of `expect` together are not longer than `hold`"));
            }
            inside(runbook, place, step, others, judged);
        }
        released(runbook, place, step, judged);
    }
}

/// The steps after a hold, up to its release or the end.
fn inside(runbook: &Runbook, place: usize, holding: &Step, others: &dyn Others, judged: &mut Judged) {
    let Some(hold) = &holding.hold else { return };
    let id = &holding.id.value;
    let mut longest = time(holding).saturating_sub(before(holding));
    for step in runbook.steps.iter().skip(place + 1) {
        if step.job.kind.name == "release" && release::step(&step.job.body) == id {
            longest += before(step);
            break;
        }
        if asks(step, others, 0) {
            let said = Diagnostic::at(&step.job.place, format!("step.{}: a person is asked while clients wait", step.id.value));
            judged.errors.push(said.hint(format!("ask before `{id}`, or release = \"{id}\" first")));
        }
        longest += time(step);
    }
    if longest > hold.value {
        let what = format!("step.{id}: up to its release it may take {}, and is taken back after {}", time_text(longest), time_text(hold.value));
        judged.warnings.push(Diagnostic::at(&hold.place, what).hint("shorter timeouts, or an earlier `release`"));
    }
}

/// The longest that a step may take.
fn time(step: &Step) -> Duration {
    let waits = step.job.body.get("for").and_then(serde_json::Value::as_str).filter(|_| step.job.kind.name == "wait").and_then(duration);
    let expects = step.expect.as_ref().map_or(Duration::ZERO, |expect| expect.within);
    let own = if effect(step) == Effect::Nothing { waits.unwrap_or_default() } else { step.timeout };
    own.saturating_mul(step.retry.as_ref().map_or(1, |retry| retry.value.attempts)) + expects + before(step)
}

/// How long a step may wait before it begins.
fn before(step: &Step) -> Duration {
    step.once.as_ref().map_or(Duration::ZERO, |once| once.within)
}

/// Whether a step asks a person, or includes one that does.
fn asks(step: &Step, others: &dyn Others, depth: usize) -> bool {
    if effect(step) == Effect::Asks {
        return true;
    }
    let included = kinds::find("include").filter(|kind| kind.name == step.job.kind.name && depth < 8);
    let included = included.and_then(|_| others.runbook(include::name(&step.job.body)));
    included.is_some_and(|runbook| runbook.steps.iter().any(|step| asks(step, others, depth + 1)))
}

fn released(runbook: &Runbook, place: usize, step: &Step, judged: &mut Judged) {
    if step.job.kind.name != "release" {
        return;
    }
    let wanted = release::step(&step.job.body);
    let before = runbook.steps.get(..place).unwrap_or_default();
    match before.iter().find(|step| step.id.value == wanted) {
        Some(former) if former.finally.is_some() => {}
        Some(_) => {
            let said = Diagnostic::at(&step.job.place, format!("step.{}: `{wanted}` has no `finally`", step.id.value));
            judged.errors.push(said.hint("only what is taken back in any case is released"));
        }
        None => {
            let said = Diagnostic::at(&step.job.place, format!("step.{}: no step before it is called `{wanted}`", step.id.value));
            let near = nearest(wanted, before.iter().map(|step| step.id.value.as_str()));
            judged.errors.push(match near {
                Some(near) => said.hint(format!("did you mean `{near}`?")),
                None => said.hint("release = \"STEP\", one with `finally`"),
            });
        }
    }
}
