//! Which servers of a cluster accept writes, each by its nearest witness: `PostgreSQL` itself where it can be asked, else the Patroni beside it. That one
//! server is asked says nothing of the others. What one member says of another, and who holds a lock, counts for nothing here.

use super::patroni::{Told, own_name};
use super::rule::ClusterView;
use crate::fleet::{Entry, Member};
use crate::model::{Gap, Lsn, Moment, Reason, Timeline};
use crate::systems::patroni;
use crate::systems::patroni::picture::Row;
use crate::systems::patroni::wire::Stamp;
use crate::systems::postgres::{self, Postgres, is_writable, position, timeline};
use crate::transport::Trouble;
use jiff::Timestamp;

/// One server.
pub(super) struct Writer<'a> {
    pub(super) name: &'a str,
    pub(super) entry: &'a Entry,
    /// Who says so: `pg_is_in_recovery() of pg1`.
    pub(super) witness: String,
    pub(super) says: Result<Says, Gap>,
    by: By,
}

/// Who tells it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum By {
    Server,
    Patroni,
}

impl Writer<'_> {
    /// A server that was read before and now lets nobody in: nothing listens there any more, or it is not up. One that does not answer may still write, one
    /// that shuts down may have sessions that do, and where no server was ever seen the address may be wrong.
    pub(super) fn is_over(&self) -> bool {
        const NOT_UP: [&str; 4] = ["is starting up", "is not yet accepting connections", "is not accepting connections", "is in recovery mode"];
        let seen = self.by == By::Server && self.entry.good.is_some();
        seen && self.entry.failure.as_ref().is_some_and(|failure| match failure.error.trouble {
            Trouble::ConnectionRefused => true,
            Trouble::ServerError => failure.error.detail.starts_with("57P03") && NOT_UP.iter().any(|state| failure.error.detail.contains(state)),
            _ => false,
        })
    }
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
    let mut writers: Vec<Writer<'a>> = view.members::<Postgres>().into_iter().map(by_server).collect();
    let told = Told::of(view);
    let picture = told.picture().ok();
    for member in &told.members {
        let address = picture.as_ref().and_then(|heard| told.row_of(member, heard.value)).and_then(Row::address);
        let writer = by_patroni(member);
        let is_beside = |server: &Writer<'_>| server.by == By::Server && is_one(server, &writer, own_name(member.entry), address.as_deref());
        if writers.iter().any(|server| is_beside(server) && server.says.is_ok()) {
            continue;
        }
        // one witness for each server: that of Patroni where it can be read, or where nobody gave us a role on the server
        let asked = |gap: &Gap| !matches!(gap.reason, Reason::NotConfigured(_));
        if writer.says.is_err() && writers.iter().any(|server| is_beside(server) && server.says.as_ref().is_err_and(asked)) {
            continue;
        }
        writers.retain(|server| !is_beside(server));
        writers.push(writer);
    }
    writers
}

/// Whether an endpoint of `PostgreSQL` is the server beside a member of Patroni: by the name of either, by its address, or by what both tell of the server.
fn is_one(server: &Writer<'_>, patroni: &Writer<'_>, own_name: Option<&str>, address: Option<&str>) -> bool {
    let same_address = address.is_some() && server.entry.spec.body.text("address") == address;
    let same_server = matches!((&server.says, &patroni.says), (Ok(one), Ok(other)) if one.server.is_same(&other.server));
    server.name == patroni.name || own_name == Some(server.name) || same_address || same_server
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
    Writer { name, entry: member.entry, witness: format!("pg_is_in_recovery() of {name}"), says, by: By::Server }
}

fn by_patroni<'a>(member: &Member<'a, patroni::Snapshot>) -> Writer<'a> {
    let name = member.entry.spec.id.name.as_str();
    let says = member.view.as_ref().map_err(Clone::clone).map(|one| {
        let own = &one.snapshot.own;
        let server = Server { database: own.system_identifier.clone(), started: own.postmaster_start.as_ref().and_then(Stamp::at) };
        Says { server, writes: one.snapshot.says_writable(), lsn: own.location, timeline: own.timeline, at: one.taken_at }
    });
    Writer { name, entry: member.entry, witness: format!("GET /patroni of {name}"), says, by: By::Patroni }
}

/// What is missing where no endpoint could tell.
pub(super) fn nobody_to_ask(view: &ClusterView<'_>) -> Gap {
    let why = "no endpoint of postgres or patroni in this cluster".to_owned();
    Gap::new(format!("who accepts writes in {}", view.cluster.spec.name), Reason::NotConfigured(why))
}
