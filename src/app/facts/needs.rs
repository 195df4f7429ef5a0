//! Whom a fact has to be asked of. A switchover asks several times a second: who cannot know is left in peace.

use crate::config::EndpointSpec;
use crate::systems::contract::{System, Tier};
use crate::systems::haproxy::Haproxy;
use crate::systems::patroni::Patroni;
use crate::systems::pgbouncer::Pgbouncer;
use crate::systems::postgres::Postgres;

/// What the store itself says.
const OF_STORE: [&str; 9] = [
    "cluster.dcs_answers",
    "cluster.has_leader",
    "cluster.leader.name",
    "cluster.paused",
    "cluster.pending_failover",
    "cluster.scheduled_switchover",
    "cluster.sync_standbys",
    "cluster.synchronous_mode",
    "cluster.synchronous_nodes",
];
/// What PostgreSQL says; of the members no more is needed than how they are called.
const OF_SERVERS: [&str; 11] = [
    "cluster.last_role_change_seconds",
    "cluster.leader.kept_by",
    "cluster.leader.lsn",
    "cluster.leader.timeline",
    "cluster.leader.writable",
    "cluster.longest_sync_wait_seconds",
    "cluster.longest_transaction_seconds",
    "cluster.max_lag_ms",
    "cluster.members_seen_writable",
    "cluster.standbys_confirming",
    "cluster.standbys_streaming",
];

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
                name => needs.of_cluster(name, stored),
            }
        }
        needs
    }

    /// Who leads is the store's word, where it can be asked; who writes, the servers'. A Patroni whose PostgreSQL starts is slow to answer: where its word is not
    /// needed nobody waits for it.
    fn of_cluster(&mut self, name: &str, stored: bool) {
        self.store = true;
        let (patroni, servers) = match name {
            name if stored && OF_STORE.contains(&name) => (None, None),
            "cluster.archiver_failing" if stored => (None, Some(Tier::Slow)),
            name if stored && OF_SERVERS.contains(&name) => (None, Some(Tier::Fast)),
            "cluster.paused" | "cluster.synchronous_mode" | "cluster.synchronous_nodes" => (Some(Tier::Slow), Some(Tier::Fast)),
            "cluster.last_role_change_seconds" => (Some(Tier::Rare), Some(Tier::Fast)),
            "cluster.newest_timeline" if !stored => (Some(Tier::Rare), Some(Tier::Fast)),
            "cluster.archiver_failing" | "cluster.backup_running" => (Some(Tier::Fast), Some(Tier::Slow)),
            "cluster.leader.state" if stored => (Some(Tier::Fast), None),
            _ => (Some(Tier::Fast), Some(Tier::Fast)),
        };
        self.names |= servers.is_some();
        (self.patroni, self.servers) = (self.patroni.max(patroni), self.servers.max(servers));
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
        for (name, without_store) in [("synchronous_mode", Tier::Slow), ("paused", Tier::Slow), ("last_role_change_seconds", Tier::Rare)] {
            let name = format!("cluster.{name}");
            assert_eq!((of(&name, true).patroni, of(&name, false).patroni), (None, Some(without_store)), "{name}");
        }
    }

    #[test]
    fn nobody_waits_for_a_slow_patroni_whose_word_is_not_needed() {
        let of = |name: &str, stored| {
            let needs = Needs::of(&[name.to_owned()], stored);
            (needs.store, needs.names, needs.patroni, needs.servers)
        };
        for name in OF_STORE {
            assert_eq!(of(name, true), (true, false, None, None), "{name}");
            assert!(of(name, false).2.is_some(), "{name}");
        }
        for name in OF_SERVERS {
            assert_eq!(of(name, true), (true, true, None, Some(Tier::Fast)), "{name}");
            assert!(of(name, false).2.is_some(), "{name}");
        }
        // an unreachable PostgreSQL proves nothing without the word of its Patroni
        for name in ["cluster.writable_members", "cluster.members", "members", "cluster.members_answering"] {
            assert_eq!((of(name, true).2, of(name, true).3), (Some(Tier::Fast), Some(Tier::Fast)), "{name}");
        }
        assert_eq!(of("cluster.leader.state", true), (true, false, Some(Tier::Fast), None));
        assert!(
            FACTS.iter().filter(|fact| OF_STORE.contains(&fact.name) || OF_SERVERS.contains(&fact.name)).count() == OF_STORE.len() + OF_SERVERS.len()
        );
    }
}
