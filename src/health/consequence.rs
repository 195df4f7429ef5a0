//! What follows from another finding says so: whoever reads "reinitialise it" of a member that only lost its store would make things worse.
//!
//! It must never hide a finding, nor change how bad it is: only what to do about it.

use super::hosts::{self, Silent};
use super::rule::ClusterView;
use crate::model::{Cure, Finding, Severity};
use crate::systems::contract::System;
use crate::systems::patroni::Patroni;
use crate::systems::pgbouncer::Pgbouncer;
use crate::systems::postgres::Postgres;
use crate::text::Untrusted;

/// A cause, and what it brings about by itself.
struct Chain {
    cause: &'static str,
    /// What is less bad is something else: a warning is one member that lost its store, and what others do does not follow from it.
    least: Severity,
    brings: &'static [&'static str],
    /// How far it reaches.
    reach: Reach,
    why: &'static str,
}

/// What of a cluster a cause reaches.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reach {
    Everything,
    /// Poolers of another way than reads.
    Writers,
    /// What is on the silent host.
    Host,
    /// Patroni and PostgreSQL of the member that it is about, and what the store says of that member.
    Member,
    /// The pools of the database that it is about; all of the pooler where it is about that.
    Pools,
}

static CHAINS: &[Chain] = &[
    Chain {
        cause: "dcs-no-quorum",
        least: Severity::Critical,
        brings: &[
            "no-leader",
            "no-writable-primary",
            "lock-holder-not-writable",
            "replica-not-streaming",
            "write-backend-not-one-up",
            "sync-standby-missing",
            "witness-stale",
        ],
        reach: Reach::Everything,
        why: "without a quorum of its store Patroni gives up the primary and promotes nobody",
    },
    Chain {
        cause: "dcs-down",
        least: Severity::Critical,
        brings: &[
            "no-leader",
            "no-writable-primary",
            "lock-holder-not-writable",
            "replica-not-streaming",
            "write-backend-not-one-up",
            "witness-stale",
        ],
        reach: Reach::Everything,
        why: "without its store Patroni gives up the primary and promotes nobody",
    },
    Chain {
        cause: "no-writable-primary",
        least: Severity::Critical,
        brings: &["write-backend-not-one-up", "replica-not-streaming"],
        reach: Reach::Everything,
        why: "there is no primary to send writes to or to stream from",
    },
    Chain {
        cause: "no-writable-primary",
        least: Severity::Critical,
        brings: &["pool-login-failing", "clients-waiting"],
        reach: Reach::Writers,
        why: "there is no primary that these pools could connect to",
    },
    Chain {
        cause: "cluster-silent",
        least: Severity::Info,
        brings: &["endpoint-unreachable", "member-missing"],
        reach: Reach::Everything,
        why: "nothing of that cluster answers",
    },
    Chain {
        cause: "host-silent",
        least: Severity::Info,
        brings: &["endpoint-unreachable", "member-missing", "witness-stale"],
        reach: Reach::Host,
        why: "nothing on that host answers",
    },
    Chain {
        cause: "member-frozen",
        least: Severity::Info,
        brings: &["endpoint-unreachable", "member-missing", "witness-stale", "replica-not-streaming"],
        reach: Reach::Member,
        why: "its processes are frozen together",
    },
    Chain {
        cause: "pool-paused",
        least: Severity::Info,
        brings: &["clients-waiting"],
        reach: Reach::Pools,
        why: "the pool is paused, and its clients wait until somebody resumes it",
    },
];

/// Gives each of `findings` of one cluster that follows from another the cure of its cause. The first chain counts: it lies deepest.
pub(super) fn told(findings: &mut [Finding], view: &ClusterView<'_>) {
    for chain in CHAINS {
        let is_cause = |finding: &&Finding| finding.rule == chain.cause && finding.confirmed && finding.severity >= chain.least;
        let causes: Vec<Finding> = findings.iter().filter(is_cause).cloned().collect();
        let hosts = if causes.is_empty() || chain.reach != Reach::Host { Vec::new() } else { hosts::silent(view) };
        for finding in findings.iter_mut().filter(|finding| chain.brings.contains(&finding.rule.as_str())) {
            let cause = causes.iter().find(|cause| chain.reach.holds(cause, finding, view, &hosts));
            if let Some(cause) = cause
                && !matches!(finding.cure, Cure::Follows { .. })
            {
                finding.cure = Cure::Follows { from: cause.rule.clone(), of: Some(cause.subject.clone()), why: chain.why.to_owned() };
            }
        }
    }
}

impl Reach {
    fn holds(self, cause: &Finding, other: &Finding, view: &ClusterView<'_>, hosts: &[Silent<'_>]) -> bool {
        let (from, to) = (&cause.subject, &other.subject);
        match self {
            Reach::Everything => true,
            Reach::Writers => view.cluster.of(Pgbouncer::NAME).any(|entry| {
                let spec = &entry.spec;
                to.system.as_deref() == Some(Pgbouncer::NAME)
                    && to.member.as_deref() == Some(&spec.id.name)
                    && spec.body.text("route") != Some("read")
            }),
            Reach::Host => {
                let host = hosts.iter().find(|host| from.object.as_ref().is_some_and(|object| object.raw() == host.name));
                // a rule about endpoints of any system names the system as its object; one about members, none
                host.zip(to.member.as_deref()).is_some_and(|(host, name)| match &to.object {
                    Some(system) => host.has(system.raw(), name),
                    None => host.member() == Some(name),
                })
            }
            Reach::Member => {
                let own = |system: &str| system == Patroni::NAME || system == Postgres::NAME;
                from.member.is_some() && from.member == to.member && to.object.as_ref().is_none_or(|object| own(object.raw()))
            }
            Reach::Pools => {
                let database = from.object.as_ref().map(Untrusted::raw);
                let pool = to.object.as_ref().map_or("", Untrusted::raw);
                let inside = |database: &str| pool.strip_prefix(database).is_some_and(|rest| rest.starts_with('/'));
                (&from.system, &from.member) == (&to.system, &to.member) && database.is_none_or(inside)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::ClusterSpec;
    use crate::fleet::Fleet;
    use crate::model::{Clock, Since, Subject};
    use std::sync::Arc;
    use std::time::Duration;

    #[test]
    fn every_rule_of_a_chain_is_one_and_no_cause_follows_from_itself() {
        let known: Vec<&str> = crate::health::judge::every_rule().iter().map(|rule| rule.id).collect();
        for chain in CHAINS {
            assert!(known.contains(&chain.cause) && !chain.brings.contains(&chain.cause), "{}", chain.cause);
            assert!(chain.brings.iter().all(|rule| known.contains(rule)), "{:?}", chain.brings);
        }
    }

    fn finding(rule: &str, system: Option<&str>, member: &str, object: Option<&str>) -> Finding {
        Finding {
            rule: rule.to_owned(),
            severity: Severity::Warning,
            subject: Subject {
                cluster: "orders".to_owned(),
                system: system.map(str::to_owned),
                member: Some(member.to_owned()),
                object: object.map(Into::into),
            },
            sentence: "s".into(),
            evidence: Vec::new(),
            since: Since::FirstSeen(jiff::Timestamp::UNIX_EPOCH),
            cure: Cure::Procedure("find who holds the servers".to_owned()),
            members: Vec::new(),
            confirmed: true,
        }
    }

    /// Which of `findings` follow from another one.
    fn following<const N: usize>(findings: [Finding; N]) -> [bool; N] {
        let now = Clock::real().now();
        let fleet = Fleet::unread(&[Arc::new(ClusterSpec::named("orders", "test"))], Duration::MAX, now);
        let mut findings = findings;
        told(&mut findings, &ClusterView { fleet: &fleet, cluster: &fleet.clusters[0], now });
        findings.map(|finding| matches!(finding.cure, Cure::Follows { .. }))
    }

    #[test]
    fn the_silences_of_a_frozen_member_follow_from_it_and_those_of_others_do_not() {
        let follows = following([
            finding("member-frozen", None, "pg3", None),
            finding("endpoint-unreachable", None, "pg3", Some("patroni")),
            finding("endpoint-unreachable", None, "pg3", Some("postgres")),
            finding("witness-stale", None, "pg3", None),
            finding("member-missing", None, "pg3", None),
            finding("endpoint-unreachable", None, "pg3", Some("etcd")),
            finding("endpoint-unreachable", None, "pg1", Some("postgres")),
            finding("syncrep-stall", Some("postgres"), "pg1", None),
        ]);
        assert_eq!(follows, [false, true, true, true, true, false, false, false]);
    }

    #[test]
    fn who_waits_in_a_paused_pool_waits_for_its_end_and_who_waits_elsewhere_does_not() {
        let follow = |paused: Option<&str>| {
            let waits = |member: &str, pool: &str| finding("clients-waiting", Some("pgbouncer"), member, Some(pool));
            let pause = finding("pool-paused", Some("pgbouncer"), "pgb-1", paused);
            following([waits("pgb-1", "app/web"), waits("pgb-1", "apps/web"), waits("pgb-2", "app/web"), pause])
        };
        assert_eq!(follow(Some("app")), [true, false, false, false]);
        assert_eq!(follow(None), [true, true, false, false], "the whole pooler is paused");
    }
}
