//! Whom a fact has to be asked of. A switchover asks several times a second: who cannot know is left in peace.

use crate::config::EndpointSpec;
use crate::systems::contract::System;
use crate::systems::haproxy::Haproxy;
use crate::systems::patroni::Patroni;
use crate::systems::pgbouncer::Pgbouncer;
use crate::systems::postgres::Postgres;

/// Whom to ask.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "one for each kind of server")]
pub(super) struct Needs {
    pub(super) store: bool,
    pub(super) members: bool,
    /// Only how the members call themselves, which does not change.
    pub(super) names: bool,
    pub(super) poolers: bool,
    pub(super) balancers: bool,
    /// What is read each 15 s only, too.
    pub(super) slow: bool,
}

impl Needs {
    pub(super) fn of(names: &[String]) -> Needs {
        let mut needs = Needs::default();
        for name in names {
            match name.as_str() {
                "cluster.asked_at" | "cluster.name" | "cluster.members_expected" => {}
                "write_pools" | "pool" => needs.poolers = true,
                name if name.starts_with("route.") => {
                    needs.poolers = true;
                    needs.balancers = true;
                    needs.names = true;
                }
                name => {
                    // who leads is the store's word; who writes, the servers'
                    needs.store = true;
                    needs.members = true;
                    needs.slow |= matches!(name, "cluster.archiver_failing" | "cluster.backup_running");
                }
            }
        }
        needs
    }

    /// Whether an answer of `spec` from long ago will do: a member that is about to change its role may be slow, and is still called as before.
    pub(super) fn only_its_name(&self, spec: &EndpointSpec) -> bool {
        spec.id.system == Patroni::NAME && !self.members
    }

    /// Whether `spec` is asked.
    pub(super) fn names(&self, spec: &EndpointSpec) -> bool {
        match spec.id.system.as_str() {
            Patroni::NAME => self.members || self.names,
            Postgres::NAME => self.members,
            Pgbouncer::NAME => self.poolers,
            Haproxy::NAME => self.balancers,
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runbook::facts::FACTS;

    #[test]
    fn every_fact_but_what_the_configuration_says_is_asked_of_somebody() {
        for fact in FACTS {
            let asks = Needs::of(&[fact.name.to_owned()]) != Needs::default();
            assert_eq!(asks, !matches!(fact.name, "cluster.asked_at" | "cluster.name" | "cluster.members_expected"), "{}", fact.name);
        }
    }
}
