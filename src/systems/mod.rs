//! What is operated: one folder a system, a contract they all keep, a registry with a line for each.

pub mod contract;
pub mod postgres;
pub mod registry;
pub mod view;
