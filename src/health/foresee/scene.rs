//! What is known of a cluster at one moment, as the questions of this folder ask for it: each fact from its nearest witness, or the gap.
//!
//! `GET /cluster` goes on showing a dead leader until its lease ends, so who leads and who confirms is taken from the members' own words.

use super::{Foretold, Tale};
use crate::fleet::{Entry, Member};
use crate::health::patroni::Told;
use crate::health::rule::ClusterView;
use crate::health::writers::{Writer, writers};
use crate::model::{Gap, Reason};
use crate::systems::contract::View;
use crate::systems::etcd::{self, Etcd};
use crate::systems::haproxy::{BalancerSnapshot, Haproxy};
use crate::systems::patroni::Snapshot;
use crate::systems::patroni::dynamic::{Dynamic, SyncMode};
use crate::systems::patroni::words::{Phase, Role};
use crate::systems::pgbouncer::{Pgbouncer, PoolerSnapshot};
use crate::systems::postgres::{self, Postgres};
use crate::transport::Trouble;
use std::time::Duration;

/// One cluster at one moment.
pub(super) struct Scene<'a> {
    pub(super) view: &'a ClusterView<'a>,
    pub(super) told: Told<'a>,
    pub(super) servers: Vec<Member<'a, postgres::Snapshot>>,
    pub(super) stores: Vec<Member<'a, etcd::Snapshot>>,
    pub(super) poolers: Vec<Member<'a, PoolerSnapshot>>,
    pub(super) balancers: Vec<Member<'a, BalancerSnapshot>>,
    writers: Vec<Writer<'a>>,
}

impl<'a> Scene<'a> {
    pub(super) fn of(view: &'a ClusterView<'a>) -> Scene<'a> {
        Scene {
            view,
            told: Told::of(view),
            servers: view.members::<Postgres>(),
            stores: view.members::<Etcd>(),
            poolers: view.members::<Pgbouncer>(),
            balancers: view.members::<Haproxy>(),
            writers: writers(view),
        }
    }

    /// The member that leads, by its own words; where nobody says so, the one that holds the lock and answers, unless it calls itself a running replica.
    ///
    /// # Errors
    /// Nobody says that it leads: why the first silent member cannot be asked, or that there is none.
    pub(super) fn leader(&self) -> Foretold<&View<'a, Snapshot>> {
        let nobody = || self.told.gap("leader", Reason::Untold("no member says that it leads".to_owned()));
        self.told.head().or_else(|| self.holder()).ok_or_else(nobody)
    }

    /// The member that the store gives the lock to, by its own words on itself.
    fn holder(&self) -> Option<&View<'a, Snapshot>> {
        let picture = self.told.picture().ok()?;
        let view = self.told.member_of(picture.value.leader()?)?.view.as_ref().ok()?;
        let own = &view.snapshot.own;
        let is_replica = own.role == Role::Replica && own.state.phase() == Phase::Up;
        (!is_replica).then_some(view)
    }

    /// Why writes do not go on as they are: the leader has only the lock, and takes none.
    ///
    /// # Errors
    /// The leader takes no writes now, or is not known.
    pub(super) fn takes_writes(&self) -> Foretold<()> {
        let leader = self.leader()?;
        if leader.snapshot.says_writable() || leader.snapshot.says_standby_leader() {
            return Ok(());
        }
        let own = &leader.snapshot.own;
        let why = format!("{} leads by its lock alone: it is {}, {}", leader.name(), own.role.word(), own.state.word());
        Err(Gap::new("writes", Reason::Untold(why)))
    }

    /// Whether the member `name` accepts writes, and is not the leader: what it alone acknowledged nobody else has.
    pub(super) fn is_rival(&self, name: &str) -> bool {
        let leads = |writer: &Writer<'_>| self.leader().is_ok_and(|leader| writer.name == leader.name() || writer.name == own_name(leader));
        let leader = self.writers.iter().find(|writer| leads(writer)).and_then(|writer| writer.says.as_ref().ok());
        let member = self.told.members.iter().find(|member| member.name() == name);
        let own = member.and_then(|member| crate::health::patroni::own_name(member.entry));
        self.writers.iter().filter(|writer| (writer.name == name || own == Some(writer.name)) && !leads(writer)).any(|writer| {
            // two addresses of one server are no rivals
            writer.says.as_ref().is_ok_and(|says| says.writes && !leader.is_some_and(|leader| leader.server.is_same(&says.server)))
        })
    }

    /// The configuration of the cluster, noted as evidence.
    pub(super) fn config(&self, tale: &mut Tale) -> Foretold<Dynamic> {
        let heard = self.told.config()?;
        let said = |key: &str| heard.value.whole.get(key).map_or_else(|| format!("{key} default"), |value| format!("{key} {value}"));
        let fact = ["ttl", "loop_wait", "synchronous_mode"].map(said).join(", ");
        tale.seen(heard.witness.clone(), fact, heard.taken_at);
        Ok(heard.value.clone())
    }

    /// The server of the member `name`.
    pub(super) fn server(&self, name: &str) -> Option<&Member<'a, postgres::Snapshot>> {
        self.servers.iter().find(|server| server.name() == name)
    }

    /// How many bytes the standby has not received yet: by the leader's own list where it may be read, which is of one moment, else by two answers of Patroni.
    pub(super) fn behind(&self, leader: &View<'a, Snapshot>, standby: &View<'a, Snapshot>) -> Foretold<u64> {
        let name = own_name(standby);
        let senders = self.server(leader.name()).and_then(|server| server.view.as_ref().ok()).and_then(|view| view.snapshot.senders.value());
        let sender = senders.into_iter().flatten().find(|sender| sender.name.raw() == name && sender.is_standby());
        if let Some(bytes) = sender.and_then(|sender| sender.flush_lag_bytes) {
            return Ok(u64::try_from(bytes).unwrap_or(0));
        }
        let missing = |of: &str| Gap::new(format!("position of {of}"), Reason::NotReported);
        let ahead = leader.snapshot.own.location.ok_or_else(|| missing(leader.name()))?;
        let received = standby.snapshot.own.received.ok_or_else(|| missing(standby.name()))?;
        Ok(received.behind(ahead))
    }
}

/// The name that the member has in its cluster.
pub(super) fn own_name<'v>(view: &'v View<'_, Snapshot>) -> &'v str {
    view.snapshot.own.name.as_deref().unwrap_or(view.name())
}

/// Whether nobody listens there: a process that is gone, seen from here. A question without an answer says less.
pub(super) fn is_gone(entry: &Entry) -> bool {
    entry.failure.as_ref().is_some_and(|failure| failure.error.trouble == Trouble::ConnectionRefused)
}

/// A duration of the configuration, or that its value is none.
pub(super) fn seconds(key: &str, value: Option<Duration>) -> Foretold<Duration> {
    value.ok_or_else(|| Gap::new(key, Reason::Malformed(format!("{key} is no number of seconds"))))
}

/// Whether commits wait for a standby.
///
/// # Errors
/// Not read, or a word that this program does not know.
pub(super) fn sync_mode(config: &Dynamic) -> Foretold<SyncMode> {
    match config.synchronous_mode() {
        SyncMode::Other(word) => Err(Gap::new("synchronous_mode", Reason::Malformed(format!("the value {word}")))),
        mode => Ok(mode),
    }
}
