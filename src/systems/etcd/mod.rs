//! etcd: one endpoint is one member, asked over its JSON gateway. It also offers its keys to other systems as a [`Kv`](super::contract::Kv).
//!
//! It must never write where it reads, not even to probe, and never wait longer than two seconds: without a quorum most questions hang for seven. Only the
//! [`lock`] that runs share writes, keys of our own and no other.
//! <https://etcd.io/docs/v3.5/dev-guide/api_grpc_gateway/>

pub mod client;
mod keys;
pub mod kv;
pub mod lock;
mod present;
pub mod range;
mod rules;
pub mod snapshot;
pub mod surroundings;
pub mod wire;

pub use client::Client;
pub use kv::Hosts;
pub use snapshot::Snapshot;

use super::contract::{Discovered, Field, Form, Roll, Rule, System, Tier, View, Wiring};
use super::view::{Cell, Column};
use crate::config::{ClusterSpec, EndpointSpec};
use crate::engine::lock::Lock;
use crate::model::{Clock, Reading};
use crate::transport::ProbeError;

/// Where clusters keep their keys unless said.
const NAMESPACE: &str = "/service/";

/// A member of an etcd cluster.
#[derive(Debug)]
pub struct Etcd;

impl System for Etcd {
    const NAME: &'static str = "etcd";
    const TITLE: &'static str = "etcd";
    const FIELDS: &'static [Field] = &[
        Field { key: "url", form: Form::Url, required: true, doc: "where this member answers its clients", example: "http://10.0.0.1:2379" },
        Field {
            key: "namespace",
            form: Form::Text,
            required: false,
            doc: "prefix below which clusters keep their keys, for seeing that one appears or vanishes; default: /service/",
            example: "/service/",
        },
    ];

    type Client = Client;
    type Snapshot = Snapshot;

    fn connect(endpoint: &EndpointSpec, wiring: &Wiring) -> Result<Client, ProbeError> {
        Client::new(endpoint, wiring)
    }

    async fn prepare(client: &mut Client) -> Result<(), ProbeError> {
        client.reader.prepare().await
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
        let Reading::Known(peers) = &snapshot.peers else { return None };
        let named = |peer: &wire::Peer| {
            let address = peer.client_urls.first()?.clone().into();
            Some(Discovered { system: Self::NAME, name: peer.name.clone().into(), field: "url", address })
        };
        Some(Roll { taken_at: peers.taken_at, named: peers.value.iter().filter(|peer| !peer.name.is_empty()).filter_map(named).collect() })
    }

    fn privileges() -> &'static str {
        "# etcd: status, health and version need no user. Where authentication is on, the keys below Patroni's namespace need\n\
         etcdctl role add opsctl-read\n\
         etcdctl role grant-permission opsctl-read --prefix=true read /service/\n\
         etcdctl role grant-permission opsctl-read --prefix=true read /opsctl/\n\
         # the lock that runs on this cluster share is written as the user of `write`, who needs\n\
         etcdctl role add opsctl-write\n\
         etcdctl role grant-permission opsctl-write --prefix=true readwrite /opsctl/\n"
    }

    fn lock(cluster: &ClusterSpec, clock: &Clock) -> Option<Box<dyn Lock>> {
        lock::of(cluster, clock).map(|lock| Box::new(lock) as Box<dyn Lock>)
    }
}
