//! The statements: one file each in `sql/`, whose head says how often, of whom and of which version it is asked. Here is the list of all, in the
//! order in which they are sent: what could be slow on a large server stands last, for answers come in order.
//!
//! A statement here must read only, need no more than `pg_monitor`, bound its rows, and name every column it returns.

use super::snapshot::Snapshot;
use super::snapshot::sessions::Connections;
use super::wire;
use crate::model::{Moment, Reading, Reason};
use crate::systems::contract::Tier;
use crate::transport::pg::Rows;
use crate::transport::sql::ReadOnlySql;
use std::sync::LazyLock;

/// Which role a statement makes sense on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum On {
    Any,
    Primary,
    Replica,
}

/// What our role has to be allowed; without it the server answers with NULLs or fewer rows, not with an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Needs {
    Nothing,
    /// `pg_read_all_stats`, part of `pg_monitor`.
    Stats,
    /// `pg_read_all_settings`, part of `pg_monitor`.
    Settings,
}

/// What a statement would tell of. Where the counts of the sessions say that there is none, it has no rows and is not asked: on a server at rest it is all
/// cost (views of many tables, planned anew in each new session).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Of {
    Anything,
    /// Processes that send WAL.
    WalSenders,
    /// Sessions that wait for a lock.
    LockWaiters,
}

impl Of {
    /// Whether there is none, as far as `connections` tell.
    pub(super) fn is_none(self, connections: &Reading<Connections>) -> bool {
        let Some(connections) = connections.value() else { return false };
        match self {
            Of::Anything => false,
            Of::WalSenders => connections.walsenders == 0,
            Of::LockWaiters => connections.waiting_on_lock == 0,
        }
    }
}

/// One statement with what its head says.
#[derive(Clone, Debug)]
pub(super) struct Query {
    /// Name of the file without `.sql`.
    pub name: &'static str,
    /// The statement, proven to read only.
    pub sql: ReadOnlySql,
    pub tier: Tier,
    pub on: On,
    pub needs: Needs,
    pub of: Of,
    /// First and last `server_version_num` that has it.
    pub versions: std::ops::RangeInclusive<u32>,
    /// An extension that has to be installed.
    pub extension: Option<String>,
    /// Puts what became of it into the snapshot.
    pub settle: Settle,
}

type Settle = fn(&mut Snapshot, Outcome<'_>, Moment);

/// What became of one statement.
#[derive(Debug)]
pub(super) enum Outcome<'a> {
    Answered(&'a Rows),
    Failed(Reason),
    /// There is none of what it tells of.
    Nothing,
    /// The server has the other role.
    NotOfThisRole,
}

/// The session of one process; see `by_pid`.
const BY_PID: &str = "
select pid, backend_start, backend_type, usename, application_name, datname, host(client_addr) as client_addr, client_port, state,
  wait_event_type, wait_event, xact_start, query_start, left(query, 200) as query
from pg_stat_activity
where pid = {number}";

/// Asks for the session that process `pid` serves; no tier does.
///
/// # Errors
/// None while the statement stands as it does.
pub(super) fn by_pid(pid: u32) -> Result<ReadOnlySql, String> {
    ReadOnlySql::with_number(BY_PID, pid)
}

/// The settling of a part that both roles have.
fn part<T>(slot: &mut Reading<T>, outcome: Outcome<'_>, now: Moment, decode: fn(&Rows) -> Result<T, Reason>) {
    let decoded = match outcome {
        Outcome::Answered(rows) => decode(rows),
        Outcome::Nothing => decode(&Rows::default()),
        Outcome::Failed(reason) => Err(reason),
        Outcome::NotOfThisRole => Err(Reason::NotReported),
    };
    *slot = match decoded {
        Ok(value) => Reading::new(value, now),
        Err(reason) => slot.failed(reason, now),
    };
}

/// The settling of a part that one role has.
fn role_part<T>(slot: &mut Reading<Option<T>>, outcome: Outcome<'_>, now: Moment, decode: fn(&Rows) -> Result<T, Reason>) {
    let decoded = match outcome {
        Outcome::Answered(rows) => decode(rows).map(Some),
        Outcome::Nothing => decode(&Rows::default()).map(Some),
        Outcome::Failed(reason) => Err(reason),
        Outcome::NotOfThisRole => Ok(None),
    };
    *slot = match decoded {
        Ok(value) => Reading::new(value, now),
        Err(reason) => slot.failed(reason, now),
    };
}

macro_rules! statements {
    ($($name:literal => $settle:ident $field:ident $rows:ident,)*) => {
        /// Name, text and settling of every statement.
        const FILES: &[(&str, &str, Settle)] = &[
            $(($name, include_str!(concat!("sql/", $name, ".sql")), |snapshot, outcome, now| $settle(&mut snapshot.$field, outcome, now, wire::$rows)),)*
        ];
    };
}

statements! {
    "identity" => part identity one,
    "replica_self" => part replica one,
    "replication_senders" => part senders many,
    "wal_receiver" => role_part wal_receiver many,
    "connections" => part connections one,
    "syncrep_waiters" => role_part syncrep_waiters many,
    "blocking" => part blocking many,
    "activity" => part activity many,
    "slots" => part slots many,
    "connections_by_user_app" => part connection_groups many,
    "prepared_xacts" => role_part prepared many,
    "xmin_horizon" => part xmin_horizon many,
    "database_stats" => part databases many,
    "conflicts" => role_part conflicts many,
    "checkpoints_pg16" => part checkpoints one,
    "checkpoints_pg17" => part checkpoints one,
    "checkpoint_age" => part checkpoint_age one,
    "wal_pg14" => part wal one,
    "archiver" => part archiver one,
    "vacuum_progress" => role_part vacuum_progress many,
    "basebackup_progress" => part base_backups many,
    "logical_slot_stats_pg14" => role_part logical_slots many,
    "settings" => part settings many,
    "wraparound_db" => part wraparound many,
    "vacuum_tables" => role_part vacuum_tables many,
    "ssl" => part ssl many,
    "io_pg16" => part io many,
    "invalid_indexes" => role_part invalid_indexes many,
    "sequences_near_end" => role_part sequences many,
    "roles_password_expiry" => role_part roles many,
    "statements_top" => part statements many,
    "wal_dir" => part wal_dir one,
    "archive_backlog" => part archive_backlog one,
    "biggest_tables" => role_part biggest_tables many,
    "tablespaces" => role_part tablespaces many,
    "database_sizes" => role_part database_sizes many,
}

/// Every statement, in the order of sending.
///
/// A file whose head cannot be read would be left out; a test holds that there is none.
pub(super) static QUERIES: LazyLock<Vec<Query>> =
    LazyLock::new(|| FILES.iter().filter_map(|(name, text, settle)| read(name, text, *settle).ok()).collect());

/// Reads one file: its head `-- tier: T  on: ROLE  [of: WHOM] [min: N] [max: N] [needs: WHAT] [extension: NAME]`, comments, the statement.
fn read(name: &'static str, text: &'static str, settle: Settle) -> Result<Query, String> {
    let (head, _) = text.split_once('\n').ok_or("one line only")?;
    let head = head.strip_prefix("--").ok_or("no head")?;
    let sql = ReadOnlySql::new(text)?;
    let mut query =
        Query { name, sql, tier: Tier::Rare, on: On::Any, needs: Needs::Nothing, of: Of::Anything, versions: 0..=u32::MAX, extension: None, settle };
    let words: Vec<&str> = head.split_ascii_whitespace().collect();
    for pair in words.chunks(2) {
        let [key, value] = pair else { return Err(format!("`{}` has no value", pair.concat())) };
        let number = || value.parse::<u32>().map_err(|error| format!("{key} {error}"));
        match (*key, *value) {
            ("tier:", "fast") => query.tier = Tier::Fast,
            ("tier:", "slow") => query.tier = Tier::Slow,
            ("tier:", "rare") => query.tier = Tier::Rare,
            ("on:", "any") => query.on = On::Any,
            ("on:", "primary") => query.on = On::Primary,
            ("on:", "replica") => query.on = On::Replica,
            ("needs:", "stats") => query.needs = Needs::Stats,
            ("needs:", "settings") => query.needs = Needs::Settings,
            ("of:", "walsenders") => query.of = Of::WalSenders,
            ("of:", "lock-waiters") => query.of = Of::LockWaiters,
            ("min:", _) => query.versions = number()?..=*query.versions.end(),
            ("max:", _) => query.versions = *query.versions.start()..=number()?,
            ("extension:", extension) => query.extension = Some((*extension).to_owned()),
            _ => return Err(format!("{key} {value} means nothing")),
        }
    }
    Ok(query)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_only_looks_is_counted_apart_by_the_name_that_we_give_ourselves() {
        let query = QUERIES.iter().find(|query| query.name == "connections").expect("counts");
        assert!(query.sql.text().contains(&format!("application_name = '{}') as opsctl", crate::model::APPLICATION)), "{}", query.sql.text());
    }

    #[test]
    fn every_file_of_the_folder_is_in_the_list_and_says_tier_and_role() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/systems/postgres/sql");
        let mut files: Vec<String> =
            std::fs::read_dir(folder).expect("folder").map(|entry| entry.expect("entry").file_name().into_string().expect("name")).collect();
        let mut listed: Vec<String> = FILES.iter().map(|(name, _, _)| format!("{name}.sql")).collect();
        files.sort();
        listed.sort();
        assert_eq!(files, listed);
        for (name, text, settle) in FILES {
            let query = read(name, text, *settle).unwrap_or_else(|error| panic!("{name}: {error}"));
            assert!(text.starts_with("-- tier: ") && text.lines().next().is_some_and(|head| head.contains(" on: ")), "{name}");
            assert!(!query.sql.text().contains("--"), "{name}: a comment would swallow the rest of the line");
        }
        assert_eq!(QUERIES.len(), FILES.len());
    }

    #[test]
    fn a_list_that_may_be_cut_says_how_long_it_is() {
        // these ask for the worst few by their name; a wait tells of the others itself
        let few = ["vacuum_tables", "xmin_horizon", "statements_top", "io_pg16", "biggest_tables", "blocking", "syncrep_waiters"];
        let cut = |query: &&Query| query.sql.text().contains(" limit ");
        let silent = |query: &&Query| !query.sql.text().contains("count(*) over () as total");
        assert_eq!(QUERIES.iter().filter(cut).filter(silent).map(|query| query.name).filter(|name| !few.contains(name)).collect::<Vec<_>>(), [""; 0]);
        assert_eq!(QUERIES.iter().filter(cut).filter(silent).count(), few.len());
    }

    #[test]
    fn where_there_is_none_of_it_the_answer_is_known_to_be_empty() {
        let mut snapshot = Snapshot::unread();
        let now = crate::model::Clock::real().now();
        for query in QUERIES.iter().filter(|query| query.of != Of::Anything) {
            assert!(!query.of.is_none(&snapshot.connections), "{}: nobody counted the sessions", query.name);
            (query.settle)(&mut snapshot, Outcome::Nothing, now);
        }
        assert_eq!((snapshot.senders.value().map(Vec::len), snapshot.blocking.value().map(Vec::len)), (Some(0), Some(0)));
        let of = |connections: &str| {
            let connections = Reading::new(serde_json::from_str(connections).expect("connections"), now);
            (Of::WalSenders.is_none(&connections), Of::LockWaiters.is_none(&connections))
        };
        let counts = r#""client_backends": 3, "active": 1, "idle": 2, "idle_in_xact": 0, "max_connections": 100, "superuser_reserved": 3, "reserved_pg16": 0, "max_wal_senders": 10"#;
        assert_eq!(of(&format!(r#"{{"waiting_on_lock": 0, "walsenders": 2, {counts}}}"#)), (false, true));
        assert_eq!(of(&format!(r#"{{"waiting_on_lock": 1, "walsenders": 0, {counts}}}"#)), (true, false));
    }

    #[test]
    fn a_head_that_means_nothing_is_an_error() {
        let settle: Settle = |_, _, _| {};
        for text in [
            "select 1\n",
            "-- tier: often  on: any\nselect 1",
            "-- tier: fast  on:\nselect 1",
            "-- tier: fast  min: x\nselect 1",
            "-- tier: fast",
            "-- tier: fast\nselect pg_sleep(1)",
        ] {
            assert!(read("x", text, settle).is_err(), "{text}");
        }
        let good = read("x", "-- tier: slow  on: replica  min: 140000  max: 169999  needs: stats\n-- why\nselect 1,\n  2\n", settle).expect("good");
        assert_eq!(
            (good.sql.text(), good.tier, good.on, good.needs, good.versions),
            ("select 1, 2", Tier::Slow, On::Replica, Needs::Stats, 140_000..=169_999)
        );
    }
}
