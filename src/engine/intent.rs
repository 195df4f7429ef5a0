//! What an intent says, how long what it announces is waited for, and what of its answer is kept.

use super::desk::Desk;
use super::entry::Intent;
use super::plan::{Job, Step};
use super::states::{Mark, StepEvent};
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

/// The intent of `event` on step `at`, from now on.
pub(super) fn intent(desk: &Desk<'_>, at: usize, step: &Step, event: StepEvent, job: &Job, body: Value) -> Intent {
    let (now, run, attempt) = (desk.now(), &desk.holder.run, attempt(desk, at, event));
    let undo = if event == StepEvent::Begin { "" } else { "undo/" };
    Intent {
        step: step.id.clone(),
        event,
        key: format!("{run}/{}/{undo}{attempt}", step.id),
        target: job.target.clone(),
        call: job.call.clone(),
        body,
        token: desk.standing().taken.as_ref().map_or(0, |taken| taken.token),
        send_before_ms: millis(now.plus(SEND_WINDOW).mono),
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
