//! Asks one `HAProxy`: the runtime socket where there is one and it answers, the statistics page otherwise. The snapshot says which it was.
//! It must never wait beyond the deadline of the whole probe, whichever answer stays out.

use super::snapshot::{BalancerSnapshot, Process, Witness};
use super::wire::{self, Statistics};
use crate::model::{Clock, Moment, Reading, Reason};
use crate::systems::contract::Tier;
use crate::systems::first_seen::FirstSeen;
use crate::text::Untrusted;
use crate::transport::http::HttpReader;
use crate::transport::read::HttpRead;
use crate::transport::{ProbeError, Trouble, line};
use std::time::Duration;

/// With less than this left a question is not worth a connection.
const LEAST: Duration = Duration::from_millis(50);

/// Asks one `HAProxy`, and remembers since when it sees a queue.
#[derive(Debug)]
pub struct BalancerClient {
    pub(super) socket: Option<String>,
    pub(super) page: Option<Page>,
    pub(super) clock: Clock,
    pub(super) deadline: Duration,
    pub(super) queued: FirstSeen<Untrusted>,
    pub(super) process: Reading<Process>,
    /// The socket failed: it is left alone until the next slow round.
    pub(super) socket_trouble: Option<ProbeError>,
}

/// The statistics page.
#[derive(Debug)]
pub(super) struct Page {
    pub(super) reader: HttpReader,
    /// `/;csv`
    pub(super) path: String,
}

impl BalancerClient {
    /// Reads the secrets that the next questions need.
    ///
    /// # Errors
    /// As [`HttpReader::prepare`].
    pub async fn prepare(&mut self) -> Result<(), ProbeError> {
        match (&self.socket, &mut self.page) {
            (None, Some(page)) => page.reader.prepare().await,
            // the socket needs none, and answers whatever the page lacks
            _ => Ok(()),
        }
    }

    /// Asks what is due.
    ///
    /// # Errors
    /// Neither way gave statistics; the error is of the last way tried.
    pub async fn probe(&mut self, tier: Tier) -> Result<BalancerSnapshot, ProbeError> {
        let begin = self.clock.now();
        let (witness, statistics) = self.statistics(tier, begin).await?;
        let now = self.clock.now();
        let Statistics { listeners, mut backends } = statistics;
        let waiting = backends.iter().filter(|backend| backend.queue.is_some_and(|count| count > 0)).map(|backend| backend.name.clone());
        self.queued.look(waiting, now);
        for backend in &mut backends {
            backend.queue_since = self.queued.since(&backend.name);
        }
        if tier >= Tier::Slow || witness == Witness::Http {
            self.process = self.ask_process(witness, begin).await;
        }
        let socket_trouble = self.socket_trouble.as_ref().map(|error| Untrusted::from(error.to_string()));
        Ok(BalancerSnapshot { witness, socket_trouble, listeners, backends, taken_at: now, process: self.process.clone() })
    }

    async fn statistics(&mut self, tier: Tier, begin: Moment) -> Result<(Witness, Statistics), ProbeError> {
        let tries_socket = self.page.is_none() || self.socket_trouble.is_none() || tier >= Tier::Slow;
        if let Some(path) = self.socket.as_deref().filter(|_| tries_socket) {
            let command = "show stat";
            let answer = line::ask(&self.clock, path, command, self.socket_deadline()).await;
            match answer.and_then(|text| wire::socket_statistics(&text, &format!("`{command}` on {path}"))) {
                Ok(statistics) => {
                    self.socket_trouble = None;
                    return Ok((Witness::Socket, statistics));
                }
                Err(error) => self.socket_trouble = Some(error),
            }
        }
        let left = self.left(begin);
        match (&mut self.page, &self.socket_trouble) {
            (Some(page), _) => {
                let late = ProbeError::new(Trouble::AnswerTimeout, page.label(), "");
                Ok((Witness::Http, self.clock.timeout(left, page.statistics()).await.unwrap_or(Err(late))?))
            }
            (None, Some(error)) => Err(error.clone()),
            (None, None) => Err(ProbeError::new(Trouble::NoAddress, "HAProxy", "neither `socket` nor `stats` is set")),
        }
    }

    /// Half of the deadline where the page has to answer in the other half.
    fn socket_deadline(&self) -> Duration {
        if self.page.is_some() { self.deadline / 2 } else { self.deadline }
    }

    /// What is left of the deadline that began at `begin`.
    fn left(&self, begin: Moment) -> Duration {
        self.deadline.saturating_sub(self.clock.now().since(begin))
    }

    async fn ask_process(&self, witness: Witness, begin: Moment) -> Reading<Process> {
        let (Some(path), Witness::Socket) = (&self.socket, witness) else {
            let reason = match &self.socket_trouble {
                Some(error) => error.reason(),
                None => Reason::NotConfigured("only the runtime socket tells of the process; `socket` is not set".to_owned()),
            };
            return self.process.failed(reason, self.clock.now());
        };
        let left = self.left(begin);
        if left < LEAST {
            let reason = Reason::Unreachable("not asked: the answers before took the whole deadline".to_owned());
            return self.process.failed(reason, self.clock.now());
        }
        let answer = line::ask(&self.clock, path, "show info", left).await;
        match answer.and_then(|text| wire::process(&text, &format!("`show info` on {path}"))) {
            Ok(process) => Reading::new(process, self.clock.now()),
            Err(error) => self.process.failed(error.reason(), self.clock.now()),
        }
    }
}

impl Page {
    fn label(&self) -> String {
        format!("GET {}{}", self.reader.base(), self.path)
    }

    async fn statistics(&mut self) -> Result<Statistics, ProbeError> {
        let asked = self.label();
        let answer = self.reader.ask(HttpRead::Get(&self.path)).await?;
        match answer.status {
            200 => {}
            401 => return Err(ProbeError::new(Trouble::NotAuthenticated, asked, "the statistics page wants a user")),
            403 => return Err(ProbeError::new(Trouble::NotPermitted, asked, "")),
            status => return Err(ProbeError::new(Trouble::Status(status), asked, "")),
        }
        let text = std::str::from_utf8(&answer.body).map_err(|error| ProbeError::new(Trouble::Malformed, &asked, error.to_string()))?;
        wire::statistics(text, &asked)
    }
}
