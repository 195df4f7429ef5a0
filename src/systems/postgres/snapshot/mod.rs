//! All that one server told, typed, in parts that are read and missing on their own. Pure: it is filled by the client and by recorded revisions.
//!
//! A part of `Option` belongs to one role only; `None` says that the server has the other role and there is nothing to know.

pub mod blocking;
pub mod catalog;
pub mod databases;
pub mod horizon;
pub mod identity;
pub mod replication;
pub mod sessions;
pub mod slots;
pub mod trail;
pub mod wal;
pub mod work;

use crate::model::{Lsn, Reading, Reason, Timeline};
use blocking::{Blocking, LockTree, lock_trees};
use catalog::{InvalidIndex, Role, Sequence, Setting, SslGroup, TableSize, Tablespace};
use databases::{Conflicts, DatabaseSize, DatabaseStats};
use horizon::{PreparedXact, Wraparound, XminHolder};
use identity::{ClockReading, Identity};
use replication::{ReplicaSelf, Sender, WalReceiver};
use serde::{Deserialize, Serialize};
use sessions::{ConnectionGroup, Connections, Session, SyncRepWaiter};
use slots::{LogicalSlotStats, Slot};
use wal::{ArchiveBacklog, Archiver, CheckpointAge, Checkpoints, WalDir, WalStats};
use work::{BaseBackup, IoRow, Statement, VacuumProgress, VacuumTable};

/// One server, each part with its own age.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Snapshot {
    // each second
    pub identity: Reading<Identity>,
    pub clock: Reading<ClockReading>,
    pub replica: Reading<ReplicaSelf>,
    pub senders: Reading<Vec<Sender>>,
    /// On a replica; no row while it receives nothing.
    pub wal_receiver: Reading<Option<Vec<WalReceiver>>>,
    pub connections: Reading<Connections>,
    /// On a primary.
    pub syncrep_waiters: Reading<Option<Vec<SyncRepWaiter>>>,
    pub activity: Reading<Vec<Session>>,
    pub blocking: Reading<Vec<Blocking>>,
    // each 15 s
    pub slots: Reading<Vec<Slot>>,
    pub connection_groups: Reading<Vec<ConnectionGroup>>,
    /// On a primary.
    pub prepared: Reading<Option<Vec<PreparedXact>>>,
    pub xmin_horizon: Reading<Vec<XminHolder>>,
    pub databases: Reading<Vec<DatabaseStats>>,
    /// On a replica.
    pub conflicts: Reading<Option<Vec<Conflicts>>>,
    pub checkpoints: Reading<Checkpoints>,
    pub checkpoint_age: Reading<CheckpointAge>,
    pub wal: Reading<WalStats>,
    pub wal_dir: Reading<WalDir>,
    pub archiver: Reading<Archiver>,
    pub archive_backlog: Reading<ArchiveBacklog>,
    /// On a primary.
    pub vacuum_progress: Reading<Option<Vec<VacuumProgress>>>,
    pub base_backups: Reading<Vec<BaseBackup>>,
    /// On a primary.
    pub logical_slots: Reading<Option<Vec<LogicalSlotStats>>>,
    pub settings: Reading<Vec<Setting>>,
    // each 5 min
    pub wraparound: Reading<Vec<Wraparound>>,
    /// On a primary.
    pub vacuum_tables: Reading<Option<Vec<VacuumTable>>>,
    pub ssl: Reading<Vec<SslGroup>>,
    pub statements: Reading<Vec<Statement>>,
    pub io: Reading<Vec<IoRow>>,
    /// On a primary: a replica has the same.
    pub invalid_indexes: Reading<Option<Vec<InvalidIndex>>>,
    /// On a primary.
    pub sequences: Reading<Option<Vec<Sequence>>>,
    /// On a primary: a replica has the same.
    pub roles: Reading<Option<Vec<Role>>>,
    /// On a primary: a replica has the same.
    pub biggest_tables: Reading<Option<Vec<TableSize>>>,
    /// On a primary: a replica has the same. Empty where nobody made one: then all lies in `pg_default`, as the sizes of the databases say.
    pub tablespaces: Reading<Option<Vec<Tablespace>>>,
    /// On a primary: a replica has the same.
    pub database_sizes: Reading<Option<Vec<DatabaseSize>>>,
}

impl Snapshot {
    /// Seconds since the WAL receiver of a replica heard anything, by the server's own clock.
    #[must_use]
    pub fn receiver_silent_s(&self) -> Option<f64> {
        self.wal_receiver.value()?.as_ref()?.first()?.last_msg_age_s.filter(|silent| *silent >= 0.0)
    }

    /// Before anything was asked.
    #[must_use]
    pub fn unread() -> Self {
        Snapshot {
            identity: Reading::not_asked(),
            clock: Reading::not_asked(),
            replica: Reading::not_asked(),
            senders: Reading::not_asked(),
            wal_receiver: Reading::not_asked(),
            connections: Reading::not_asked(),
            syncrep_waiters: Reading::not_asked(),
            activity: Reading::not_asked(),
            blocking: Reading::not_asked(),
            slots: Reading::not_asked(),
            connection_groups: Reading::not_asked(),
            prepared: Reading::not_asked(),
            xmin_horizon: Reading::not_asked(),
            databases: Reading::not_asked(),
            conflicts: Reading::not_asked(),
            checkpoints: Reading::not_asked(),
            checkpoint_age: Reading::not_asked(),
            wal: Reading::not_asked(),
            wal_dir: Reading::not_asked(),
            archiver: Reading::not_asked(),
            archive_backlog: Reading::not_asked(),
            vacuum_progress: Reading::not_asked(),
            base_backups: Reading::not_asked(),
            logical_slots: Reading::not_asked(),
            settings: Reading::not_asked(),
            wraparound: Reading::not_asked(),
            vacuum_tables: Reading::not_asked(),
            ssl: Reading::not_asked(),
            statements: Reading::not_asked(),
            io: Reading::not_asked(),
            invalid_indexes: Reading::not_asked(),
            sequences: Reading::not_asked(),
            roles: Reading::not_asked(),
            biggest_tables: Reading::not_asked(),
            tablespaces: Reading::not_asked(),
            database_sizes: Reading::not_asked(),
        }
    }

    /// The blocking trees, worst first.
    #[must_use]
    pub fn lock_trees(&self) -> Reading<Vec<LockTree<'_>>> {
        match &self.blocking {
            Reading::Known(sample) => Reading::new(lock_trees(&sample.value), sample.taken_at),
            Reading::Unknown { reason, since, last_good } => Reading::Unknown { reason: reason.clone(), since: *since, last_good: *last_good },
        }
    }
}

/// Whether writes are accepted there, by `pg_is_in_recovery()` alone: neither a lock in a store nor a role in a REST answer says so.
#[must_use]
pub fn is_writable(snapshot: &Snapshot) -> Reading<bool> {
    snapshot.identity.map(|identity| !identity.in_recovery)
}

/// The timeline of the WAL that is written or received there.
#[must_use]
pub fn timeline(snapshot: &Snapshot) -> Reading<Timeline> {
    told(&snapshot.identity, |identity| identity.timeline)
}

/// How far the server is: the write position of a primary, the replay position of a replica.
#[must_use]
pub fn position(snapshot: &Snapshot) -> Reading<Lsn> {
    match snapshot.identity.value() {
        Some(identity) if identity.in_recovery => told(&snapshot.replica, |replica| replica.replay_lsn),
        _ => told(&snapshot.identity, |identity| identity.write_lsn),
    }
}

/// What the server may leave out of a part: then it is unknown as well.
fn told<T, U>(part: &Reading<T>, pick: impl FnOnce(&T) -> Option<U>) -> Reading<U> {
    match part.map(pick) {
        Reading::Known(sample) => match sample.value {
            Some(value) => Reading::new(value, sample.taken_at),
            None => Reading::Unknown { reason: Reason::NotReported, since: None, last_good: None },
        },
        Reading::Unknown { reason, since, last_good } => Reading::Unknown { reason, since, last_good },
    }
}
