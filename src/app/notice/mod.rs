//! Telling somebody that a verdict changed: a finding was raised, became worse or better, or is gone.
//!
//! `policy` decides what a target is told next and `body` says it; both are pure. `courier` watches the verdicts and has it sent, and `sender` settles which
//! process of this host does. A target is told the difference between what it knows and what holds, so that a finding which comes and goes a thousand times
//! is told as often as the configuration allows, and the last word is always sent. It must never send more than that, never repeat a secret, and never let
//! a byte of a server act in a title or a body.

pub mod body;
pub mod courier;
pub mod policy;
mod sender;

pub use courier::{Heard, deliver, test};
pub use policy::Policy;
pub use sender::Sender;

use crate::model::{Environment, Finding, Moment, Severity};

/// One thing to be told.
#[derive(Clone, Debug, PartialEq)]
pub struct Notice {
    pub event: Event,
    pub at: Moment,
}

/// What happened.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// A finding holds, or is now as severe as this.
    Raised { finding: Finding, environment: Option<Environment> },
    /// What was told no longer holds, or only as mildly as `still`.
    Recovered { finding: Finding, environment: Option<Environment>, still: Option<Severity> },
    /// So many more are to be told, and are not before others are an hour old.
    HeldBack { count: usize, per_hour: usize },
    /// Somebody tries a target.
    Test { target: String },
}
