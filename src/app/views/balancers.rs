//! `balancers`: every backend of every HAProxy with its servers.

use super::members::{self, Detail};
use super::{BadPick, Pick, ViewDef, picked, sources};
use crate::app::Observed;
use crate::systems::contract::System;
use crate::systems::haproxy::{self, Haproxy};
use crate::systems::view::Page;

pub(super) const VIEW: ViewDef =
    ViewDef { name: "balancers", doc: "Every backend of every HAProxy with its servers: who takes sessions, checks, queues", argument: None, page };

fn page(observed: &Observed, pick: &Pick) -> Result<Page, BadPick> {
    let clusters = picked(observed, pick)?;
    let detail = Detail {
        key: "servers",
        title: "SERVERS",
        endpoint: "BALANCER",
        columns: haproxy::present::SERVER_COLUMNS,
        when_empty: "no HAProxy is configured, or none has a backend",
        rows: |view| Ok(haproxy::present::server_rows(view)),
    };
    let mut page = Page::new("Balancers");
    page.tables.push(members::table::<Haproxy>(observed, &clusters, &detail));
    page.sources = sources(&clusters, &[Haproxy::NAME]);
    Ok(page)
}
