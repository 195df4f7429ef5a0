//! `poolers`: every pool of every PgBouncer, who waits and how long.

use super::members::{self, Detail};
use super::{ViewDef, fitness};
use crate::systems::pgbouncer::{self, Pgbouncer, PoolerSnapshot};

pub(super) const VIEW: ViewDef = ViewDef {
    name: "poolers",
    doc: "Every pool of every PgBouncer: clients, servers, who waits, what is paused",
    argument: None,
    page: |observed, pick| {
        let mut page = members::page::<Pgbouncer>(observed, pick, "Poolers", &POOLS)?;
        page.tables.iter_mut().for_each(|table| fitness::as_found(observed, table));
        Ok(page)
    },
};

const POOLS: Detail<PoolerSnapshot> = Detail {
    key: "pools",
    title: "POOLS",
    endpoint: "POOLER",
    columns: pgbouncer::present::POOL_COLUMNS,
    when_empty: "no PgBouncer is configured, or none has a pool",
    rows: pgbouncer::present::pool_rows,
};
