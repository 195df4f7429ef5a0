//! `list`: the members of each cluster, by their own words, with the store's words beside them where they differ.

use super::roster::{Mate, nobody_told, roster, told};
use super::{BadPick, Pick, ViewDef, age, picked, sources};
use crate::app::Observed;
use crate::fleet::Cluster;
use crate::model::{Gap, Reason};
use crate::systems::contract::System;
use crate::systems::patroni::Patroni;
use crate::systems::patroni::own::{Confirms, Own};
use crate::systems::patroni::picture::{Picture, Row as Said};
use crate::systems::patroni::present::pending_restart;
use crate::systems::patroni::wire::Lag;
use crate::systems::patroni::words::{Phase, Role};
use crate::systems::postgres::{self, Postgres, is_writable, timeline};
use crate::systems::view::{Cell, Column, Kind, Page, Row, Table, Tone};

pub(super) const VIEW: ViewDef = ViewDef { name: "list", doc: "The members of each cluster: role, state, lag, what waits", argument: None, page };

fn page(observed: &Observed, pick: &Pick) -> Result<Page, BadPick> {
    let clusters = picked(observed, pick)?;
    let mut page = Page::new("List");
    page.tables.push(members(observed, &clusters));
    page.sources = sources(&clusters, &[Patroni::NAME]);
    Ok(page)
}

/// One row a member.
pub(super) fn members(observed: &Observed, clusters: &[&Cluster]) -> Table {
    let mates = clusters.iter().flat_map(|cluster| roster(cluster, observed.now).into_iter().map(move |mate| (*cluster, mate)));
    Table {
        key: "members",
        title: "MEMBERS",
        columns: vec![
            Column::new("cluster", "CLUSTER", Kind::Text, 3, "the cluster"),
            Column::new("member", "MEMBER", Kind::Text, 0, "name of the member"),
            Column::new(
                "role",
                "ROLE",
                Kind::Word,
                0,
                "by its own words; primary means out of recovery, not only holding the lock; (PostgreSQL): its Patroni does not tell, its PostgreSQL does",
            ),
            Column::new("state", "STATE", Kind::Word, 0, "how its PostgreSQL stands, by its own words"),
            Column::new("lock", "LOCK", Kind::Flag, 2, "whether the cluster's store says that it holds the leader lock"),
            Column::new(
                "store_says",
                "STORE SAYS",
                Kind::Word,
                4,
                "role and state in the cluster's store, which may be old by up to ttl; not named: the store tells of others and not of it",
            ),
            Column::new("timeline", "TL", Kind::Count, 1, "timeline"),
            Column::new("receive_lag_bytes", "RECEIVE LAG", Kind::Bytes, 3, "WAL not yet received, as the store says, sampled once a loop"),
            Column::new("replay_lag_bytes", "REPLAY LAG", Kind::Bytes, 0, "WAL not yet replayed, as the store says, sampled once a loop"),
            Column::new(
                "sync",
                "SYNC",
                Kind::Word,
                1,
                "sync: commits wait for it; quorum: for any of these; async: for nobody; (Patroni): its own word, where whoever sends to it says async",
            ),
            Column::new("pending_restart", "RESTART?", Kind::Flag, 3, "changed parameters wait for a restart"),
            Column::new("tags", "TAGS", Kind::List, 5, "tags of the member"),
            Column::new("host", "HOST", Kind::Text, 5, "address of its PostgreSQL, as the store says"),
            Column::new("age_seconds", "AGE", Kind::Seconds, 1, "age of its last own words"),
        ],
        rows: mates.map(|(cluster, mate)| row(observed, cluster, &mate)).collect(),
        when_empty: "no member is known",
    }
}

fn row(observed: &Observed, cluster: &Cluster, mate: &Mate<'_>) -> Row {
    let gap = match &mate.own {
        Some(member) => member.view.as_ref().err().cloned(),
        None => Some(Gap::new(mate.name.clone(), Reason::NotConfigured("only the cluster's store names it".to_owned()))),
    };
    let own = mate.own.as_ref().and_then(|member| member.view.as_ref().ok()).map(|view| &view.snapshot.own);
    let unknown = || gap.clone().map_or(Cell::Nothing, Cell::unknown);
    let its_own = |show: &dyn Fn(&Own) -> Cell| own.map_or_else(unknown, show);
    let good = mate.own.as_ref().and_then(|member| member.entry.good.as_ref());
    let running = own.is_some_and(|own| own.state.phase() == Phase::Up);
    let or_stopped = |cell: Option<Cell>, fact: &str| {
        cell.unwrap_or_else(|| if running { Cell::unknown(Gap::new(format!("{fact} of {}", mate.name), Reason::NotReported)) } else { Cell::Nothing })
    };
    // the words of its PostgreSQL count where its Patroni does not tell
    let server = if own.is_some() { None } else { server(observed, cluster, &mate.name) };
    let writes = server.as_ref().and_then(|server| is_writable(server).value().copied());
    let by_server = |role| Cell::word(format!("{role} (PostgreSQL)"), Tone::Warn);
    let picture = told(cluster, observed.now).map(|told| told.picture);
    let store_unknown = || {
        let fact = format!("{} in the cluster's store", mate.name);
        // a store that names the others and not this one has been read
        Cell::unknown(if picture.is_some() {
            Gap::new(fact, Reason::NotReported)
        } else {
            nobody_told(cluster, observed.now, &fact, |snapshot| &snapshot.cluster)
        })
    };
    // a store that gives the lock to another has said that this one does not hold it
    let lock = match (mate.said, picture.and_then(Picture::leader)) {
        (Some(said), _) => Cell::Flag(said.role.holds_lock()),
        (None, Some(_)) => Cell::Flag(false),
        (None, None) => store_unknown(),
    };
    let unnamed = || if picture.is_some() { Cell::word("not named", Tone::Warn) } else { store_unknown() };
    let leads = writes == Some(true) || own.is_some_and(|own| own.role == Role::Primary);
    Row::new(
        format!("{}/{}", cluster.spec.name, mate.name),
        vec![
            Cell::text(cluster.spec.name.as_str()),
            Cell::text(mate.name.as_str()),
            match writes {
                Some(true) => by_server("primary"),
                Some(false) => by_server("replica"),
                None => its_own(&|own| Cell::word(own.role.word(), role_tone(own))),
            },
            its_own(&|own| Cell::word(own.state.word(), if own.state.phase() == Phase::Up { Tone::Good } else { Tone::Bad })),
            lock,
            mate.said.map_or_else(unnamed, |said| Cell::word(format!("{} {}", said.role.word(), said.state.word()), Tone::Muted)),
            match server.and_then(|server| timeline(server).value().copied()) {
                Some(timeline) => Cell::count(timeline.0),
                None => its_own(&|own| or_stopped(own.timeline.map(|timeline| Cell::count(timeline.0)), "timeline")),
            },
            lag(mate, leads, "receive lag", store_unknown, |said| said.receive_lag.as_ref()),
            lag(mate, leads, "replay lag", store_unknown, |said| said.replay_lag.as_ref()),
            its_own(&sync),
            its_own(&|own| pending_restart(own, &mate.name)),
            its_own(&|own| Cell::List(own.tags.iter().map(|(key, value)| format!("{key}={value}").into()).collect())),
            mate.said.map_or_else(|| if picture.is_some() { Cell::Nothing } else { store_unknown() }, host),
            good.map_or_else(unknown, |good| Cell::Seconds(age(observed.now, good.taken_at))),
        ],
    )
}

/// What the PostgreSQL called `name` tells of itself.
fn server<'a>(observed: &Observed, cluster: &'a Cluster, name: &str) -> Option<&'a postgres::Snapshot> {
    let servers = cluster.members::<Postgres>(observed.now);
    servers.into_iter().find(|member| member.name() == name).and_then(|member| Some(member.view.ok()?.snapshot))
}

fn role_tone(own: &Own) -> Tone {
    match own.role {
        Role::Primary if own.is_running_primary() => Tone::Good,
        Role::Replica | Role::StandbyLeader => Tone::Plain,
        Role::Primary | Role::Demoted | Role::Promoted | Role::Uninitialized => Tone::Warn,
        Role::Other(_) => Tone::Bad,
    }
}

fn sync(own: &Own) -> Cell {
    match (&own.role, own.confirms) {
        (Role::Replica, Confirms::Sync) => Cell::word("sync", Tone::Good),
        (Role::Replica, Confirms::Quorum) => Cell::word("quorum", Tone::Good),
        (Role::Replica, Confirms::Nothing) => Cell::word("async", Tone::Plain),
        (Role::Replica, Confirms::Unclear) => Cell::unknown(Gap::new("sync_standby", Reason::Malformed("neither yes nor no".to_owned()))),
        _ => Cell::Nothing,
    }
}

fn host(said: &Said) -> Cell {
    match (&said.host, said.port) {
        (Some(host), Some(port)) => Cell::text(format!("{host}:{port}")),
        (Some(host), None) => Cell::text(host.as_str()),
        (None, _) => Cell::Nothing,
    }
}

/// The lag that the store says; a primary has none, and who holds the lock is not behind himself.
fn lag(mate: &Mate<'_>, leads: bool, what: &str, store_unknown: impl Fn() -> Cell, pick: fn(&Said) -> Option<&Lag>) -> Cell {
    let fact = || format!("{what} of {}", mate.name);
    if leads {
        return Cell::Nothing;
    }
    match mate.said.map(|said| (said.role.holds_lock(), pick(said))) {
        Some((true, None)) => Cell::Nothing,
        Some((_, Some(Lag::Bytes(bytes)))) => Cell::Bytes(*bytes),
        None => store_unknown(),
        Some((_, Some(Lag::Word(_))) | (false, None)) => Cell::unknown(Gap::new(fact(), Reason::NotReported)),
        Some((_, Some(Lag::Odd(value)))) => Cell::unknown(Gap::new(fact(), Reason::Malformed(format!("a lag of {value}")))),
    }
}
