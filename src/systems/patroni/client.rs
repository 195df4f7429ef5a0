//! Asks one member: one question after the other, each over a connection of its own that is closed with the answer.
//!
//! `GET /patroni` is worth the whole deadline. The others read the store, which may hang for ten seconds: they get a part of what is left, and are
//! left out while [`Gate`] is closed. It must never have two questions open, nor an idle connection: five of them starve the member's REST.

use super::dynamic::Dynamic;
use super::gate::Gate;
use super::history::{self, Turn};
use super::overdue::Overdue;
use super::own::Own;
use super::picture::Picture;
use super::snapshot::{Asked, Exchange, Parts, Snapshot};
use crate::config::EndpointSpec;
use crate::model::{Clock, Moment, Reason};
use crate::systems::agreed::Place;
use crate::systems::contract::{Tier, Wiring};
use crate::transport::http::{Answer, HttpReader, Login};
use crate::transport::read::HttpRead;
use crate::transport::{ProbeError, Trouble};
use std::sync::Arc;
use std::time::Duration;

/// Longest wait for an answer that comes from the store; with a healthy store it takes some 12 ms, on a busy machine 30.
const STORE_DEADLINE: Duration = Duration::from_millis(600);
/// With less than this left a question is not worth a connection.
const LEAST: Duration = Duration::from_millis(50);

/// Asks one member, and remembers what it said.
#[derive(Debug)]
pub struct Client {
    reader: HttpReader,
    clock: Clock,
    deadline: Duration,
    gate: Gate,
    overdue: Overdue,
    configs: Arc<Place<String, Asked<Dynamic>>>,
    histories: Arc<Place<String, Asked<Vec<Turn>>>>,
    former: Option<Snapshot>,
}

impl Client {
    /// Prepares a client; contacts nobody.
    ///
    /// # Errors
    /// The endpoint has no `url`.
    pub fn new(endpoint: &EndpointSpec, wiring: &Wiring) -> Result<Client, ProbeError> {
        let url = endpoint.body.text("url").ok_or_else(|| ProbeError::new(Trouble::NoAddress, endpoint.id.to_string(), "no `url` is configured"))?;
        let login = endpoint.read.as_ref().map(|read| Login { user: read.user.clone(), password: read.password.clone() });
        let tls = endpoint.tls.clone().unwrap_or_default();
        let reader = HttpReader::new(base(url), login, tls, wiring.deadline).told_by(endpoint.origin);
        Ok(Client {
            reader,
            clock: wiring.clock.clone(),
            deadline: wiring.deadline,
            gate: Gate::default(),
            overdue: Overdue::default(),
            configs: wiring.agreed.place(),
            histories: wiring.agreed.place(),
            former: None,
        })
    }

    /// Reads the secrets that the next questions need.
    ///
    /// # Errors
    /// As [`HttpReader::prepare`].
    pub async fn prepare(&mut self) -> Result<(), ProbeError> {
        self.reader.prepare().await
    }

    /// Asks what the member says of itself, and nothing of the store; with the time that its host says it is.
    ///
    /// # Errors
    /// `GET /patroni` failed or was not understood.
    pub async fn own(&mut self) -> Result<(Own, Option<jiff::Timestamp>), ProbeError> {
        let answer = self.ask("/patroni", self.deadline).await?;
        Ok((Own::read(&answer, &self.label("/patroni"))?, answer.date))
    }

    /// Asks what is due in `tier`.
    ///
    /// # Errors
    /// `GET /patroni` failed or was not understood. The other parts degrade alone.
    pub async fn probe(&mut self, tier: Tier) -> Result<Snapshot, ProbeError> {
        let asked = self.clock.now();
        let (own, date) = self.own().await?;
        let exchange = Exchange { asked, answered: self.clock.now(), date };
        let cluster = self.cluster(&own, asked).await;
        let picture = match &cluster {
            Asked::Good(picture) => Some(picture),
            Asked::NotDue | Asked::Failed(_) => None,
        };
        self.overdue.look(&own, picture, asked.mono);
        let (mut config, mut history) = (Asked::NotDue, Asked::NotDue);
        // they hang like /cluster, so a store that is silent there is not asked again here
        if tier >= Tier::Slow {
            config = if self.gate.failures() > 0 { not_asked() } else { self.config(&own, asked).await };
        }
        if tier >= Tier::Rare || self.overdue.is_due() {
            let silent = self.gate.failures() > 0 || matches!(config, Asked::Failed(Reason::Unreachable(_)));
            history = if silent { not_asked() } else { self.history(&own, asked).await };
            self.overdue.asked(&history, asked.mono);
        }
        let snapshot = Snapshot::next(self.former.as_ref(), own, exchange, Parts { cluster, config, history }, self.clock.now());
        self.former = Some(snapshot.clone());
        Ok(snapshot)
    }

    async fn cluster(&mut self, own: &Own, begin: Moment) -> Asked<Picture> {
        let seen = own.dcs_last_seen.map(jiff::Timestamp::as_second);
        if !self.gate.open(self.clock.now().mono, seen) {
            return Asked::NotDue;
        }
        let part = self.part("/cluster", begin, Picture::read).await;
        match &part {
            Asked::Failed(_) => self.gate.failed(self.clock.now().mono, seen),
            Asked::Good(_) => self.gate.answered(),
            Asked::NotDue => {}
        }
        part
    }

    /// The configuration stands in the store once for the whole cluster: the members only pass it on.
    async fn config(&mut self, own: &Own, begin: Moment) -> Asked<Dynamic> {
        let (place, clock) = (Arc::clone(&self.configs), self.clock.clone());
        let ask = self.part("/config", begin, Dynamic::read);
        match own.scope.clone() {
            Some(scope) => place.get(scope, begin, &clock, is_good, ask).await,
            None => ask.await,
        }
    }

    /// As the configuration.
    async fn history(&mut self, own: &Own, begin: Moment) -> Asked<Vec<Turn>> {
        let (place, clock) = (Arc::clone(&self.histories), self.clock.clone());
        let ask = self.part("/history", begin, history::read);
        match own.scope.clone() {
            Some(scope) => place.get(scope, begin, &clock, is_good, ask).await,
            None => ask.await,
        }
    }

    /// Puts a question that may fail alone, within what is left of the deadline that began at `begin`.
    async fn part<T>(&mut self, path: &'static str, begin: Moment, read: fn(&Answer, &str) -> Result<T, ProbeError>) -> Asked<T> {
        let left = self.deadline.saturating_sub(self.clock.now().since(begin)).min(STORE_DEADLINE);
        if left < LEAST {
            return Asked::Failed(Reason::Unreachable("not asked: the first answer took the whole deadline".to_owned()));
        }
        let label = self.label(path);
        match self.ask(path, left).await.and_then(|answer| read(&answer, &label)) {
            Ok(value) => Asked::Good(value),
            Err(error) => Asked::Failed(error.reason()),
        }
    }

    async fn ask(&mut self, path: &'static str, limit: Duration) -> Result<Answer, ProbeError> {
        let late = ProbeError::new(Trouble::AnswerTimeout, self.label(path), "");
        self.clock.timeout(limit, self.reader.ask(HttpRead::Get(path))).await.unwrap_or(Err(late))
    }

    fn label(&self, path: &str) -> String {
        format!("GET {}{path}", self.reader.base())
    }
}

fn is_good<T>(asked: &Asked<T>) -> bool {
    matches!(asked, Asked::Good(_))
}

fn not_asked<T>() -> Asked<T> {
    Asked::Failed(Reason::Unreachable("not asked: the cluster's store does not answer this member".to_owned()))
}

/// Members announce their address with the path `/patroni`; questions begin at the root.
pub(super) fn base(url: &str) -> &str {
    let url = url.trim_end_matches('/');
    url.strip_suffix("/patroni").unwrap_or(url)
}

#[cfg(test)]
mod tests {
    use super::base;

    #[test]
    fn an_announced_address_is_as_good_as_a_configured_one() {
        for url in ["http://h:8008", "http://h:8008/", "http://h:8008/patroni", "http://h:8008/patroni/"] {
            assert_eq!(base(url), "http://h:8008");
        }
        assert_eq!(base("https://gate/orders/patroni"), "https://gate/orders");
    }
}
