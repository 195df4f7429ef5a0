//! Text from outside made safe to show, and text of ours made easy to read: escaping, display width, carets, "did you mean".
//!
//! It must never decide what is shown, only how: no colours, no systems, no IO.

pub mod caret;
pub mod diff;
pub mod secretive;
pub mod suggest;
pub mod traces;
pub mod untrusted;
pub mod width;

pub use untrusted::Untrusted;
