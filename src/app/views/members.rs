//! A table of the rows that each endpoint of one system has: pools of poolers, servers of balancers, sessions of servers.

use crate::app::Observed;
use crate::fleet::Cluster;
use crate::model::Gap;
use crate::systems::contract::{System, View};
use crate::systems::view::{Cell, Column, Kind, Row, Table};

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
