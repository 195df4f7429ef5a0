//! `history`: the timelines of each cluster, newest first: when it turned, where in the WAL, who led after it.

use super::{BadPick, Pick, ViewDef, age, picked, roster, sources};
use crate::app::Observed;
use crate::fleet::Cluster;
use crate::model::Moment;
use crate::systems::contract::System;
use crate::systems::patroni::Patroni;
use crate::systems::patroni::history::Turn;
use crate::systems::view::{Cell, Column, Kind, Page, Row, Table, Tone};

pub(super) const VIEW: ViewDef =
    ViewDef { name: "history", doc: "The timelines of each cluster: when it turned, where, who led after it", argument: None, page };

fn page(observed: &Observed, pick: &Pick) -> Result<Page, BadPick> {
    let clusters = picked(observed, pick)?;
    let mut page = Page::new("History");
    page.tables.push(Table {
        key: "timelines",
        title: "TIMELINES",
        columns: vec![
            Column::new("cluster", "CLUSTER", Kind::Text, 2, "the cluster"),
            Column::new("timeline", "TL", Kind::Count, 0, "the timeline that ended"),
            Column::new("lsn", "LSN", Kind::Lsn, 0, "where in the WAL it ended"),
            Column::new("at", "AT", Kind::Time, 0, "when, by the clock of the member that wrote it"),
            Column::new("new_leader", "NEW LEADER", Kind::Text, 0, "who led the next timeline"),
            Column::new("reason", "REASON", Kind::Text, 1, "what PostgreSQL wrote into the history file"),
            Column::new("witness", "WITNESS", Kind::Text, 5, "the member that told it"),
            Column::new("age_seconds", "AGE", Kind::Seconds, 1, "how long ago it told the history"),
        ],
        rows: clusters.iter().flat_map(|cluster| rows(observed, cluster)).collect(),
        when_empty: "no timeline has ended yet",
    });
    page.sources = sources(&clusters, &[Patroni::NAME]);
    Ok(page)
}

/// The history in the words of one member.
pub(super) struct Told<'a> {
    pub(super) turns: &'a [Turn],
    witness: &'a str,
    taken_at: Moment,
}

/// The history that the freshest witness tells.
pub(super) fn told<'a>(observed: &'a Observed, cluster: &'a Cluster) -> Option<Told<'a>> {
    let told = cluster.members::<Patroni>(observed.now).into_iter().filter_map(|member| {
        let view = member.view.ok()?;
        let history = &view.snapshot.history;
        Some(Told { turns: history.value()?, witness: &view.endpoint.id.name, taken_at: history.taken_at()? })
    });
    told.max_by_key(|told| told.taken_at.mono)
}

fn rows(observed: &Observed, cluster: &Cluster) -> Vec<Row> {
    let name = cluster.spec.name.as_str();
    let Some(told) = told(observed, cluster) else {
        let unknown = Cell::unknown(roster::nobody_told(cluster, observed.now, "history", |snapshot| &snapshot.history));
        return vec![Row::new(name, [vec![Cell::text(name)], vec![unknown; 7]].concat())];
    };
    let rows = told.turns.iter().rev().map(|turn| {
        // a time in a form we cannot read is shown as it came
        let at = turn.at.as_ref().map_or(Cell::Nothing, |stamp| stamp.at().map_or_else(|| Cell::unknown(odd(turn, name)), Cell::Time));
        Row::new(
            format!("{name}/{}", turn.timeline),
            vec![
                Cell::text(name),
                Cell::count(turn.timeline.0),
                Cell::Lsn(turn.lsn),
                at,
                turn.new_leader.as_deref().map_or(Cell::Nothing, Cell::text),
                Cell::word(turn.reason.as_str(), Tone::Muted),
                Cell::text(told.witness),
                Cell::Seconds(age(observed.now, told.taken_at)),
            ],
        )
    });
    rows.collect()
}

fn odd(turn: &Turn, cluster: &str) -> crate::model::Gap {
    let text = turn.at.as_ref().map(|stamp| stamp.0.clone()).unwrap_or_default();
    crate::model::Gap::new(format!("end of timeline {} of {cluster}", turn.timeline), crate::model::Reason::Malformed(text))
}
