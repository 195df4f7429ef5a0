//! Patroni as captured from real servers: every payload through the real client, a verdict for each state, and how the client behaves towards a REST
//! with five threads.

mod archive;
mod behind;
pub(crate) mod capture;
mod checks;
mod cures;
pub(crate) mod fleet;
mod manners;
mod payloads;
mod pool;
mod route;
mod staged;
mod standbys;
mod verdicts;
