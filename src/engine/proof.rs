//! Whether what was expected of a step came about, and whether a step in doubt was applied: both ask, and change nothing.

use super::desk::{Desk, unknown};
use super::event::Event;
use super::expression::Truth;
use super::journal::JournalError;
use super::plan::{Expect, Probe};
use super::states::StepEvent;
use serde_json::Map;

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
    let Some(Probe { applied, absent, every, within }) = &step.probe else {
        return desk.happens(at, StepEvent::Unfound, None, Map::new());
    };
    desk.happens(at, StepEvent::Probe, None, Map::new())?;
    let found = |event: StepEvent, why: String| desk.happens(at, event, Some(why), Map::new());
    let deadline = desk.now().plus(*within);
    loop {
        let scope = desk.scope_again([applied, absent], None, *every).await;
        let (is, is_not) = (desk.world.language.truth(applied, &scope), desk.world.language.truth(absent, &scope));
        let told = match (is, is_not) {
            (Truth::True, Truth::False | Truth::Unknown(_)) => return found(StepEvent::FoundApplied, format!("found applied: {}", applied.text)),
            (Truth::False | Truth::Unknown(_), Truth::True) => return found(StepEvent::FoundAbsent, format!("found not applied: {}", absent.text)),
            (Truth::True, Truth::True) => "both found applied and found not applied".to_owned(),
            (Truth::Unknown(gaps), _) | (_, Truth::Unknown(gaps)) => unknown(&gaps),
            (Truth::False, Truth::False) => "neither found applied nor found not applied".to_owned(),
        };
        if desk.stop.is_cancelled() {
            return found(StepEvent::Inconclusive, told);
        }
        if desk.now().mono >= deadline.mono {
            return found(StepEvent::Unfound, told);
        }
        desk.tell(Event::Progress { step: step.id.clone(), text: told });
        desk.rest(*every).await;
    }
}
