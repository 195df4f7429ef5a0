//! A step that changes nothing: it reads, waits until something is so, or asks a person. What became of it can always be asked again, so nothing of it is
//! synced for itself.

use super::desk::Desk;
use super::entry::{Answer, Entry};
use super::event::Event;
use super::expression::{Expr, Truth};
use super::intent::{bounded, intent, millis, send_before, within};
use super::journal::JournalError;
use super::plan::{Expect, Step};
use super::states::StepEvent;
use super::work::{Doing, Question, Work};
use crate::config::quantity::time_text;
use serde_json::{Value, json};
use std::time::Duration;

/// How often it is looked whether a person has answered, or does not want it to go on.
const ANSWER_EVERY: Duration = Duration::from_millis(100);
/// How long after the end of a wait its last look may be over: facts take their time. What is found later was found by a host that was asleep.
const LATE: Duration = Duration::from_secs(10);

/// How a question ended.
enum Heard {
    Answer(Value),
    /// Nothing was learned; it may be asked again.
    Silence(String),
    /// A person said no.
    No(String),
}

/// Asks what step `at` asks.
pub(super) async fn ask(desk: &Desk<'_>, at: usize, body: Value, work: Work) -> Result<(), JournalError> {
    let step = desk.step(at)?;
    if desk.orders.borrow().cancel.is_some() || desk.orders.borrow().lost {
        return Ok(());
    }
    let began = desk.now();
    let intent = intent(desk, at, step, StepEvent::Begin, &step.job, body, [began, send_before(desk, StepEvent::Begin, began)]);
    desk.write(Some(at), &Entry::Intent(intent), false)?;
    let heard = match work {
        Work::Nothing | Work::Changes(_) | Work::Release(_) => Heard::Answer(Value::Null),
        Work::Wait { every, within, until } => wait(desk, &step.id, every, within, &until).await,
        Work::Ask(question) => person(desk, &step.id, step.timeout, question).await,
        Work::Reads(work) => {
            let attempt = desk.standing().board.steps.get(at).map_or(1, |mark| mark.attempt);
            let (clock, deadline) = (desk.world.clock.clone(), began.plus(step.timeout));
            let output = desk.output(&format!("{}.{attempt}", step.id));
            let doing = Doing { clock, send_before: deadline, deadline, stop: desk.stop.clone(), output };
            match within(desk, step.timeout, &desk.stop, work.read(&doing)).await {
                Ok(Ok(answer)) => Heard::Answer(answer),
                Ok(Err(why)) | Err(why) => Heard::Silence(why),
            }
        }
    };
    if let Heard::Answer(answer) = &heard
        && let Some(note) = answer.get("note").and_then(Value::as_str).filter(|note| !note.is_empty())
    {
        desk.tell(Event::Note { text: format!("{}: {note}", step.id) });
    }
    let (event, why, retryable, output) = match heard {
        Heard::Answer(answer) => (StepEvent::Answered, None, true, answer),
        Heard::Silence(why) => (StepEvent::Unclear, Some(why), true, Value::Null),
        Heard::No(why) => (StepEvent::Refused, Some(why), false, Value::Null),
    };
    let took_ms = millis(desk.now().since(began));
    let answer = Answer { step: step.id.clone(), event, why, retryable, took_ms, output: bounded(output) };
    desk.write(Some(at), &Entry::Result(answer), false)
}

/// Waits until step `step` may begin: nothing of it was sent, so that nothing is lost with who waits.
///
/// # Errors
/// It is not so in time, or somebody wants the run to end.
pub(super) async fn awaited(desk: &Desk<'_>, step: &Step, once: &Expect) -> Result<(), String> {
    match wait(desk, &step.id, once.every, once.within, &once.that).await {
        Heard::Answer(_) => Ok(()),
        Heard::Silence(why) | Heard::No(why) => Err(format!("it begins once {}: {why}", once.that.text)),
    }
}

/// Waits until `until` is so; what is not known is waited for as well. It must never take for an answer what came about after its time: whoever confirmed it did
/// not mean that.
async fn wait(desk: &Desk<'_>, step: &str, every: Duration, within: Duration, until: &Expr) -> Heard {
    let deadline = desk.now().plus(within);
    let mut last = String::new();
    loop {
        let scope = desk.scope_again([until], None, every).await;
        let late = desk.now().since(deadline);
        if late > LATE {
            return Heard::Silence(format!("this host was asleep: it looked {} after the time to wait was over", time_text(late)));
        }
        let text = match desk.world.language.truth(until, &scope) {
            // what follows may not be begun before the lock is proven
            Truth::True if desk.unproven() => "it is so, and the lock is not proven".to_owned(),
            Truth::True => return Heard::Answer(Value::Null),
            Truth::False => "not so yet".to_owned(),
            Truth::Unknown(gaps) => super::desk::unknown(&gaps),
        };
        if desk.now().mono >= deadline.mono {
            return Heard::Silence(format!("after {} s: {text}", within.as_secs_f64()));
        }
        if let Some(why) = desk.forsaken() {
            return Heard::Silence(format!("not waited for any more, {why}: {text}"));
        }
        if desk.orders.borrow().cancel.is_some() {
            return Heard::Silence(format!("not waited for any more: {text}"));
        }
        if last != text {
            desk.tell(Event::Progress { step: step.to_owned(), text: text.clone() });
            last = text;
        }
        let next = desk.now().plus(every.min(deadline.since(desk.now())));
        while desk.now().mono < next.mono && desk.orders.borrow().cancel.is_none() && desk.forsaken().is_none() {
            desk.rest(ANSWER_EVERY.min(next.since(desk.now()))).await;
        }
    }
}

/// Waits for what a person answers by way of the control file.
async fn person(desk: &Desk<'_>, step: &str, within: Duration, question: Question) -> Heard {
    let (text, wanted) = match question {
        Question::Approve { prompt } => (prompt, false),
        Question::Manual { instruction, evidence } => (instruction, evidence),
    };
    // what was answered before it was asked does not count
    desk.answers.borrow_mut().remove(step);
    desk.tell(Event::Asked { step: step.to_owned(), text, evidence: wanted });
    let deadline = desk.now().plus(within);
    loop {
        // what follows may not be begun before the lock is proven
        let answered = if desk.unproven() { None } else { desk.answers.borrow_mut().remove(step) };
        match answered {
            Some(answer) if !answer.accept => return Heard::No(format!("{} said no", answer.by)),
            Some(answer) if wanted && answer.evidence.as_deref().is_none_or(|text| text.trim().is_empty()) => {
                desk.tell(Event::Note { text: format!("{step}: what was seen has to be typed") });
            }
            Some(answer) => return Heard::Answer(json!({ "by": answer.by, "evidence": answer.evidence })),
            None if desk.forsaken().is_some() => return Heard::Silence("nobody is asked any more, the lock is lost".to_owned()),
            None if desk.orders.borrow().cancel.is_some() => return Heard::Silence("nobody is asked any more".to_owned()),
            None if desk.now().mono >= deadline.mono => return Heard::No(format!("nobody answered within {} s", within.as_secs_f64())),
            None => desk.rest(ANSWER_EVERY).await,
        }
    }
}
