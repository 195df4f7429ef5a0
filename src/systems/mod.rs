//! What is operated: one folder a system, a contract they all keep, a registry with a line for each. A system must never name another.

pub mod agreed;
pub mod check;
pub mod contract;
pub mod counts;
pub mod etcd;
pub mod fields;
pub mod first_seen;
pub mod haproxy;
pub mod patroni;
pub mod pgbouncer;
pub mod place;
pub mod postgres;
pub mod registry;
pub mod ruled;
pub mod twofold;
pub mod view;
