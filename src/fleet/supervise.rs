//! The one place where tasks are started: each has a name, and a panic becomes a log line and a restart, never a silent end.

use crate::model::Clock;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Starts `work` as a task called `name`; starts it again a second after it panicked, until `stop`.
#[expect(clippy::disallowed_methods, reason = "the one place that may")]
pub fn supervise<F, W>(name: String, clock: Clock, stop: CancellationToken, mut work: W) -> tokio::task::JoinHandle<()>
where
    W: FnMut() -> F + Send + 'static,
    F: Future<Output = ()> + Send + 'static,
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
            match ended {
                Err(error) if error.is_panic() => tracing::error!(task = %name, "panicked; starting it again"),
                _ => return,
            }
            clock.sleep(Duration::from_secs(1)).await;
        }
    })
}
