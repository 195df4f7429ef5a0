//! The one list of systems. A new system is a folder beside this file and a line here; it then shows in the console, in `status` and in JSON.

use super::contract::{AnySystem, Erased, RuleInfo};
use super::{etcd, haproxy, patroni, pgbouncer, postgres};
use crate::config::{ClusterSpec, Diagnostic, Draft};
use crate::engine::lock::Lock;
use crate::model::Clock;

/// All systems, in the order in which they are shown.
pub static SYSTEMS: &[&dyn AnySystem] = &[
    &Erased::<patroni::Patroni>::new(),     // who leads
    &Erased::<postgres::Postgres>::new(),   // the database
    &Erased::<etcd::Etcd>::new(),           // consensus
    &Erased::<pgbouncer::Pgbouncer>::new(), // pooling
    &Erased::<haproxy::Haproxy>::new(),     // balancing
];

/// The system called `name`.
#[must_use]
pub fn find(name: &str) -> Option<&'static dyn AnySystem> {
    SYSTEMS.iter().copied().find(|system| system.name() == name)
}

/// The lock that everybody shares who changes `cluster`, where one of its systems keeps one; contacts nobody.
#[must_use]
pub fn lock(cluster: &ClusterSpec, clock: &Clock) -> Option<Box<dyn Lock>> {
    SYSTEMS.iter().find_map(|system| system.lock(cluster, clock))
}

/// What the systems and their rules find wrong with `draft`; `rules` are those that no single system owns.
#[must_use]
pub fn check(draft: &Draft, rules: &[&RuleInfo]) -> Vec<Diagnostic> {
    super::check::check(SYSTEMS, rules, draft)
}
