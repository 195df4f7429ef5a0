//! Asking and ordering about change: it reads files and waits for servers, so it is done on a thread that may wait, and the loop goes on meanwhile.

use super::Done;
use crate::app::change::{Answer, Operator, Order, Outcome, Question, Refusal, Told};
use crate::config::quantity::time_text;
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

/// Looks that may hang at a time: each keeps a thread, and what is ordered wants one, too.
const HANGING: usize = 32;

/// What is said where nobody can be asked.
const NOBODY: &str = "nothing can be asked or changed from here: a recording has no runs";

/// Asks `question` now.
pub(in crate::tui) async fn answer(operator: Option<&Arc<dyn Operator>>, question: Question) -> Result<Told, String> {
    let Some(operator) = operator.map(Arc::clone) else { return Err(NOBODY.to_owned()) };
    // one that hangs holds it
    if Arc::strong_count(&operator) > HANGING {
        return Err(format!("{HANGING} looks hang already, and no further one is begun: look at what the state folder lies on"));
    }
    // files and servers may take their time
    tokio::task::spawn_blocking(move || operator.ask(&question)).await.unwrap_or_else(|error| Err(format!("it failed inside: {error}")))
}

/// Has `question` answered, `after` this time, or says that nobody did in time; `tell` is called once.
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
        let within = asked.within();
        let late = || Err(format!("nobody could say within {}: what is looked at hangs; it is asked again", time_text(within)));
        own.timeout(within, answer(operator.as_ref(), asked)).await.unwrap_or_else(late)
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Mutex;
    use std::sync::mpsc::{Receiver, channel};

    /// One whose files hang until somebody lets them.
    #[derive(Debug)]
    struct Hangs(Mutex<Receiver<()>>);

    impl Operator for Hangs {
        fn ask(&self, _question: &Question) -> Result<Told, String> {
            let _let_go = self.0.lock().expect("one at a time").recv();
            Err("late".to_owned())
        }

        fn order(&self, _order: &Order) -> Result<crate::app::change::Done, Refusal> {
            Err(Refusal::new("", ""))
        }
    }

    #[tokio::test]
    async fn a_look_that_hangs_is_said_to_hang_and_many_of_them_keep_no_further_threads() {
        let (let_go, wait) = channel();
        let operator: Arc<dyn Operator> = Arc::new(Hangs(Mutex::new(wait)));
        let (clock, within) = (Clock::at_rate(1_000), Question::Runs.within());
        let mut told = Vec::new();
        for _look in 0..=HANGING {
            let (tell, heard) = tokio::sync::oneshot::channel();
            ask(Question::Runs, Duration::ZERO, Some(&operator), &clock, move |done| drop(tell.send(done)));
            let Ok(Done::Answered(answer)) = heard.await else { panic!("nobody told") };
            let why = answer.told.as_ref().expect_err("it hangs");
            told.push(why.clone());
        }
        assert!(told[0].contains(&format!("within {}", time_text(within))), "{}", told[0]);
        assert!(told[HANGING].contains("hang already"), "{}", told[HANGING]);
        drop(let_go);
    }
}
