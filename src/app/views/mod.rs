//! The views: one file each, one line in [`VIEWS`]. A view is a pure function from an observation to a page; commands and screens show pages.

use super::Observed;
use crate::fleet::Cluster;
use crate::model::{EndpointId, Moment};
use crate::systems::view::{Page, Source};
use crate::text::suggest::nearest;
use std::sync::Arc;

mod activity;
mod balancers;
mod consensus;
mod doctor;
mod endpoints;
mod events;
pub(crate) mod explain;
mod findings;
mod fitness;
pub(crate) mod foresee;
mod history;
pub mod holder;
pub(crate) mod lines;
pub(crate) mod lineup;
mod list;
mod locks;
mod members;
pub(crate) mod parts;
mod poolers;
mod queries;
pub(crate) mod quorum;
mod replication;
mod roster;
pub(crate) mod routes;
mod sessions;
mod show_config;
pub(crate) mod status;
pub(crate) mod subject;
mod summary;
mod topology;
pub(crate) mod waits;

/// A view by its name on the command line.
pub struct ViewDef {
    /// The command: `status`.
    pub name: &'static str,
    /// One line of help.
    pub doc: &'static str,
    /// The positional argument it takes, if any: name and help.
    pub argument: Option<(&'static str, &'static str)>,
    pub page: fn(&Observed, &Pick) -> Result<Page, BadPick>,
}

/// All views, in the order of the help.
pub static VIEWS: &[ViewDef] = &[
    status::VIEW, // first: what one looks at first
    list::VIEW,
    topology::VIEW,
    history::VIEW,
    show_config::VIEW,
    replication::VIEW,
    activity::VIEW,
    locks::VIEW,
    queries::VIEW,
    poolers::VIEW,
    balancers::VIEW,
    consensus::VIEW,
    findings::VIEW,
    explain::VIEW,
    foresee::VIEW,
    events::VIEW,
    doctor::VIEW,
];

/// What of the fleet is wanted.
#[derive(Clone, Debug, Default)]
pub struct Pick {
    /// Clusters by name; empty: all.
    pub clusters: Vec<String>,
    /// The positional argument of the view.
    pub argument: Option<String>,
}

/// Something was named that does not exist.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no {what} called '{name}'")]
pub struct BadPick {
    pub what: &'static str,
    pub name: String,
    pub hint: String,
}

impl BadPick {
    /// `known` are the names that would have been right.
    #[must_use]
    pub fn new<'a>(what: &'static str, name: &str, known: impl IntoIterator<Item = &'a str>) -> Self {
        let known: Vec<&str> = known.into_iter().collect();
        let hint = match nearest(name, known.iter().copied()) {
            Some(near) => format!("did you mean '{near}'?"),
            None if known.is_empty() => format!("there is no {what} at all"),
            None => format!("there are: {}", known.join(", ")),
        };
        BadPick { what, name: crate::text::untrusted::visible(name), hint: crate::text::untrusted::visible(&hint) }
    }
}

/// The clusters that are wanted.
///
/// # Errors
/// A cluster was named that is not in the fleet.
pub fn picked<'a>(observed: &'a Observed, pick: &Pick) -> Result<Vec<&'a Cluster>, BadPick> {
    let all = &observed.fleet.clusters;
    for name in &pick.clusters {
        if !all.iter().any(|cluster| cluster.spec.name == *name) {
            return Err(BadPick::new("cluster", name, all.iter().map(|cluster| cluster.spec.name.as_str())));
        }
    }
    Ok(all.iter().map(Arc::as_ref).filter(|cluster| pick.clusters.is_empty() || pick.clusters.contains(&cluster.spec.name)).collect())
}

/// How old each endpoint of `clusters` is; of the systems in `only`, or of all when it is empty.
#[must_use]
pub fn sources(clusters: &[&Cluster], only: &[&str]) -> Vec<Source> {
    let entries = clusters.iter().flat_map(|cluster| &cluster.entries);
    entries
        .filter(|entry| only.is_empty() || only.contains(&entry.spec.id.system.as_str()))
        .map(|entry| Source {
            endpoint: entry.spec.id.to_string(),
            taken_at: entry.good.as_ref().map(|good| good.taken_at),
            error: entry.failure.as_ref().map(|failure| failure.error.to_string()),
        })
        .collect()
}

/// The worst finding about an endpoint, or about a cluster without one.
pub(super) fn about<'a>(observed: &'a Observed, id: &'a EndpointId) -> impl Iterator<Item = &'a crate::model::Finding> {
    observed.judgement.findings.iter().filter(move |finding| {
        let subject = &finding.subject;
        subject.cluster == id.cluster && finding.is_on(&id.name) && subject.system.as_deref().is_none_or(|system| system == id.system)
    })
}

/// Seconds that passed, for a cell.
pub(super) fn age(now: Moment, at: Moment) -> f64 {
    now.since(at).as_secs_f64()
}
