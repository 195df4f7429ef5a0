//! What the process of a run works with: the language of its runbook, the kinds of steps, the servers of its cluster, and guards that are processes of our own.

use super::guard::Own;
use super::runner::Runner;
use crate::app::facts::Live;
use crate::app::hands::OfCluster;
use crate::app::load::{Loaded, Wanted};
use crate::app::tell::Teller;
use crate::config::ClusterSpec;
use crate::engine::folder::RunFolder;
use crate::engine::{Plan, World};
use crate::model::Clock;
use crate::runbook::language::Spoken;
use std::io;
use std::sync::Arc;

/// All of it, owned.
pub struct Ready {
    cluster: Arc<ClusterSpec>,
    clock: Clock,
    language: Spoken,
    hands: OfCluster,
    facts: Live,
    guards: Own,
}

impl Ready {
    /// For the run in `folder`; contacts nobody.
    ///
    /// # Errors
    /// The operating system does not say where this program lies.
    pub fn new(wanted: &Wanted, cluster: &Arc<ClusterSpec>, plan: &Plan, folder: &RunFolder, clock: &Clock) -> io::Result<Ready> {
        let runner = Runner::own(wanted, cluster, plan)?;
        Ok(Ready {
            cluster: Arc::clone(cluster),
            clock: clock.clone(),
            language: Spoken::of(plan),
            hands: OfCluster::new(cluster, plan, Teller::new(wanted, plan, folder.id.as_str()), clock),
            facts: Live::new(cluster, clock),
            guards: Own { runner, folder: folder.clone(), clock: clock.clone() },
        })
    }

    /// The cluster that it is about.
    #[must_use]
    pub fn cluster(&self) -> &ClusterSpec {
        &self.cluster
    }

    #[must_use]
    pub fn world(&self) -> World<'_> {
        World { clock: self.clock.clone(), language: &self.language, hands: &self.hands, facts: &self.facts, guards: &self.guards }
    }
}

/// The cluster that `plan` is about, as it is configured now.
///
/// # Errors
/// It is not configured any more.
pub fn cluster(loaded: &Loaded, plan: &Plan) -> Result<Arc<ClusterSpec>, String> {
    let found = loaded.inventory.clusters.iter().find(|cluster| cluster.name == plan.cluster);
    found.cloned().ok_or_else(|| format!("the configuration has no cluster {}, which the run is about", plan.cluster))
}
