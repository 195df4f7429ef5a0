//! Hosts that are silent as a whole: every port of one that is asked refuses, or does not answer; and members whose processes hang together on a host that is
//! not. Pure; rules and what follows from them ask for it.
//!
//! It must never call a host silent of which anything answers, or of which one part is silent for reasons of our own: a secret, a certificate, a question that was
//! not put yet. Nor must it resolve a name: what it takes for one host are the same words in the configuration, and the parts of one member of Patroni.

use super::patroni::Told;
use super::rule::ClusterView;
use crate::fleet::{Cluster, Entry, Failure};
use crate::model::Moment;
use crate::systems::contract::System;
use crate::systems::patroni::Patroni;
use crate::systems::place::host_and_port;
use crate::systems::postgres::Postgres;
use crate::transport::Trouble;
use std::collections::BTreeSet;

/// A host of which several endpoints are asked, and none answers; or a member of which that is so.
pub(super) struct Silent<'a> {
    /// By its name or address, as the configuration has it; both where its parts are called otherwise. A member by its name.
    pub(super) name: String,
    /// Each with the way in which it is silent; two at least.
    pub(super) entries: Vec<(&'a Entry, &'a Failure)>,
}

impl Silent<'_> {
    /// Whether the endpoint of `system` called `name` is on it.
    pub(super) fn has(&self, system: &str, name: &str) -> bool {
        self.entries.iter().any(|(entry, _)| entry.spec.id.system == system && entry.spec.id.name == name)
    }

    /// The name by which people know what runs there: that of the member of Patroni, else that of the first endpoint.
    pub(super) fn member(&self) -> Option<&str> {
        let ids = || self.entries.iter().map(|(entry, _)| &entry.spec.id);
        let id = ids().find(|id| id.system == Patroni::NAME).or_else(|| ids().next())?;
        Some(&id.name)
    }

    /// Since when all of it is silent.
    pub(super) fn since(&self) -> Option<Moment> {
        self.entries.iter().map(|(_, failure)| failure.since).max_by_key(|since| since.mono)
    }

    /// Whether the store calls a member there the leader.
    pub(super) fn leads(&self, view: &ClusterView<'_>) -> bool {
        let told = Told::of(view);
        let Ok(picture) = told.picture() else { return false };
        let leader = picture.value.leader().and_then(|leader| told.member_of(leader));
        leader.is_some_and(|leader| self.has(&leader.entry.spec.id.system, leader.name()))
    }

    /// Whether every part of it is silent in a way that `wanted` names.
    pub(super) fn all(&self, wanted: fn(&Trouble) -> bool) -> bool {
        self.entries.iter().all(|(_, failure)| wanted(&failure.error.trouble))
    }
}

/// Whether nothing of `cluster` answers, of two endpoints at the least: then nobody can tell from here which host is silent, or whether the way to all of them is
/// cut. What could not be asked for reasons of our own counts for neither.
pub(super) fn nothing_answers(cluster: &Cluster) -> bool {
    let asked: Vec<_> = cluster.entries.iter().filter(|entry| !is_ours(entry)).collect();
    asked.len() > 1 && asked.iter().all(|entry| is_cut_off(entry))
}

/// Whether anything of `cluster` answers, however badly: then there is a way to it.
pub(super) fn something_answers(cluster: &Cluster, now: Moment) -> bool {
    let refuses = |entry: &Entry| entry.failure.is_some() && !is_ours(entry) && !is_cut_off(entry);
    cluster.entries.iter().any(|entry| entry.current(now).is_ok() || refuses(entry))
}

/// It was not asked, for reasons of our own.
fn is_ours(entry: &Entry) -> bool {
    use Trouble::{Forbidden, NotConfigured, Secret};
    entry.failure.as_ref().is_some_and(|failure| matches!(failure.error.trouble, Forbidden | NotConfigured | Secret))
}

/// There is no answer from there.
fn is_cut_off(entry: &Entry) -> bool {
    use Trouble::{Closed, NoAddress};
    silence(entry).is_some() || entry.failure.as_ref().is_some_and(|failure| matches!(failure.error.trouble, Closed | NoAddress))
}

/// The hosts of the cluster that are silent as a whole while others answer, in the order of its endpoints.
pub(super) fn silent<'a>(view: &ClusterView<'a>) -> Vec<Silent<'a>> {
    if nothing_answers(view.cluster) || !view.cluster.entries.iter().any(|entry| silence(entry).is_some()) {
        return Vec::new();
    }
    let told = |places: Vec<Place<'a>>| {
        let names: BTreeSet<String> = places.iter().map(|place| place.host.clone()).collect();
        let entries = places.into_iter().map(|place| Some((place.entry, silence(place.entry)?))).collect::<Option<Vec<_>>>()?;
        Some(Silent { name: names.into_iter().collect::<Vec<_>>().join(" = "), entries })
    };
    hosts(view).into_iter().filter(|places| places.len() > 1).filter_map(told).collect()
}

/// The members whose Patroni and PostgreSQL both accept connections and do not answer, on hosts that are not silent as a whole.
pub(super) fn frozen<'a>(view: &ClusterView<'a>) -> Vec<Silent<'a>> {
    if nothing_answers(view.cluster) {
        return Vec::new();
    }
    let hosts = silent(view);
    let hangs = |entry: &'a Entry| entry.failure.as_ref().filter(|failure| failure.error.trouble == Trouble::AnswerTimeout);
    let members = view.cluster.of(Patroni::NAME).filter_map(|patroni| {
        let name = patroni.spec.id.name.as_str();
        let postgres = view.cluster.of(Postgres::NAME).find(|entry| entry.spec.id.name == name && entry.spec.via == patroni.spec.via)?;
        let entries = vec![(patroni.as_ref(), hangs(patroni.as_ref())?), (postgres.as_ref(), hangs(postgres.as_ref())?)];
        Some(Silent { name: name.to_owned(), entries })
    });
    members.filter(|member| !hosts.iter().any(|host| host.has(Patroni::NAME, &member.name))).collect()
}

/// How it is silent; `None` where it answers, however badly, or was not asked.
fn silence(entry: &Entry) -> Option<&Failure> {
    use Trouble::{AnswerTimeout, ConnectTimeout, ConnectionRefused, Network};
    entry.failure.as_ref().filter(|failure| matches!(failure.error.trouble, ConnectionRefused | ConnectTimeout | AnswerTimeout | Network))
}

/// An endpoint that is reached over the network, and where.
struct Place<'a> {
    entry: &'a Entry,
    host: String,
}

impl<'a> Place<'a> {
    fn of(entry: &'a Entry) -> Option<Place<'a>> {
        let (host, _) = host_and_port(&entry.spec).filter(|(host, _)| !host.starts_with('/'))?;
        Some(Place { entry, host })
    }

    fn is_beside(&self, other: &Place<'_>) -> bool {
        let (one, two) = (&self.entry.spec, &other.entry.spec);
        let member = |system: &str| matches!(system, Patroni::NAME | Postgres::NAME);
        let same_member = member(&one.id.system) && member(&two.id.system) && one.id.name == two.id.name;
        one.via == two.via && (self.host == other.host || same_member)
    }
}

/// The endpoints of the cluster by the host they are on.
fn hosts<'a>(view: &ClusterView<'a>) -> Vec<Vec<Place<'a>>> {
    let mut hosts: Vec<Vec<Place<'a>>> = Vec::new();
    for place in view.cluster.entries.iter().filter_map(|entry| Place::of(entry)) {
        // one that links two of them makes them one
        let (together, apart): (Vec<_>, Vec<_>) = hosts.into_iter().partition(|known| known.iter().any(|other| place.is_beside(other)));
        hosts = apart;
        hosts.push(together.into_iter().flatten().chain([place]).collect());
    }
    hosts
}
