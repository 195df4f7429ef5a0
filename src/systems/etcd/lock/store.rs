//! The members of one etcd, asked one after the other until one answers: without a quorum each would let a writer wait for seven seconds.
//!
//! A request that had no answer may have been carried out. Whoever asks has to bear being asked for twice, or recognize his own.

use crate::model::{Clock, Moment, TlsOptions};
use crate::transport::coordinate::{Coordinator, coordinate};
use crate::transport::http::{Answer, Login};
use crate::transport::{ProbeError, Trouble};
use serde_json::Value;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::sync::Mutex;

/// How long one member may take.
pub(super) const PATIENCE: Duration = Duration::from_millis(1500);

/// One of them.
pub(super) fn coordinator(url: &str, login: Option<Login>, tls: TlsOptions) -> Coordinator {
    Coordinator::new(url, login, tls, PATIENCE)
}

/// The members.
#[derive(Debug)]
pub(super) struct Store {
    members: Vec<Mutex<Coordinator>>,
    /// The one that answered last.
    first: AtomicUsize,
    pub(super) clock: Clock,
}

impl Store {
    pub(super) fn new(members: Vec<Coordinator>, clock: Clock) -> Store {
        Store { members: members.into_iter().map(Mutex::new).collect(), first: AtomicUsize::new(0), clock }
    }

    /// Posts `json`; what `read` makes of the first good answer, and the moment before that request left.
    ///
    /// # Errors
    /// What the first of them failed with, where none answers.
    pub(super) async fn ask<T>(
        &self,
        path: &'static str,
        json: &Value,
        read: fn(&Answer, &str) -> Result<T, ProbeError>,
    ) -> Result<(T, Moment), ProbeError> {
        let first = self.first.load(Ordering::Relaxed);
        let mut failed = None;
        for turn in 0..self.members.len() {
            let at = (first + turn) % self.members.len();
            let Some(member) = self.members.get(at) else { continue };
            let mut member = member.lock().await;
            let asked = format!("POST {}{path}", member.base());
            let began = self.clock.now();
            let late = ProbeError::new(Trouble::AnswerTimeout, asked.clone(), "");
            let answer = self.clock.timeout(PATIENCE, coordinate(&mut member, path, json)).await.unwrap_or(Err(late));
            match answer.and_then(|answer| read(&answer, &asked)) {
                Ok(value) => {
                    self.first.store(at, Ordering::Relaxed);
                    return Ok((value, began));
                }
                Err(error) => failed = failed.or(Some(error)),
            }
        }
        Err(failed.unwrap_or_else(|| ProbeError::new(Trouble::NoAddress, "etcd", "no member is configured")))
    }
}
