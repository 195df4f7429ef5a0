//! The store that etcdctl would ask: every cluster of Patroni in it.

use super::{Found, Proposal, Store, Surroundings, store_endpoints};
use crate::model::{SecretRef, TlsOptions};
use crate::systems::etcd::surroundings;
use crate::systems::patroni::dcs::NAMESPACE;

pub(super) fn look(around: &Surroundings, found: &mut Found) {
    let Some(read) = surroundings::read(|name| around.variable(name)) else { return };
    found.notes.extend(read.notes);
    let tls = TlsOptions { ca: read.ca, cert: read.cert, key: read.key.map(SecretRef::File), server_name: None };
    found.proposals.push(of_store(Store { urls: read.urls, tls, namespace: NAMESPACE.to_owned() }, "ETCDCTL_ENDPOINTS"));
}

/// All clusters of one store.
pub(super) fn of_store(store: Store, found_in: &str) -> Proposal {
    Proposal {
        scope: None,
        fallback: "etcd".to_owned(),
        found_in: found_in.to_owned(),
        endpoints: store_endpoints(&store),
        store: Some(store),
        member_tls: None,
    }
}
