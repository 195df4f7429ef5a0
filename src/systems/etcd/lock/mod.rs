//! The lock that everybody shares: a key of ours in the etcd of the cluster, with a lease, and beside it, without one, the run that is left open; and where the
//! configuration wants it, copies of runs.
//!
//! It must never take a key that it cannot read for a free one, and never take the lock from anybody but a process that this very host knows to be gone.

mod held;
#[cfg(test)]
mod login;
mod shelf;
mod store;
#[cfg(test)]
mod strangers;
#[cfg(test)]
mod tests;
mod wire;

use super::{Etcd, keys};
use crate::config::ClusterSpec;
use crate::engine::Task;
use crate::engine::lock::{self, Holder, Known, Lock, LockError};
use crate::engine::mirror::Mirror;
use crate::model::{Clock, Origin};
use crate::systems::contract::System;
use crate::transport::ProbeError;
use crate::transport::http::Login;
use held::{Held, Keys, TTL};
use serde_json::Value;
use shelf::Shelf;
use std::sync::Arc;
use store::{Store, coordinator};
use wire::{Done, GRANT, Pair, REVOKE, TXN};

/// How often a taker meets another key than the one he looked at before he gives up.
const TRIES: u32 = 3;

/// The lock of one cluster.
#[derive(Debug)]
pub struct EtcdLock {
    cluster: String,
    keys: Keys,
    store: Arc<Store>,
    /// Where runs under it are copied to.
    shelf: Option<Shelf>,
}

/// The lock of `cluster`, where the configuration names its etcd. A member of which only a server told is written nothing.
#[must_use]
pub fn of(cluster: &ClusterSpec, clock: &Clock) -> Option<EtcdLock> {
    let configured = cluster.of(Etcd::NAME).filter(|endpoint| endpoint.origin == Origin::Configured);
    let members = configured.filter_map(|endpoint| {
        let credential = endpoint.write.as_ref().or(endpoint.read.as_ref());
        let login = credential.map(|credential| Login { user: credential.user.clone(), password: credential.password.clone() });
        Some((endpoint.body.text("url")?.to_owned(), login, endpoint.tls.clone().unwrap_or_default()))
    });
    let members: Vec<_> = members.collect();
    let urls: Vec<_> = members.iter().map(|(url, _, tls)| (url.clone(), tls.clone())).collect();
    let keys = Keys { lock: keys::of(keys::LOCKS, &cluster.scope), open: keys::of(keys::OPEN_RUNS, &cluster.scope) };
    let question = wire::look(&[&keys.lock]);
    let members: Vec<_> = members.into_iter().map(|(url, login, tls)| coordinator(&url, login, tls)).collect();
    (!members.is_empty()).then(|| {
        let store = Arc::new(Store::new(members, question, clock.clone()));
        let shelf = cluster.mirror.then(|| Shelf::new(&store, format!("{}/", keys::of(keys::RUNS, &cluster.scope)), &urls));
        EtcdLock { cluster: cluster.name.clone(), keys, store, shelf }
    })
}

fn no_store(error: &ProbeError) -> LockError {
    if store::is_ours(error) { LockError::NoEntry(error.to_string()) } else { LockError::NoStore(error.to_string()) }
}

/// Who stands in a key; what is not understood is somebody all the same.
fn written(pair: &Pair) -> Result<Holder, String> {
    serde_json::from_slice(&pair.value).map_err(|error| format!("what stands there is not understood ({error}); it may be of a newer version"))
}

impl EtcdLock {
    async fn txn(&self, request: &Value) -> Result<Done, LockError> {
        self.store.ask(TXN, request, wire::done).await.map(|(done, _)| done).map_err(|error| no_store(&error))
    }

    async fn taken(&self, holder: &Holder, than: u64) -> Result<Held, LockError> {
        let value = serde_json::to_vec(holder).map_err(|error| LockError::Unknown(error.to_string()))?;
        let (lease, began) = self.store.ask(GRANT, &wire::grant(TTL), wire::granted).await.map_err(|error| no_store(&error))?;
        let created = self.created(&value, lease.id).await;
        if created.is_err() {
            // one that is not ended ends by itself
            let _ends_anyway = self.store.ask(REVOKE, &wire::lease(lease.id), wire::revoked).await;
        }
        Ok(Held::keep(self, lease, created?, began, than))
    }

    /// Makes the key, and gives the revision with which it came to be.
    async fn created(&self, value: &[u8], lease: u64) -> Result<u64, LockError> {
        for _ in 0..TRIES {
            let done = self.txn(&wire::create(&self.keys.lock, value, lease)).await?;
            if done.succeeded {
                return Ok(done.revision);
            }
            let Some(pair) = done.found.into_iter().flatten().next() else { continue };
            if pair.lease == lease {
                // our own, of a request that had no answer
                return Ok(pair.created);
            }
            let other = written(&pair).map_err(LockError::HeldBy)?;
            if other.process.runs_in_this_boot() != Some(false) {
                return Err(LockError::Held(Box::new(other)));
            }
            // its process was here, and is gone: nobody has to wait for the lease; of a boot before this one it ends by itself
            self.txn(&wire::remove_beside(&self.keys.lock, pair.created, &self.keys.lock)).await?;
        }
        Err(LockError::HeldBy("others who come and go faster than one can ask".to_owned()))
    }
}

impl Lock for EtcdLock {
    fn take<'a>(&'a self, cluster: &'a str, holder: &'a Holder, than: u64) -> Task<'a, Result<Box<dyn lock::Held>, LockError>> {
        Box::pin(async move {
            if cluster != self.cluster {
                return Err(LockError::Unknown(format!("this is the lock of {}", self.cluster)));
            }
            self.taken(holder, than).await.map(|held| Box::new(held) as Box<dyn lock::Held>)
        })
    }

    fn look<'a>(&'a self, cluster: &'a str) -> Task<'a, Result<Vec<Known>, LockError>> {
        Box::pin(async move {
            let done = self.txn(&wire::look(&[&self.keys.lock, &self.keys.open])).await?;
            let mut found = done.found.iter().map(|pair| pair.as_ref().map(written).transpose());
            let (held, open) = (found.next().unwrap_or(Ok(None)), found.next().unwrap_or(Ok(None)));
            let trouble = [(&held, &self.keys.lock), (&open, &self.keys.open)];
            let trouble = trouble.into_iter().find_map(|(read, key)| read.as_ref().err().map(|why| format!("{key} in etcd: {why}")));
            let holder = held.ok().flatten().filter(|holder| holder.process.runs_in_this_boot() != Some(false));
            let known = Known { cluster: cluster.to_owned(), place: Etcd::NAME, holder, open: open.ok().flatten(), trouble };
            let something = known.holder.is_some() || known.open.is_some() || known.trouble.is_some();
            Ok(if something { vec![known] } else { Vec::new() })
        })
    }

    fn mirror(&self) -> Option<&dyn Mirror> {
        self.shelf.as_ref().map(|shelf| shelf as &dyn Mirror)
    }
}
