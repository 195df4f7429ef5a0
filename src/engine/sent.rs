//! What became of something that was sent, in the words of a step: the window that its intent gives, and the outcome.

use super::output;
use super::work::{Doing, Outcome};
use crate::transport::send::{Sent, Stream, Window};
use std::io;

impl Doing {
    /// When bytes may leave, and how long an answer is waited for.
    #[must_use]
    pub const fn window(&self) -> Window<'_> {
        Window { clock: &self.clock, send_before: self.send_before, deadline: self.deadline, stop: &self.stop }
    }

    /// Keeps what a program prints.
    ///
    /// # Errors
    /// As [`output::Output::write`].
    pub fn keep(&self, stream: Stream, bytes: &[u8]) -> io::Result<()> {
        let stream = match stream {
            Stream::Out => output::Stream::Out,
            Stream::Err => output::Stream::Err,
        };
        self.output.write(stream, bytes)
    }
}

/// What became of it; of an answer, what `judge` says.
pub fn outcome<T>(sent: Sent<T>, judge: impl FnOnce(T) -> Outcome) -> Outcome {
    match sent {
        Sent::Answered(answer) => judge(answer),
        Sent::NoEffect { why, retryable } => Outcome::NoEffect { why, retryable },
        Sent::Unclear { why } => Outcome::Unclear { why },
    }
}
