//! Work of our own that an endpoint has to wait for: reading secrets and certificates. It goes on in a task of its own when whoever waits for it gives up,
//! so that a secret which takes longer than a deadline comes at all. It must never be counted as silence of a server: what it fails with is its own error.

use super::error::ProbeError;
use tokio_util::task::AbortOnDropHandle;

/// One errand at a time, with what it brought until somebody takes it away.
#[derive(Debug)]
pub(super) struct Errand<T> {
    under_way: Option<AbortOnDropHandle<Result<T, ProbeError>>>,
    brought: Option<T>,
}

impl<T> Default for Errand<T> {
    fn default() -> Self {
        Errand { under_way: None, brought: None }
    }
}

impl<T: Send + 'static> Errand<T> {
    /// What was brought; `work` is begun where nothing was and nothing is under way. Whoever stops waiting loses nothing.
    ///
    /// # Errors
    /// Those of `work`; the next call begins it anew.
    #[expect(clippy::disallowed_methods, reason = "the errand ends with its owner, and its error is told to whoever waits next")]
    pub(super) async fn bring(
        &mut self,
        work: impl FnOnce() -> futures_util::future::BoxFuture<'static, Result<T, ProbeError>>,
    ) -> Result<&T, ProbeError> {
        if self.brought.is_none() {
            let task = self.under_way.get_or_insert_with(|| AbortOnDropHandle::new(tokio::spawn(work())));
            let outcome = task.await;
            self.under_way = None;
            self.brought = Some(outcome.map_err(|_ended| lost())??);
        }
        self.brought.as_ref().ok_or_else(lost)
    }

    #[cfg(test)]
    pub(super) const fn brought(&self) -> Option<&T> {
        self.brought.as_ref()
    }

    /// Forgets what was brought: it is fetched anew when it is needed again.
    pub(super) fn forget(&mut self) {
        self.brought = None;
    }
}

fn lost() -> ProbeError {
    ProbeError::new(super::Trouble::Secret, "secrets of this endpoint", "reading them broke off")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Clock;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    #[tokio::test]
    async fn whoever_gives_up_finds_it_done_later_and_it_is_done_once() {
        let begun = Arc::new(AtomicUsize::new(0));
        let (release, wait) = tokio::sync::watch::channel(false);
        let mut errand = Errand::<u8>::default();
        let work = || {
            let (begun, mut wait) = (Arc::clone(&begun), wait.clone());
            let work: futures_util::future::BoxFuture<'static, Result<u8, ProbeError>> = Box::pin(async move {
                begun.fetch_add(1, Ordering::Relaxed);
                wait.wait_for(|free| *free).await.expect("released");
                Ok(7)
            });
            work
        };
        let clock = Clock::real();
        for _ in 0..3 {
            assert!(clock.timeout(Duration::from_millis(20), errand.bring(work)).await.is_none(), "it is still out");
        }
        release.send_replace(true);
        assert_eq!(errand.bring(work).await.copied(), Ok(7));
        assert_eq!((begun.load(Ordering::Relaxed), errand.brought()), (1, Some(&7)));
        errand.forget();
        assert_eq!((errand.bring(work).await.copied(), begun.load(Ordering::Relaxed)), (Ok(7), 2));
    }
}
