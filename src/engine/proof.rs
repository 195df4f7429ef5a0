//! Whether what was expected of a step came about, and whether a step in doubt was applied: both ask, and change nothing.

use super::desk::{Desk, unknown};
use super::event::Event;
use super::expression::{Scope, Truth};
use super::journal::JournalError;
use super::plan::{Expect, Probe, Step};
use super::states::StepEvent;
use serde_json::{Map, Value};
use std::time::Duration;

/// What is slow is told from then on.
const PATIENCE: Duration = Duration::from_secs(5);

/// Looks until what step `at` promises is so, and keeps what it saves.
pub(super) async fn verify(desk: &Desk<'_>, at: usize) -> Result<(), JournalError> {
    let step = desk.step(at)?;
    let answer = desk.answer(at);
    if let Some(Expect { that, every, within }) = &step.expect {
        let deadline = desk.now().plus(*within);
        loop {
            let scope = desk.scope_again([that], answer.clone(), *every).await;
            let truth = desk.world.language.truth(that, &scope);
            if truth == Truth::True {
                break;
            }
            let late = desk.now().mono >= deadline.mono;
            match truth {
                Truth::Unknown(gaps) if late => return not_known(desk, at, unknown(&gaps)),
                Truth::False if late => {
                    return desk.happens(at, StepEvent::Disproved, Some(format!("expected, and not so: {}", that.text)), Map::new());
                }
                // a person wants it to end: it is looked at again when the run is resumed
                _ if desk.stop.is_cancelled() => return Ok(()),
                _ => desk.rest(*every).await,
            }
        }
    }
    let scope = desk.scope(step.save.values(), &[], answer).await;
    let mut saved = Map::new();
    for (name, expr) in &step.save {
        match desk.world.language.value(expr, &scope) {
            Ok(value) => saved.insert(name.clone(), value),
            Err(gaps) => return not_known(desk, at, format!("'{name}' is {}", unknown(&gaps))),
        };
    }
    desk.happens(at, StepEvent::Verified, None, saved)
}

/// A step that reads is asked again when the run is resumed; of one that changed something a person says what came of it.
fn not_known(desk: &Desk<'_>, at: usize, why: String) -> Result<(), JournalError> {
    let step = desk.step(at)?;
    if step.changes {
        return desk.happens(at, StepEvent::Unverifiable, Some(why), Map::new());
    }
    desk.pause(format!("{}: {why}", step.id));
    desk.happens(at, StepEvent::Undecided, Some(why), Map::new())
}

/// Asks whether step `at` is in effect. Both answers at once are none.
pub(super) async fn probe(desk: &Desk<'_>, at: usize) -> Result<(), JournalError> {
    let step = desk.step(at)?;
    let Some(probe @ Probe { applied, absent, every, within, .. }) = &step.probe else {
        return desk.happens(at, StepEvent::Unfound, None, Map::new());
    };
    desk.happens(at, StepEvent::Probe, None, Map::new())?;
    let found = |event: StepEvent, why: String| desk.happens(at, event, Some(why), Map::new());
    let deadline = desk.now().plus(*within);
    let mut last = String::new();
    loop {
        let scope = desk.scope_again([applied, absent].into_iter().chain(&probe.tells), None, *every).await;
        let (is, is_not) = (desk.world.language.truth(applied, &scope), desk.world.language.truth(absent, &scope));
        let mut told = match (is, is_not) {
            (Truth::True, Truth::False | Truth::Unknown(_)) => return found(StepEvent::FoundApplied, format!("found applied: {}", applied.text)),
            (Truth::False | Truth::Unknown(_), Truth::True) => return found(StepEvent::FoundAbsent, format!("found not applied: {}", absent.text)),
            (Truth::True, Truth::True) => "both found applied and found not applied".to_owned(),
            (Truth::Unknown(gaps), _) | (_, Truth::Unknown(gaps)) => unknown(&gaps),
            (Truth::False, Truth::False) => "neither found applied nor found not applied".to_owned(),
        };
        if let Some(more) = tells(desk, probe, &scope) {
            told = format!("{told}; {more}");
        }
        if desk.stop.is_cancelled() {
            return found(StepEvent::Inconclusive, told);
        }
        if desk.now().mono >= deadline.mono {
            return found(StepEvent::Unfound, told);
        }
        if last != told {
            desk.tell(Event::Progress { step: step.id.clone(), text: told.clone() });
            last = told;
        }
        desk.rest(*every).await;
    }
}

/// Looks at `probe` while the answer to `step` is awaited, and returns only when the step is in effect: why that is known. Without a probe it never returns.
pub(super) async fn seen(desk: &Desk<'_>, step: &Step, probe: Option<&Probe>) -> String {
    let Some(probe) = probe else { return std::future::pending().await };
    let (began, mut last) = (desk.now(), String::new());
    loop {
        desk.world.clock.sleep(probe.every).await;
        // the other half is asked only where this one says yes: who has to be asked for it may be slow
        let truth = async |expr| desk.world.language.truth(expr, &desk.scope_again([expr], None, probe.every).await);
        if truth(&probe.applied).await == Truth::True && truth(&probe.absent).await != Truth::True {
            return format!("found applied before it was answered: {}", probe.applied.text);
        }
        if desk.now().since(began) < PATIENCE {
            continue;
        }
        let scope = desk.scope_again(&probe.tells, None, probe.every).await;
        if let Some(text) = tells(desk, probe, &scope).filter(|text| *text != last) {
            desk.tell(Event::Progress { step: step.id.clone(), text: format!("not answered yet; {text}") });
            last = text;
        }
    }
}

/// What `probe` has told while nobody knows.
fn tells(desk: &Desk<'_>, probe: &Probe, scope: &Scope) -> Option<String> {
    match desk.world.language.value(probe.tells.as_ref()?, scope) {
        Ok(Value::String(text)) => Some(text),
        Ok(other) => Some(other.to_string()),
        Err(gaps) => Some(unknown(&gaps)),
    }
}
