//! The members of one etcd, asked one after the other until one answers: without a quorum each would let a writer wait for seven seconds.
//!
//! It must never believe a member of another cluster of etcd, which a wrong or re-used address leads to: a lock there keeps nobody off. A request that had no
//! answer may have been carried out. Whoever asks has to bear being asked for twice, or recognize his own.

use super::wire::TXN;
use crate::model::{Clock, Moment, TlsOptions};
use crate::systems::etcd::wire::cluster;
use crate::transport::coordinate::{Coordinator, coordinate};
use crate::transport::http::{Answer, Login};
use crate::transport::{ProbeError, Trouble};
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::sync::Mutex;

/// How long one member may take.
pub(super) const PATIENCE: Duration = Duration::from_millis(1500);

/// One of them.
pub(super) fn coordinator(url: &str, login: Option<Login>, tls: TlsOptions) -> Coordinator {
    Coordinator::new(url, login, tls, PATIENCE)
}

#[derive(Debug)]
struct Member {
    coordinator: Coordinator,
    /// The cluster of etcd that it said it is of, when it was asked for the first time.
    of: Option<u64>,
}

/// The members.
#[derive(Debug)]
pub(super) struct Store {
    members: Vec<Mutex<Member>>,
    /// A question that changes nothing, by which a member tells whose it is.
    question: Value,
    /// The cluster of etcd that the lock is in. Decided once: it is another store, and another lock, that has another one.
    of: OnceLock<u64>,
    /// The one that answered last.
    first: AtomicUsize,
    pub(super) clock: Clock,
}

impl Store {
    /// `question` changes nothing.
    pub(super) fn new(members: Vec<Coordinator>, question: Value, clock: Clock) -> Store {
        let members = members.into_iter().map(|coordinator| Mutex::new(Member { coordinator, of: None })).collect();
        Store { members, question, of: OnceLock::new(), first: AtomicUsize::new(0), clock }
    }

    /// Posts `json`; what `read` makes of the first good answer, and the moment before that request left.
    ///
    /// # Errors
    /// What the first of them failed with, where none answers, and before it a password of our own; members that are of different clusters of etcd.
    pub(super) async fn ask<T>(
        &self,
        path: &'static str,
        json: &Value,
        read: fn(&Answer, &str) -> Result<T, ProbeError>,
    ) -> Result<(T, Moment), ProbeError> {
        let of = self.agreed().await?;
        let first = self.first.load(Ordering::Relaxed);
        let mut failed = None;
        for turn in 0..self.members.len() {
            let at = (first + turn) % self.members.len();
            let Some(member) = self.members.get(at) else { continue };
            let mut member = member.lock().await;
            let answer = match self.known(&mut member).await {
                Ok(its) if its == of => self.post(&mut member, path, json, read).await,
                Ok(its) => Err(stranger(&member, its, of)),
                Err(error) => Err(error),
            };
            match answer {
                Ok((value, its, began)) if its == of => {
                    self.first.store(at, Ordering::Relaxed);
                    return Ok((value, began));
                }
                // its address leads to another one since it was asked
                Ok((_, its, _)) => failed = Some(worst(failed, stranger(&member, its, of))),
                Err(error) => failed = Some(worst(failed, error)),
            }
        }
        Err(failed.unwrap_or_else(nobody))
    }

    /// The cluster of etcd that the lock is in: the one of more than half of the members that are configured. Where half of them or more are silent, the one
    /// that nobody contradicts: then it has no quorum, or not all of its members are configured.
    async fn agreed(&self) -> Result<u64, ProbeError> {
        if let Some(of) = self.of.get() {
            return Ok(*of);
        }
        let all = self.members.len();
        let mut asked: FuturesUnordered<_> = self
            .members
            .iter()
            .map(async |member| {
                let mut member = member.lock().await;
                self.known(&mut member).await.map(|of| (of, member.coordinator.base().to_owned()))
            })
            .collect();
        let (mut told, mut failed) = (BTreeMap::<u64, Vec<String>>::new(), None);
        while let Some(answer) = asked.next().await {
            match answer {
                Ok((of, base)) => {
                    let its = told.entry(of).or_default();
                    its.push(base);
                    if its.len() * 2 > all {
                        return Ok(*self.of.get_or_init(|| of));
                    }
                }
                Err(error) => failed = Some(worst(failed, error)),
            }
        }
        let mut told = told.into_iter();
        match (told.next(), told.next()) {
            (Some((of, its)), None) if its.len() * 2 >= all => Ok(*self.of.get_or_init(|| of)),
            (_, None) | (None, _) => Err(failed.unwrap_or_else(nobody)),
            (Some(one), Some(other)) => {
                let said = [one, other].into_iter().chain(told).map(|(of, its)| format!("{} of {of:x}", its.join(", "))).collect::<Vec<_>>();
                let detail = format!("they are members of different clusters of etcd: {}; one of these urls is wrong", said.join("; "));
                Err(ProbeError::new(Trouble::WrongServer, "etcd", detail))
            }
        }
    }

    /// The cluster of etcd that `member` is of; asked where it did not say before.
    async fn known(&self, member: &mut Member) -> Result<u64, ProbeError> {
        if let Some(of) = member.of {
            return Ok(of);
        }
        let (_, of, _) = self.post(member, TXN, &self.question, super::wire::done).await?;
        member.of = Some(of);
        Ok(of)
    }

    /// What `read` makes of the answer of `member`, the cluster of etcd that the answer is of, and the moment before the request left.
    async fn post<T>(
        &self,
        member: &mut Member,
        path: &'static str,
        json: &Value,
        read: fn(&Answer, &str) -> Result<T, ProbeError>,
    ) -> Result<(T, u64, Moment), ProbeError> {
        let asked = format!("POST {}{path}", member.coordinator.base());
        member.coordinator.prepare().await?;
        let began = self.clock.now();
        let late = ProbeError::new(Trouble::AnswerTimeout, asked.clone(), "");
        let answer = self.clock.timeout(PATIENCE, coordinate(&mut member.coordinator, path, json)).await.unwrap_or(Err(late))?;
        let value = read(&answer, &asked)?;
        let of = cluster(&answer).ok_or_else(|| ProbeError::new(Trouble::Malformed, asked, "it does not say of which cluster of etcd it is"))?;
        Ok((value, of, began))
    }
}

/// Whether it is trouble of our own: the store may be whole, and colleagues may hold its lock.
pub(super) const fn is_ours(error: &ProbeError) -> bool {
    matches!(error.trouble, Trouble::Secret | Trouble::NotAuthenticated)
}

/// What is told of two errors: the first, but trouble of our own before silence of a store.
fn worst(before: Option<ProbeError>, error: ProbeError) -> ProbeError {
    match before {
        Some(before) if is_ours(&before) || !is_ours(&error) => before,
        _ => error,
    }
}

fn stranger(member: &Member, its: u64, of: u64) -> ProbeError {
    ProbeError::new(Trouble::WrongServer, member.coordinator.base(), format!("a member of the etcd {its:x}, and the lock is in {of:x}"))
}

fn nobody() -> ProbeError {
    ProbeError::new(Trouble::NoAddress, "etcd", "no member is configured")
}
