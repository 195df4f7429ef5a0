//! What an intent says, how long what it announces is waited for, and what of its answer is kept.

use super::desk::Desk;
use super::entry::Intent;
use super::plan::{Job, Step};
use super::states::{Mark, StepEvent};
use crate::model::Moment;
use serde_json::Value;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How long after its synced intent the first byte of a request may leave.
pub(super) const SEND_WINDOW: Duration = Duration::from_secs(3);
/// What ends itself at its deadline says how; what does not is dropped so much later.
const LAST: Duration = Duration::from_millis(800);
/// How long something that is told to end has until it is dropped.
const GRACE: Duration = Duration::from_secs(11);
/// Longest answer that the journal keeps.
const LONGEST_ANSWER: usize = 16 << 10;

/// The number that the next intent of step `at` gets.
pub(super) fn attempt(desk: &Desk<'_>, at: usize, event: StepEvent) -> u32 {
    let before = |mark: &Mark| if event == StepEvent::Begin { mark.attempt } else { mark.undo_attempt };
    desk.standing().board.steps.get(at).map_or(1, |mark| before(mark) + 1)
}

/// No byte of what is intended `now` leaves later: soon, and while the lock is certainly ours. What is owed may take all of its term.
pub(super) fn send_before(desk: &Desk<'_>, event: StepEvent, now: Moment) -> Moment {
    let term = desk.held.term().map(|term| if event == StepEvent::Release { term.owed } else { term.effects });
    within_term(now, term)
}

fn within_term(now: Moment, term: Option<Duration>) -> Moment {
    now.plus(term.map_or(SEND_WINDOW, |term| term.saturating_sub(now.mono).min(SEND_WINDOW)))
}

/// The intent of `event` on step `at`: from `now` on, and never sent after `before`.
pub(super) fn intent(desk: &Desk<'_>, at: usize, step: &Step, event: StepEvent, job: &Job, body: Value, [now, before]: [Moment; 2]) -> Intent {
    let (run, attempt) = (&desk.holder.run, attempt(desk, at, event));
    let undo = if event == StepEvent::Begin { "" } else { "undo/" };
    Intent {
        step: step.id.clone(),
        event,
        key: format!("{run}/{}/{undo}{attempt}", step.id),
        target: job.target.clone(),
        call: job.call.clone(),
        body,
        token: desk.standing().taken.as_ref().map_or(0, |taken| taken.token),
        send_before_ms: millis(before.mono),
        hold_until_ms: step.hold.filter(|_| event == StepEvent::Begin).map(|hold| millis(now.plus(hold).mono)),
    }
}

/// What `work` came to, or why it was not waited for.
pub(super) async fn within<T>(desk: &Desk<'_>, limit: Duration, stop: &CancellationToken, work: impl Future<Output = T>) -> Result<T, String> {
    let stopped = async {
        stop.cancelled().await;
        desk.world.clock.sleep(GRACE).await;
    };
    tokio::select! {
        biased;
        done = desk.world.clock.timeout(limit.saturating_add(LAST), work) => done.ok_or_else(|| format!("no answer within {} s", limit.as_secs_f64())),
        () = stopped => Err("it was stopped".to_owned()),
    }
}

pub(super) fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// An answer that the journal can keep.
pub(super) fn bounded(answer: Value) -> Value {
    let fits = serde_json::to_vec(&answer).is_ok_and(|text| text.len() <= LONGEST_ANSWER);
    if fits { answer } else { Value::Null }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_byte_leaves_after_the_window_or_after_the_term_of_the_lock() {
        let now = Moment { mono: Duration::from_secs(100), wall: jiff::Timestamp::UNIX_EPOCH };
        let before = |term: Option<u64>| within_term(now, term.map(Duration::from_secs)).mono.as_secs();
        assert_eq!([before(None), before(Some(500)), before(Some(102)), before(Some(100)), before(Some(7))], [103, 103, 102, 100, 100]);
    }
}
