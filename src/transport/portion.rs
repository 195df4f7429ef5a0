//! How much a session reads for the questions that are under way: what is beyond ends the connection, whether it is many rows or one message without end.
//! Counted where the bytes arrive, before any of them is decoded. It must never count what former questions brought.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Most that is read for the questions that are under way together, in bytes.
pub(super) const LARGEST: usize = 8 * 1024 * 1024;

/// What was read since questions began to be under way.
#[derive(Debug, Default)]
pub(super) struct Portion {
    read: AtomicUsize,
    under_way: AtomicUsize,
}

/// A question under way, until it is dropped.
#[derive(Debug)]
pub(super) struct UnderWay<'a>(&'a Portion);

impl Portion {
    pub(super) fn question(&self) -> UnderWay<'_> {
        if self.under_way.fetch_add(1, Ordering::Relaxed) == 0 && !self.is_over() {
            self.read.store(0, Ordering::Relaxed);
        }
        UnderWay(self)
    }

    /// Whether more came than is read; nothing more is read then.
    pub(super) fn is_over(&self) -> bool {
        self.read.load(Ordering::Relaxed) > LARGEST
    }
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.0.under_way.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A stream whose bytes are counted.
#[derive(Debug)]
pub(super) struct Counted<S> {
    stream: S,
    portion: Arc<Portion>,
}

impl<S> Counted<S> {
    pub(super) fn new(stream: S, portion: &Arc<Portion>) -> Self {
        Counted { stream, portion: Arc::clone(portion) }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Counted<S> {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<std::io::Result<()>> {
        let before = buffer.filled().len();
        let outcome = Pin::new(&mut self.stream).poll_read(context, buffer);
        let came = buffer.filled().len().saturating_sub(before);
        self.portion.read.fetch_add(came, Ordering::Relaxed);
        if self.portion.is_over() { Poll::Ready(Err(std::io::Error::other("more than is read"))) } else { outcome }
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Counted<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<std::io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::AsyncReadExt;

    #[tokio::test]
    async fn what_former_questions_brought_does_not_count_and_what_is_too_much_ends_it() {
        let portion = Arc::new(Portion::default());
        let mut stream = Counted::new(tokio::io::repeat(7), &portion);
        let mut bytes = vec![0; LARGEST];
        for _ in 0..3 {
            let _question = portion.question();
            stream.read_exact(&mut bytes).await.expect("a portion");
        }
        let (_one, _two) = (portion.question(), portion.question());
        stream.read_exact(&mut bytes).await.expect("a portion");
        assert!(!portion.is_over());
        assert!(stream.read_u8().await.is_err() && portion.is_over());
    }
}
