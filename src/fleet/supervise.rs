//! The one place where tasks are started: each has a name, and a panic becomes a log line and a restart, never a silent end.

use crate::model::Clock;
pub use crate::systems::ruled::said;
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// Starts `work` as a task called `name`; starts it again a second after it panicked, until `stop`.
pub fn supervise<F, W>(name: String, clock: Clock, stop: CancellationToken, work: W) -> tokio::task::JoinHandle<()>
where
    W: FnMut() -> F + Send + 'static,
    F: Future<Output = ()> + Send + 'static,
{
    supervise_telling(name, clock, stop, work, |_said| std::future::ready(()))
}

/// As [`supervise`]; `tell` gets what a panic said before the task is started again.
#[expect(clippy::disallowed_methods, reason = "the one place that may")]
pub fn supervise_telling<F, W, G, T>(name: String, clock: Clock, stop: CancellationToken, mut work: W, mut tell: T) -> tokio::task::JoinHandle<()>
where
    W: FnMut() -> F + Send + 'static,
    F: Future<Output = ()> + Send + 'static,
    T: FnMut(String) -> G + Send + 'static,
    G: Future<Output = ()> + Send,
{
    tokio::spawn(async move {
        loop {
            let mut task = tokio::spawn(work());
            let ended = tokio::select! {
                () = stop.cancelled() => {
                    task.abort();
                    return;
                }
                ended = &mut task => ended,
            };
            let Some(payload) = ended.err().and_then(|error| error.try_into_panic().ok()) else { return };
            let said = said(payload.as_ref());
            tracing::error!(task = %name, said, "panicked; starting it again");
            tell(said).await;
            clock.sleep(Duration::from_secs(1)).await;
        }
    })
}

/// Work that panicked, and what it said. The words may be a server's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{task} failed inside: {said}")]
pub struct Panicked {
    pub task: String,
    pub said: String,
}

/// Has `work`, called `name`, done once beside everything else; `told` gets what came of it. A panic becomes an error, never a silent end.
#[expect(clippy::disallowed_methods, reason = "the other place that may")]
pub fn errand<T: Send + 'static>(
    name: &str,
    work: impl Future<Output = T> + Send + 'static,
    told: impl FnOnce(Result<T, Panicked>) + Send + 'static,
) {
    heard(name, tokio::spawn(work), told);
}

/// The same for `work` that reads files or unpacks them: on a thread of its own, so that polling and timers go on.
pub fn blocking_errand<T: Send + 'static>(
    name: &str,
    work: impl FnOnce() -> T + Send + 'static,
    told: impl FnOnce(Result<T, Panicked>) + Send + 'static,
) {
    heard(name, tokio::task::spawn_blocking(work), told);
}

#[expect(clippy::disallowed_methods, reason = "the other place that may")]
fn heard<T: Send + 'static>(name: &str, work: JoinHandle<T>, told: impl FnOnce(Result<T, Panicked>) + Send + 'static) {
    let task = name.to_owned();
    let _detached = tokio::spawn(async move {
        match work.await {
            Ok(done) => told(Ok(done)),
            Err(error) => {
                let said = error.try_into_panic().map_or_else(|error| error.to_string(), |payload| said(payload.as_ref()));
                tracing::error!(task, said, "panicked");
                told(Err(Panicked { task, said }));
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_task_that_panics_says_so_and_is_started_again() {
        let (tell, mut told) = tokio::sync::mpsc::unbounded_channel();
        let mut starts = 0;
        let work = move || {
            starts += 1;
            async move { assert!(starts > 1, "the first start fails") }
        };
        let stop = CancellationToken::new();
        let heard = move |said| {
            tell.send(said).expect("heard");
            std::future::ready(())
        };
        let task = supervise_telling("fall".to_owned(), Clock::real(), stop, work, heard);
        assert_eq!(told.recv().await.as_deref(), Some("the first start fails"));
        task.await.expect("it ends when its work does");
    }

    #[tokio::test]
    async fn an_errand_comes_back_and_so_does_its_panic() {
        let (tell, mut told) = tokio::sync::mpsc::unbounded_channel();
        let report = tell.clone();
        errand("count", async { 42 }, move |done| report.send(done).expect("heard"));
        assert_eq!(told.recv().await, Some(Ok(42)));
        errand("break", async { panic!("out of {}", "paper") }, move |done: Result<i32, Panicked>| tell.send(done).expect("heard"));
        let error = told.recv().await.expect("told").expect_err("a panic");
        assert_eq!(error.to_string(), "break failed inside: out of paper");
    }

    /// The runtime of this test has one thread: work on it would keep the answer that it waits for from being sent.
    #[tokio::test]
    async fn work_that_reads_and_unpacks_keeps_no_task_from_going_on() {
        let (tell, mut told) = tokio::sync::mpsc::unbounded_channel();
        let (go, wait) = std::sync::mpsc::channel();
        let report = tell.clone();
        let work = move || wait.recv_timeout(Duration::from_secs(20)).is_ok();
        blocking_errand("unpack", work, move |done| report.send(done).expect("heard"));
        tokio::task::yield_now().await;
        go.send(()).expect("it still waits");
        assert_eq!(told.recv().await, Some(Ok(true)));
        blocking_errand("break", || panic!("out of paper"), move |done: Result<bool, Panicked>| tell.send(done).expect("heard"));
        assert_eq!(told.recv().await.expect("told").expect_err("a panic").to_string(), "break failed inside: out of paper");
    }
}
