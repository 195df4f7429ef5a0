//! Patroni: one endpoint is the REST of one member. Its own words (`GET /patroni`) come first; what the cluster's store says through it
//! (`GET /cluster`) is one more witness.
//!
//! It must never ask more than one thing at a time or keep a connection open; what changes the cluster is an order of `action`, sent by a run.
//! <https://patroni.readthedocs.io/en/latest/rest_api.html>

mod action;
pub mod claims;
pub mod client;
pub mod dcs;
pub mod dynamic;
pub mod gate;
pub mod history;
pub mod overdue;
pub mod own;
pub mod picture;
pub mod present;
mod rules;
pub mod settings;
pub mod snapshot;
pub mod strict;
pub mod wire;
pub mod words;

pub use client::Client;
pub use snapshot::Snapshot;

use super::contract::{Discovered, Field, Form, Roll, Rule, System, Tier, View, Wiring};
use super::view::{Cell, Column};
use crate::config::EndpointSpec;
use crate::engine::StepKind;
use crate::model::Reading;
use crate::transport::ProbeError;

/// A member of a Patroni cluster.
#[derive(Debug)]
pub struct Patroni;

impl System for Patroni {
    const NAME: &'static str = "patroni";
    const TITLE: &'static str = "Patroni";
    const FIELDS: &'static [Field] =
        &[Field { key: "url", form: Form::Url, required: true, doc: "where the REST API of this member answers", example: "http://10.0.0.1:8008" }];

    type Client = Client;
    type Snapshot = Snapshot;

    fn connect(endpoint: &EndpointSpec, wiring: &Wiring) -> Result<Client, ProbeError> {
        Client::new(endpoint, wiring)
    }

    async fn prepare(client: &mut Client) -> Result<(), ProbeError> {
        client.prepare().await
    }

    async fn probe(client: &mut Client, tier: Tier) -> Result<Snapshot, ProbeError> {
        client.probe(tier).await
    }

    fn rules() -> &'static [Rule<Snapshot>] {
        rules::RULES
    }

    fn columns() -> &'static [Column] {
        present::COLUMNS
    }

    fn present(view: &View<'_, Snapshot>) -> Vec<Cell> {
        present::cells(view)
    }

    fn discovered(snapshot: &Snapshot) -> Option<Roll> {
        let Reading::Known(picture) = &snapshot.cluster else { return None };
        let named = |row: &picture::Row| {
            let address = row.api_url.clone()?.into();
            Some(Discovered { system: Self::NAME, name: row.name.clone().into(), field: "url", address })
        };
        Some(Roll { taken_at: picture.taken_at, named: picture.value.members.iter().filter_map(named).collect() })
    }

    fn kinds() -> &'static [StepKind] {
        action::KINDS
    }

    fn privileges() -> &'static str {
        "# Patroni: reading needs no login. restapi.authentication protects what writes; opsctl reads with GET alone.\n\
         # Where restapi.verify_client is `required`, give the endpoint a client certificate (tls.cert, tls.key).\n"
    }
}
