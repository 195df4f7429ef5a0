//! A kind of server that can be operated: one folder implements [`System`], one line registers it. It must never name another system.

use super::endpoint::{Field, Tier, Wiring};
use super::rule::{Rule, View};
use super::told::{Roll, Trend};
use crate::config::{ClusterSpec, EndpointSpec};
use crate::engine::lock::Lock;
use crate::engine::{FactDef, StepKind};
use crate::model::Clock;
use crate::systems::view::{Cell, Column};
use crate::transport::ProbeError;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::future::Future;

/// A kind of server that can be operated.
pub trait System: Send + Sync + 'static {
    /// `patroni`; as in `system = "patroni"`.
    const NAME: &'static str;
    /// Head of its panel.
    const TITLE: &'static str;
    const FIELDS: &'static [Field];
    /// One logs in to it as to PostgreSQL: a password file of libpq has a line for it.
    const PGPASS: bool = false;

    type Client: Send + 'static;
    /// All that one endpoint told, typed; parts that could not be read are `Reading::Unknown`.
    type Snapshot: Serialize + DeserializeOwned + Send + Sync + 'static;

    /// Prepares a client; contacts nobody.
    ///
    /// # Errors
    /// The body does not say where to go.
    fn connect(endpoint: &EndpointSpec, wiring: &Wiring) -> Result<Self::Client, ProbeError>;

    /// Reads from this machine what the next questions need, such as secrets: before the deadline of a probe begins. Whoever gives up waiting finds it at the
    /// next call; what stands ready is not read again.
    fn prepare(_client: &mut Self::Client) -> impl Future<Output = Result<(), ProbeError>> + Send {
        std::future::ready(Ok(()))
    }

    /// Asks all that is due in `tier`. Parts that are not due keep their former reading.
    fn probe(client: &mut Self::Client, tier: Tier) -> impl Future<Output = Result<Self::Snapshot, ProbeError>> + Send;

    fn rules() -> &'static [Rule<Self::Snapshot>];

    /// The columns that this system adds to name, state, zone and age.
    fn columns() -> &'static [Column];

    /// As many cells as [`System::columns`].
    fn present(view: &View<'_, Self::Snapshot>) -> Vec<Cell>;

    /// What is worth a line over time; what was not read is left out. The first [`MOST_TRENDS`](super::MOST_TRENDS) are kept.
    fn trends(_view: &View<'_, Self::Snapshot>) -> Vec<Trend> {
        Vec::new()
    }

    /// Endpoints that this one names. `None`: it cannot tell now, or never does; that is not the same as naming nobody.
    fn discovered(_snapshot: &Self::Snapshot) -> Option<Roll> {
        None
    }

    /// The least grants for reading, as a text to run or to copy; `opsctl privileges` prints it.
    fn privileges() -> &'static str;

    /// What a step of a runbook can do to it, beyond what the generic kinds can.
    fn kinds() -> &'static [StepKind] {
        &[]
    }

    /// The lock that everybody shares who changes `cluster`, where this system keeps one; contacts nobody.
    fn lock(_cluster: &ClusterSpec, _clock: &Clock) -> Option<Box<dyn Lock>> {
        None
    }

    /// What can be asked of it by name in a condition of a runbook.
    fn facts() -> &'static [FactDef] {
        &[]
    }
}
