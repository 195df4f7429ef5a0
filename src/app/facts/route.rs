//! `route.leads_to`: the one member at which the writes of clients end, by what balancers and poolers say. Where they disagree, nobody can say it.
//!
//! It must never take an address for a balancer's because it is nobody else's: a pooler that was pinned to a member by a name that only it knows would be led
//! to the old primary, and no gate would say so.

use super::told::{Known, Member, Told, fact, older};
use crate::config::EndpointSpec;
use crate::engine::Fact;
use crate::model::{Reading, Reason};
use crate::systems::contract::System;
use crate::systems::haproxy::Haproxy;
use crate::systems::haproxy::snapshot::{BalancerSnapshot, Server};
use crate::systems::pgbouncer::concerns;
use crate::systems::pgbouncer::snapshot::PoolerSnapshot;
use crate::systems::place::host_and_port;
use crate::systems::postgres::Postgres;
use crate::transport::pg::split_address;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

/// Puts it.
pub(super) fn put(told: &Told<'_>, all: &mut BTreeMap<String, Fact>) {
    all.insert("route.leads_to".to_owned(), fact(leads_to(told)));
}

fn leads_to(told: &Told<'_>) -> Known<Value> {
    let (mut ends, mut at) = (BTreeSet::new(), told.now);
    let mut balanced = false;
    for (spec, heard) in told.balancers() {
        let Some(backend) = spec.body.text("write_backend") else { continue };
        balanced = true;
        let (snapshot, asked) = heard.map_err(|reason| Reason::Untold(format!("{}: {}", spec.id.name, reason.phrase())))?;
        at = older(at, asked);
        ends.insert(taker(told, spec, snapshot, backend)?);
    }
    for (spec, heard) in told.poolers().filter(|(spec, _)| spec.body.text("route") == Some("write")) {
        let (snapshot, asked) = heard.map_err(|reason| Reason::Untold(format!("{}: {}", spec.id.name, reason.phrase())))?;
        at = older(at, asked);
        for address in servers(spec, snapshot)? {
            match member_at(told, &address) {
                Some(member) => {
                    ends.insert(member);
                }
                // its own word counts
                None if is_balancer(told, &address) => {}
                None if balanced => {
                    let why = "no member, and nothing says that it is a balancer: set `write_address` of that";
                    return Err(Reason::Untold(format!("{} leads to {address}, which is {why}", spec.id.name)));
                }
                None => return Err(Reason::Untold(format!("{} leads to {address}, which is no member", spec.id.name))),
            }
        }
    }
    let mut names = ends.iter();
    match (names.next(), names.next()) {
        (Some(one), None) => Ok((json!(one), at)),
        (None, _) => Err(Reason::NotConfigured("neither a balancer with a `write_backend` nor a pooler with `route = \"write\"`".to_owned())),
        (Some(_), Some(_)) => {
            Err(Reason::Untold(format!("the write routes disagree: {}", ends.iter().map(String::as_str).collect::<Vec<_>>().join(", "))))
        }
    }
}

/// The one server of the write backend that gets new sessions.
fn taker(told: &Told<'_>, spec: &EndpointSpec, snapshot: &BalancerSnapshot, backend: &str) -> Result<String, Reason> {
    let place = || format!("backend {backend} of {}", spec.id.name);
    let found = snapshot.backend(backend).ok_or_else(|| Reason::Untold(format!("there is no {}", place())))?;
    match found.takers().as_slice() {
        [one] => member_of(told, one).ok_or_else(|| Reason::Untold(format!("{} leads to {}, which is no member", place(), one.name.raw()))),
        [] => Err(Reason::Untold(format!("{} leads to nobody", place()))),
        several => Err(Reason::Untold(format!("{} leads to {} servers at once", place(), several.len()))),
    }
}

/// The member that `server` of a balancer is: by its address, and where that tells nothing, by its name.
fn member_of(told: &Told<'_>, server: &Server) -> Option<String> {
    let members = told.members();
    let named = members.iter().find(|member| [member.name, member.endpoint].contains(&server.name.raw()));
    let Some(address) = &server.address else { return named.map(|member| member.name.to_owned()) };
    member_at(told, address.raw()).or_else(|| named.filter(|member| may_listen(told, member, address.raw())).map(|member| member.name.to_owned()))
}

/// Whether the PostgreSQL of `member` may be what listens at `address`, which is not its own as the configuration writes it: one is a name and the other a
/// number, or nothing is written.
fn may_listen(told: &Told<'_>, member: &Member<'_>, address: &str) -> bool {
    let endpoint = told.cluster.of(Postgres::NAME).find(|spec| [member.endpoint, member.name].contains(&spec.id.name.as_str()));
    let Some(own) = endpoint.and_then(|spec| split_address(spec.body.text("address")?)) else { return true };
    let Some(at) = split_address(address) else { return false };
    match (ip(own.0), ip(at.0)) {
        (Some(own_ip), Some(at_ip)) => (own_ip, own.1) == (at_ip, at.1),
        _ => own.1 == at.1,
    }
}

fn ip(host: &str) -> Option<IpAddr> {
    host.parse().ok()
}

/// The member whose PostgreSQL listens at `address`.
fn member_at(told: &Told<'_>, address: &str) -> Option<String> {
    let endpoint = told.cluster.of(Postgres::NAME).find(|spec| spec.body.text("address") == Some(address))?;
    let members = told.members();
    members.iter().find(|member| member.endpoint == endpoint.id.name || member.name == endpoint.id.name).map(|member| member.name.to_owned())
}

/// Whether a balancer takes the clients of its write backend at `address`: as the configuration says, or on the host of its statistics.
fn is_balancer(told: &Told<'_>, address: &str) -> bool {
    told.cluster.of(Haproxy::NAME).filter(|spec| spec.body.text("write_backend").is_some()).any(|spec| match spec.body.text("write_address") {
        Some(said) => said == address,
        None => host_and_port(spec).is_some_and(|(host, _)| is_listener(told, address, &host)),
    })
}

/// Whether `address` is one of a balancer on `host`, and cannot be a member by another of its names.
fn is_listener(told: &Told<'_>, address: &str, host: &str) -> bool {
    let places: Vec<_> = told.cluster.of(Postgres::NAME).filter_map(|spec| split_address(spec.body.text("address")?)).collect();
    let Some((at, port)) = split_address(address).filter(|(at, _)| *at == host) else { return false };
    match (ip(at), places.iter().map(|(member, _)| ip(member)).collect::<Option<Vec<_>>>()) {
        (Some(at), Some(members)) => !members.iter().zip(&places).any(|(member, (_, listens))| (*member, *listens) == (at, port)),
        // of a name and an address nobody can say here that they are two hosts
        _ => places.iter().all(|(_, listens)| *listens != port),
    }
}

/// Where a pooler sends the clients of the cluster.
fn servers(spec: &EndpointSpec, snapshot: &PoolerSnapshot) -> Result<BTreeSet<String>, Reason> {
    let databases = match &snapshot.databases {
        Reading::Known(sample) => &sample.value,
        Reading::Unknown { reason, .. } => return Err(reason.clone()),
    };
    let mine = databases.iter().filter(|database| concerns(spec, &database.name));
    let address = |database: &crate::systems::pgbouncer::snapshot::Database| {
        let host = database.host.as_ref().ok_or_else(|| Reason::Untold(format!("where {} of {} is", database.name.raw(), spec.id.name)))?;
        Ok(format!("{}:{}", host.raw(), database.port.unwrap_or(5432)))
    };
    mine.map(address).collect()
}
