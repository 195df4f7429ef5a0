//! The lag of a replica by the word of those who do not send to it: the store, its own Patroni, its own server. Asked where no PostgreSQL is seen that
//! sends to it: none is read, or it takes its WAL from the archive.
//!
//! A hint, in bytes, and in time only as long as the replica's own receiver has heard nothing: the store samples positions once a loop, and positions of
//! two servers are read one after the other. Where several are told, the smallest lag counts: each overstates it for its own reason.

use crate::config::quantity::time_text;
use crate::fleet::Member;
use crate::health::patroni::{Told, known_as};
use crate::health::rule::{ClusterRule, ClusterView};
use crate::model::{Bytes, Evidence, Gap, Lsn, Moment, Reason, Severity};
use crate::systems::contract::{Knobs, Raised, Verdict, View, settled};
use crate::systems::first_seen::began_by;
use crate::systems::patroni::picture::Row;
use crate::systems::patroni::snapshot::Snapshot as Patroni;
use crate::systems::patroni::wire::Lag;
use crate::systems::patroni::words::Phase;
use crate::systems::postgres::{Postgres, Snapshot};
use crate::systems::twofold::REPLICA_LAG;
use crate::text::Untrusted;
use std::time::Duration;

pub(super) const RULE: ClusterRule = ClusterRule { info: REPLICA_LAG, judge };

fn judge(view: &ClusterView<'_>, knobs: &Knobs<'_>) -> Verdict {
    let told = Told::of(view);
    let (servers, _) = view.known::<Postgres>();
    if told.is_absent() {
        return without_patroni(&servers, knobs);
    }
    let senders = || servers.iter().filter_map(|server| server.snapshot.senders.value()).flatten();
    let picture = match told.picture() {
        Ok(picture) => picture,
        // a server that sends tells it better than the store would
        Err(_) if senders().next().is_some() => return Ok(Vec::new()),
        Err(gap) => return Err(gap),
    };
    let asked = |row: &Row| senders().any(|sender| sender.name.raw() == row.name && sender.replay_lag_bytes.is_some());
    let mut raised = Vec::new();
    let mut gap = None;
    // who does not run is another rule's
    for row in picture.value.members.iter().filter(|row| !row.role.holds_lock() && row.state.phase() == Phase::Up && !asked(row)) {
        let name = known_as(&told, row);
        let member = told.member_of(row);
        let server = servers.iter().find(|server| server.endpoint.id.name == name);
        let mut witnesses: Vec<Behind> = member.and_then(|member| by_its_patroni(&told, member)).into_iter().collect();
        witnesses.extend(server.and_then(|server| by_its_server(&servers, server)));
        match sampled(row) {
            Ok(bytes) => {
                let fact = format!("{}: {} behind at the last sample", row.name, Bytes(bytes));
                witnesses.insert(0, Behind { bytes, evidence: evidence(picture.witness.as_str(), fact, picture.taken_at) });
            }
            Err(reason) if witnesses.is_empty() => gap = gap.or_else(|| Some(Gap::new(format!("lag of {name}"), reason))),
            Err(_) => {}
        }
        let limit = if member.is_some_and(means_the_archive) { "archive" } else { "bytes" };
        raised.extend(finding(&name, "as Patroni says", witnesses, server.and_then(|server| silence(&servers, server)), knobs, limit));
    }
    settled(raised, gap)
}

/// Servers that know nothing of Patroni: of a replica that no server sends to there is its own position and the end of the WAL.
fn without_patroni(servers: &[View<'_, Snapshot>], knobs: &Knobs<'_>) -> Verdict {
    let on_archive = |server: &&View<'_, Snapshot>| server.snapshot.replica.value().is_some_and(|own| own.in_recovery && own.receive_lsn.is_none());
    let mut raised = Vec::new();
    let mut gap = None;
    for server in servers.iter().filter(on_archive) {
        match by_its_server(servers, server) {
            Some(behind) => raised.extend(finding(server.name(), "by its own position", vec![behind], None, knobs, "archive")),
            None => gap = gap.or_else(|| Some(Gap::new(format!("lag of {}", server.name()), Reason::NotReported))),
        }
    }
    settled(raised, gap)
}

/// How far one witness sees a replica behind.
struct Behind {
    bytes: u64,
    evidence: Evidence,
}

fn evidence(witness: impl Into<String>, fact: impl Into<Untrusted>, at: Moment) -> Evidence {
    Evidence { witness: witness.into(), fact: fact.into(), taken_at: Some(at) }
}

/// `silence`: how long its receiver heard nothing, in seconds. With WAL before it, it is behind for as long: who sent to it may have given up, and that
/// makes nothing better.
fn finding(name: &str, by: &str, witnesses: Vec<Behind>, silence: Option<(f64, Evidence)>, knobs: &Knobs<'_>, limit: &str) -> Option<Raised> {
    let bytes = witnesses.iter().map(|behind| behind.bytes).min()?;
    let silence = silence.filter(|(seconds, _)| bytes > 0 && *seconds >= knobs.seconds("seconds"));
    if bytes < knobs.bytes(limit) && silence.is_none() {
        return None;
    }
    let is_critical = silence.as_ref().is_some_and(|(seconds, _)| *seconds >= knobs.seconds("critical"));
    let severity = if is_critical { Severity::Critical } else { Severity::Warning };
    let late = silence.as_ref().map(|(seconds, _)| format!(" and {}", heard(*seconds))).unwrap_or_default();
    let mut finding = Raised::new(severity, format!("{name} is {}{late} behind the leader, {by}", Bytes(bytes))).on(name);
    let heard = silence.as_ref().and_then(|(seconds, evidence)| Some((Duration::try_from_secs_f64(*seconds).ok()?, evidence.taken_at?)));
    finding = finding.seen_since(heard.and_then(|(seconds, taken_at)| began_by(None, Some(seconds), taken_at)));
    finding.evidence.extend(witnesses.into_iter().map(|behind| behind.evidence));
    finding.evidence.extend(silence.map(|(_, evidence)| evidence));
    Some(finding)
}

fn heard(seconds: f64) -> String {
    Duration::try_from_secs_f64(seconds).map_or_else(|_| "?".to_owned(), time_text)
}

/// For how long its WAL receiver has heard nothing, by its own server, while there was WAL that it did not receive: an idle primary sends nothing for half of
/// `wal_receiver_timeout`, and who only replays late hears everything.
fn silence(servers: &[View<'_, Snapshot>], replica: &View<'_, Snapshot>) -> Option<(f64, Evidence)> {
    let received = replica.snapshot.replica.value().and_then(|own| own.receive_lsn);
    if let (Some(received), Some(end)) = (received, end(servers))
        && received >= end
    {
        return None;
    }
    let seconds = replica.snapshot.receiver_silent_s()?;
    let fact = format!("its WAL receiver heard nothing for {}", heard(seconds));
    Some((seconds, evidence(format!("pg_stat_wal_receiver of {}", replica.name()), fact, replica.taken_at)))
}

/// A replica that is told to take its WAL from the archive.
fn means_the_archive(member: &Member<'_, Patroni>) -> bool {
    member.view.as_ref().is_ok_and(|view| view.snapshot.says_archive_as_meant())
}

/// By the positions that its Patroni and the leader's tell.
fn by_its_patroni(told: &Told<'_>, member: &Member<'_, Patroni>) -> Option<Behind> {
    let end = told.head()?.snapshot.own.location?;
    let snapshot = member.view.as_ref().ok()?.snapshot;
    let position = [snapshot.own.received, snapshot.own.replayed].into_iter().flatten().min()?;
    let bytes = end.0.saturating_sub(position.0);
    let fact = format!("its position is {} behind the leader's", Bytes(bytes));
    Some(Behind { bytes, evidence: evidence(format!("GET /patroni of {}", member.name()), fact, snapshot.exchange.answered) })
}

/// The end of the WAL: the furthest of those that write. Of two, one belongs to another timeline, and is another rule's.
fn end(servers: &[View<'_, Snapshot>]) -> Option<Lsn> {
    let written = |server: &View<'_, Snapshot>| -> Option<Lsn> { server.snapshot.identity.value()?.write_lsn };
    servers.iter().filter_map(written).max()
}

/// By the positions that the servers themselves tell.
fn by_its_server(servers: &[View<'_, Snapshot>], replica: &View<'_, Snapshot>) -> Option<Behind> {
    let end = end(servers)?;
    let own = replica.snapshot.replica.value().filter(|own| own.in_recovery)?;
    let bytes = end.0.saturating_sub(own.replay_lsn?.0);
    let fact = format!("it has replayed up to {} before the end of the WAL", Bytes(bytes));
    Some(Behind { bytes, evidence: evidence(format!("pg_last_wal_replay_lsn() of {}", replica.name()), fact, replica.taken_at) })
}

/// As the store sampled it: the larger of what it did not receive and what it did not replay.
fn sampled(row: &Row) -> Result<u64, Reason> {
    let mut most = None;
    for lag in [&row.receive_lag, &row.replay_lag].into_iter().flatten() {
        let bytes = match lag {
            Lag::Bytes(bytes) => *bytes,
            Lag::Word(word) => return Err(Reason::Malformed(format!("the store says \"{word}\""))),
            Lag::Odd(value) => return Err(Reason::Malformed(format!("the store says {value}"))),
        };
        most = most.max(Some(bytes));
    }
    most.ok_or(Reason::NotReported)
}
