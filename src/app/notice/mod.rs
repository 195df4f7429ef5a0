//! Telling somebody that a verdict changed: a finding was raised, became worse or better, or is gone.
//!
//! `policy` decides what a target is told next and `body` says it; both are pure. `courier` watches the verdicts and has it sent, and `sender` settles which
//! process of this host does. A target is told the difference between what it knows and what holds, so that a finding which comes and goes a thousand times
//! is told as often as the configuration allows, and the last word is always sent. What was told outlives who told it: `memory` keeps it, and `restored` holds
//! on to it until it can be known again whether it still is so; `riding` knows what needs no notice of its own. It must never send more than that, never repeat a secret, and never let
//! a byte of a server act in a title or a body.

pub mod body;
pub mod budget;
pub mod courier;
pub mod memory;
pub mod policy;
mod restored;
mod riding;
mod sender;

pub use courier::{Heard, deliver, send, test};
pub use policy::Policy;
pub use sender::Sender;

use crate::model::{Environment, Finding, Moment, Severity};

/// A finding, and how careful one has to be where it was found.
type Known = (Finding, Option<Environment>);

/// One thing to be told.
#[derive(Clone, Debug, PartialEq)]
pub struct Notice {
    pub event: Event,
    pub at: Moment,
    pub besides: Besides,
}

/// What is said along with a notice, and not on its own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Besides {
    /// The sentences of what follows from the finding; plain text.
    pub follow: Vec<String>,
    /// So many notices were held back since the last one, and what they would have said was over before it could be.
    pub dropped: usize,
}

impl Notice {
    /// The cluster that it is about.
    #[must_use]
    pub fn cluster(&self) -> Option<&str> {
        match &self.event {
            Event::Raised { finding, .. } | Event::Recovered { finding, .. } => Some(&finding.subject.cluster),
            Event::HeldBack { cluster, .. } | Event::Said { cluster, .. } => Some(cluster),
            Event::Test { .. } => None,
        }
    }
}

/// What happened.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// A finding holds, or is now as severe as this.
    Raised { finding: Finding, environment: Option<Environment> },
    /// What was told no longer holds, or only as mildly as `still`.
    Recovered { finding: Finding, environment: Option<Environment>, still: Option<Severity> },
    /// So many more are to be told, and are not before others are an hour old. The worst of them is as severe as this, on this cluster.
    HeldBack { count: usize, per_hour: usize, severity: Severity, cluster: String },
    /// A step of a run says this.
    Said { cluster: String, run: String, severity: Severity, text: String },
    /// Somebody tries a target.
    Test { target: String },
}
