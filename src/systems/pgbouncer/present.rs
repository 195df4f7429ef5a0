//! What a pooler shows: a row of its own in the cluster, and a row for each pool in `poolers`.

use super::concerns;
use super::pace::Pace;
use super::snapshot::{Pool, PoolerSnapshot};
use crate::model::{Gap, Reading, Reason};
use crate::systems::contract::{Trend, View};
use crate::systems::counts::added;
use crate::systems::view::{Cell, Column, Kind, Row, Tone};

/// The columns of the endpoint.
pub(super) const COLUMNS: &[Column] = &[
    Column::new("route", "ROUTE", Kind::Word, 3, "Where this pooler leads, as configured: write or read"),
    Column::new("pooling", "POOLING", Kind::Word, 0, "active, paused, disabled, suspended; from SHOW DATABASES and SHOW STATE"),
    Column::new("clients_active", "CLIENTS", Kind::Count, 2, "Clients of all pools that do not wait; SHOW POOLS"),
    Column::new("clients_waiting", "WAITING", Kind::Count, 0, "Clients of all pools that wait for a server; SHOW POOLS"),
    Column::new("max_wait_seconds", "MAX WAIT", Kind::Seconds, 1, "How long the oldest waiting client waits; SHOW POOLS"),
    Column::new(
        "average_wait_seconds",
        "AVG WAIT",
        Kind::Seconds,
        6,
        "Wait for a server per transaction, between two looks; at the first look, as the pooler averages it over stats_period; SHOW STATS",
    ),
    Column::new("servers", "SERVERS", Kind::Count, 3, "Server connections of all pools; SHOW POOLS"),
    Column::new("max_client_conn", "MAX CLIENTS", Kind::Count, 6, "Limit of clients; SHOW CONFIG"),
    Column::new("version", "VERSION", Kind::Text, 5, "SHOW VERSION"),
];

pub(super) fn cells(view: &View<'_, PoolerSnapshot>) -> Vec<Cell> {
    let snapshot = view.snapshot;
    let name = view.name();
    let sum = |fact: &str, of: fn(&Pool) -> Option<u64>, show: fn(u64) -> Cell| {
        let fact = format!("{fact} of {name}");
        match snapshot.pools.known(fact.clone()) {
            Ok(pools) => {
                let total = pools.iter().filter(|pool| concerns(view.endpoint, &pool.database)).map(of).try_fold(0, added);
                Cell::reported(total, fact, show)
            }
            Err(gap) => Cell::unknown(gap),
        }
    };
    let waiting = |count: u64| Cell::count(count).toned(if count > 0 { Tone::Warn } else { Tone::Plain });
    vec![
        view.endpoint.body.text("route").map_or(Cell::Nothing, |route| Cell::word(route, Tone::Plain)),
        pooling(view),
        sum("active clients", |pool| pool.clients_active, Cell::count),
        sum("waiting clients", |pool| pool.clients_waiting, waiting),
        max_wait(view),
        average_wait(view),
        sum("servers", Pool::servers, Cell::count),
        match snapshot.settings.known(format!("max_client_conn of {name}")) {
            Ok(settings) => Cell::reported(settings.count("max_client_conn"), format!("max_client_conn of {name}"), Cell::count),
            Err(gap) => Cell::unknown(gap),
        },
        Cell::of(&snapshot.version, format!("version of {name}"), |version| Cell::text(version.clone())),
    ]
}

/// What is worth a line: who waits, for how long, who is served, and how many transactions pass in a second.
pub(super) fn trends(view: &View<'_, PoolerSnapshot>) -> Vec<Trend> {
    let snapshot = view.snapshot;
    let mut trends = Vec::new();
    if let Some(pools) = snapshot.pools.value() {
        let ours = || pools.iter().filter(|pool| concerns(view.endpoint, &pool.database));
        let mut sum = |key: &'static str, of: fn(&Pool) -> Option<u64>| {
            trends.extend(ours().map(of).try_fold(0, added).map(|total| Trend::count(key, Kind::Count, total)));
        };
        sum("clients_active", |pool| pool.clients_active);
        sum("clients_waiting", |pool| pool.clients_waiting);
        let waits: Option<Vec<_>> = ours().map(|pool| pool.oldest_wait).collect();
        trends.extend(waits.map(|waits| Trend::new("max_wait_seconds", Kind::Seconds, waits.into_iter().max().unwrap_or_default().as_secs_f64())));
    }
    if let Some(paces) = snapshot.pace.value() {
        let ours = paces.iter().filter(|pace| concerns(view.endpoint, &pace.database));
        trends.extend(ours.map(Pace::per_second).try_fold(0, added).map(|total| Trend::count("tps", Kind::Count, total)));
    }
    trends
}

/// The worst state of the process and of the databases that concern this cluster.
fn pooling(view: &View<'_, PoolerSnapshot>) -> Cell {
    if let Some(process) = view.snapshot.process.value() {
        if let Some(other) = process.others.first() {
            return Cell::word(other.clone(), Tone::Bad);
        }
        match (process.suspended, process.paused, process.active) {
            (true, _, _) => return Cell::word("suspended", Tone::Bad),
            (_, true, _) => return Cell::word("paused", Tone::Bad),
            (_, _, false) => return Cell::word("not active", Tone::Bad),
            _ => {}
        }
    } else if !matches!(&view.snapshot.process, Reading::Unknown { reason: Reason::NotSupported(_), .. }) {
        return Cell::of(&view.snapshot.process, format!("state of {}", view.name()), |_| Cell::Nothing);
    }
    Cell::of(&view.snapshot.databases, format!("databases of {}", view.name()), |databases| {
        let ours = || databases.iter().filter(|database| concerns(view.endpoint, &database.name));
        if ours().any(|database| database.disabled == Some(true)) {
            Cell::word("disabled", Tone::Bad)
        } else if ours().any(|database| database.paused == Some(true)) {
            Cell::word("paused", Tone::Bad)
        } else if ours().any(|database| database.paused.is_none() || database.disabled.is_none()) {
            Cell::unknown(Gap::new(format!("pause of {}", view.name()), Reason::NotReported))
        } else {
            Cell::word("active", Tone::Good)
        }
    })
}

fn max_wait(view: &View<'_, PoolerSnapshot>) -> Cell {
    let fact = format!("longest wait of {}", view.name());
    match view.snapshot.pools.known(fact.clone()) {
        Ok(pools) => {
            let ours = pools.iter().filter(|pool| concerns(view.endpoint, &pool.database));
            let waits: Option<Vec<_>> = ours.map(|pool| pool.oldest_wait).collect();
            Cell::reported(waits, fact, |waits| Cell::Seconds(waits.into_iter().max().unwrap_or_default().as_secs_f64()))
        }
        Err(gap) => Cell::unknown(gap),
    }
}

/// The longest of the averages of the databases.
fn average_wait(view: &View<'_, PoolerSnapshot>) -> Cell {
    let fact = format!("average wait of {}", view.name());
    match view.snapshot.pace.known(fact.clone()) {
        Ok(paces) => {
            let ours = || paces.iter().filter(|pace| concerns(view.endpoint, &pace.database));
            // counters that began again are a first answer
            if ours().any(|pace| pace.reset) {
                return Cell::unknown(Gap::new(fact, Reason::FirstAnswer));
            }
            // without a transaction nobody waited and nobody got through: there is nothing to show
            ours().filter_map(|pace| pace.wait_seconds).max_by(f64::total_cmp).map_or(Cell::Nothing, Cell::Seconds)
        }
        Err(gap) => Cell::unknown(gap),
    }
}

/// The columns of [`pool_rows`]; a face puts the name of the pooler before them.
pub const POOL_COLUMNS: &[Column] = &[
    Column::new("database", "DATABASE", Kind::Text, 0, "Database that clients ask for; SHOW POOLS"),
    Column::new("user", "USER", Kind::Text, 0, "User of the pool; SHOW POOLS"),
    Column::new("mode", "MODE", Kind::Word, 4, "transaction, session or statement; SHOW POOLS"),
    Column::new("paused", "PAUSED", Kind::Flag, 1, "PAUSE of the database or of the whole pooler; SHOW DATABASES, SHOW STATE"),
    Column::new("clients_active", "CL ACTIVE", Kind::Count, 2, "Clients that do not wait; SHOW POOLS"),
    Column::new("clients_waiting", "CL WAITING", Kind::Count, 0, "Clients that wait for a server; SHOW POOLS"),
    Column::new("max_wait_seconds", "MAX WAIT", Kind::Seconds, 0, "How long the oldest of them waits; SHOW POOLS"),
    Column::new(
        "average_wait_seconds",
        "AVG WAIT",
        Kind::Seconds,
        6,
        "Wait per transaction of the database, between two looks; at the first look, as the pooler averages it over stats_period; SHOW STATS",
    ),
    Column::new(
        "transactions_per_second",
        "TPS",
        Kind::Count,
        6,
        "Whole transactions of the database each second, between two looks; at the first look, as the pooler averages them; SHOW STATS",
    ),
    Column::new("servers_active", "SV ACTIVE", Kind::Count, 2, "Servers that serve a client; SHOW POOLS"),
    Column::new("servers_idle", "SV IDLE", Kind::Count, 2, "Servers that are free at once; SHOW POOLS"),
    Column::new("servers_used", "SV USED", Kind::Count, 2, "Servers that are free after a check; SHOW POOLS"),
    Column::new("servers_tested", "SV TESTED", Kind::Count, 6, "Servers being checked or reset; SHOW POOLS"),
    Column::new("servers_login", "SV LOGIN", Kind::Count, 3, "Servers logging in; SHOW POOLS"),
    Column::new("pool_size", "POOL SIZE", Kind::Count, 3, "Most servers of a pool of this database; SHOW DATABASES"),
];

/// A row for each pool of this cluster; the gap when the pools are not known.
///
/// # Errors
/// Why there are no rows.
pub fn pool_rows(view: &View<'_, PoolerSnapshot>) -> Result<Vec<Row>, Gap> {
    let pools = view.snapshot.pools.known(format!("pools of {}", view.name()))?;
    let ours = pools.iter().filter(|pool| concerns(view.endpoint, &pool.database));
    Ok(ours.map(|pool| Row::new(format!("{}/{}/{}", view.name(), pool.database.raw(), pool.user.raw()), pool_cells(view, pool))).collect())
}

fn pool_cells(view: &View<'_, PoolerSnapshot>, pool: &Pool) -> Vec<Cell> {
    let fact = |what: &str| format!("{what} of {}/{} on {}", pool.database.raw(), pool.user.raw(), view.name());
    let count = |value: Option<u64>, what: &str| Cell::reported(value, fact(what), Cell::count);
    let pace = view.snapshot.pace.known(fact("pace")).map(|paces| paces.iter().find(|pace| pace.database == pool.database));
    let rate = |of: fn(&Pace) -> Option<Cell>| match &pace {
        Err(gap) => Cell::unknown(gap.clone()),
        Ok(Some(pace)) if pace.reset => Cell::unknown(Gap::new(fact("pace"), Reason::FirstAnswer)),
        Ok(pace) => pace.and_then(of).unwrap_or(Cell::Nothing),
    };
    let database = view.snapshot.databases.known(fact("database")).map(|all| all.iter().find(|database| database.name == pool.database));
    let waits = pool.clients_waiting.is_some_and(|count| count > 0);
    let tone = if waits { Tone::Warn } else { Tone::Plain };
    vec![
        Cell::text(pool.database.clone()),
        Cell::text(pool.user.clone()),
        Cell::reported(pool.mode.clone(), fact("mode"), |mode| Cell::word(mode, Tone::Plain)),
        match &database {
            Err(gap) => Cell::unknown(gap.clone()),
            Ok(database) => {
                let all = view.snapshot.process.value().is_some_and(|process| process.paused);
                // where the whole pooler may be paused and does not say so, a database that is not paused proves nothing
                let tells = !matches!(&view.snapshot.process, Reading::Unknown { reason, .. } if !matches!(reason, Reason::NotSupported(_)));
                let own = database.and_then(|database| database.paused).filter(|paused| *paused || tells);
                let paused = if all { Some(true) } else { own };
                Cell::reported(paused, fact("pause"), |paused| Cell::Flag(paused).toned(if paused { Tone::Bad } else { Tone::Plain }))
            }
        },
        count(pool.clients_active, "active clients"),
        count(pool.clients_waiting, "waiting clients").toned(tone),
        Cell::reported(pool.oldest_wait, fact("longest wait"), |wait| Cell::Seconds(wait.as_secs_f64()).toned(tone)),
        rate(|pace| pace.wait_seconds.map(Cell::Seconds)),
        rate(|pace| pace.per_second().map(Cell::count)),
        count(pool.servers_active, "active servers"),
        count(pool.servers_idle, "idle servers"),
        count(pool.servers_used, "used servers"),
        count(pool.servers_tested, "tested servers"),
        count(pool.servers_login, "servers in login"),
        match &database {
            Err(gap) => Cell::unknown(gap.clone()),
            Ok(database) => count(database.and_then(|database| database.pool_size), "pool size"),
        },
    ]
}
