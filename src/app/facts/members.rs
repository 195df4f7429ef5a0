//! `cluster.members`, `members` and the counts of them: each member by its own words, and by the leader's where it follows.
//!
//! Unreachable proves nothing. Refused does: the host answers, and nothing listens there.

use super::loss::{self, Ground};
use super::told::{Known, Member, Told, fact, older, part};
use crate::engine::Fact;
use crate::model::Reason;
use crate::systems::contract::System;
use crate::systems::patroni::Patroni;
use crate::systems::patroni::words::Role;
use crate::systems::postgres::is_writable;
use crate::systems::postgres::snapshot::replication::Sender;
use crate::transport::Trouble;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Puts them.
pub(super) fn put(told: &Told<'_>, all: &mut BTreeMap<String, Fact>) {
    let members = match configured(told) {
        Ok(members) => members,
        Err(nobody) => {
            all.insert("cluster.members".to_owned(), fact(Err(nobody.clone())));
            all.insert("members".to_owned(), fact(Err(nobody)));
            return;
        }
    };
    let ground = Ground::of(told, &members);
    let records: Vec<Value> = members.iter().map(|member| Value::Object(record(told, member, &ground))).collect();
    let apart = told.told_apart();
    let named: Map<String, Value> = apart.iter().map(|member| (member.name.to_owned(), Value::Object(record(told, member, &ground)))).collect();
    all.insert("cluster.members".to_owned(), fact(Ok((Value::Array(records), told.now))));
    all.insert("members".to_owned(), fact(Ok((Value::Object(named), told.now))));
}

/// The members, where there is any: of a cluster without one nothing is counted.
fn configured<'t>(told: &'t Told<'_>) -> Result<Vec<Member<'t>>, Reason> {
    Some(told.members()).filter(|members| !members.is_empty()).ok_or_else(|| Reason::NotConfigured("no endpoint of patroni".to_owned()))
}

/// How many the configuration has, whoever is asked.
pub(super) fn expected(told: &Told<'_>) -> Known<Value> {
    match told.cluster.of(Patroni::NAME).count() {
        0 => Err(Reason::NotConfigured("no endpoint of patroni".to_owned())),
        count => Ok((json!(count), told.now)),
    }
}

/// How many answer, API and PostgreSQL.
pub(super) fn answering(told: &Told<'_>) -> Known<Value> {
    let members = configured(told)?;
    Ok((json!(members.iter().filter(|member| member.patroni.is_ok() && member.server.is_ok()).count()), told.now))
}

/// How many say that they accept writes: two are two, whoever else is silent.
pub(super) fn seen_writable(told: &Told<'_>) -> Known<Value> {
    let writing = configured(told)?.iter().filter(|member| writes(member).is_ok_and(|(writes, _)| writes)).count();
    Ok((json!(writing), told.now))
}

/// Those of which it is not proven that they accept no writes.
pub(super) fn unfenced(told: &Told<'_>) -> Known<Value> {
    let members = told.members();
    if members.is_empty() {
        return Err(Reason::NotConfigured("no endpoint of patroni".to_owned()));
    }
    let open = members.iter().filter(|member| fenced(member, writes(member).ok().map(|(writes, _)| writes)) != Some(true));
    Ok((open.map(|member| json!(member.name)).collect(), told.now))
}

/// How many accept writes; not known as soon as one is not.
pub(super) fn writable(told: &Told<'_>) -> Known<Value> {
    let (mut count, mut at) = (0_u64, told.now);
    let members = configured(told)?;
    // two that do are two, whoever else is silent
    let known: Vec<Known<bool>> = members.iter().map(writes).collect();
    for (writes, asked) in known.iter().flatten() {
        count += u64::from(*writes);
        at = older(at, *asked);
    }
    if count < 2 {
        let silent = members.iter().zip(&known).find_map(|(member, known)| Some((member.name, known.as_ref().err()?)));
        if let Some((name, reason)) = silent {
            return Err(Reason::Untold(format!("whether {name} accepts writes is not known: {}", reason.phrase())));
        }
    }
    Ok((json!(count), at))
}

/// Whether its PostgreSQL accepts writes. One that lets nobody in and whose Patroni says that it is not up does not.
pub(super) fn writes(member: &Member<'_>) -> Known<bool> {
    let reason = match member.server.clone() {
        Ok((snapshot, _)) => return part(&is_writable(snapshot)),
        Err(reason) => reason,
    };
    match &member.patroni {
        Ok((snapshot, at)) if refused(&reason) => {
            // a postmaster listens until its last backend is gone; one that has crashed is noticed by its Patroni only later
            if snapshot.own.is_running_primary() { Err(reason) } else { Ok((false, *at)) }
        }
        _ => Err(reason),
    }
}

/// Whether nothing listens there, or what does says that it is not up yet.
fn refused(reason: &Reason) -> bool {
    const NOT_UP: [&str; 3] = ["is starting up", "is not yet accepting connections", "is in recovery mode"];
    match reason {
        Reason::Unreachable(why) => *why == Trouble::ConnectionRefused.phrase(),
        Reason::Refused(why) => why.contains("57P03") && NOT_UP.iter().any(|words| why.contains(words)),
        _ => false,
    }
}

/// The fields of a member; one that is not known is left out.
fn record(told: &Told<'_>, member: &Member<'_>, ground: &Ground) -> Map<String, Value> {
    let mut record = Map::new();
    let mut set = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            record.insert(name.to_owned(), value);
        }
    };
    set("name", Some(json!(member.name)));
    set("answers", Some(json!(member.patroni.is_ok())));
    let writes = writes(member).ok().map(|(writes, _)| writes);
    set("writable", writes.map(Value::from));
    let own = member.patroni.as_ref().ok().map(|(snapshot, _)| &snapshot.own);
    let server = member.server.as_ref().ok().map(|(snapshot, _)| *snapshot);
    set("role", own.map(|own| json!(own.role.word())));
    set("state", own.map(|own| json!(own.state.word())));
    set("timeline", member.timeline().ok().map(|(timeline, _)| json!(timeline.0)));
    set("sync", told.synchronous_standbys().ok().map(|(names, _)| json!(names.iter().any(|name| name == member.name))));
    let head = told.head().ok();
    let senders = head.as_ref().and_then(|(head, _)| part(&head.server.clone().ok()?.0.senders).ok());
    let leads = head.as_ref().is_some_and(|(head, _)| head.name == member.name);
    let sender = senders.as_ref().and_then(|(senders, _)| senders.iter().find(|sender| sender.name.raw() == member.name && sender.is_standby()));
    // the leader follows nobody: whom its list does not name does not stream from it
    set("streaming", senders.is_some().then(|| json!(sender.is_some_and(Sender::is_streaming))));
    let bytes = |lag: Option<i64>| lag.map(|lag| json!(lag.max(0)));
    set("confirms_commits", senders.is_some().then(|| json!(sender.is_some_and(Sender::is_sync))));
    set("receive_lag_bytes", sender.and_then(|sender| bytes(sender.flush_lag_bytes)));
    set("replay_lag_bytes", sender.and_then(|sender| bytes(sender.replay_lag_bytes)));
    set("reply_age_seconds", sender.and_then(|sender| sender.last_reply_age_s).map(Value::from));
    let replica = server.and_then(|server| part(&server.replica).ok()).map(|(replica, _)| replica);
    set("received_lsn", member.position().map(|lsn| json!(lsn.to_string())));
    let paused = replica.as_ref().and_then(|replica| if replica.in_recovery { replica.replay_paused } else { Some(false) });
    set("replay_paused", paused.or_else(|| own.and_then(|own| own.replay_paused)).map(Value::from));
    set("pending_restart", own.and_then(|own| own.pending_restart.known("").ok()).map(|waits| json!(waits.is_some())));
    let started = server.and_then(|server| part(&server.identity).ok()).map(|(identity, _)| identity.started_at);
    set("started_at", started.map(|at| json!(at.to_string())));
    set("automation_paused", own.and_then(|own| own.paused.known("").ok()).map(|paused| json!(paused)));
    set("nofailover", own.map(|own| json!(keeps_from_leading(&own.tags))));
    set("fenced", fenced(member, writes).map(Value::from));
    // a second one that writes keeps what it wrote, and loses what the one with the lock did
    let leads = leads && writes == Some(true);
    loss::put(&ground.loss(member, leads, told.now), leads, set);
    record
}

/// By the tags that Patroni tells of itself.
fn keeps_from_leading(tags: &BTreeMap<String, Value>) -> bool {
    let never = tags.get("nofailover").is_some_and(|tag| crate::systems::patroni::wire::Flag::of(tag) != crate::systems::patroni::wire::Flag::Off);
    let priority = tags.get("failover_priority").and_then(|tag| tag.as_i64().or_else(|| tag.as_str()?.parse().ok()));
    never || priority.is_some_and(|priority| priority <= 0)
}

/// Whether it is proven that it accepts no writes; `None`: nothing is proven either way.
fn fenced(member: &Member<'_>, writes: Option<bool>) -> Option<bool> {
    match (writes, &member.server) {
        (Some(writes), _) => Some(!writes),
        // nothing listens where it listened, and no Patroni is there that could start it as a primary
        (None, Err(reason)) if refused(reason) && member.patroni.as_ref().is_err_and(refused) => Some(true),
        (None, Err(reason)) if refused(reason) => member.patroni.as_ref().ok().map(|(snapshot, _)| snapshot.own.role != Role::Primary),
        _ => Some(false),
    }
}
