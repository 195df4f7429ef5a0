//! A run as people meet it: confirmed here, carried out by a process of its own, watched through its folder, told to end by its control file.
//!
//! It must never carry out a step in the process of a face, and never know more of a run than its folder says: whoever looks from elsewhere sees the same.

pub mod actor;
pub mod answer;
pub mod audit;
pub mod cancel;
pub mod exec;
pub mod follow;
pub mod found;
pub mod guard;
pub mod kept;
pub mod lock;
pub mod locks;
pub mod mirrored;
pub mod pages;
pub mod report;
pub mod result;
pub mod runner;
mod signals;
pub mod start;
#[cfg(test)]
pub(in crate::app) mod trials;
pub mod words;
pub mod world;
pub mod writing;
