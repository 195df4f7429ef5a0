//! Signals to a process of a run: what the operating system, or a person, tells it from outside.

use tokio::signal::unix::Signal;

/// Returns when `signal` comes; one that cannot be listened to never comes.
pub(super) async fn heard(signal: &mut Option<Signal>) {
    let heard = match signal {
        Some(signal) => signal.recv().await,
        None => None,
    };
    if heard.is_none() {
        std::future::pending::<()>().await;
    }
}
