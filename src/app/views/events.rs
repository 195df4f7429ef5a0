//! `events`: what happened and when, by the servers' own clocks: role changes, starts, scheduled work, when each finding began, and, from a process that
//! watches, when it was no longer found. Newest first.

use super::{BadPick, Pick, ViewDef, history, parts, picked, roster, sources};
use crate::app::Observed;
use crate::fleet::Cluster;
use crate::model::{Finding, Since};
use crate::systems::patroni::Patroni;
use crate::systems::patroni::wire::Stamp;
use crate::systems::view::{Cell, Column, Kind, Page, Row, Table, Tone};
use crate::text::Untrusted;
use jiff::Timestamp;

pub(super) const VIEW: ViewDef =
    ViewDef { name: "events", doc: "What happened and when, by the servers' own clocks, newest first", argument: None, page };

struct Event {
    at: Timestamp,
    kind: &'static str,
    member: Option<String>,
    what: Untrusted,
    tone: Tone,
    witness: &'static str,
}

fn page(observed: &Observed, pick: &Pick) -> Result<Page, BadPick> {
    let clusters = picked(observed, pick)?;
    let mut rows: Vec<(Timestamp, Row)> =
        clusters.iter().flat_map(|cluster| of(observed, cluster).into_iter().map(|event| (event.at, row(observed, cluster, event)))).collect();
    rows.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.key.cmp(&b.1.key)));
    let mut page = Page::new("Events");
    page.tables.push(Table {
        key: "events",
        title: "EVENTS",
        columns: vec![
            Column::new("at", "AT", Kind::Time, 0, "when, by the clock of the witness"),
            Column::new("ago_seconds", "AGO", Kind::Seconds, 0, "how long ago by our clock; negative lies ahead"),
            Column::new("cluster", "CLUSTER", Kind::Text, 1, "the cluster"),
            Column::new("kind", "KIND", Kind::Word, 0, "role-change, start, scheduled, finding, cleared"),
            Column::new("member", "MEMBER", Kind::Text, 0, "the member it is about"),
            Column::new("what", "WHAT", Kind::Text, 0, "what happened"),
            Column::new("witness", "WITNESS", Kind::Word, 4, "server: the server's own time; first-seen: when this process saw it"),
        ],
        rows: rows.into_iter().map(|(_, row)| row).collect(),
        when_empty: "no server told of anything",
    });
    page.sources = sources(&clusters, &[]);
    Ok(page)
}

fn row(observed: &Observed, cluster: &Cluster, event: Event) -> Row {
    let name = cluster.spec.name.as_str();
    let ago = observed.now.wall.duration_since(event.at).as_secs_f64();
    let key = format!("{name}/{}/{}/{}/{}", event.at, event.kind, event.member.as_deref().unwrap_or(""), event.what.raw());
    let cells = vec![
        Cell::Time(event.at),
        Cell::Seconds(ago),
        Cell::text(name),
        Cell::word(event.kind, event.tone),
        event.member.map_or(Cell::Nothing, Cell::text),
        Cell::Text(event.what),
        Cell::word(event.witness, Tone::Muted),
    ];
    Row::new(key, cells)
}

fn of(observed: &Observed, cluster: &Cluster) -> Vec<Event> {
    let mut events = Vec::new();
    for turn in history::told(observed, cluster).map(|told| told.turns).unwrap_or_default() {
        let Some(at) = turn.at.as_ref().and_then(Stamp::at) else { continue };
        let what = format!("timeline {} ended at {}", turn.timeline, turn.lsn);
        events.push(Event { at, kind: "role-change", member: turn.new_leader.clone(), what: what.into(), tone: Tone::Warn, witness: "server" });
    }
    for member in cluster.members::<Patroni>(observed.now) {
        let Ok(view) = &member.view else { continue };
        let own = &view.snapshot.own;
        let mut add = |stamp: Option<&Stamp>, kind, what: &str| {
            if let Some(at) = stamp.and_then(Stamp::at) {
                events.push(Event { at, kind, member: Some(member.name().to_owned()), what: what.into(), tone: Tone::Plain, witness: "server" });
            }
        };
        add(own.postmaster_start.as_ref(), "start", "PostgreSQL started");
        add(own.scheduled_restart.as_ref(), "scheduled", "a restart is scheduled");
    }
    let scheduled = roster::told(cluster, observed.now).and_then(|told| told.picture.switchover.as_ref());
    if let Some((switchover, at)) = scheduled.and_then(|switchover| Some((switchover, switchover.at.as_ref()?.at()?))) {
        let to = switchover.to.as_deref().unwrap_or("any replica");
        let what = format!("a switchover from {} to {to} is scheduled", switchover.from.as_deref().unwrap_or("the leader"));
        events.push(Event { at, kind: "scheduled", member: switchover.from.clone(), what: what.into(), tone: Tone::Warn, witness: "server" });
    }
    events.extend(observed.judgement.of(&cluster.spec.name).map(began));
    for gone in observed.gone.iter().filter(|gone| gone.finding.subject.cluster == cluster.spec.name && gone.at <= observed.now.wall) {
        events.push(began(&gone.finding));
        let what = format!("no longer: {}", gone.finding.sentence.raw()).into();
        let member = gone.finding.subject.member.clone();
        events.push(Event { at: gone.at, kind: "cleared", member, what, tone: Tone::Good, witness: "first-seen" });
    }
    events
}

fn began(finding: &Finding) -> Event {
    let witness = match finding.since {
        Since::Server(_) => "server",
        Since::FirstSeen(_) => "first-seen",
    };
    Event {
        at: finding.since.at(),
        kind: "finding",
        member: finding.subject.member.clone(),
        what: finding.sentence.clone(),
        tone: parts::tone(finding.severity),
        witness,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::gone::Gone;
    use crate::app::views::Pick;
    use crate::config::{ClusterSpec, Inventory};
    use crate::model::{Clock, Cure, Severity, Subject};
    use std::sync::Arc;
    use std::time::Duration;

    #[test]
    fn what_is_not_found_any_more_is_told_with_its_beginning_and_its_end() {
        let now = Clock::real().now();
        let subject = Subject { cluster: "lab".to_owned(), system: None, member: Some("pg1".to_owned()), object: None };
        let since = Since::FirstSeen(now.wall);
        let (rule, sentence, cure) = ("r".to_owned(), "pg1 is away".into(), Cure::Procedure(String::new()));
        let finding =
            Finding { rule, severity: Severity::Warning, subject, sentence, members: Vec::new(), evidence: Vec::new(), since, cure, confirmed: true };
        let end = now.plus(Duration::from_secs(9));
        let inventory = Inventory { clusters: vec![Arc::new(ClusterSpec::named("lab", "test"))] };
        let gone = Arc::new(vec![Gone { finding, at: end.wall }]);
        let told = |at| {
            let observed = Observed { gone: Arc::clone(&gone), ..Observed::nothing(&inventory, at) };
            let page = page(&observed, &Pick::default()).expect("a page");
            page.tables[0].rows.iter().map(|row| [3, 5].map(|at| crate::app::cells::words(&row.cells[at]).0)).collect::<Vec<_>>()
        };
        assert_eq!(told(end), [["cleared", "no longer: pg1 is away"], ["finding", "pg1 is away"]]);
        assert_eq!(told(now), Vec::<[String; 2]>::new(), "a moment before it knows nothing of it");
    }
}
