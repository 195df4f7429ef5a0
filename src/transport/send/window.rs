//! How long something may be sent, how long its answer is waited for, and what can be said of it afterwards.

use crate::model::{Clock, Moment};
use crate::transport::ProbeError;
use tokio_util::sync::CancellationToken;

/// What became of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sent<T> {
    /// The server answered; what that means, its kind knows.
    Answered(T),
    /// Certainly nothing happened: no byte left, or the server said so.
    NoEffect { why: String, retryable: bool },
    /// Something left, and no whole answer came.
    Unclear { why: String },
}

impl<T> Sent<T> {
    /// No byte left; another time it may.
    pub(super) fn nothing(why: impl Into<String>) -> Self {
        Sent::NoEffect { why: why.into(), retryable: true }
    }

    /// It cannot be sent like this at any time.
    pub(super) fn never(why: impl Into<String>) -> Self {
        Sent::NoEffect { why: why.into(), retryable: false }
    }

    /// What came of something else, where it was no answer.
    pub(super) fn of(error: &ProbeError) -> Self {
        Sent::nothing(error.to_string())
    }
}

/// When bytes may leave and when an answer is no longer waited for.
#[derive(Clone, Copy, Debug)]
pub struct Window<'a> {
    pub clock: &'a Clock,
    /// The first byte leaves before this moment or not at all.
    pub send_before: Moment,
    pub deadline: Moment,
    /// A person wants it to end.
    pub stop: &'a CancellationToken,
}

impl Window<'_> {
    /// Why nothing may leave any more. Asked directly before the first byte.
    pub(super) fn closed(&self) -> Option<&'static str> {
        let now = self.clock.now();
        if self.stop.is_cancelled() {
            Some("it was stopped before anything was sent")
        } else if now.mono >= self.send_before.mono {
            Some("it was too late to send: whoever takes the run over may have begun already")
        } else if now.mono >= self.deadline.mono {
            Some("its time was over before anything was sent")
        } else {
            None
        }
    }

    /// What has to be done before anything is sent.
    ///
    /// # Errors
    /// Why it was not waited for; nothing was sent.
    pub async fn before<T>(&self, work: impl Future<Output = T>) -> Result<T, &'static str> {
        if let Some(why) = self.closed() {
            return Err(why);
        }
        let left = self.send_before.mono.min(self.deadline.mono).saturating_sub(self.clock.now().mono);
        tokio::select! {
            biased;
            done = self.clock.timeout(left, work) => done.ok_or("nothing was sent: no connection that can be used before it was too late"),
            () = self.stop.cancelled() => Err("it was stopped before anything was sent"),
        }
    }

    /// The answer to what was sent; `None` at the deadline. Who wants it to end has to wait: only an answer tells what happened.
    pub(super) async fn after<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        self.clock.timeout(self.left(), work).await
    }

    /// What is left until the deadline.
    pub(super) fn left(&self) -> std::time::Duration {
        self.deadline.mono.saturating_sub(self.clock.now().mono)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::model::Armed;
    use std::time::Duration;

    /// A window of `send` and `deadline` milliseconds from now.
    pub(in crate::transport::send) struct Opened {
        pub clock: Clock,
        pub stop: CancellationToken,
        send_before: Moment,
        deadline: Moment,
    }

    impl Opened {
        pub(in crate::transport::send) fn of(send: u64, deadline: u64) -> Opened {
            let clock = Clock::real();
            let now = clock.now();
            let after = |millis| now.plus(Duration::from_millis(millis));
            Opened { send_before: after(send), deadline: after(deadline), clock, stop: CancellationToken::new() }
        }

        pub(in crate::transport::send) fn window(&self) -> Window<'_> {
            Window { clock: &self.clock, send_before: self.send_before, deadline: self.deadline, stop: &self.stop }
        }
    }

    pub(in crate::transport::send) fn armed() -> Armed {
        Armed::mint("01K3".to_owned(), "step".to_owned(), 1, "target".to_owned())
    }

    #[tokio::test]
    async fn nothing_leaves_when_it_is_late_or_stopped() {
        for (send, deadline) in [(0, 1000), (1000, 0)] {
            let opened = Opened::of(send, deadline);
            assert!(opened.window().closed().is_some());
            assert!(opened.window().before(async {}).await.is_err());
        }
        let opened = Opened::of(1000, 1000);
        assert!(opened.window().closed().is_none());
        opened.stop.cancel();
        assert!(opened.window().before(std::future::pending::<()>()).await.is_err());
        let opened = Opened::of(30, 10_000);
        assert!(opened.window().before(std::future::pending::<()>()).await.is_err(), "it waits no longer than bytes may leave");
    }
}
