//! Any system behind one face, for the registry. It must never know which system stands behind it.

use super::endpoint::{Field, Tier, Wiring};
use super::kv::Pending;
use super::rule::{Knobs, RuleInfo, Verdict, View};
use super::system::System;
use super::told::{MOST_TRENDS, Roll, Trend};
use crate::config::{ClusterSpec, EndpointSpec};
use crate::engine::lock::Lock;
use crate::engine::{FactDef, StepKind};
use crate::model::Clock;
use crate::systems::ruled::ruled;
use crate::systems::view::{Cell, Column};
use crate::transport::ProbeError;
use std::any::Any;
use std::sync::Arc;

/// A snapshot of any system.
pub type AnySnapshot = Arc<dyn Any + Send + Sync>;

/// A client of any system, with its next questions.
pub trait AnyClient: Send {
    /// As [`System::prepare`].
    fn prepare(&mut self) -> Pending<'_, ()>;
    fn probe(&mut self, tier: Tier) -> Pending<'_, AnySnapshot>;
}

/// What became of one rule on one endpoint.
#[derive(Debug)]
pub struct Judged {
    pub info: &'static RuleInfo,
    pub verdict: Verdict,
}

/// The typed [`System`] behind one face, for the registry.
pub trait AnySystem: Send + Sync {
    fn name(&self) -> &'static str;
    fn title(&self) -> &'static str;
    fn fields(&self) -> &'static [Field];
    fn takes_pgpass(&self) -> bool;
    fn rules(&self) -> Vec<&'static RuleInfo>;
    fn columns(&self) -> &'static [Column];
    fn privileges(&self) -> &'static str;
    fn kinds(&self) -> &'static [StepKind];
    fn facts(&self) -> &'static [FactDef];

    /// As [`System::lock`].
    fn lock(&self, cluster: &ClusterSpec, clock: &Clock) -> Option<Box<dyn Lock>>;

    /// # Errors
    /// As [`System::connect`].
    fn connect(&self, endpoint: &EndpointSpec, wiring: &Wiring) -> Result<Box<dyn AnyClient>, ProbeError>;

    fn judge(&self, view: &View<'_, AnySnapshot>) -> Vec<Judged>;
    /// `None` when the snapshot is of another system.
    fn present(&self, view: &View<'_, AnySnapshot>) -> Option<Vec<Cell>>;
    /// At most [`MOST_TRENDS`].
    fn trends(&self, view: &View<'_, AnySnapshot>) -> Vec<Trend>;
    fn discovered(&self, snapshot: &AnySnapshot) -> Option<Roll>;
    /// For recording.
    fn encode(&self, snapshot: &AnySnapshot) -> Option<serde_json::Value>;
    /// For replay.
    ///
    /// # Errors
    /// The text of the decoder.
    fn decode(&self, value: serde_json::Value) -> Result<AnySnapshot, String>;
}

/// Makes an [`AnySystem`] of a [`System`].
pub struct Erased<S>(pub std::marker::PhantomData<fn() -> S>);

impl<S> Erased<S> {
    #[must_use]
    pub const fn new() -> Self {
        Erased(std::marker::PhantomData)
    }
}

impl<S> Default for Erased<S> {
    fn default() -> Self {
        Self::new()
    }
}

struct ErasedClient<S: System>(S::Client);

impl<S: System> AnyClient for ErasedClient<S> {
    fn prepare(&mut self) -> Pending<'_, ()> {
        Box::pin(S::prepare(&mut self.0))
    }

    fn probe(&mut self, tier: Tier) -> Pending<'_, AnySnapshot> {
        Box::pin(async move { S::probe(&mut self.0, tier).await.map(|snapshot| Arc::new(snapshot) as AnySnapshot) })
    }
}

fn typed<'a, S: System>(view: &View<'a, AnySnapshot>) -> Option<View<'a, S::Snapshot>> {
    let snapshot = view.snapshot.downcast_ref::<S::Snapshot>()?;
    Some(View { cluster: view.cluster, endpoint: view.endpoint, snapshot, taken_at: view.taken_at, latency: view.latency, now: view.now })
}

impl<S: System> AnySystem for Erased<S> {
    fn name(&self) -> &'static str {
        S::NAME
    }

    fn title(&self) -> &'static str {
        S::TITLE
    }

    fn fields(&self) -> &'static [Field] {
        S::FIELDS
    }

    fn takes_pgpass(&self) -> bool {
        S::PGPASS
    }

    fn rules(&self) -> Vec<&'static RuleInfo> {
        S::rules().iter().map(|rule| &rule.info).collect()
    }

    fn columns(&self) -> &'static [Column] {
        S::columns()
    }

    fn privileges(&self) -> &'static str {
        S::privileges()
    }

    fn kinds(&self) -> &'static [StepKind] {
        S::kinds()
    }

    fn facts(&self) -> &'static [FactDef] {
        S::facts()
    }

    fn lock(&self, cluster: &ClusterSpec, clock: &Clock) -> Option<Box<dyn Lock>> {
        S::lock(cluster, clock)
    }

    fn connect(&self, endpoint: &EndpointSpec, wiring: &Wiring) -> Result<Box<dyn AnyClient>, ProbeError> {
        Ok(Box::new(ErasedClient::<S>(S::connect(endpoint, wiring)?)))
    }

    fn judge(&self, view: &View<'_, AnySnapshot>) -> Vec<Judged> {
        let Some(view) = typed::<S>(view) else { return Vec::new() };
        S::rules()
            .iter()
            .map(|rule| Judged {
                info: &rule.info,
                verdict: ruled(rule.info.id, rule.info.sentence, || (rule.judge)(&view, &Knobs::new(view.cluster, &rule.info))),
            })
            .collect()
    }

    fn present(&self, view: &View<'_, AnySnapshot>) -> Option<Vec<Cell>> {
        typed::<S>(view).map(|view| S::present(&view))
    }

    fn trends(&self, view: &View<'_, AnySnapshot>) -> Vec<Trend> {
        let mut trends = typed::<S>(view).map(|view| S::trends(&view)).unwrap_or_default();
        trends.truncate(MOST_TRENDS);
        trends
    }

    fn discovered(&self, snapshot: &AnySnapshot) -> Option<Roll> {
        snapshot.downcast_ref::<S::Snapshot>().and_then(S::discovered)
    }

    fn encode(&self, snapshot: &AnySnapshot) -> Option<serde_json::Value> {
        serde_json::to_value(snapshot.downcast_ref::<S::Snapshot>()?).ok()
    }

    fn decode(&self, value: serde_json::Value) -> Result<AnySnapshot, String> {
        serde_json::from_value::<S::Snapshot>(value).map(|snapshot| Arc::new(snapshot) as AnySnapshot).map_err(|error| error.to_string())
    }
}
