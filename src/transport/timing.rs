//! How long a server takes: the quickest exchange of one question and its answer. What this process does around it (reading files, building a client,
//! logging in, its own work while an answer waits) is no latency of the server. It must never say how long something took that did not answer.

use crate::model::Clock;
use std::cell::Cell;
use std::future::Future;
use std::time::Duration;

/// Measures the exchanges of one task.
struct Meter {
    clock: Clock,
    quickest: Cell<Option<Duration>>,
}

tokio::task_local! {
    static METER: Meter;
}

/// Does `work` and gives beside its outcome the time of its quickest exchange that was answered.
pub async fn metered<T>(clock: &Clock, work: impl Future<Output = T>) -> (T, Option<Duration>) {
    let meter = Meter { clock: clock.clone(), quickest: Cell::new(None) };
    METER.scope(meter, async { (work.await, METER.with(|meter| meter.quickest.get())) }).await
}

/// One exchange: from the question on its way to the answer as a whole.
pub(super) async fn exchange<T, E>(work: impl Future<Output = Result<T, E>>) -> Result<T, E> {
    let begin = METER.try_with(|meter| meter.clock.now()).ok();
    let answer = work.await?;
    if let Some(begin) = begin {
        // outside of a measured task nobody wants to know
        let _unmeasured = METER.try_with(|meter| {
            let took = meter.clock.now().since(begin);
            meter.quickest.set(Some(meter.quickest.get().map_or(took, |known| known.min(took))));
        });
    }
    Ok(answer)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spend(clock: &Clock, time: Duration) {
        let begin = clock.now();
        while clock.now().since(begin) < time {}
    }

    #[tokio::test]
    async fn what_is_done_around_a_question_is_not_its_latency() {
        let clock = Clock::real();
        let (outcome, took) = metered(&clock, async {
            spend(&clock, Duration::from_millis(40));
            let ask = |milliseconds| {
                spend(&clock, Duration::from_millis(milliseconds));
                std::future::ready(Ok::<_, ()>(()))
            };
            exchange(async { ask(2).await }).await?;
            exchange(async { ask(5).await }).await
        })
        .await;
        let took = took.expect("measured");
        assert!(outcome.is_ok() && took >= Duration::from_millis(2) && took < Duration::from_millis(40), "{took:?}");
    }

    #[tokio::test]
    async fn what_failed_took_no_time() {
        let (outcome, took) = metered(&Clock::real(), exchange(async { Err::<(), _>("refused") })).await;
        assert_eq!((outcome, took), (Err("refused"), None));
        assert_eq!(exchange(async { Ok::<_, ()>(7) }).await, Ok(7));
    }
}
