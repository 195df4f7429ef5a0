//! `PgBouncer`: clients that wait, pools that are paused or get no server, limits that come near. 1.18 to 1.26, read through the admin console.
//!
//! It must never ask anything but the listed SHOW commands, send anything but what `action` lists, never two in one string, never the extended protocol,
//! which costs the session, and never `SHOW FDS`, which shows passwords. <https://www.pgbouncer.org/usage.html>

mod action;
pub mod client;
pub mod complaint;
pub mod pace;
pub mod present;
mod rules;
pub mod sessions;
pub mod settings;
pub mod snapshot;
pub mod totals;
pub mod wire;

use super::contract::{Field, Form, Rule, System, Tier, Trend, View, Wiring};
use super::view::{Cell, Column};
use crate::config::EndpointSpec;
use crate::engine::StepKind;
use crate::model::{Gap, Origin, Reading, Reason};
use crate::text::Untrusted;
use crate::text::untrusted::visible;
use crate::transport::pg::{PgTarget, Speaks, split_address};
use crate::transport::{ProbeError, Trouble};
use std::collections::BTreeSet;

pub use client::PoolerClient;
pub use snapshot::PoolerSnapshot;

/// The name of the console, as a database and as a pool.
pub const CONSOLE: &str = "pgbouncer";

/// The system.
#[derive(Debug)]
pub struct Pgbouncer;

impl System for Pgbouncer {
    const NAME: &'static str = "pgbouncer";
    const TITLE: &'static str = "PgBouncer";
    const PGPASS: bool = true;
    const FIELDS: &'static [Field] = &[
        Field {
            key: "address",
            form: Form::Address,
            required: true,
            doc: "Where PgBouncer listens; the admin console is the database `pgbouncer` there",
            example: "10.0.0.21:6432",
        },
        Field {
            key: "databases",
            form: Form::List,
            required: false,
            doc: "The databases that belong to this cluster, where the pooler serves others as well; all of them unless said",
            example: "[\"orders\"]",
        },
        Field {
            key: "route",
            form: Form::OneOf(&["write", "read"]),
            required: false,
            doc: "Whether this pooler leads to the primary or to the replicas",
            example: "write",
        },
    ];

    type Client = PoolerClient;
    type Snapshot = PoolerSnapshot;

    fn connect(endpoint: &EndpointSpec, wiring: &Wiring) -> Result<Self::Client, ProbeError> {
        let asked = endpoint.id.to_string();
        let address = endpoint.body.text("address").filter(|address| split_address(address).is_some());
        let address = address.ok_or_else(|| ProbeError::new(Trouble::NoAddress, &asked, "`address` has to be HOST:PORT or /DIRECTORY:PORT"))?;
        // what a server told us of is contacted without credentials, and the console wants some
        let credential = endpoint.read.as_ref().filter(|_| endpoint.origin == Origin::Configured);
        let credential = credential.ok_or_else(|| {
            ProbeError::new(Trouble::NotAuthenticated, &asked, "the admin console wants a user of `stats_users`; set `read` of this endpoint")
        })?;
        let target = PgTarget {
            address: address.to_owned(),
            database: CONSOLE.to_owned(),
            user: credential.user.clone(),
            password: credential.password.clone(),
            tls: endpoint.tls.clone(),
            speaks: Speaks::Console,
        };
        Ok(PoolerClient::new(target, wiring.clock.clone(), wiring.deadline))
    }

    async fn prepare(client: &mut Self::Client) -> Result<(), ProbeError> {
        client.prepare().await
    }

    async fn probe(client: &mut Self::Client, tier: Tier) -> Result<Self::Snapshot, ProbeError> {
        client.probe(tier).await
    }

    fn rules() -> &'static [Rule<Self::Snapshot>] {
        rules::ALL
    }

    fn columns() -> &'static [Column] {
        present::COLUMNS
    }

    fn present(view: &View<'_, Self::Snapshot>) -> Vec<Cell> {
        present::cells(view)
    }

    fn trends(view: &View<'_, Self::Snapshot>) -> Vec<Trend> {
        present::trends(view)
    }

    fn kinds() -> &'static [StepKind] {
        action::KINDS
    }

    fn privileges() -> &'static str {
        include_str!("privileges.txt")
    }
}

/// Whether `database` belongs to the cluster of this endpoint: not the console, and listed where there is a list.
#[must_use]
pub fn concerns(endpoint: &EndpointSpec, database: &Untrusted) -> bool {
    let listed = endpoint.body.list("databases");
    database.raw() != CONSOLE && (listed.is_empty() || listed.iter().any(|name| name == database.raw()))
}

/// Whether it is of a version that tells that it is paused as a whole.
#[must_use]
pub fn tells_pause(snapshot: &PoolerSnapshot) -> bool {
    !matches!(&snapshot.process, Reading::Unknown { reason: Reason::NotSupported(_), .. })
}

/// Clients wait, and no server works for any; also where that is not known.
fn looks_held(endpoint: &EndpointSpec, snapshot: &PoolerSnapshot, wanted: Option<&BTreeSet<String>>) -> bool {
    let Some(pools) = snapshot.pools.value() else { return true };
    let mut pools =
        pools.iter().filter(|pool| concerns(endpoint, &pool.database) && wanted.is_none_or(|wanted| wanted.contains(pool.database.raw())));
    pools.any(|pool| pool.clients_waiting != Some(0) && pool.servers_active.is_none_or(|active| active == 0))
}

/// Whether the clients of `database` are kept waiting by a PAUSE or SUSPEND, of the database or of the whole pooler; `None` where that is not told: before 1.19
/// nobody tells a PAUSE of the whole ([`tells_pause`]).
#[must_use]
pub fn is_paused(snapshot: &PoolerSnapshot, database: &snapshot::Database) -> Option<bool> {
    both(snapshot.process.value().map(|process| process.paused || process.suspended), database.paused)
}

/// As [`is_paused`], as far as anything says so: one that is too old to tell a PAUSE of the whole counts as [`serves`] has it. There may be more.
#[must_use]
pub fn is_seen_paused(endpoint: &EndpointSpec, snapshot: &PoolerSnapshot, database: &snapshot::Database) -> Option<bool> {
    let held = || looks_held(endpoint, snapshot, Some(&BTreeSet::from([database.name.raw().to_owned()])));
    if tells_pause(snapshot) { is_paused(snapshot, database) } else { both((!held()).then_some(false), database.paused) }
}

/// Whether one of the two keeps clients waiting, the whole pooler or the database.
const fn both(whole: Option<bool>, database: Option<bool>) -> Option<bool> {
    match (whole, database) {
        (Some(true), _) | (_, Some(true)) => Some(true),
        (Some(false), Some(false)) => Some(false),
        (None, _) | (_, None) => None,
    }
}

/// Whether this pooler takes clients of the cluster that want `wanted` to a server: neither is it paused or suspended, nor one of those databases paused or
/// disabled. `None` where nobody knows which they want: then every database counts. Before 1.19 a global PAUSE is told by nobody ([`tells_pause`]): such a one
/// counts as serving unless its clients wait and no server works.
///
/// # Errors
/// Nothing says that it does not, and not everything is known that could.
pub fn serves(endpoint: &EndpointSpec, snapshot: &PoolerSnapshot, wanted: Option<&BTreeSet<String>>) -> Result<bool, Gap> {
    let name = &endpoint.id.name;
    let process = snapshot.process.known(format!("SHOW STATE of {name}"));
    let databases = snapshot.databases.known(format!("SHOW DATABASES of {name}"));
    let counts =
        |database: &&snapshot::Database| concerns(endpoint, &database.name) && wanted.is_none_or(|wanted| wanted.contains(database.name.raw()));
    let listed = || databases.as_ref().map_or(&[][..], |databases| databases.as_slice()).iter().filter(counts);
    let is_shut = |database: &snapshot::Database| database.paused == Some(true) || database.disabled == Some(true);
    if process.as_ref().is_ok_and(|process| !process.active || process.paused || process.suspended) || listed().any(is_shut) {
        return Ok(false);
    }
    let process = if !tells_pause(snapshot) && !looks_held(endpoint, snapshot, wanted) { Ok(()) } else { process.map(|_| ()) };
    // one that it does not list it may still take, by a `*` or an `auth_query`: nobody can tell
    let is_listed = |wanted: &&String| databases.as_ref().is_ok_and(|all| all.iter().any(|database| database.name.raw() == wanted.as_str()));
    if let Some(wanted) = wanted.filter(|_| databases.is_ok()).and_then(|wanted| wanted.iter().find(|wanted| !is_listed(wanted))) {
        return Err(Gap::new(format!("whether {name} takes clients of {}", visible(wanted)), Reason::NotReported));
    }
    let untold = |database: &&snapshot::Database| database.paused.is_none() || database.disabled.is_none();
    if let Some(database) = listed().find(untold) {
        return Err(Gap::new(format!("whether {} is paused on {name}", database.name.raw()), Reason::NotReported));
    }
    process.and(databases).map(|_| true)
}
