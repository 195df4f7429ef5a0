//! Runbooks: their format, the language of their conditions, whether one can be run, the kinds of steps, and the runbooks that this program brings
//! along.
//!
//! Everything that changes the platform is one of these files, run by one engine. This room reads and judges them. It must never send anything
//! itself, and never let a value become a part of a text that a shell or a server reads as a language.

pub mod expression;
pub mod facts;
pub mod fill;
pub mod format;
pub mod keys;
pub mod kinds;
pub mod language;
pub mod library;
pub mod param;
pub mod parse;
pub mod plan;
pub mod reference;
pub mod validate;

pub use format::{Judged, Runbook};
pub use library::Library;
