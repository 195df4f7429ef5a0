//! `poolers`: every pool of every PgBouncer, who waits and how long.

use super::members::{self, Detail};
use super::{BadPick, Pick, ViewDef, picked, sources};
use crate::app::Observed;
use crate::systems::contract::System;
use crate::systems::pgbouncer::{self, Pgbouncer};
use crate::systems::view::Page;

pub(super) const VIEW: ViewDef =
    ViewDef { name: "poolers", doc: "Every pool of every PgBouncer: clients, servers, who waits, what is paused", argument: None, page };

fn page(observed: &Observed, pick: &Pick) -> Result<Page, BadPick> {
    let clusters = picked(observed, pick)?;
    let detail = Detail {
        key: "pools",
        title: "POOLS",
        endpoint: "POOLER",
        columns: pgbouncer::present::POOL_COLUMNS,
        when_empty: "no PgBouncer is configured, or none has a pool",
        rows: pgbouncer::present::pool_rows,
    };
    let mut page = Page::new("Poolers");
    page.tables.push(members::table::<Pgbouncer>(observed, &clusters, &detail));
    page.sources = sources(&clusters, &[Pgbouncer::NAME]);
    Ok(page)
}
