//! Copies of runs in the etcd of their cluster: `/opsctl/runs/SCOPE/RUN/FILE/OFFSET`, on a lease of a day that whoever is at work on the run keeps.
//!
//! It must never fill the store that Patroni needs: with less than half of its quota free nothing is copied, and no old copy is removed by anything but its lease.

use super::store::{PATIENCE, Store};
use super::wire::{self, GRANT, KEEP_ALIVE};
use crate::engine::Task;
use crate::engine::mirror::{Files, Mirror, MirrorError, Shelved, joined, shelved};
use crate::model::TlsOptions;
use crate::systems::etcd::range::{self, RANGE};
use crate::systems::etcd::wire as answers;
use crate::transport::ProbeError;
use crate::transport::http::{Answer, HttpReader};
use crate::transport::read::HttpRead;
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;

/// How long a copy is kept after the last process that was at work on its run.
const TTL: Duration = Duration::from_hours(24);
/// How often the lease is kept.
const KEEP_EVERY: Duration = Duration::from_hours(1);
/// The quota of an etcd that was given none, and does not tell: <https://etcd.io/docs/v3.5/op-guide/maintenance/#space-quota>.
const USUAL_QUOTA: u64 = 2 << 30;

/// The copies of the runs of one cluster.
#[derive(Clone, Debug)]
pub(super) struct Shelf {
    store: Arc<Store>,
    /// Before the name of each run.
    prefix: String,
    /// Whoever tells how full the store is.
    readers: Arc<Mutex<Vec<HttpReader>>>,
    /// The lease on which the copies of the run at work hang.
    lease: Arc<Mutex<Option<Kept>>>,
}

/// A lease, and when it was kept last, since the boot of this host.
#[derive(Clone, Copy, Debug)]
struct Kept {
    id: u64,
    at: Duration,
}

fn unanswered(error: &ProbeError) -> MirrorError {
    MirrorError::Store(error.to_string())
}

impl Shelf {
    /// The copies below `prefix` in `store`, whose members are at `urls`.
    pub(super) fn new(store: &Arc<Store>, prefix: String, urls: &[(String, TlsOptions)]) -> Shelf {
        let readers = urls.iter().map(|(url, tls)| HttpReader::new(url, None, tls.clone(), PATIENCE)).collect();
        Shelf { store: Arc::clone(store), prefix, readers: Arc::new(Mutex::new(readers)), lease: Arc::default() }
    }

    /// The key of a piece of `file` of `run`: numbers of one length sort as numbers.
    pub(super) fn key(&self, run: &str, file: &str, from: u64) -> String {
        format!("{}{run}/{file}/{from:012}", self.prefix)
    }

    /// Run, file and beginning of the piece at `key`.
    fn piece<'k>(&self, key: &'k str) -> Option<(&'k str, &'k str, u64)> {
        let mut parts = key.strip_prefix(self.prefix.as_str())?.split('/');
        let piece = (parts.next()?, parts.next()?, parts.next()?.parse().ok()?);
        parts.next().is_none().then_some(piece)
    }

    fn unfitting(key: &str) -> MirrorError {
        MirrorError::Unfitting(format!("{key:?} in etcd is no piece of a run"))
    }

    async fn range<T>(&self, request: &Value, read: fn(&Answer, &str) -> Result<T, ProbeError>) -> Result<T, MirrorError> {
        self.store.ask(RANGE, request, read).await.map(|(read, _)| read).map_err(|error| unanswered(&error))
    }

    /// The lease for copies of `run`: the one on which earlier ones hang, else a new one.
    pub(super) async fn lease(&self, run: &str) -> Result<u64, MirrorError> {
        let mut kept = self.lease.lock().await;
        if let Some(kept) = &*kept {
            return Ok(kept.id);
        }
        self.has_room().await?;
        let before = self.range(&wire::below(&format!("{}{run}/", self.prefix), true), wire::leases).await?;
        let before = match before.into_iter().find(|lease| *lease > 0) {
            Some(lease) => self.keep(lease).await?,
            None => None,
        };
        let lease = if let Some(lease) = before {
            lease
        } else {
            let granted = self.store.ask(GRANT, &wire::grant(TTL), wire::granted).await;
            let (lease, began) = granted.map_err(|error| unanswered(&error))?;
            Kept { id: lease.id, at: began.mono }
        };
        *kept = Some(lease);
        Ok(lease.id)
    }

    /// Keeps `lease`; `None`: it has run out, and all that hung on it is gone.
    async fn keep(&self, lease: u64) -> Result<Option<Kept>, MirrorError> {
        let kept = self.store.ask(KEEP_ALIVE, &wire::lease(lease), wire::kept).await;
        let (left, began) = kept.map_err(|error| unanswered(&error))?;
        Ok(left.map(|_| Kept { id: lease, at: began.mono }))
    }

    /// Keeps the lease of the run at work, where it is time for it.
    pub(super) async fn renew(&self) {
        // whoever has it in hand is about to keep it
        let Ok(mut kept) = self.lease.try_lock() else { return };
        let Some(lease) = *kept else { return };
        if self.store.clock.now().mono.saturating_sub(lease.at) < KEEP_EVERY {
            return;
        }
        match self.keep(lease.id).await {
            Ok(Some(renewed)) => *kept = Some(renewed),
            // all that hung on it is gone: on another one the rest would have no beginning
            Ok(None) => tracing::error!("the lease of the copies has run out"),
            Err(error) => tracing::warn!(%error, "the lease of the copies was not kept"),
        }
    }

    /// Whether more may be copied: a store that is full takes nothing of Patroni's, either.
    async fn has_room(&self) -> Result<(), MirrorError> {
        let clock = &self.store.clock;
        for reader in self.readers.lock().await.iter_mut() {
            let base = reader.base().to_owned();
            let status = HttpRead::Ask { path: "/v3/maintenance/status", json: "{}" };
            let Some(Ok(answer)) = clock.timeout(PATIENCE, reader.ask(status)).await else { continue };
            let Ok(told) = answers::status(&answer, &format!("POST {base}/v3/maintenance/status")) else { continue };
            let Some(size) = told.db_size else { continue };
            let quota = match told.db_size_quota {
                Some(quota) => Some(quota),
                None => match clock.timeout(PATIENCE, reader.ask(HttpRead::Get("/metrics"))).await {
                    Some(Ok(answer)) => answers::quota(&answer, &format!("GET {base}/metrics")).ok(),
                    _ => None,
                },
            };
            let quota = quota.filter(|quota| *quota > 0).unwrap_or(USUAL_QUOTA);
            return if size > quota / 2 {
                Err(MirrorError::Full(format!("the etcd at {base} has {size} bytes, more than half of its quota of {quota}")))
            } else {
                Ok(())
            };
        }
        Err(MirrorError::Store("no member of etcd tells how full it is".to_owned()))
    }
}

impl Mirror for Shelf {
    fn runs(&self) -> Task<'_, Result<Vec<Shelved>, MirrorError>> {
        Box::pin(async move {
            let pairs = self.range(&wire::below(&self.prefix, true), range::read).await?;
            let pieces = pairs.iter().map(|(key, _)| self.piece(key).ok_or_else(|| Shelf::unfitting(key)));
            Ok(shelved(pieces.collect::<Result<Vec<_>, _>>()?))
        })
    }

    fn files<'a>(&'a self, run: &'a str) -> Task<'a, Result<Files, MirrorError>> {
        Box::pin(async move {
            let pairs = self.range(&wire::below(&format!("{}{run}/", self.prefix), false), range::read).await?;
            let piece = |(key, bytes): (String, Vec<u8>)| match self.piece(&key) {
                Some((_, file, from)) => Ok((file.to_owned(), from, bytes)),
                None => Err(Shelf::unfitting(&key)),
            };
            joined(pairs.into_iter().map(piece).collect::<Result<Vec<_>, _>>()?)
        })
    }
}
