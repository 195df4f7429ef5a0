//! A lock that is held as long as its lease is kept: by a task of its own, and by this host's clock, which counts the time that the process was stopped.
//!
//! It must never count a lease from when the answer came: the store may have begun to count when it got the request.

use super::EtcdLock;
use super::shelf::Shelf;
use super::store::Store;
use super::wire::{self, KEEP_ALIVE, Lease, REVOKE, TXN};
use crate::engine::Task;
use crate::engine::lock::{self, Holder, LockError, Term};
use crate::engine::mirror::{Copies, Files, Mirror, MirrorError, Piece, Shelved};
use crate::model::Moment;
use crate::transport::ProbeError;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio_util::task::AbortOnDropHandle;

/// How long a lease lasts that nobody keeps: so long others wait for a host that died.
pub(super) const TTL: Duration = Duration::from_secs(30);
/// How often it is kept.
const KEEP_EVERY: Duration = Duration::from_secs(5);
/// How soon it is tried again where it was not.
const AGAIN: Duration = Duration::from_secs(1);
/// With less than this left nothing new is begun: there has to be time for freeing whom a step holds.
const FOR_WHAT_IS_OWED: Duration = Duration::from_secs(10);
/// With less than this left nothing leaves at all: what leaves has to have landed when the next one gets the lock.
const FOR_THE_WAY: Duration = Duration::from_secs(2);

/// Where the lock of one cluster stands.
#[derive(Clone, Debug)]
pub(super) struct Keys {
    pub(super) lock: String,
    pub(super) open: String,
}

/// Until when it is ours.
#[derive(Debug)]
struct Tenure {
    /// The end of the lease, since the boot of this host; zero when it is known to be somebody else's.
    end: Duration,
    why: Option<String>,
}

/// What the task that keeps it shares with who works under it.
#[derive(Debug)]
struct Ours {
    store: Arc<Store>,
    keys: Keys,
    lease: u64,
    created: u64,
    tenure: Mutex<Tenure>,
    /// Where runs under it are copied to, if anybody wants that.
    shelf: Option<Shelf>,
}

/// The lock.
#[derive(Debug)]
pub(super) struct Held {
    ours: Arc<Ours>,
    token: u64,
    keeping: AbortOnDropHandle<()>,
}

impl Held {
    /// The lock at `keys` that was `created` with a `lease` that was asked for at `began`; runs under it are copied to `shelf`.
    #[expect(clippy::disallowed_methods, reason = "the task ends with the lock, and what it fails with is told by the lock")]
    pub(super) fn keep(of: &EtcdLock, lease: Lease, created: u64, began: Moment, than: u64) -> Held {
        let tenure = Mutex::new(Tenure { end: began.mono.saturating_add(lease.ttl), why: None });
        let (store, keys, shelf) = (Arc::clone(&of.store), of.keys.clone(), of.shelf.clone());
        let ours = Arc::new(Ours { store, keys, lease: lease.id, created, tenure, shelf });
        let keeping = AbortOnDropHandle::new(tokio::spawn(keep(Arc::clone(&ours))));
        // of one store the revision only grows; a run that was under another lock before has to see it grow, too
        Held { ours, token: created.max(than.saturating_add(1)), keeping }
    }
}

/// Keeps the lease until it is gone.
async fn keep(ours: Arc<Ours>) {
    let mut pause = KEEP_EVERY;
    loop {
        ours.store.clock.sleep(pause).await;
        pause = match ours.renew().await {
            Ok(true) => {
                if let Some(shelf) = &ours.shelf {
                    shelf.renew().await;
                }
                KEEP_EVERY
            }
            Ok(false) => return,
            Err(error) => {
                tracing::warn!(%error, "the lock was not renewed");
                ours.tenure().why = Some(error.to_string());
                AGAIN
            }
        };
    }
}

impl Ours {
    fn tenure(&self) -> std::sync::MutexGuard<'_, Tenure> {
        self.tenure.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps the lease once; whether there is something left to be kept.
    async fn renew(&self) -> Result<bool, ProbeError> {
        let (left, began) = self.store.ask(KEEP_ALIVE, &wire::lease(self.lease), wire::kept).await?;
        let Some(left) = left else {
            self.lose("its lease has run out");
            return Ok(false);
        };
        // the lease may be there and the key not: somebody removed it
        let (found, _) = self.store.ask(TXN, &wire::look(&[&self.keys.lock]), wire::done).await?;
        if !found.found.into_iter().flatten().any(|pair| pair.created == self.created && pair.lease == self.lease) {
            self.lose("its key was removed");
            return Ok(false);
        }
        let mut tenure = self.tenure();
        (tenure.end, tenure.why) = (tenure.end.max(began.mono.saturating_add(left)), None);
        Ok(true)
    }

    fn lose(&self, why: &str) {
        tracing::error!(why, "the lock is lost");
        *self.tenure() = Tenure { end: Duration::ZERO, why: Some(why.to_owned()) };
    }

    fn term(&self) -> Term {
        let end = self.tenure().end;
        Term { effects: end.saturating_sub(FOR_WHAT_IS_OWED), owed: end.saturating_sub(FOR_THE_WAY) }
    }

    /// Writes what hangs on the lock being ours.
    async fn write(&self, request: &serde_json::Value) -> Result<(), LockError> {
        match self.store.ask(TXN, request, wire::done).await {
            Ok((done, _)) if done.succeeded => Ok(()),
            Ok(_) => {
                self.lose("somebody else has it");
                Err(LockError::Lost("somebody else has it".to_owned()))
            }
            Err(error) => Err(super::no_store(&error)),
        }
    }
}

impl lock::Held for Held {
    fn token(&self) -> u64 {
        self.token
    }

    fn lost(&self) -> Option<String> {
        if self.ours.store.clock.now().mono < self.ours.term().effects {
            return None;
        }
        let why = self.ours.tenure().why.clone();
        Some(why.unwrap_or_else(|| "it was not renewed in time".to_owned()))
    }

    fn term(&self) -> Option<Term> {
        Some(self.ours.term())
    }

    fn leave_open<'a>(&'a self, holder: &'a Holder) -> Task<'a, Result<(), LockError>> {
        Box::pin(async move {
            let value = serde_json::to_vec(holder).map_err(|error| LockError::Unknown(error.to_string()))?;
            let Keys { lock, open } = &self.ours.keys;
            self.ours.write(&wire::put_beside(lock, self.ours.created, open, &value)).await
        })
    }

    fn close(&self) -> Task<'_, Result<(), LockError>> {
        Box::pin(async move {
            let Keys { lock, open } = &self.ours.keys;
            self.ours.write(&wire::remove_beside(lock, self.ours.created, open)).await
        })
    }

    fn copies(&self) -> Option<&dyn Copies> {
        self.ours.shelf.as_ref().map(|_| self as &dyn Copies)
    }

    fn give_back(&self) -> Task<'_, ()> {
        Box::pin(async move {
            self.keeping.abort();
            if let Err(error) = self.ours.store.ask(REVOKE, &wire::lease(self.ours.lease), wire::revoked).await {
                tracing::warn!(%error, "the lock was not given back: it ends with its lease");
            }
        })
    }
}

impl Held {
    fn shelf(&self) -> Result<&Shelf, MirrorError> {
        self.ours.shelf.as_ref().ok_or_else(|| MirrorError::Store("nobody wants copies".to_owned()))
    }
}

impl Mirror for Held {
    fn runs(&self) -> Task<'_, Result<Vec<Shelved>, MirrorError>> {
        Box::pin(async move { self.shelf()?.runs().await })
    }

    fn files<'a>(&'a self, run: &'a str) -> Task<'a, Result<Files, MirrorError>> {
        Box::pin(async move { self.shelf()?.files(run).await })
    }
}

impl Copies for Held {
    fn add<'a>(&'a self, run: &'a str, pieces: &'a [Piece]) -> Task<'a, Result<bool, MirrorError>> {
        Box::pin(async move {
            let (ours, shelf) = (&self.ours, self.shelf()?);
            let lease = shelf.lease(run).await?;
            let pairs: Vec<_> = pieces.iter().map(|piece| (shelf.key(run, &piece.file, piece.from), piece.bytes.as_slice())).collect();
            let request = wire::add_beside(&ours.keys.lock, ours.created, &pairs, lease);
            let (done, _) = ours.store.ask(TXN, &request, wire::done).await.map_err(|error| MirrorError::Store(error.to_string()))?;
            if !done.succeeded && !done.found.into_iter().flatten().any(|pair| pair.created == ours.created) {
                ours.lose("somebody else has it");
                return Err(MirrorError::Lost("somebody else has it".to_owned()));
            }
            Ok(done.succeeded)
        })
    }
}
