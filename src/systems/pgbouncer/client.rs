//! One session with the admin console: the simple protocol only, one command in each question, several questions under way.
//! It must never wait beyond the deadline of the whole round, whichever answer stays out.
//!
//! `SHOW STATE` is not asked where it does not exist: each error would be a line in the log of the pooler, every second.

use super::complaint::clarified;
use super::sessions::{Session, Side, sessions};
use super::settings::Settings;
use super::snapshot::{Pool, PoolerSnapshot};
use super::{pace, wire};
use crate::model::{Clock, Moment, Reading, Reason};
use crate::systems::contract::Tier;
use crate::systems::first_seen::FirstSeen;
use crate::text::Untrusted;
use crate::transport::pg::{PgReader, PgTarget, Rows};
use crate::transport::{ProbeError, Trouble};
use std::time::Duration;

/// Asks one `PgBouncer`, and remembers since when it sees what it sees.
#[derive(Debug)]
pub struct PoolerClient {
    console: PgReader,
    clock: Clock,
    deadline: Duration,
    /// The last readings: what is not due keeps its own.
    last: PoolerSnapshot,
    waiting: FirstSeen<(Untrusted, Untrusted)>,
    without_server: FirstSeen<(Untrusted, Untrusted)>,
    paused: FirstSeen<Untrusted>,
    not_active: FirstSeen<()>,
    /// The settings as this session found them.
    found: Option<Settings>,
}

/// The answers of one round.
struct Answers {
    pools: Result<Rows, ProbeError>,
    databases: Result<Rows, ProbeError>,
    process: Option<Result<Rows, ProbeError>>,
    slow: Option<SlowAnswers>,
}

struct SlowAnswers {
    totals: Result<Rows, ProbeError>,
    lists: Result<Rows, ProbeError>,
    settings: Result<Rows, ProbeError>,
}

impl PoolerClient {
    #[must_use]
    pub fn new(target: PgTarget, clock: Clock, deadline: Duration) -> Self {
        PoolerClient {
            console: PgReader::new(target, clock.clone(), deadline),
            clock,
            deadline,
            last: PoolerSnapshot::empty(),
            waiting: FirstSeen::default(),
            without_server: FirstSeen::default(),
            paused: FirstSeen::default(),
            not_active: FirstSeen::default(),
            found: None,
        }
    }

    /// Reads the secrets that the next questions need.
    ///
    /// # Errors
    /// As [`PgReader::prepare`].
    pub async fn prepare(&mut self) -> Result<(), ProbeError> {
        self.console.prepare().await
    }

    /// Asks what is due.
    ///
    /// # Errors
    /// There is no session, or it was lost on the way, or the console refuses pools, databases and state alike.
    pub async fn probe(&mut self, tier: Tier) -> Result<PoolerSnapshot, ProbeError> {
        let answers = self.round(tier).await.map_err(|error| self.lost(error))?;
        if let (Err(error), Err(_), None | Some(Err(_))) = (&answers.pools, &answers.databases, &answers.process) {
            return Err(error.clone());
        }
        let now = self.clock.now();
        self.take_pools(answers.pools, now);
        self.take_databases(answers.databases, now);
        if let Some(process) = answers.process {
            self.take_process(process, now);
        }
        if let Some(slow) = answers.slow {
            self.take_totals(slow.totals, now);
            self.last.lists = read(&self.last.lists, slow.lists, wire::lists, now);
            self.take_settings(slow.settings, now);
        }
        Ok(self.last.clone())
    }

    /// Every connection of one side, for a view that asks for it.
    ///
    /// # Errors
    /// As [`PoolerClient::probe`], or the form of the answer.
    pub async fn sessions(&mut self, side: Side) -> Result<Vec<Session>, ProbeError> {
        let begin = self.clock.now();
        let answer = match self.console.open().await {
            Ok(_) => self.ask(side.command(), begin).await,
            Err(error) => Err(clarified(error)),
        };
        let rows = answer.map_err(|error| self.lost(error))?;
        sessions(side, &rows)
    }

    /// Puts the questions that are due, pipelined; an error of the console stays beside the answers, the end of the session ends the round.
    async fn round(&mut self, tier: Tier) -> Result<Answers, ProbeError> {
        let begin = self.clock.now();
        if self.console.open().await.map_err(clarified)? {
            // perhaps another process, of another version, with other settings
            self.last.version = Reading::not_asked();
            self.last.process = Reading::not_asked();
            self.found = None;
        }
        let asks_version = tier >= Tier::Slow || self.last.version.value().is_none();
        // a version that was read in this session holds for it
        let knows_version = self.last.version.value().is_some();
        let asks_state = knows_version && self.asks_state();
        let version = async { if asks_version { Some(self.ask("SHOW VERSION", begin).await) } else { None } };
        let state = async { if asks_state { Some(self.ask("SHOW STATE", begin).await) } else { None } };
        let slow = async {
            if tier < Tier::Slow {
                return None;
            }
            Some(tokio::join!(self.ask("SHOW STATS", begin), self.ask("SHOW LISTS", begin), self.ask("SHOW CONFIG", begin)))
        };
        let (version, pools, databases, state, slow) =
            tokio::join!(version, self.ask("SHOW POOLS", begin), self.ask("SHOW DATABASES", begin), state, slow);
        if let Some(answer) = version {
            self.last.version = read(&self.last.version, fatal(answer)?, wire::version, self.clock.now());
        }
        let state = if knows_version {
            state
        } else if self.asks_state() {
            Some(self.ask("SHOW STATE", begin).await)
        } else {
            None
        };
        if state.is_none() {
            self.last.process = Reading::unknown(Reason::NotSupported("SHOW STATE is new in PgBouncer 1.19".to_owned()));
        }
        let process = state.map(fatal).transpose()?;
        let slow = match slow {
            None => None,
            Some((totals, lists, settings)) => Some(SlowAnswers { totals: fatal(totals)?, lists: fatal(lists)?, settings: fatal(settings)? }),
        };
        Ok(Answers { pools: fatal(pools)?, databases: fatal(databases)?, process, slow })
    }

    /// An unreadable version is asked, and then not again after it did not know the command.
    fn asks_state(&self) -> bool {
        let refused = matches!(&self.last.process, Reading::Unknown { reason: Reason::NotSupported(_), .. });
        match self.last.version.value().and_then(wire::release) {
            Some(release) => release >= (1, 19),
            None => !refused,
        }
    }

    /// Puts `command`, within what is left of the deadline that began at `begin`.
    async fn ask(&self, command: &'static str, begin: Moment) -> Result<Rows, ProbeError> {
        let left = self.deadline.saturating_sub(self.clock.now().since(begin));
        let late = || Err(ProbeError::new(Trouble::AnswerTimeout, command, "the deadline of the whole round"));
        self.clock.timeout(left, self.console.show(command)).await.unwrap_or_else(late).map_err(clarified)
    }

    /// A session whose answers can no longer be told apart is given up.
    fn lost(&mut self, error: ProbeError) -> ProbeError {
        if ends_session(&error) {
            self.console.close();
        }
        error
    }

    fn take_pools(&mut self, answer: Result<Rows, ProbeError>, now: Moment) {
        let mut pools = read(&self.last.pools, answer, wire::pools, now);
        if let Reading::Known(sample) = &mut pools {
            let key = |pool: &Pool| (pool.database.clone(), pool.user.clone());
            self.waiting.look(sample.value.iter().filter(|pool| pool.clients_waiting.is_some_and(|count| count > 0)).map(key), now);
            self.without_server.look(sample.value.iter().filter(|pool| pool.lacks_servers() == Some(true)).map(key), now);
            for pool in &mut sample.value {
                pool.waiting_since = self.waiting.since(&key(pool));
                pool.without_server_since = self.without_server.since(&key(pool));
            }
        }
        self.last.pools = pools;
    }

    fn take_databases(&mut self, answer: Result<Rows, ProbeError>, now: Moment) {
        let mut databases = read(&self.last.databases, answer, wire::databases, now);
        if let Reading::Known(sample) = &mut databases {
            self.paused.look(sample.value.iter().filter(|database| database.paused == Some(true)).map(|database| database.name.clone()), now);
            for database in &mut sample.value {
                database.paused_since = self.paused.since(&database.name);
            }
        }
        self.last.databases = databases;
    }

    fn take_process(&mut self, answer: Result<Rows, ProbeError>, now: Moment) {
        let mut process = read(&self.last.process, answer, wire::process, now);
        if let Reading::Known(sample) = &mut process {
            let odd = !sample.value.active || sample.value.paused || sample.value.suspended || !sample.value.others.is_empty();
            self.not_active.look(odd.then_some(()), now);
            sample.value.since = self.not_active.since(&());
        }
        self.last.process = process;
    }

    fn take_totals(&mut self, answer: Result<Rows, ProbeError>, now: Moment) {
        let totals = read(&self.last.totals, answer, wire::totals, now);
        self.last.pace = match (&self.last.totals, &totals) {
            (Reading::Known(before), Reading::Known(after)) => {
                Reading::new(pace::between(&before.value, &after.value, after.taken_at.since(before.taken_at)), now)
            }
            (_, Reading::Unknown { reason, .. }) => self.last.pace.failed(reason.clone(), now),
            // the second answer is still out; until then the server's own averages serve, where it is known what they mean
            (Reading::Unknown { .. }, Reading::Known(first)) => match self.last.version.value().and_then(wire::release) {
                Some(release) => Reading::new(pace::averaged(&first.value, release), now),
                None => Reading::unknown(Reason::FirstAnswer),
            },
        };
        self.last.totals = totals;
    }

    fn take_settings(&mut self, answer: Result<Rows, ProbeError>, now: Moment) {
        self.last.settings = read(&self.last.settings, answer, wire::settings, now);
        if let Some(settings) = self.last.settings.value() {
            let found = self.found.get_or_insert_with(|| settings.clone());
            self.last.fallen_back = found.changes(settings).into_iter().filter(|change| change.fell_back).collect();
        }
    }
}

/// What an answer says, or why it says nothing.
fn read<T>(last: &Reading<T>, answer: Result<Rows, ProbeError>, decode: fn(&Rows) -> Result<T, ProbeError>, now: Moment) -> Reading<T> {
    match answer.and_then(|rows| decode(&rows)) {
        Ok(value) => Reading::new(value, now),
        Err(error) => last.failed(reason(&error), now),
    }
}

fn reason(error: &ProbeError) -> Reason {
    use super::complaint::Complaint;
    match Complaint::of(&error.detail) {
        Complaint::NoSuchCommand if error.trouble == Trouble::ServerError => {
            Reason::NotSupported("this version does not know the command".to_owned())
        }
        _ => error.reason(),
    }
}

/// Tells the end of the session, which ends the round, from an error that is an answer.
fn fatal(answer: Result<Rows, ProbeError>) -> Result<Result<Rows, ProbeError>, ProbeError> {
    match answer {
        Err(error) if ends_session(&error) => Err(error),
        answer => Ok(answer),
    }
}

const fn ends_session(error: &ProbeError) -> bool {
    match error.trouble {
        Trouble::ServerError | Trouble::NotPermitted | Trouble::NotAuthenticated => false,
        // whatever else happened on the way, no later answer can be trusted to be the one to its question
        _ => true,
    }
}
