//! What a step does, as its kind makes it. The types keep a kind that reads from sending: only [`Changes`] is handed an [`Armed`].

use super::expression::Expr;
use super::output::Output;
use crate::model::{Armed, Clock, Moment};
use serde_json::Value;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Something that is waited for.
pub type Task<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// What a step does.
pub enum Work {
    /// Nothing: only what it expects is judged.
    Nothing,
    /// Waits until something is so.
    Wait {
        every: Duration,
        within: Duration,
        until: Expr,
    },
    /// A person answers, by way of the control file.
    Ask(Question),
    /// The undo of these steps, which are undone in any case, is run now.
    Release(Vec<String>),
    Reads(Box<dyn Reads>),
    Changes(Box<dyn Changes>),
}

/// What a person is asked in the middle of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Question {
    /// Whether it may go on.
    Approve { prompt: String },
    /// To do something and say so.
    Manual { instruction: String, evidence: bool },
}

/// Asks and changes nothing.
pub trait Reads: Send + Sync {
    /// The answer, or why there is none, in one sentence. A text in it called `note` is told to whoever watches the run.
    fn read<'a>(&'a self, doing: &'a Doing) -> Task<'a, Result<Value, String>>;
}

/// One effect on one target.
pub trait Changes: Send + Sync {
    /// Sends one request. It is dropped at the deadline wherever it is: nothing of it may go on then.
    fn change<'a>(&'a self, armed: Armed, doing: &'a Doing) -> Task<'a, Outcome>;
}

/// What became of a request.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// The server says that it is done; what it answered.
    Ok(Value),
    /// Certainly without effect: the connection was refused, the server said no, it was too late to send.
    NoEffect { why: String, retryable: bool },
    /// Nobody knows: no answer before the deadline, a reset after the send, a 5xx, a signal.
    Unclear { why: String },
}

/// What a piece of work is done with.
pub struct Doing {
    pub clock: Clock,
    /// The first byte leaves before this moment, by this clock, or not at all: whoever takes the run over waits only so long.
    pub send_before: Moment,
    pub deadline: Moment,
    /// A person wants it to end: a program is told to, and killed 10 s later.
    pub stop: CancellationToken,
    /// Where what it prints is kept, in full and before anybody sees it.
    pub output: Output,
}

impl Doing {
    /// Whether the first byte may still leave. Asked directly before it does.
    #[must_use]
    pub fn may_send(&self) -> bool {
        self.clock.now().mono < self.send_before.mono
    }
}
