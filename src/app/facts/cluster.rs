//! `cluster.*`: the store's word about who leads and what is ordered, and what the leader's PostgreSQL says of itself.

use super::told::{Known, Member, Told, fact, older, part};
use super::{kept, loss, members};
use crate::engine::Fact;
use crate::model::{Moment, Reason};
use crate::systems::patroni::dynamic::SyncMode;
use crate::systems::patroni::wire::Flag;
use crate::systems::patroni::words::State;
use crate::systems::postgres::snapshot::Snapshot;
use crate::systems::postgres::snapshot::replication::Sender;
use crate::transport::ProbeError;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Puts them.
pub(super) fn put(told: &Told<'_>, all: &mut BTreeMap<String, Fact>) {
    let mut set = |name: &str, known: Known<Value>| all.insert(format!("cluster.{name}"), fact(known));
    set("name", Ok((json!(told.cluster.name), told.now)));
    set("asked_at", Ok((json!(told.now.wall.to_string()), told.now)));
    set("members_expected", members::expected(told));
    set("members_answering", members::answering(told));
    set("unfenced_members", members::unfenced(told));
    set("newest_timeline", loss::newest_timeline(told).map(|(timeline, at)| (json!(timeline), at)));
    set("writable_members", members::writable(told));
    set("members_seen_writable", members::seen_writable(told));
    set("dcs_answers", dcs_answers(told));
    set("has_leader", told.holder().map(|(holder, at)| (json!(holder.is_some()), at)));
    let nobody = || Reason::Untold("nobody holds the leader key".to_owned());
    set("leader.name", told.holder().and_then(|(holder, at)| Ok((json!(holder.ok_or_else(nobody)?), at))));
    set("paused", config(told).and_then(|(config, at)| flag(&config.paused, at)));
    set("environment", Ok((json!(told.cluster.environment.word()), told.now)));
    set(
        "synchronous_nodes",
        config(told).and_then(|(config, at)| Ok((json!(config.nodes.ok_or_else(|| Reason::Malformed("synchronous_node_count".to_owned()))?), at))),
    );
    set("synchronous_mode", config(told).and_then(|(config, at)| Ok((json!(synchronous(&config.mode)?), at))));
    set("sync_standbys", sync_standbys(told));
    set("pending_failover", ordered(told, false));
    set("scheduled_switchover", ordered(told, true));
    set("last_role_change_seconds", last_role_change(told));
    set("backup_running", backup_running(told));
    let head = told.head();
    let of_head = |pick: &dyn Fn(&Member<'_>) -> Known<Value>| match &head {
        Ok((member, at)) => pick(member).map(|(value, own)| (value, older(own, *at))),
        Err(reason) => Err(reason.clone()),
    };
    set("leader.state", of_head(&|member| said(member, |snapshot| json!(snapshot.own.state.word()))));
    set("leader.timeline", of_head(&|member| member.timeline().map(|(timeline, at)| (json!(timeline.0), at))));
    set("leader.writable", of_head(&|member| members::writes(member).map(|(writes, at)| (json!(writes), at))));
    let of_server = |pick: &dyn Fn(&Snapshot, Moment) -> Known<Value>| {
        of_head(&|member| {
            let (snapshot, at) = member.server.clone()?;
            pick(snapshot, at)
        })
    };
    set(
        "leader.lsn",
        of_server(&|snapshot, _| {
            let (identity, at) = part(&snapshot.identity)?;
            Ok((json!(identity.write_lsn.ok_or(Reason::NotReported)?.to_string()), at))
        }),
    );
    set("leader.kept_by", kept::kept_by(told));
    let standbys = |counts: &dyn Fn(&Sender) -> bool| {
        of_server(&|snapshot, _| {
            let (senders, at) = part(&snapshot.senders)?;
            Ok((json!(senders.iter().filter(|sender| sender.is_standby() && counts(sender)).count()), at))
        })
    };
    set("standbys_streaming", standbys(&Sender::is_streaming));
    set("standbys_confirming", standbys(&Sender::is_sync));
    set(
        "longest_sync_wait_seconds",
        of_server(&|snapshot, _| {
            let (waiters, at) = part(&snapshot.syncrep_waiters)?;
            let waiters = waiters.ok_or(Reason::NotReported)?;
            let ages: Option<Vec<f64>> = waiters.iter().map(|waiter| waiter.seen_waiting_s.or(waiter.query_age_s)).collect();
            Ok((json!(longest(&ages.ok_or(Reason::NoPrivilege)?)), at))
        }),
    );
    set(
        "longest_transaction_seconds",
        of_server(&|snapshot, _| {
            let (sessions, at) = part(&snapshot.activity)?;
            let ages: Vec<f64> = sessions.iter().filter(|session| session.is_client()).filter_map(|session| session.xact_age_s).collect();
            Ok((json!(longest(&ages)), at))
        }),
    );
    set("archiver_failing", of_server(&|snapshot, _| part(&snapshot.archiver).map(|(archiver, at)| (json!(archiver.failing_now), at))));
    set(
        "max_lag_ms",
        of_server(&|snapshot, _| {
            let (senders, at) = part(&snapshot.senders)?;
            let lags: Option<Vec<f64>> =
                senders.iter().filter(|sender| sender.is_standby()).map(|sender| Some(sender.lag_seconds()? * 1000.0)).collect();
            if lags.as_ref().is_some_and(Vec::is_empty) {
                return Err(Reason::Untold("no standby streams from the leader".to_owned()));
            }
            Ok((json!(longest(&lags.ok_or(Reason::FirstAnswer)?)), at))
        }),
    );
}

fn longest(times: &[f64]) -> f64 {
    times.iter().copied().fold(0.0, f64::max)
}

fn said(member: &Member<'_>, pick: impl Fn(&crate::systems::patroni::Snapshot) -> Value) -> Known<Value> {
    member.patroni.clone().map(|(snapshot, at)| (pick(snapshot), at))
}

/// Whether the store answers through its quorum.
fn dcs_answers(told: &Told<'_>) -> Known<Value> {
    match &told.store {
        Some(Ok((_, at))) => Ok((json!(true), *at)),
        // who lives by it reads it: only from here it is not reached
        Some(Err(Reason::Unreachable(why))) if told.picture().is_ok() => {
            Err(Reason::Untold(format!("it is not reached from here, and members of the cluster read it: {why}")))
        }
        // it was asked, and nobody could give an answer that the quorum stands behind
        Some(Err(Reason::Unreachable(_) | Reason::Refused(_))) => Ok((json!(false), told.now)),
        Some(Err(reason)) => Err(reason.clone()),
        None => told.picture().map(|(_, at)| (json!(true), at)),
    }
}

/// What facts need of the dynamic configuration.
struct Config {
    paused: Flag,
    mode: SyncMode,
    /// For how many standbys commits wait; 0: nothing is set.
    nodes: Option<u64>,
}

fn config(told: &Told<'_>) -> Known<Config> {
    if told.store.is_some() {
        let (scope, at) = told.scope()?;
        let config = scope.config.as_ref().ok_or(Reason::NotReported)?.as_ref().map_err(ProbeError::reason)?;
        let nodes = config.synchronous_node_count();
        return Ok((Config { paused: config.paused(), mode: config.synchronous_mode(), nodes }, at));
    }
    let (picture, at) = told.picture()?;
    let members = told.members();
    let known = members.iter().filter_map(|member| part(&member.patroni.as_ref().ok()?.0.config).ok()).max_by_key(|(_, at)| at.mono);
    let (config, told_at) = known.ok_or(Reason::NotReported)?;
    let nodes = config.synchronous_node_count();
    Ok((Config { paused: picture.paused.clone(), mode: config.synchronous_mode(), nodes }, older(at, told_at)))
}

fn flag(flag: &Flag, at: Moment) -> Known<Value> {
    flag.known("").map(|on| (json!(on), at)).map_err(|gap| gap.reason)
}

fn synchronous(mode: &SyncMode) -> Result<bool, Reason> {
    match mode {
        SyncMode::Off => Ok(false),
        SyncMode::On | SyncMode::Quorum => Ok(true),
        SyncMode::Other(word) => Err(Reason::Malformed(format!("synchronous_mode is {word}"))),
    }
}

fn sync_standbys(told: &Told<'_>) -> Known<Value> {
    told.synchronous_standbys().map(|(names, at)| (json!(names), at))
}

/// Whether a change of leader is ordered: at a time, or at once.
fn ordered(told: &Told<'_>, scheduled: bool) -> Known<Value> {
    let (scope, at) = told.scope()?;
    let order = match &scope.failover {
        None => None,
        Some(order) => Some(order.as_ref().map_err(ProbeError::reason)?),
    };
    let order = order.filter(|order| !order.is_null() && order.as_object().is_none_or(|order| !order.is_empty()));
    let timed = order.is_some_and(|order| order.get("scheduled_at").is_some_and(|at| !at.is_null()));
    Ok((json!(order.is_some() && timed == scheduled), at))
}

/// Since the newest line of the history; where there is none, nobody but the first leader ever led, and it has run for so long at least.
fn last_role_change(told: &Told<'_>) -> Known<Value> {
    let (turns, at) = told.turns()?;
    let since = match turns.last() {
        Some(turn) => turn.at.as_ref().and_then(crate::systems::patroni::wire::Stamp::at).ok_or(Reason::NotReported)?,
        None => part(&told.head()?.0.server.clone()?.0.identity)?.0.started_at,
    };
    Ok((json!(told.now.wall.duration_since(since).as_secs_f64().max(0.0)), at))
}

/// Whether a base backup runs on any member, or a member is being made anew.
fn backup_running(told: &Told<'_>) -> Known<Value> {
    let mut at = told.now;
    for member in told.members() {
        let (snapshot, asked) = member.patroni.clone()?;
        at = older(at, asked);
        let building = matches!(snapshot.own.state, State::CreatingReplica | State::Initializing | State::CustomBootstrap);
        if building {
            return Ok((json!(true), at));
        }
        let (server, asked) = member.server.clone()?;
        at = older(at, asked);
        if !part(&server.base_backups)?.0.is_empty() {
            return Ok((json!(true), at));
        }
    }
    Ok((json!(false), at))
}
