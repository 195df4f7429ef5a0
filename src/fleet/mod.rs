//! The state of everything that is operated, as immutable revisions with one writer, and the tasks that ask the endpoints.
//!
//! It must never judge (that is `health`) and never name a system: it holds what [`systems::contract`](crate::systems::contract) describes.
//! `poll` is the only file here that waits; `schedule`, `discovery` and `attendance` are pure.

pub mod attendance;
pub mod discovery;
pub mod poll;
pub mod record;
pub mod revision;
pub mod rings;
pub mod schedule;
pub mod store;
pub mod supervise;
pub mod sweep;

pub use revision::{Cluster, Crash, Entry, Failure, Fleet, Good, Member, Passage, Rejected};
pub use rings::Rings;
