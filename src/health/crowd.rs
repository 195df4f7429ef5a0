//! Who is connected to a server: the clients of a pooler, the sessions of a balancer or of `PostgreSQL`; and how many there were when one that is silent answered
//! last. Pure.
//!
//! It must never say of a silent server who is connected: only who was, and when. Who came since is in no number.

use crate::config::EndpointSpec;
use crate::config::quantity::time_text;
use crate::fleet::{Entry, Good};
use crate::health::patroni::is_unreachable;
use crate::model::{Gap, Moment, Reason};
use crate::systems::contract::{Raised, System};
use crate::systems::counts::added;
use crate::systems::haproxy::{BalancerSnapshot, Haproxy};
use crate::systems::pgbouncer::{Pgbouncer, PoolerSnapshot, concerns};
use crate::systems::postgres::snapshot::sessions::Connections;
use crate::systems::postgres::{self, Postgres};

/// The clients of one pooler.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Crowd {
    /// Hold a server now.
    pub(super) linked: u64,
    /// Linked, idle and waiting.
    pub(super) all: u64,
}

/// The clients of the databases that concern the cluster of `pooler`.
///
/// # Errors
/// A pool does not tell them.
pub(super) fn of_pooler(pooler: &EndpointSpec, snapshot: &PoolerSnapshot) -> Result<Crowd, Gap> {
    let fact = format!("clients of {}", pooler.id.name);
    let pools = snapshot.pools.known(fact.as_str())?;
    let missing = || Gap::new(fact.as_str(), Reason::NotReported);
    let mut crowd = Crowd::default();
    for pool in pools.iter().filter(|pool| concerns(pooler, &pool.database)) {
        let (active, waiting) = (pool.clients_active.ok_or_else(missing)?, pool.clients_waiting.ok_or_else(missing)?);
        crowd.all = crowd.all.saturating_add(active).saturating_add(waiting);
        crowd.linked = crowd.linked.saturating_add(pool.servers_active.ok_or_else(missing)?.min(active));
    }
    Ok(crowd)
}

/// The sessions that came in through the balancer called `name`.
///
/// # Errors
/// A listener does not tell them.
pub(super) fn of_balancer(name: &str, snapshot: &BalancerSnapshot) -> Result<u64, Gap> {
    let sessions = snapshot.listeners.iter().map(|listener| listener.sessions).try_fold(0, added);
    sessions.ok_or_else(|| Gap::new(format!("sessions of {name}"), Reason::NotReported))
}

/// The sessions on the server called `name`: those of poolers are among them, those of opsctl are not: whoever looks is no client.
///
/// # Errors
/// It did not tell them.
pub(super) fn of_server(name: &str, snapshot: &postgres::Snapshot) -> Result<u64, Gap> {
    snapshot.connections.known(format!("sessions on {name}")).map(Connections::clients)
}

/// Who was connected to a server that is silent now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Then {
    count: u64,
    /// One of them.
    one: &'static str,
    /// Who said so.
    witness: String,
    at: Moment,
}

impl Then {
    /// By the last answer of `entry`. Nothing where it answers, where nobody was asked, and where it told of none: that is no zero.
    pub(super) fn of(entry: &Entry) -> Option<Then> {
        let good = entry.good.as_ref().filter(|_| is_unreachable(entry))?;
        let name = entry.spec.id.name.as_str();
        match entry.spec.id.system.as_str() {
            Pgbouncer::NAME => {
                let snapshot = typed::<Pgbouncer>(good)?;
                let count = of_pooler(&entry.spec, snapshot).ok()?.all;
                Some(Then { count, one: "client", witness: format!("SHOW POOLS of {name}"), at: snapshot.pools.taken_at()? })
            }
            Haproxy::NAME => {
                let snapshot = typed::<Haproxy>(good).filter(|snapshot| !snapshot.listeners.is_empty())?;
                let count = of_balancer(name, snapshot).ok()?;
                Some(Then { count, one: "session", witness: format!("show stat of {name}"), at: snapshot.taken_at })
            }
            Postgres::NAME => {
                let snapshot = typed::<Postgres>(good)?;
                let count = of_server(name, snapshot).ok()?;
                Some(Then { count, one: "session", witness: format!("pg_stat_activity of {name}"), at: snapshot.connections.taken_at()? })
            }
            _ => None,
        }
    }

    /// `at most 212 clients`, `no client`.
    pub(super) fn told(&self) -> String {
        match self.count {
            0 => format!("no {}", self.one),
            1 => format!("at most 1 {}", self.one),
            count => format!("at most {count} {}s", self.one),
        }
    }

    /// `raised` with it as evidence.
    pub(super) fn seen(&self, raised: Raised, now: Moment) -> Raised {
        let were = if self.count > 1 { "were" } else { "was" };
        let fact = format!("{} {were} connected at its last answer, {} ago", self.told(), time_text(now.since(self.at)));
        raised.seen(self.witness.as_str(), fact, self.at)
    }
}

fn typed<S: System>(good: &Good) -> Option<&S::Snapshot> {
    good.snapshot.downcast_ref()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Body;
    use crate::fleet::Failure;
    use crate::model::{Clock, EndpointId, Origin, Reading, Severity, Via};
    use crate::systems::pgbouncer::snapshot::Pool;
    use crate::transport::{ProbeError, Trouble};
    use std::sync::Arc;
    use std::time::Duration;

    /// A pooler with these clients that answered at `at`, and what became of the question after it.
    fn pooler(clients: Option<u64>, trouble: Option<Trouble>, at: Moment) -> Entry {
        let id = EndpointId { cluster: "lab".into(), system: Pgbouncer::NAME.into(), name: "pgb-1".into() };
        let body = Body::default();
        let spec = EndpointSpec { id, origin: Origin::Configured, zone: None, via: Via::Direct, read: None, write: None, tls: None, body };
        let pool = Pool {
            database: "app".into(),
            user: "web".into(),
            clients_active: clients,
            clients_waiting: Some(0),
            servers_active: Some(2),
            servers_idle: None,
            servers_used: None,
            servers_tested: None,
            servers_login: None,
            oldest_wait: None,
            mode: None,
            waiting_since: None,
            without_server_since: None,
        };
        let snapshot = PoolerSnapshot { pools: Reading::new(vec![pool], at), ..PoolerSnapshot::empty() };
        let mut entry = Entry::new(Arc::new(spec), Duration::from_secs(5));
        entry.good = Some(Good { snapshot: Arc::new(snapshot), taken_at: at, latency: Duration::ZERO });
        entry.failure = trouble.map(|trouble| Failure { error: ProbeError::new(trouble, "asked", ""), since: at, last: at, count: 1 });
        entry
    }

    #[test]
    fn a_silent_pooler_says_who_was_connected_and_when_and_never_who_is() {
        let at = Clock::real().now();
        let now = at.plus(Duration::from_secs(12));
        let told = |clients, trouble| {
            let then = Then::of(&pooler(clients, trouble, at))?;
            let raised = then.seen(Raised::new(Severity::Warning, "it is silent"), now);
            let evidence = raised.evidence.into_iter().next()?;
            assert_eq!(evidence.taken_at, Some(at), "its age is that of the last answer");
            Some(format!("{}: {}", evidence.witness, evidence.fact.raw()))
        };
        let refused = || Some(Trouble::ConnectionRefused);
        assert_eq!(
            told(Some(212), refused()).as_deref(),
            Some("SHOW POOLS of pgb-1: at most 212 clients were connected at its last answer, 12s ago")
        );
        assert_eq!(
            told(Some(1), Some(Trouble::AnswerTimeout)).as_deref(),
            Some("SHOW POOLS of pgb-1: at most 1 client was connected at its last answer, 12s ago")
        );
        assert_eq!(told(Some(0), refused()).as_deref(), Some("SHOW POOLS of pgb-1: no client was connected at its last answer, 12s ago"));
        assert_eq!(told(None, refused()), None, "what was not told is no zero");
        assert_eq!(told(Some(212), None), None, "who answers is not cut off");
        assert_eq!(told(Some(212), Some(Trouble::NotAuthenticated)), None, "it refuses us, and serves the others");
    }

    #[test]
    fn who_only_looks_is_no_client() {
        let mut server = postgres::Snapshot::unread();
        let counts = serde_json::json!({"client_backends": 5, "opsctl": 5, "active": 0, "idle": 5, "idle_in_xact": 0, "waiting_on_lock": 0, "walsenders": 0,
            "max_connections": 100, "superuser_reserved": 3, "reserved_pg16": 0, "max_wal_senders": 10});
        server.connections = Reading::new(serde_json::from_value(counts).expect("counts"), Clock::real().now());
        assert_eq!(of_server("pg1", &server), Ok(0));
        let connections = server.connections.value().expect("read");
        assert_eq!(connections.and_ours(), ", and 5 of opsctl");
    }
}
