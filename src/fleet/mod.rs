//! The state of everything that is operated, as immutable revisions with one writer, and the tasks that ask the endpoints.
//!
//! It must never judge (that is `health`) and never name a system: it holds what [`systems::contract`](crate::systems::contract) describes.
//! `poll` is the only file here that waits; `schedule` and `discovery` are pure.

pub mod discovery;
pub mod poll;
pub mod record;
pub mod revision;
pub mod rings;
pub mod schedule;
pub mod store;
pub mod supervise;
pub mod sweep;

pub use revision::{Cluster, Entry, Failure, Fleet, Good, Member, Rejected};
pub use rings::Rings;
