//! What the console is about, and in which order.

use crate::app::Observed;
use crate::fleet::Cluster;
use crate::health::Standing;
use crate::systems::contract::AnySystem;
use std::cmp::Reverse;
use std::sync::Arc;

/// What the console is about: it stays as it was opened.
#[derive(Clone)]
pub struct Scope {
    /// Clusters by name; empty: all.
    pub clusters: Vec<String>,
    /// The systems that have a panel, in that order.
    pub systems: &'static [&'static dyn AnySystem],
}

impl std::fmt::Debug for Scope {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Scope").field("clusters", &self.clusters).finish_non_exhaustive()
    }
}

impl Scope {
    /// The clusters that are shown, worst first; among equals by name, so that rows stand still.
    #[must_use]
    pub fn worst_first<'a>(&self, observed: &'a Observed) -> Vec<&'a Cluster> {
        let wanted = |cluster: &&Cluster| self.clusters.is_empty() || self.clusters.contains(&cluster.spec.name);
        let mut clusters: Vec<&Cluster> = observed.fleet.clusters.iter().map(Arc::as_ref).filter(wanted).collect();
        clusters.sort_by_key(|cluster| (Reverse(standing(observed, cluster)), cluster.spec.name.as_str()));
        clusters
    }
}

/// How a cluster stands.
#[must_use]
pub fn standing(observed: &Observed, cluster: &Cluster) -> Standing {
    observed.judgement.standing(&cluster.spec.name)
}
