//! `foresee`: if it dies now: for the leader, each standby, store, pooler, balancer and zone, who takes over, how soon, and what is lost.

use super::{BadPick, Pick, ViewDef, picked, sources};
use crate::app::Observed;
use crate::config::quantity::time_text;
use crate::fleet::{Cluster, Entry};
use crate::health::ClusterView;
use crate::health::foresee::{Broken, Fate, Foretold, Heir, Outage, Span, Target, foresee};
use crate::model::{Bytes, Gap};
use crate::systems::contract::System;
use crate::systems::etcd::Etcd;
use crate::systems::haproxy::Haproxy;
use crate::systems::patroni::Patroni;
use crate::systems::patroni::words::Phase;
use crate::systems::pgbouncer::Pgbouncer;
use crate::systems::postgres::Postgres;
use crate::systems::view::{Cell, Column, Kind, Page, Row, Table, Tone};
use crate::text::Untrusted;
use crate::transport::error::Trouble;
use std::time::Duration;

pub(super) const VIEW: ViewDef = ViewDef {
    name: "foresee",
    doc: "If it dies now: for each member, store, pooler and zone who takes over, how soon, and what is lost",
    argument: None,
    page,
};

const COLUMNS: &[Column] = &[
    Column::new("cluster", "CLUSTER", Kind::Text, 3, "the cluster"),
    Column::new(
        "kind",
        "IF IT DIES",
        Kind::Word,
        0,
        "leader, other primary (accepts writes and is not the leader), sync standby, async standby, store, pooler, balancer or zone",
    ),
    Column::new("name", "NAME", Kind::Text, 0, "the member, endpoint or zone that dies"),
    Column::new(
        "takes_over",
        "TAKES OVER",
        Kind::Word,
        0,
        "who does its work then; NOBODY: until a person acts; not needed: the others go on; down already: it is dead now",
    ),
    Column::new(
        "writes_back",
        "WRITES BACK",
        Kind::Word,
        0,
        "how long writes fail or wait: none, a range, or by a person: until one acts; reads end: writes go on and reads do not",
    ),
    Column::new("lost", "LOST", Kind::Word, 0, "committed bytes that nobody has any more"),
    Column::new("cut", "CUT OFF", Kind::Word, 0, "clients whose session ends"),
    Column::new("slots_lost", "SLOTS LOST", Kind::List, 3, "replication slots that the next leader does not have"),
    Column::new("broken", "BREAKS", Kind::List, 1, "objectives that would be broken: RTO with its goal, RPO with its goal"),
    Column::new("why", "WHY", Kind::Text, 2, "what it rests on, in one line"),
    Column::new("outage", "OUTAGE", Kind::Word, 6, "none, within, or until-a-human"),
    Column::new("back_least_seconds", "LEAST", Kind::Seconds, 6, "the shortest outage that is possible; null when nobody takes over"),
    Column::new("back_most_seconds", "MOST", Kind::Seconds, 6, "the longest outage that is possible; null when nobody takes over"),
    Column::new("lost_least_bytes", "LOST LEAST", Kind::Bytes, 6, "the least that is lost"),
    Column::new("lost_most_bytes", "LOST MOST", Kind::Bytes, 6, "the most that is lost"),
    Column::new("cut_least", "CUT LEAST", Kind::Count, 6, "clients that are cut for certain"),
    Column::new("cut_most", "CUT MOST", Kind::Count, 6, "clients that may be cut"),
    Column::new("heirs", "HEIRS", Kind::List, 6, "the members of which one is promoted; empty when nobody has to be or may be"),
    Column::new("slots_kept", "SLOTS KEPT", Kind::List, 6, "replication slots that the next leader has"),
];

fn page(observed: &Observed, pick: &Pick) -> Result<Page, BadPick> {
    let clusters = picked(observed, pick)?;
    let mut page = Page::new("Foresee");
    page.tables = tables(observed, &clusters);
    page.sources = sources(&clusters, &["patroni", "postgres", "etcd", "pgbouncer", "haproxy"]);
    Ok(page)
}

/// The fates of `clusters`, and what each rests on.
pub(crate) fn tables(observed: &Observed, clusters: &[&Cluster]) -> Vec<Table> {
    let mut fates = Table {
        key: "fates",
        title: "IF IT DIES NOW",
        columns: COLUMNS.to_vec(),
        rows: Vec::new(),
        when_empty: "nothing is configured that could die",
    };
    let mut evidence = Table {
        key: "evidence",
        title: "EVIDENCE",
        columns: vec![
            Column::new("cluster", "CLUSTER", Kind::Text, 2, "the cluster"),
            Column::new("kind", "IF IT DIES", Kind::Word, 1, "what dies"),
            Column::new("name", "NAME", Kind::Text, 0, "its name"),
            Column::new("witness", "WITNESS", Kind::Text, 0, "who said it"),
            Column::new("fact", "SAID", Kind::Text, 0, "what was said"),
            Column::new("age_seconds", "AGE", Kind::Seconds, 0, "how old it is"),
        ],
        rows: Vec::new(),
        when_empty: "nothing could be asked",
    };
    for cluster in clusters {
        let name = cluster.spec.name.as_str();
        for fate in foresee(&ClusterView { fleet: &observed.fleet, cluster, now: observed.now }) {
            let key = format!("{name}/{}/{}", fate.target.kind(), fate.target.name());
            for (at, one) in fate.evidence.iter().enumerate() {
                let age = one.taken_at.map_or(Cell::Nothing, |at| Cell::Seconds(super::age(observed.now, at)));
                let (witness, fact) = (Cell::text(one.witness.as_str()), Cell::Text(one.fact.clone()));
                let kind = Cell::word(fate.target.kind(), Tone::Plain);
                evidence.rows.push(Row::new(format!("{key}/{at}"), vec![Cell::text(name), kind, Cell::text(fate.target.name()), witness, fact, age]));
            }
            fates.rows.push(Row::new(key, cells(name, &fate, is_down(observed, cluster, &fate.target))));
        }
    }
    vec![fates, evidence]
}

/// Whether what would die is dead now: the server that does its work was asked and did not answer, or its PostgreSQL does not run.
fn is_down(observed: &Observed, cluster: &Cluster, target: &Target) -> bool {
    let systems: &[&str] = match target {
        Target::Leader(_) | Target::Rival(_) | Target::Sync(_) | Target::Async(_) => return member_is_down(observed, cluster, target.name()),
        Target::Store(_) => &[Etcd::NAME],
        Target::Pooler(_) => &[Pgbouncer::NAME],
        Target::Balancer(_) => &[Haproxy::NAME],
        Target::Zone(_) => return false,
    };
    let mut own = cluster.entries.iter().filter(|entry| systems.contains(&entry.spec.id.system.as_str()) && entry.spec.id.name == target.name());
    own.any(|entry| refuses(entry))
}

/// By the words of its Patroni where it tells; else its PostgreSQL refuses.
fn member_is_down(observed: &Observed, cluster: &Cluster, name: &str) -> bool {
    let patroni = cluster.members::<Patroni>(observed.now).into_iter().find(|member| member.name() == name);
    match patroni.as_ref().and_then(|member| member.view.as_ref().ok()) {
        Some(view) => view.snapshot.own.state.phase() == Phase::Down,
        None => cluster.of(Postgres::NAME).filter(|entry| entry.spec.id.name == name).any(|entry| refuses(entry)),
    }
}

/// Nobody listens there: a question without an answer alone may be the way between.
fn refuses(entry: &Entry) -> bool {
    let refused = |failure: &crate::fleet::Failure| failure.error.trouble == Trouble::ConnectionRefused;
    entry.failure.as_ref().is_some_and(refused)
}

fn cells(cluster: &str, fate: &Fate, down: bool) -> Vec<Cell> {
    let tone = if fate.broken.is_empty() { Tone::Plain } else { Tone::Bad };
    let bytes = |bytes: u64| Bytes(bytes).to_string();
    let rpo = fate.broken.iter().any(|broken| matches!(broken, Broken::Rpo(_)));
    let names =
        |kept: bool| told(&fate.slots, |slots| Cell::List(slots.iter().filter(|slot| slot.kept == kept).map(|slot| slot.name.clone()).collect()));
    let back = |pick: fn(&Span<Duration>) -> Duration| {
        told(&fate.back, |back| match back {
            Outage::None => Cell::Seconds(0.0),
            Outage::Within(span) => Cell::Seconds(pick(span).as_secs_f64()),
            Outage::UntilAHuman => Cell::Nothing,
        })
    };
    vec![
        Cell::text(cluster),
        Cell::word(fate.target.kind(), tone),
        Cell::text(fate.target.name()),
        if down { Cell::word("down already", Tone::Warn) } else { told(&fate.heir, heir) },
        told(&fate.back, |back| match (&fate.heir, back) {
            // nobody takes over, and writes do not notice: what ends is reads
            (Ok(Heir::Nobody { .. }), Outage::None) => Cell::word("reads end", Tone::Warn),
            _ => outage(back, &fate.broken),
        }),
        told(&fate.lost, |span| Cell::word(range(span, bytes), if rpo { Tone::Bad } else { Tone::Plain })),
        told(&fate.cut, |span| Cell::word(range(span, |count| count.to_string()), Tone::Plain)),
        names(false),
        Cell::List(fate.broken.iter().map(|broken| Untrusted::from(broken.phrase())).collect()).toned(tone),
        Cell::Text(fate.why.clone()),
        told(&fate.back, |back| Cell::word(word(back), Tone::Plain)),
        back(|span| span.least),
        back(|span| span.most),
        told(&fate.lost, |span| Cell::Bytes(span.least)),
        told(&fate.lost, |span| Cell::Bytes(span.most)),
        told(&fate.cut, |span| Cell::count(span.least)),
        told(&fate.cut, |span| Cell::count(span.most)),
        told(&fate.heir, |heir| Cell::List(heirs(heir).into_iter().map(Untrusted::from).collect())),
        names(true),
    ]
}

fn told<T>(value: &Foretold<T>, show: impl FnOnce(&T) -> Cell) -> Cell {
    match value {
        Ok(value) => show(value),
        Err(gap) => Cell::unknown(Gap::clone(gap)),
    }
}

fn heir(heir: &Heir) -> Cell {
    match heir {
        Heir::Member(name) => Cell::word(name.as_str(), Tone::Good),
        Heir::OneOf(names) => Cell::word(names.join(" or "), Tone::Good),
        Heir::Nobody { .. } => Cell::word("NOBODY", Tone::Bad),
        Heir::NotNeeded => Cell::word("not needed", Tone::Muted),
    }
}

fn heirs(heir: &Heir) -> Vec<String> {
    match heir {
        Heir::Member(name) => vec![name.clone()],
        Heir::OneOf(names) => names.clone(),
        Heir::Nobody { .. } | Heir::NotNeeded => Vec::new(),
    }
}

fn outage(outage: &Outage, broken: &[Broken]) -> Cell {
    let late = broken.iter().any(|broken| matches!(broken, Broken::Rto(_)));
    match outage {
        Outage::None => Cell::word("no outage", Tone::Muted),
        Outage::Within(span) => Cell::word(range(span, time_text), if late { Tone::Bad } else { Tone::Plain }),
        Outage::UntilAHuman => Cell::word("by a person", Tone::Bad),
    }
}

const fn word(outage: &Outage) -> &'static str {
    match outage {
        Outage::None => "none",
        Outage::Within(_) => "within",
        Outage::UntilAHuman => "until-a-human",
    }
}

/// `18s to 27s`, or the one figure where both ends are the same.
fn range<T: PartialEq + Copy>(span: &Span<T>, show: impl Fn(T) -> String) -> String {
    if span.least == span.most { show(span.least) } else { format!("{} to {}", show(span.least), show(span.most)) }
}
