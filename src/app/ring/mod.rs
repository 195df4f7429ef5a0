//! The rings that the service keeps on disk: for each cluster a folder of recordings, so that who is paged can look before the page.
//!
//! It must never keep more than it may, never have two writers, and never sync: a crash of the process loses what was not written, a crash of the host
//! may lose some seconds more, and both leave recordings that open.

mod files;
mod holder;
mod keep;
mod past;

pub use holder::{Held, Holder, is_held};
pub use keep::{Limits, Ring};
pub use past::Rings;
