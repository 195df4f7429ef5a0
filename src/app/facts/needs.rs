//! Whom a fact has to be asked of. A switchover asks several times a second: who cannot know is left in peace.

use crate::config::EndpointSpec;
use crate::systems::contract::{System, Tier};
use crate::systems::haproxy::Haproxy;
use crate::systems::patroni::Patroni;
use crate::systems::pgbouncer::Pgbouncer;
use crate::systems::postgres::Postgres;

/// Whom to ask, and how much.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Needs {
    pub(super) store: bool,
    balancers: bool,
    /// Only how the members call themselves, which does not change.
    names: bool,
    /// What of Patroni, of PostgreSQL and of poolers; `None`: they are not asked.
    patroni: Option<Tier>,
    servers: Option<Tier>,
    poolers: Option<Tier>,
}

impl Needs {
    /// Whom `names` need; `stored`: the store itself can be asked.
    pub(super) fn of(names: &[String], stored: bool) -> Needs {
        let mut needs = Needs::default();
        for name in names {
            match name.as_str() {
                "cluster.asked_at" | "cluster.environment" | "cluster.name" | "cluster.members_expected" => {}
                // two settings are among their fields
                "write_pools" | "pool" => needs.poolers = needs.poolers.max(Some(Tier::Slow)),
                name if name.starts_with("route.") => {
                    needs.balancers = true;
                    needs.poolers = needs.poolers.max(Some(Tier::Fast));
                    needs.names = true;
                }
                name => {
                    // who leads is the store's word; who writes, the servers'
                    needs.store = true;
                    let patroni = match name {
                        "cluster.paused" | "cluster.synchronous_mode" | "cluster.synchronous_nodes" if !stored => Tier::Slow,
                        "cluster.last_role_change_seconds" | "cluster.newest_timeline" if !stored => Tier::Rare,
                        _ => Tier::Fast,
                    };
                    let servers = if matches!(name, "cluster.archiver_failing" | "cluster.backup_running") { Tier::Slow } else { Tier::Fast };
                    (needs.patroni, needs.servers) = (needs.patroni.max(Some(patroni)), needs.servers.max(Some(servers)));
                }
            }
        }
        needs
    }

    /// Whether an answer of `spec` from long ago will do: a member that is about to change its role may be slow, and is still called as before.
    pub(super) fn only_its_name(&self, spec: &EndpointSpec) -> bool {
        spec.id.system == Patroni::NAME && self.patroni.is_none()
    }

    /// How much `spec` is asked; `None`: it is not.
    pub(super) fn tier(&self, spec: &EndpointSpec) -> Option<Tier> {
        match spec.id.system.as_str() {
            Patroni::NAME => self.patroni.or(self.names.then_some(Tier::Fast)),
            Postgres::NAME => self.servers,
            Pgbouncer::NAME => self.poolers,
            Haproxy::NAME => self.balancers.then_some(Tier::Fast),
            _ => None,
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
            let asks = Needs::of(&[fact.name.to_owned()], true) != Needs::default();
            assert_eq!(
                asks,
                !matches!(fact.name, "cluster.asked_at" | "cluster.environment" | "cluster.name" | "cluster.members_expected"),
                "{}",
                fact.name
            );
        }
    }

    #[test]
    fn what_is_read_seldom_is_asked_for_by_its_name_and_of_those_who_know_it() {
        let of = |name: &str, stored| Needs::of(&[name.to_owned()], stored);
        assert_eq!(of("pool", true).poolers, Some(Tier::Slow));
        assert_eq!(of("route.leads_to", true).poolers, Some(Tier::Fast));
        let both = Needs::of(&["pool".to_owned(), "route.leads_to".to_owned()], true);
        assert_eq!((both.poolers, both.servers, both.names), (Some(Tier::Slow), None, true));
        for (name, without_store) in
            [("synchronous_mode", Tier::Slow), ("paused", Tier::Slow), ("last_role_change_seconds", Tier::Rare), ("newest_timeline", Tier::Rare)]
        {
            let name = format!("cluster.{name}");
            assert_eq!((of(&name, true).patroni, of(&name, false).patroni), (Some(Tier::Fast), Some(without_store)), "{name}");
            assert_eq!(of(&name, false).servers, Some(Tier::Fast), "{name}");
        }
    }
}
