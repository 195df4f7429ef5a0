//! A cluster by the URL of one member, or by the URLs of its store: what a person types when there is no configuration.

use super::{Store, endpoint, host, identifier};
use crate::config::{Body, ClusterSpec, EndpointSpec};
use crate::fleet::discovery::{Vetted, vet};
use crate::model::{Clock, EndpointId, TlsOptions};
use crate::systems::contract::{System, Tier, Wiring};
use crate::systems::patroni::dcs::NAMESPACE;
use crate::systems::patroni::{Patroni, snapshot};
use crate::transport::ProbeError;
use std::sync::Arc;
use std::time::Duration;

/// The cluster of the member at `url`: named as the member names itself, by the host where it does not answer within `limit`. `pinned`: with the members
/// that it tells of.
pub async fn by_patroni(url: &str, clock: &Clock, limit: Duration, pinned: bool, notes: &mut Vec<String>) -> ClusterSpec {
    match told_by_patroni(url, clock, limit, pinned, notes).await {
        Ok(told) => told,
        Err(error) => {
            notes.push(format!("the member did not tell its name: {error}"));
            cluster(host(url), host(url), url)
        }
    }
}

/// As [`by_patroni`], only where the member answers.
///
/// # Errors
/// It did not tell of itself.
pub async fn told_by_patroni(url: &str, clock: &Clock, limit: Duration, pinned: bool, notes: &mut Vec<String>) -> Result<ClusterSpec, ProbeError> {
    let bare = endpoint(host(url), "patroni", host(url), Body::one("url", url.trim_end_matches('/')));
    let wiring = Wiring::alone(clock, limit);
    let told = Patroni::probe(&mut Patroni::connect(&bare, &wiring)?, Tier::Fast).await?;
    Ok(named(url, &told, pinned, notes))
}

fn named(url: &str, told: &snapshot::Snapshot, pinned: bool, notes: &mut Vec<String>) -> ClusterSpec {
    let scope = told.own.scope.as_deref().unwrap_or(host(url));
    let mut spec = cluster(scope, told.own.name.as_deref().unwrap_or(host(url)), url);
    if !pinned {
        return spec;
    }
    if told.cluster.value().is_none() {
        notes.push("the member does not tell of the others: its store is out of reach".to_owned());
    }
    for discovered in Patroni::discovered(told).into_iter().flat_map(|roll| roll.named) {
        let known: Vec<EndpointSpec> = spec.endpoints.iter().map(|endpoint| endpoint.as_ref().clone()).collect();
        let known: Vec<&EndpointSpec> = known.iter().collect();
        let Some(by) = known.first().map(|first| first.id.clone()) else { break };
        match vet(&by, &discovered, &known) {
            Vetted::New(mut endpoint) => {
                endpoint.id.name = identifier(&endpoint.id.name);
                spec.endpoints.push(Arc::new(*endpoint));
            }
            Vetted::Known => {}
            Vetted::Rejected(rejected) => notes.push(format!("{} at {} is left out: {}", rejected.name.raw(), rejected.address.raw(), rejected.why)),
        }
    }
    spec
}

fn cluster(scope: &str, member: &str, url: &str) -> ClusterSpec {
    let mut spec = ClusterSpec::named(&identifier(scope), "--patroni");
    scope.clone_into(&mut spec.scope);
    let one = endpoint(&spec.name, "patroni", member, Body::one("url", url.trim_end_matches('/')));
    let id = EndpointId { cluster: spec.name.clone(), ..one.id.clone() };
    spec.endpoints = vec![Arc::new(EndpointSpec { id, ..one })];
    spec
}

/// What `init` looks through when it is given the URLs of an etcd. `namespace`: `/service/` unless said.
#[must_use]
pub fn by_store(urls: &[String], namespace: Option<&str>) -> super::Found {
    let namespace = namespace.unwrap_or(NAMESPACE).to_owned();
    let store = Store { urls: urls.to_vec(), tls: TlsOptions::default(), namespace };
    super::Found { proposals: vec![super::etcdctl::of_store(store, "--etcd")], notes: Vec::new() }
}
