//! Judging: the rules that need several members or systems at once, and what all rules together say about a revision. Pure; `now` is an argument.
//!
//! It must never read anything or format for a face. Rules of one endpoint alone live in the `rules` of its system.

mod consequence;
mod crowd;
pub mod foresee;
pub mod hold;
mod hosts;
pub mod judge;
mod meant;
mod most;
pub mod outcome;
mod patroni;
pub mod rank;
pub mod rule;
pub mod rules;
pub mod silence;
#[cfg(test)]
mod staged;
mod stores;
mod unasked;
mod witnesses;
mod writers;

pub use judge::{ClusterJudgement, Judgement, judge};
pub use outcome::Outcome;
pub use rank::Standing;
pub use rule::{ClusterRule, ClusterView};
