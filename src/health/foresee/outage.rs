//! How long writes fail or wait. The figures are measured: 45 crashes of a leader, Patroni 3.3 and 4.0, ttl 20 and 30, `loop_wait` 1 to 10.

use super::scene::{Scene, is_gone, seconds, sync_mode};
use super::targets::{Loss, confirms};
use super::{Foretold, Heir, Outage, Span, Tale, quorum, routes};
use crate::config::quantity::time_text;
use crate::model::{Gap, Reason};
use crate::systems::contract::View;
use crate::systems::patroni::Snapshot;
use crate::systems::patroni::dynamic::{Dynamic, SyncMode};
use crate::systems::patroni::words::{Phase, Role};
use std::time::Duration;

/// From the end of the lease to the first write: etcd looks for ended leases twice a second, a candidate asks the other members, `PostgreSQL` ends its recovery.
const PROMOTION: Duration = Duration::from_secs(2);
/// A round of Patroni is late by this much on a busy machine; the lease then begins later.
const LATE: Duration = Duration::from_secs(1);
/// With `synchronous_mode_strict` a new leader takes no commit before it has a standby: 1.8 s more.
const STRICT: Duration = Duration::from_secs(2);
/// A new leader of etcd is elected within 2 s and begins every lease anew, a second longer.
const ELECTION: Duration = Duration::from_secs(3);
/// From the round in which the leader misses its standby to commits that wait for another: 2.4 s.
const NEXT_SYNC: Duration = Duration::from_millis(2_500);
/// A leader that gave its role up without a successor stops, starts and is promoted again: 3.1 s as measured.
const RESTART: Duration = Duration::from_secs(4);
/// A wider range tells nobody anything; where the round of the leader is known, it is narrowed.
const WIDEST: Duration = Duration::from_secs(5);

/// What the loss does to writes.
pub(super) fn of(scene: &Scene<'_>, loss: &Loss, heir: &Foretold<Heir>, tale: &mut Tale) -> Foretold<Outage> {
    let of_members = if loss.members.is_empty() && loss.stores.is_empty() { Ok(Outage::None) } else { members(scene, loss, heir, tale) };
    Outage::worst(vec![of_members, routes::outage(scene, loss)])
}

fn members(scene: &Scene<'_>, loss: &Loss, heir: &Foretold<Heir>, tale: &mut Tale) -> Foretold<Outage> {
    let leader = scene.leader()?;
    if leader.snapshot.says_standby_leader() {
        tale.say("this cluster follows another one: it takes no writes");
        return Ok(Outage::None);
    }
    if loss.members.contains(leader.name()) {
        return match heir.as_ref().map_err(Clone::clone)? {
            Heir::Nobody { .. } => Ok(Outage::UntilAHuman),
            _ => promotion(scene, loss, &scene.config(tale)?, tale).map(Outage::Within),
        };
    }
    // writes that fail already do not go on
    scene.takes_writes()?;
    if let Some(rival) = loss.members.iter().find(|name| scene.is_rival(name)) {
        return Err(Gap::new("writes", Reason::Untold(format!("{rival} accepts writes too: which clients write there nobody tells"))));
    }
    if !quorum::holds(scene, loss, tale)? && !scene.config(tale)?.failsafe_mode().known("failsafe_mode")? {
        return Ok(Outage::UntilAHuman);
    }
    let demoted = if quorum::may_demote(scene, loss, tale)? {
        Outage::Within(Span { least: Duration::ZERO, most: RESTART + routes::login_retries(scene, loss)? })
    } else {
        Outage::None
    };
    let waited_for = loss.members.iter().filter(|name| confirms(scene, name)).count();
    let waits = if waited_for == 0 { Ok(Outage::None) } else { stall(scene, loss, leader, &scene.config(tale)?, waited_for, tale) };
    Outage::worst(vec![Ok(demoted), waits])
}

/// The leader crashes: nothing happens before its lease has ended, which it renewed up to one round before. Until the database takes writes again; the way of
/// the clients comes to it.
pub(super) fn lease(config: &Dynamic) -> Foretold<Span<Duration>> {
    let (ttl, round) = (seconds("ttl", config.ttl())?, seconds("loop_wait", config.loop_wait())?);
    let promotion = if strict(config)? { PROMOTION + STRICT } else { PROMOTION };
    Ok(Span { least: ttl.saturating_sub(round + LATE), most: ttl + promotion })
}

fn promotion(scene: &Scene<'_>, loss: &Loss, config: &Dynamic, tale: &mut Tale) -> Foretold<Span<Duration>> {
    let (ttl, round) = (seconds("ttl", config.ttl())?, seconds("loop_wait", config.loop_wait())?);
    let slack = routes::slack(scene, loss)?;
    tale.say(format!("lease {}, renewed every {}", time_text(ttl), time_text(round)));
    let Span { mut least, mut most } = lease(config)?;
    most += slack;
    let elects = !loss.stores.is_empty() && !scene.stores.is_empty();
    match quorum::left(scene, loss).loses_leader {
        Some(true) => (least, most) = (ttl, most + ELECTION),
        None if elects => most += ELECTION,
        _ => {}
    }
    Ok(Span { least, most })
}

/// A standby that commits wait for is gone: they wait until the leader has seen it and taken another.
fn stall(scene: &Scene<'_>, loss: &Loss, leader: &View<'_, Snapshot>, config: &Dynamic, lost: usize, tale: &mut Tale) -> Foretold<Outage> {
    let mode = sync_mode(config)?;
    let confirming = leader.snapshot.sync_followers().count();
    let needed = config.whole.get("synchronous_node_count").map_or(Some(1), serde_json::Value::as_u64);
    let needed = needed.ok_or_else(|| Gap::new("synchronous_node_count", Reason::Malformed("no number".to_owned())))?;
    if mode == SyncMode::Off || confirming == 0 {
        return Ok(Outage::None);
    }
    if mode == SyncMode::Quorum && u64::try_from(confirming.saturating_sub(lost)).unwrap_or(0) >= needed {
        tale.say("the others of the quorum confirm");
        return Ok(Outage::None);
    }
    match next_sync(scene, loss, leader) {
        Ok(Some(name)) => tale.say(format!("commits wait until {name} confirms them")),
        Ok(None) if strict(config)? => {
            tale.say("strict, and nobody else can confirm: every commit waits");
            return Ok(Outage::UntilAHuman);
        }
        Ok(None) => tale.say("nobody else can confirm: the next crash loses commits"),
        Err(gap) if strict(config)? => return Err(gap),
        Err(_) => {}
    }
    let (ttl, round) = (seconds("ttl", config.ttl())?, seconds("loop_wait", config.loop_wait())?);
    tale.say(format!("frozen instead of dead: up to {}", time_text(ttl)));
    let plain = Span { least: Duration::ZERO, most: round + NEXT_SYNC };
    if plain.most <= WIDEST {
        return Ok(Outage::Within(plain));
    }
    // its rounds are so far apart that it matters when the next one comes; whole seconds on both sides cost one each way
    let Ok(age) = leader.snapshot.dcs_age() else { return Ok(Outage::Within(plain)) };
    let age = age + leader.now.since(leader.snapshot.exchange.answered);
    let next = round.saturating_sub(age);
    Ok(Outage::Within(Span { least: next.saturating_sub(LATE), most: next + LATE + NEXT_SYNC }))
}

/// Whether commits wait for a standby even where there is none.
fn strict(config: &Dynamic) -> Foretold<bool> {
    config.synchronous_mode_strict().known("synchronous_mode_strict")
}

/// A standby that can confirm instead: it streams, and no tag keeps it from it.
fn next_sync<'s>(scene: &'s Scene<'_>, loss: &Loss, leader: &View<'_, Snapshot>) -> Foretold<Option<&'s str>> {
    let mut unsure = None;
    for member in scene.told.members.iter().filter(|member| member.name() != leader.name() && !loss.members.contains(member.name())) {
        match &member.view {
            Ok(view) => {
                let own = &view.snapshot.own;
                let barred = own.tags.get("nosync").is_some_and(|tag| *tag != serde_json::Value::Bool(false));
                let name = super::scene::own_name(view);
                let streams =
                    leader.snapshot.own.followers.iter().any(|one| one.name.as_deref() == Some(name) && one.state.as_deref() == Some("streaming"));
                if own.role == Role::Replica && own.state.phase() == Phase::Up && streams && !barred {
                    return Ok(Some(member.name()));
                }
            }
            Err(gap) if !is_gone(member.entry) => unsure = unsure.or(Some(gap.clone())),
            Err(_) => {}
        }
    }
    unsure.map_or(Ok(None), Err)
}
