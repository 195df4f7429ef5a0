//! Asks one server over one session that is kept. Who it is and all that is fast goes first, since role and version decide what else makes sense; then all
//! that is due is under way at once. Each statement is answered, refused or late on its own.
//!
//! It must never wait beyond the deadline of the whole probe, write, or take a value that our role may not see for one that is not there.

use super::queries::{Needs, Of, On, Outcome, QUERIES, Query};
use super::snapshot::Snapshot;
use super::snapshot::identity::{ClockReading, Identity};
use super::snapshot::replication::Replies;
use super::snapshot::sessions::Waiting;
use super::snapshot::trail::Trail;
use crate::config::EndpointSpec;
use crate::model::{Clock, Moment, Reading, Reason};
use crate::systems::contract::{Tier, Wiring};
use crate::transport::pg::{PgReader, PgTarget, Rows, Speaks};
use crate::transport::{ProbeError, Trouble};
use futures_util::future::join_all;
use std::time::Duration;

/// After this time a second look tells a wait that lasts from one that was met by chance.
const SECOND_LOOK: Duration = Duration::from_millis(200);
/// Statements younger than this are not looked at twice.
const YOUNG_S: f64 = 0.5;

/// One server.
#[derive(Debug)]
pub struct Client {
    pub(super) reader: PgReader,
    clock: Clock,
    deadline: Duration,
    snapshot: Snapshot,
    trail: Trail,
    waiting: Waiting,
    replies: Replies,
}

/// An answer with the two moments around it.
struct Told {
    query: &'static Query,
    asked: Moment,
    answered: Moment,
    rows: Result<Rows, ProbeError>,
}

impl Client {
    /// Prepares the session of `endpoint`.
    ///
    /// # Errors
    /// The configuration names no address or no user.
    pub fn new(endpoint: &EndpointSpec, wiring: &Wiring) -> Result<Self, ProbeError> {
        let missing = |detail: &str| ProbeError::new(Trouble::NotConfigured, endpoint.id.to_string(), detail);
        let address = endpoint.body.text("address").ok_or_else(|| missing("`address = \"HOST:PORT\"`"))?;
        let read = endpoint.read.as_ref().ok_or_else(|| missing("`read = { user = \"opsctl_read\", password = \"file:...\" }`"))?;
        let target = PgTarget {
            address: address.to_owned(),
            database: endpoint.body.text("database").unwrap_or("postgres").to_owned(),
            user: read.user.clone(),
            password: read.password.clone(),
            tls: endpoint.tls.clone(),
            speaks: Speaks::Sql,
        };
        Ok(Client {
            reader: PgReader::new(target, wiring.clock.clone(), wiring.deadline),
            clock: wiring.clock.clone(),
            deadline: wiring.deadline,
            snapshot: Snapshot::unread(),
            trail: Trail::default(),
            waiting: Waiting::default(),
            replies: Replies::default(),
        })
    }

    /// Reads the secrets that the next questions need.
    ///
    /// # Errors
    /// As [`PgReader::prepare`].
    pub async fn prepare(&mut self) -> Result<(), ProbeError> {
        self.reader.prepare().await
    }

    /// Asks all that is due in `tier`, and everything after a change of role or a restart.
    ///
    /// # Errors
    /// Nothing was answered: the login failed, or every statement.
    pub async fn probe(&mut self, tier: Tier) -> Result<Snapshot, ProbeError> {
        let begin = self.clock.now();
        self.reader.open().await?;
        let former = self.snapshot.identity.value().map(life);
        let (first, then): (Vec<_>, Vec<_>) = QUERIES.iter().partition(|query| query.tier == Tier::Fast && query.of == Of::Anything);
        let told = self.ask(&first, begin).await;
        if let Some(error) = nothing_answered(&told) {
            self.reader.close();
            return Err(error);
        }
        self.close_if_lost(&told);
        self.settle(&told);
        let now = self.snapshot.identity.value().map(life);
        let anew = now.is_some() && former != now;
        let tier = if anew { Tier::Rare } else { tier };
        let due = then.into_iter().filter(|query| query.tier <= tier);
        let (asked, gated) = self.gate(due);
        // gates first: of two texts for one part, the one that fits the version has the last word
        for (query, outcome) in gated {
            self.put(query, outcome, self.clock.now());
        }
        // the second look waits while the others are answered, over the same session
        let (told, again) = tokio::join!(self.ask(&asked, begin), self.look_again(begin));
        self.close_if_lost(&told);
        self.close_if_lost(&again);
        self.settle(&told);
        // a second look that fails leaves the first
        let again: Vec<Told> = again.into_iter().filter(|one| one.rows.is_ok()).collect();
        self.settle(&again);
        Ok(self.snapshot.clone())
    }

    /// Puts `queries` over the session at once; none waits beyond what is left of the deadline since `begin`.
    async fn ask(&self, queries: &[&'static Query], begin: Moment) -> Vec<Told> {
        let (reader, clock) = (&self.reader, &self.clock);
        let left = self.deadline.saturating_sub(clock.now().since(begin));
        let questions = queries.iter().map(|&query| async move {
            let asked = clock.now();
            let late = || Err(ProbeError::new(Trouble::AnswerTimeout, query.name, "the deadline of the whole probe"));
            let rows = clock.timeout(left, reader.rows(&query.sql)).await.unwrap_or_else(late);
            Told { query, asked, answered: clock.now(), rows }
        });
        join_all(questions).await
    }

    /// After a late answer, the next one could no longer be told from it: the session is given up.
    fn close_if_lost(&mut self, told: &[Told]) {
        let lost = |error: &ProbeError| matches!(error.trouble, Trouble::AnswerTimeout | Trouble::Closed | Trouble::Network | Trouble::TooLarge(_));
        if told.iter().any(|one| one.rows.as_ref().is_err_and(lost)) {
            self.reader.close();
        }
    }

    /// Puts answers into the snapshot. The identity stands first among them: it tells what the others may mean.
    fn settle(&mut self, told: &[Told]) {
        for one in told {
            let outcome = match &one.rows {
                Err(error) => Outcome::Failed(error.reason()),
                Ok(rows) => Outcome::Answered(rows),
            };
            let outcome = if one.query.name == "identity" { outcome } else { bar(one.query, &self.snapshot.identity).unwrap_or(outcome) };
            self.put(one.query, outcome, one.answered);
            if one.query.name == "identity" {
                self.read_clock(one);
            }
        }
    }

    /// Puts what became of `query` at `at` into the snapshot, and what it says beside what was told before.
    fn put(&mut self, query: &Query, outcome: Outcome<'_>, at: Moment) {
        (query.settle)(&mut self.snapshot, outcome, at);
        match query.name {
            "replica_self" => self.read_delay(at),
            "replication_senders" => self.read_replies(at),
            "syncrep_waiters" => self.read_waiting(at),
            _ => {}
        }
    }

    fn read_clock(&mut self, told: &Told) {
        let clock = &mut self.snapshot.clock;
        *clock = match self.snapshot.identity.known("clock").map(|identity| identity.clock) {
            Ok(Some(server)) => Reading::new(ClockReading::between(server, told.asked.wall, told.answered.wall), told.answered),
            Ok(None) => clock.failed(Reason::NotReported, told.answered),
            Err(gap) => clock.failed(gap.reason, told.answered),
        };
    }

    fn read_delay(&mut self, at: Moment) {
        if let Reading::Known(sample) = &mut self.snapshot.replica {
            sample.value.delay = self.trail.observe(at.mono, &sample.value);
        }
    }

    fn read_replies(&mut self, at: Moment) {
        if let Reading::Known(sample) = &mut self.snapshot.senders {
            self.replies.observe(at.mono, &mut sample.value);
        }
    }

    fn read_waiting(&mut self, at: Moment) {
        match &mut self.snapshot.syncrep_waiters {
            Reading::Known(sample) => self.waiting.observe(at.mono, sample.value.as_deref_mut().unwrap_or_default()),
            Reading::Unknown { .. } => self.waiting = Waiting::default(),
        }
    }

    /// Looks a second time where one look cannot tell: a commit met while it waits, a replica met while it replays.
    async fn look_again(&self, begin: Moment) -> Vec<Told> {
        let waits = self.snapshot.syncrep_waiters.value().and_then(Option::as_deref).unwrap_or_default();
        let met =
            waits.iter().any(|waiter| waiter.seen_waiting_s.is_none_or(|seen| seen <= 0.0) && waiter.query_age_s.is_some_and(|age| age >= YOUNG_S));
        let replays = self.snapshot.replica.value().and_then(|replica| replica.delay).is_some_and(|delay| delay.seconds().is_none());
        let names: &[&str] = match (met, replays) {
            (true, _) => &["syncrep_waiters"],
            (false, true) => &["replica_self"],
            (false, false) => return Vec::new(),
        };
        if self.clock.now().since(begin) + SECOND_LOOK * 2 > self.deadline {
            return Vec::new();
        }
        self.clock.sleep(SECOND_LOOK).await;
        let again: Vec<&'static Query> = QUERIES.iter().filter(|query| names.contains(&query.name)).collect();
        self.ask(&again, begin).await
    }

    /// Parts `due` into what is asked and what is settled without asking.
    fn gate(&self, due: impl Iterator<Item = &'static Query>) -> (Vec<&'static Query>, Vec<(&'static Query, Outcome<'static>)>) {
        let mut asked = Vec::new();
        let mut gated = Vec::new();
        for query in due {
            let nothing = || query.of.is_none(&self.snapshot.connections).then_some(Outcome::Nothing);
            match bar(query, &self.snapshot.identity).or_else(nothing) {
                None => asked.push(query),
                Some(outcome) => gated.push((query, outcome)),
            }
        }
        (asked, gated)
    }
}

/// What tells one life of a server from the next: who it is, since when, and in which role.
fn life(identity: &Identity) -> (u64, jiff::Timestamp, bool) {
    (identity.system_identifier, identity.started_at, identity.in_recovery)
}

/// The first error, when there is no answer at all.
fn nothing_answered(told: &[Told]) -> Option<ProbeError> {
    if told.iter().any(|one| one.rows.is_ok()) {
        return None;
    }
    told.iter().find_map(|one| one.rows.as_ref().err().cloned())
}

/// What bars `query` from meaning anything on the server that `identity` describes; `None` when nothing does.
pub(super) fn bar(query: &Query, identity: &Reading<Identity>) -> Option<Outcome<'static>> {
    let identity = match identity.known("identity") {
        Ok(identity) => identity,
        // without the identity nobody can tell a hidden value from one that is not there
        Err(gap) => {
            let blind = query.on != On::Any || query.needs != Needs::Nothing || query.versions != (0..=u32::MAX) || query.extension.is_some();
            return blind.then_some(Outcome::Failed(gap.reason));
        }
    };
    if matches!((query.on, identity.in_recovery), (On::Primary, true) | (On::Replica, false)) {
        return Some(Outcome::NotOfThisRole);
    }
    if !query.versions.contains(&identity.server_version_num) {
        let (first, last) = (query.versions.start() / 10_000, query.versions.end() / 10_000);
        let wanted = if *query.versions.end() == u32::MAX { format!("PostgreSQL {first} or later") } else { format!("PostgreSQL {last} or before") };
        return Some(Outcome::Failed(Reason::NotSupported(wanted)));
    }
    let allowed = match query.needs {
        Needs::Nothing => Some(true),
        Needs::Stats => identity.reads_all_stats,
        Needs::Settings => identity.reads_all_settings,
    };
    match allowed {
        Some(true) => {}
        Some(false) => return Some(Outcome::Failed(Reason::NoPrivilege)),
        None => return Some(Outcome::Failed(Reason::NotReported)),
    }
    match (&query.extension, identity.has_statements) {
        (Some(extension), Some(false)) => Some(Outcome::Failed(Reason::NotSupported(format!("{extension} is not installed in this database")))),
        _ => None,
    }
}
