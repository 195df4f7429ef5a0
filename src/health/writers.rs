//! Which servers of a cluster accept writes, each by its nearest witness: `PostgreSQL` itself where it may be asked, else the Patroni beside it. What one
//! member says of another, and who holds a lock, counts for nothing here.

use super::rule::ClusterView;
use crate::fleet::{Entry, Member};
use crate::model::{Gap, Lsn, Moment, Reason, Timeline};
use crate::systems::patroni::wire::Stamp;
use crate::systems::patroni::{self, Patroni};
use crate::systems::postgres::{self, Postgres, is_writable, position, timeline};
use jiff::Timestamp;

/// One server.
pub(super) struct Writer<'a> {
    pub(super) name: &'a str,
    pub(super) entry: &'a Entry,
    /// Who says so: `pg_is_in_recovery() of pg1`.
    pub(super) witness: String,
    pub(super) says: Result<Says, Gap>,
}

/// Which server answers there: two addresses may lead to one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Server {
    /// The system identifier of its data: the same in all members of a cluster.
    pub(super) database: Option<String>,
    /// Start of its postmaster, to the microsecond.
    pub(super) started: Option<Timestamp>,
}

impl Server {
    /// One server, told by two endpoints. What is not told is never the same.
    pub(super) fn is_same(&self, other: &Server) -> bool {
        self == other && self.database.is_some() && self.started.is_some()
    }

    /// Servers of two clusters, that have no business with each other.
    pub(super) fn is_foreign_to(&self, other: &Server) -> bool {
        matches!((&self.database, &other.database), (Some(one), Some(other)) if one != other)
    }
}

/// What it says of itself.
#[derive(Clone)]
pub(super) struct Says {
    pub(super) server: Server,
    pub(super) writes: bool,
    pub(super) lsn: Option<Lsn>,
    pub(super) timeline: Option<Timeline>,
    pub(super) at: Moment,
}

/// All servers of the cluster; empty where no endpoint could tell.
pub(super) fn writers<'a>(view: &ClusterView<'a>) -> Vec<Writer<'a>> {
    let servers: Vec<Writer<'a>> = view.members::<Postgres>().into_iter().map(by_server).collect();
    // servers that nobody gave us a role on are no witnesses
    let mute = servers.iter().all(|writer| matches!(&writer.says, Err(gap) if matches!(gap.reason, Reason::NotConfigured(_))));
    if mute { view.members::<Patroni>().into_iter().map(by_patroni).collect() } else { servers }
}

fn by_server(member: Member<'_, postgres::Snapshot>) -> Writer<'_> {
    let name = member.entry.spec.id.name.as_str();
    let says = member.view.and_then(|one| {
        let writes = *is_writable(one.snapshot).known(format!("role of {name}"))?;
        let (lsn, timeline) = (position(one.snapshot).value().copied(), timeline(one.snapshot).value().copied());
        let identity = one.snapshot.identity.value();
        let database = identity.map(|identity| identity.system_identifier.to_string());
        let server = Server { database, started: identity.map(|identity| identity.started_at) };
        Ok(Says { server, writes, lsn, timeline, at: one.taken_at })
    });
    Writer { name, entry: member.entry, witness: format!("pg_is_in_recovery() of {name}"), says }
}

fn by_patroni(member: Member<'_, patroni::Snapshot>) -> Writer<'_> {
    let name = member.entry.spec.id.name.as_str();
    let says = member.view.map(|one| {
        let own = &one.snapshot.own;
        let server = Server { database: own.system_identifier.clone(), started: own.postmaster_start.as_ref().and_then(Stamp::at) };
        Says { server, writes: one.snapshot.says_writable(), lsn: own.location, timeline: own.timeline, at: one.taken_at }
    });
    Writer { name, entry: member.entry, witness: format!("GET /patroni of {name}"), says }
}

/// What is missing where no endpoint could tell.
pub(super) fn nobody_to_ask(view: &ClusterView<'_>) -> Gap {
    let why = "no endpoint of postgres or patroni in this cluster".to_owned();
    Gap::new(format!("who accepts writes in {}", view.cluster.spec.name), Reason::NotConfigured(why))
}
