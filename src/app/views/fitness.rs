//! What is known of the member behind a name, where somebody else calls it well: a balancer that sends it sessions, a sender that streams to it. Pure.
//!
//! It must never make anything look better than whoever tells it does.

use crate::app::Observed;
use crate::model::{Finding, Severity};
use crate::systems::twofold::{MEMBER_NOT_RUNNING, REPLICA_LAG, REPLICA_NOT_STREAMING};
use crate::systems::view::{Cell, Row, Table, Tone};

/// The rules that say that a member serves its clients badly: with what is old, or not at all.
const UNFIT: [&str; 10] = [
    REPLICA_LAG.id,
    REPLICA_NOT_STREAMING.id,
    MEMBER_NOT_RUNNING.id,
    "replay-paused",
    "timeline-mismatch",
    "lock-holder-not-writable",
    "split-brain",
    "foreign-member",
    "role-disagrees",
    "host-silent",
];

/// How badly `member` of `cluster` serves by one of `rules`; `None` where nothing speaks against it.
fn worst(observed: &Observed, cluster: &str, member: &str, rules: &[&str]) -> Option<Tone> {
    // a standby that is no endpoint is the object of who sends to it
    let is_on = |finding: &&Finding| finding.is_on(member) || finding.subject.object.as_ref().is_some_and(|object| object.raw() == member);
    let against = observed.judgement.of(cluster).filter(|finding| finding.confirmed && rules.contains(&finding.rule.as_str())).filter(is_on);
    match against.map(|finding| finding.severity).max()? {
        Severity::Critical => Some(Tone::Bad),
        Severity::Warning => Some(Tone::Warn),
        Severity::Info => None,
    }
}

fn worse(one: Tone, other: Tone) -> Tone {
    let rank = |tone: Tone| match tone {
        Tone::Bad => 2,
        Tone::Warn => 1,
        Tone::Plain | Tone::Good | Tone::Muted => 0,
    };
    if rank(other) > rank(one) { other } else { one }
}

/// A list of members that is toned, toned as the worst of them is where that is worse.
pub(super) fn of_list(observed: &Observed, cluster: &str, cell: Cell) -> Cell {
    let Cell::Toned(inner, tone) = cell else { return cell };
    let names = match inner.as_ref() {
        Cell::List(names) => names.as_slice(),
        _ => &[],
    };
    let known = names.iter().filter_map(|name| worst(observed, cluster, name.raw(), &UNFIT));
    let tone = known.fold(tone, worse);
    Cell::Toned(inner, tone)
}

/// How `cell` stands when it tells the lag of `member`.
pub(super) fn of_lag(observed: &Observed, cluster: &str, member: &str, cell: Cell) -> Cell {
    match (worst(observed, cluster, member, &[REPLICA_LAG.id]), cell) {
        (Some(tone), cell @ (Cell::Bytes(_) | Cell::Seconds(_))) => cell.toned(tone),
        (_, cell) => cell,
    }
}

/// Tones what `table` tells of the members in its column `named`: their state, and how far they are behind.
pub(super) fn of_rows(observed: &Observed, table: &mut Table, named: &str, state: &str, lags: &[&str]) {
    let place = |key: &str| table.columns.iter().position(|column| column.key == key);
    let (Some(cluster), Some(named)) = (place("cluster"), place(named)) else { return };
    let state = place(state);
    let lags: Vec<usize> = lags.iter().filter_map(|key| place(key)).collect();
    let text = |row: &Row, at: usize| match row.cells.get(at) {
        Some(Cell::Text(text)) => Some(text.raw().to_owned()),
        _ => None,
    };
    for row in &mut table.rows {
        let (Some(cluster), Some(member)) = (text(row, cluster), text(row, named)) else { continue };
        if let Some(Cell::Word(_, tone)) = state.and_then(|at| row.cells.get_mut(at)) {
            *tone = worst(observed, &cluster, &member, &UNFIT).map_or(*tone, |known| worse(*tone, known));
        }
        for at in &lags {
            if let Some(cell) = row.cells.get_mut(*at) {
                *cell = of_lag(observed, &cluster, &member, cell.clone());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::record::Recording;
    use crate::app::views::{Pick, VIEWS, routes};
    use crate::fleet::Cluster;
    use crate::health::{Judgement, judge};
    use std::sync::Arc;

    #[test]
    fn a_way_to_a_member_that_is_far_behind_and_its_sender_are_not_green() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/recordings/fault-replica-lag.opr");
        let recording = Recording::open(std::path::Path::new(path)).expect("a recording");
        let last = recording.at(jiff::Timestamp::MAX).expect("an instant");
        let judgement = judge(&last.fleet, &Judgement::none(last.now), last.now);
        let late = judgement.findings.iter().find(|finding| finding.rule == REPLICA_LAG.id).expect("somebody is behind").clone();
        let member = late.subject.member.clone().expect("a member");
        let observed = Observed { judgement: Arc::new(judgement), ..last };
        let clusters: Vec<&Cluster> = observed.fleet.clusters.iter().map(AsRef::as_ref).collect();
        let tone = if late.severity == Severity::Critical { Tone::Bad } else { Tone::Warn };
        let ends = |observed: &Observed| {
            let table = routes::table(observed, &clusters);
            let at = table.columns.iter().position(|column| column.key == "leads_to").expect("the column");
            let read = table.rows.iter().find(|row| row.key.ends_with("/read")).expect("the way of reads");
            read.cells[at].clone()
        };
        assert_eq!(ends(&observed).tone(), tone, "{:?}", ends(&observed));
        let calm = Observed { judgement: Arc::new(Judgement::none(observed.now)), ..observed.clone() };
        assert_eq!(ends(&calm).tone(), Tone::Good, "its balancer calls it well");
        let view = VIEWS.iter().find(|view| view.name == "replication").expect("a view");
        let page = (view.page)(&observed, &Pick::default()).expect("a page");
        let senders = &page.tables[0];
        let at = |key: &str| senders.columns.iter().position(|column| column.key == key).expect("the column");
        let row = senders.rows.iter().find(|row| row.cells[at("to")] == Cell::text(member.as_str())).expect("its sender");
        assert_eq!((row.cells[at("state")].tone(), row.cells[at("replay_lag_bytes")].tone()), (tone, tone), "{row:?}");
    }
}
