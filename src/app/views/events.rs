//! `events`: what happened and when, by the servers' own clocks: role changes, starts, scheduled work, when each finding began, and, from a process that
//! watches, when it became worse or milder, when it was over, and when the synchronous standby moved, each in the words of its instant. Newest first.

use super::{BadPick, Pick, ViewDef, history, picked, roster, sources, subject};
use crate::app::Observed;
use crate::app::cells::seconds_text;
use crate::app::turns::{Kind, Turn};
use crate::fleet::Cluster;
use crate::model::{Finding, Identity, Since};
use crate::systems::patroni::Patroni;
use crate::systems::patroni::wire::Stamp;
use crate::systems::view::{Cell, Column, Kind as Form, Page, Row, Table, Tone};
use crate::text::Untrusted;
use jiff::Timestamp;
use std::collections::BTreeSet;

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
            Column::new("at", "AT", Form::Time, 0, "when, by the clock of the witness"),
            Column::new("ago_seconds", "AGO", Form::Seconds, 0, "how long ago by our clock; negative lies ahead"),
            Column::new("cluster", "CLUSTER", Form::Text, 1, "the cluster"),
            Column::new("kind", "KIND", Form::Word, 0, "role-change, start, scheduled, finding, worse, milder, cleared"),
            Column::new("member", "MEMBER", Form::Text, 0, "the member it is about"),
            Column::new("what", "WHAT", Form::Text, 0, "what happened"),
            Column::new("witness", "WITNESS", Form::Word, 4, "server: the server's own time; first-seen: when this process saw it"),
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
    events.extend(findings(observed, &cluster.spec.name));
    events
}

/// What became of findings. Who did not watch knows only what holds now, and since when.
fn findings(observed: &Observed, cluster: &str) -> Vec<Event> {
    let turns: Vec<&Turn> = observed.turns.iter().filter(|turn| turn.finding.subject.cluster == cluster && turn.at <= observed.now.wall).collect();
    let mut open: BTreeSet<Identity> = BTreeSet::new();
    let mut events = Vec::new();
    for turn in &turns {
        let finding = &turn.finding;
        let changed = |kind, what: String, tone| Event {
            at: turn.at,
            kind,
            member: finding.subject.member.clone(),
            what: what.into(),
            tone,
            witness: "first-seen",
        };
        let now = || format!("now {}: {}", finding.severity.word(), finding.sentence.raw());
        match turn.kind {
            Kind::Began => {
                open.insert(finding.identity());
                events.push(began(finding));
            }
            Kind::Worse => events.push(changed("worse", now(), subject::tone(finding.severity))),
            Kind::Milder => events.push(changed("milder", now(), subject::tone(finding.severity))),
            Kind::Moved => events.push(Event { what: finding.sentence.clone(), ..changed("role-change", String::new(), Tone::Warn) }),
            Kind::Over => {
                if !open.remove(&finding.identity()) {
                    events.push(began(finding));
                }
                events.push(changed("cleared", over(turn), Tone::Good));
            }
        }
    }
    let unseen = observed.judgement.of(cluster).filter(|finding| !open.contains(&finding.identity()));
    events.extend(unseen.map(began));
    events
}

/// In a few words: what it was stands at its beginning.
fn over(turn: &Turn) -> String {
    let finding = &turn.finding;
    let object = finding.subject.object.as_ref().map(|object| format!(" {}", object.raw())).unwrap_or_default();
    let lasted = turn.at.duration_since(finding.since.at()).as_secs_f64().floor();
    let least = if matches!(finding.since, Since::FirstSeen(_)) { "at least " } else { "" };
    let lasted = if lasted < 1.0 { String::new() } else { format!(", after {least}{}", seconds_text(lasted)) };
    let member = finding.subject.member.as_ref().map(|member| format!("{member} ")).unwrap_or_default();
    format!("over: {member}{}{object}{lasted}", finding.rule)
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
        tone: subject::tone(finding.severity),
        witness,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::views::Pick;
    use crate::config::{ClusterSpec, Inventory};
    use crate::health::{Judgement, Standing};
    use crate::model::{Clock, Cure, Moment, Severity, Subject};
    use std::sync::Arc;
    use std::time::Duration;

    fn finding(begin: Moment, severity: Severity, sentence: &str) -> Finding {
        Finding {
            rule: "r".to_owned(),
            severity,
            subject: Subject { cluster: "lab".to_owned(), system: None, member: Some("pg1".to_owned()), object: None },
            sentence: sentence.into(),
            members: Vec::new(),
            evidence: Vec::new(),
            since: Since::FirstSeen(begin.wall),
            cure: Cure::Procedure(String::new()),
            confirmed: true,
        }
    }

    fn told(observed: &Observed) -> Vec<[String; 2]> {
        let page = page(observed, &Pick::default()).expect("a page");
        page.tables[0].rows.iter().map(|row| [3, 5].map(|at| crate::app::cells::words(&row.cells[at]).0)).collect()
    }

    #[test]
    fn an_event_keeps_the_words_of_its_instant_and_a_change_of_severity_is_one_of_its_own() {
        let begin = Clock::real().now();
        let at = |second: u64| begin.plus(Duration::from_secs(second));
        let inventory = Inventory { clusters: vec![Arc::new(ClusterSpec::named("lab", "test"))] };
        let watched = |steps: &[(u64, Option<(Severity, &str)>)]| {
            let mut observed = Observed::nothing(&inventory, begin);
            for (second, found) in steps {
                let findings: Vec<Finding> = found.iter().map(|(severity, sentence)| finding(at(1), *severity, sentence)).collect();
                let judgement = Judgement::told(&observed.fleet, *second, at(*second), &findings, &[], &[("lab".to_owned(), Standing::Warning)]);
                let turns = crate::app::turns::noted(&observed.turns, &observed.judgement, &judgement);
                observed = Observed { turns, judgement: Arc::new(judgement), now: at(*second), ..observed };
            }
            observed
        };
        let steps = [
            (1, Some((Severity::Warning, "pg1 is 1 MiB behind"))),
            (9, Some((Severity::Warning, "pg1 is 9 MiB behind"))),
            (60, Some((Severity::Critical, "pg1 is 60 MiB behind"))),
            (70, Some((Severity::Warning, "pg1 is 7 MiB behind"))),
            (75, Some((Severity::Warning, "pg1 is 5 MiB behind"))),
            (90, None),
        ];
        let first = ["finding", "pg1 is 1 MiB behind"];
        assert_eq!(told(&watched(&steps[..2])), [first]);
        let (worse, milder) = (["worse", "now critical: pg1 is 60 MiB behind"], ["milder", "now warning: pg1 is 7 MiB behind"]);
        assert_eq!(told(&watched(&steps[..5])), [milder, worse, first]);
        let whole = watched(&steps);
        assert_eq!(told(&whole), [["cleared", "over: pg1 r, after at least 1m 29s"], milder, worse, first]);
        assert_eq!(told(&Observed { now: begin, judgement: Arc::new(Judgement::none(begin)), ..whole }), Vec::<[String; 2]>::new(), "before it");
        // who did not watch knows what holds now
        let once = Observed { turns: Arc::default(), ..watched(&steps[..2]) };
        assert_eq!(told(&once), [["finding", "pg1 is 9 MiB behind"]]);
    }

    #[test]
    fn an_end_that_was_recorded_without_its_beginning_tells_both() {
        let begin = Clock::real().now();
        let end = begin.plus(Duration::from_secs(9));
        let inventory = Inventory { clusters: vec![Arc::new(ClusterSpec::named("lab", "test"))] };
        let turns = Arc::new(vec![Turn { finding: finding(begin, Severity::Warning, "pg1 is away"), at: end.wall, kind: Kind::Over }]);
        let observed = Observed { turns, ..Observed::nothing(&inventory, end) };
        assert_eq!(told(&observed), [["cleared", "over: pg1 r, after at least 9s"], ["finding", "pg1 is away"]]);
    }
}
