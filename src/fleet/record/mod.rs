//! The form of a recording: what was observed, instant after instant, as bytes that a crash or a bad disk cannot make lie.
//!
//! A recording is a row of blocks, each with its own check. An instant is a set of named documents (one an endpoint, one for findings, ...); a whole frame
//! holds them all, the frames after it only what changed. Whoever opens a recording walks its blocks: what is damaged is named, what is good opens.
//! A recording is data from outside: counts and lengths are believed only within bounds, and what it says is as untrusted as when a server said it.
//!
//! It must never hold a secret or a reference to one, never judge, and never show a damaged instant as a good one.

pub mod block;
pub mod delta;
pub mod frame;
pub mod index;
pub mod reader;
pub mod source;
pub mod spec;
pub mod state;
pub mod varint;
pub mod writer;

pub use index::{Damage, Stop};
pub use reader::Reader;
pub use source::Source;
pub use writer::{Writer, thin};

use crate::model::Moment;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The documents of one instant, by name; each is JSON text.
pub type Docs = BTreeMap<String, Arc<[u8]>>;

/// Goes up when an older program would read a new recording wrongly.
pub const VERSION: u32 = 1;

/// The first block of a recording, as JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    pub version: u32,
    /// `opsctl 0.1.0`
    pub made_by: String,
    /// Least time between two instants, unless a verdict changed.
    pub every_seconds: u32,
}

impl Head {
    #[must_use]
    pub fn new(every_seconds: u32) -> Self {
        Head { version: VERSION, made_by: concat!("opsctl ", env!("CARGO_PKG_VERSION")).to_owned(), every_seconds }
    }
}

/// Why a recording, or an instant of it, cannot be shown.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    #[error("cannot be read: {0}")]
    Read(#[from] std::io::Error),
    #[error("is no recording of opsctl: {0}")]
    NotOne(String),
    #[error("was made by a newer program ({made_by}, form {version}); this one reads forms up to {VERSION}")]
    Newer { version: u32, made_by: String },
    #[error("holds no whole instant{}", .0.as_ref().map(|damage| format!(": {damage}")).unwrap_or_default())]
    Empty(Option<Box<Damage>>),
    /// The file changed under us, or a block passed its check and makes no sense.
    #[error("byte {byte}{}: {what}", .at.map(|at| format!(", {}", index::clock_text(at))).unwrap_or_default())]
    Damaged { byte: u64, at: Option<Moment>, what: String },
}
