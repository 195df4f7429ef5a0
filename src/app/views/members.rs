//! A table of the rows that each endpoint of one system has: pools of poolers, servers of balancers, sessions of servers.

use super::{BadPick, Pick, picked, sources};
use crate::app::Observed;
use crate::fleet::Cluster;
use crate::model::{Gap, Reason};
use crate::systems::contract::{System, View};
use crate::systems::postgres::{self, Postgres};
use crate::systems::view::{Cell, Column, Kind, Page, Row, Table};

/// What the table is called and how its rows are made.
pub(super) struct Detail<S: 'static> {
    pub(super) key: &'static str,
    pub(super) title: &'static str,
    /// Head of the column with the name of the endpoint: `POOLER`.
    pub(super) endpoint: &'static str,
    pub(super) columns: &'static [Column],
    pub(super) when_empty: &'static str,
    pub(super) rows: fn(&View<'_, S>) -> Result<Vec<Row>, Gap>,
}

/// A page of [`table`] alone.
///
/// # Errors
/// As [`picked`].
pub(super) fn page<S: System>(observed: &Observed, pick: &Pick, title: &'static str, detail: &Detail<S::Snapshot>) -> Result<Page, BadPick> {
    let clusters = picked(observed, pick)?;
    let mut page = Page::new(title);
    page.tables.push(table::<S>(observed, &clusters, detail));
    page.sources = sources(&clusters, &[S::NAME]);
    Ok(page)
}

/// As [`table`], of the servers. A cluster has PostgreSQL in it, whether or not one of its servers is configured: where nobody is asked, that is a row of
/// unknown cells, and never the same as servers with nothing to tell.
pub(super) fn servers(observed: &Observed, clusters: &[&Cluster], detail: &Detail<postgres::Snapshot>) -> Table {
    let mut table = table::<Postgres>(observed, clusters, detail);
    for cluster in clusters.iter().filter(|cluster| cluster.of(Postgres::NAME).next().is_none()) {
        let name = cluster.spec.name.as_str();
        let why = Reason::NotReached("not asked: no PostgreSQL endpoint in this cluster".to_owned());
        let gap = Gap::new(format!("{} of {name}", detail.key), why);
        let unknown = vec![Cell::unknown(gap); table.columns.len().saturating_sub(1)];
        table.rows.push(Row::new(name, [vec![Cell::text(name)], unknown].concat()));
    }
    table
}

/// The rows of every endpoint of `S`. An endpoint that does not answer has one row of unknown cells: it is never left out.
pub(super) fn table<S: System>(observed: &Observed, clusters: &[&Cluster], detail: &Detail<S::Snapshot>) -> Table {
    let mut columns = vec![
        Column::new("cluster", "CLUSTER", Kind::Text, 4, "the cluster it belongs to"),
        Column::new("endpoint", detail.endpoint, Kind::Text, 0, "name of the endpoint"),
    ];
    columns.extend_from_slice(detail.columns);
    columns.push(Column::new("as_of_seconds", "AGE", Kind::Seconds, 3, "age of what the endpoint said"));
    let mut rows = Vec::new();
    for cluster in clusters {
        for member in cluster.members::<S>(observed.now) {
            let name = member.name();
            let framed = |row: Row, age: Cell| {
                let own = row.cells.into_iter();
                let cells = [Cell::text(cluster.spec.name.as_str()), Cell::text(name)].into_iter().chain(own).chain([age]);
                Row { key: format!("{}/{}", cluster.spec.name, row.key), cells: cells.collect(), depth: row.depth }
            };
            // an endpoint that answered and could not tell this has an age all the same
            let age = match &member.view {
                Ok(view) => Cell::Seconds(super::age(observed.now, view.taken_at)),
                Err(gap) => Cell::unknown(gap.clone()),
            };
            match member.view.as_ref().map_err(Clone::clone).and_then(|view| (detail.rows)(view)) {
                Ok(own) => rows.extend(own.into_iter().map(|row| framed(row, age.clone()))),
                Err(gap) => {
                    let cells = detail.columns.iter().map(|_| Cell::unknown(gap.clone())).collect();
                    rows.push(framed(Row::new(name, cells), age));
                }
            }
        }
    }
    Table { key: detail.key, title: detail.title, columns, rows, when_empty: detail.when_empty }
}

#[cfg(test)]
mod tests {
    use crate::app::{Observed, json, views};
    use crate::config::{Body, ClusterSpec, EndpointSpec, Inventory};
    use crate::model::{Clock, EndpointId, Origin, Via};
    use std::sync::Arc;

    #[test]
    fn servers_that_nobody_asked_are_unknown_and_not_idle() {
        let id = EndpointId { cluster: "lab".into(), system: "patroni".into(), name: "pg1".into() };
        let body = Body::one("url", "http://127.0.0.1:8008");
        let one = EndpointSpec { id, origin: Origin::Configured, zone: None, via: Via::Direct, read: None, write: None, tls: None, body };
        let mut spec = ClusterSpec::named("lab", "test");
        spec.endpoints = vec![Arc::new(one)];
        let inventory = Inventory { clusters: vec![Arc::new(spec)] };
        let now = Clock::real().now();
        let observed = Observed::nothing(&inventory, now);
        for name in ["locks", "activity", "queries", "replication"] {
            let view = views::VIEWS.iter().find(|view| view.name == name).expect("a view");
            let page = (view.page)(&observed, &views::Pick::default()).expect("a page");
            let whole = json::document(&page, now);
            for table in &page.tables {
                let gap = &whole["unknown"][format!("{}[0].endpoint", table.key)];
                assert_eq!(gap["reason"], "not asked: no PostgreSQL endpoint in this cluster", "{name}: {whole}");
            }
        }
    }
}
