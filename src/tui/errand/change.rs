//! Asking and ordering about change: it reads files and waits for servers, so it is done on a thread that may wait, and the loop goes on meanwhile.

use super::Done;
use crate::app::change::{Answer, Operator, Order, Outcome, Question, Refusal, Told};
use crate::fleet::supervise;
use crate::model::Clock;
use std::sync::Arc;
use std::time::Duration;

/// What became of an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    Done(Outcome),
    Refused(Refusal),
    /// The process that was started did not begin, or is gone without a word; raw.
    Lost(String),
}

/// What is said where nobody can be asked.
const NOBODY: &str = "nothing can be asked or changed from here: a recording has no runs";

/// Asks `question` now.
pub(in crate::tui) async fn answer(operator: Option<&Arc<dyn Operator>>, question: Question) -> Result<Told, String> {
    let Some(operator) = operator.map(Arc::clone) else { return Err(NOBODY.to_owned()) };
    // files and servers may take their time
    tokio::task::spawn_blocking(move || operator.ask(&question)).await.unwrap_or_else(|error| Err(format!("it failed inside: {error}")))
}

/// Has `question` answered, `after` this time; `tell` is called once.
pub(in crate::tui) fn ask(
    question: Question,
    after: Duration,
    operator: Option<&Arc<dyn Operator>>,
    clock: &Clock,
    tell: impl FnOnce(Done) + Send + 'static,
) {
    let (operator, own, asked) = (operator.map(Arc::clone), clock.clone(), question.clone());
    let work = async move {
        if !after.is_zero() {
            own.sleep(after).await;
        }
        answer(operator.as_ref(), asked).await
    };
    let clock = clock.clone();
    supervise::errand("change", work, move |done| {
        let told = done.unwrap_or_else(|panicked| Err(panicked.to_string()));
        tell(Done::Answered(Arc::new(Answer { question, at: clock.now(), told })));
    });
}

/// Has `order` carried out; `tell` is called once with what became of it, and once more if the process that was started is lost.
pub(in crate::tui) fn give(order: Order, operator: Option<&Arc<dyn Operator>>, tell: impl Fn(Done) + Send + 'static) {
    let Some(operator) = operator.map(Arc::clone) else {
        return tell(Done::Ordered(Heard::Refused(Refusal::new(NOBODY, ""))));
    };
    let work = move || operator.order(&order);
    supervise::blocking_errand("order", work, move |done| {
        let done = match done {
            Ok(Ok(done)) => done,
            Ok(Err(refusal)) => return tell(Done::Ordered(Heard::Refused(refusal))),
            Err(panicked) => return tell(Done::Ordered(Heard::Lost(panicked.to_string()))),
        };
        tell(Done::Ordered(Heard::Done(done.outcome)));
        if let Some(watch) = done.watch {
            supervise::blocking_errand("watch", watch, move |lost| {
                let lost = lost.unwrap_or_else(|panicked| Some(panicked.to_string()));
                if let Some(lost) = lost {
                    tell(Done::Ordered(Heard::Lost(lost)));
                }
            });
        }
    });
}
