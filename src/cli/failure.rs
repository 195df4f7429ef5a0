//! Why a command did not do its work, as `error:` and `hint:`, and the exit code that goes with it.

use super::exit::Exit;
use crate::text::untrusted::visible;
use std::io;

/// Why a command did not do its work.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// Its arguments make no sense: exit 2.
    #[error("{what}")]
    Usage { what: String, hint: String },
    /// The configuration cannot be used; the text is whole: exit 2.
    #[error("{0}")]
    Config(String),
    /// What it wrote could not be written: exit 1.
    #[error("cannot write the output: {0}")]
    Output(#[from] io::Error),
    /// Nothing that could be read: exit 4.
    #[error("{what}")]
    Unreadable { what: String, hint: String },
    /// Somebody else holds what only one may have: exit 9.
    #[error("{what}")]
    Locked { what: String, hint: String },
    /// Refused here, and nothing was sent: exit 5.
    #[error("{what}")]
    Refused { what: String, hint: String },
    /// Nobody knows whether something was applied: exit 8.
    #[error("{what}")]
    InDoubt { what: String, hint: String },
    /// What has to be known is not: exit 3.
    #[error("{what}")]
    Unknown { what: String, hint: String },
    /// Somebody has to approve it first: exit 10.
    #[error("{what}")]
    Approval { what: String, hint: String },
    /// A file that could not be written: exit 1.
    #[error("{what}")]
    Unwritten { what: String, hint: String },
    /// Anything else: exit 1.
    #[error("{0}")]
    Unexpected(String),
}

impl Failure {
    pub fn usage(what: impl Into<String>, hint: impl Into<String>) -> Self {
        Failure::Usage { what: what.into(), hint: hint.into() }
    }

    pub fn unwritten(what: impl Into<String>, hint: impl Into<String>) -> Self {
        Failure::Unwritten { what: what.into(), hint: hint.into() }
    }

    pub fn unexpected(what: impl Into<String>) -> Self {
        Failure::Unexpected(what.into())
    }

    #[must_use]
    pub fn exit(&self) -> Exit {
        match self {
            Failure::Usage { .. } | Failure::Config(_) => Exit::Usage,
            Failure::Unreadable { .. } => Exit::Unreadable,
            Failure::Unknown { .. } => Exit::Unhealthy,
            Failure::Locked { .. } => Exit::Locked,
            Failure::Refused { .. } => Exit::Refused,
            Failure::InDoubt { .. } => Exit::InDoubt,
            Failure::Approval { .. } => Exit::Approval,
            Failure::Output(_) | Failure::Unwritten { .. } | Failure::Unexpected(_) => Exit::Unexpected,
        }
    }

    /// `error:` and, after a blank line, `hint:`; safe to show.
    #[must_use]
    pub fn render(&self) -> String {
        match self {
            // rendered with places and carets already
            Failure::Config(text) => format!("{}\n", text.trim_end()),
            Failure::Usage { what, hint }
            | Failure::Unreadable { what, hint }
            | Failure::Unwritten { what, hint }
            | Failure::Refused { what, hint }
            | Failure::InDoubt { what, hint }
            | Failure::Approval { what, hint }
            | Failure::Unknown { what, hint }
            | Failure::Locked { what, hint } => {
                format!("error: {}\n\nhint: {}\n", visible(what), visible(hint))
            }
            Failure::Output(_) => {
                format!("error: {}\n\nhint: see where the output goes: a full disk, a file that may not be written\n", visible(&self.to_string()))
            }
            Failure::Unexpected(what) => format!("error: {}\n\nhint: `--log FILE` writes down what led to it\n", visible(what)),
        }
    }
}
