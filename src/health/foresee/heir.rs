//! Who takes over: Patroni's own conditions, each from the words of the member it is about.
//! <https://patroni.readthedocs.io/en/latest/replication_modes.html>

use super::scene::{Scene, is_gone, own_name, sync_mode};
use super::targets::{Loss, confirms};
use super::{Foretold, Heir, Tale, quorum, routes};
use crate::fleet::Member;
use crate::model::{Bytes, Gap, Reason};
use crate::systems::contract::View;
use crate::systems::patroni::Snapshot;
use crate::systems::patroni::dynamic::{Dynamic, SyncMode};
use crate::systems::patroni::own::Confirms;
use crate::systems::patroni::wire::Flag;
use crate::systems::patroni::words::{Phase, Role};

/// What becomes of a standby when its leader is gone.
enum Chance {
    /// It may be promoted; bytes that it has not received.
    Fit(u64),
    Unfit(String),
}

/// Who does the work of what is lost.
pub(super) fn of(scene: &Scene<'_>, loss: &Loss, tale: &mut Tale) -> Foretold<Heir> {
    let of_routes = routes::heir(scene, loss, tale);
    if loss.members.is_empty() && loss.stores.is_empty() {
        return of_routes;
    }
    let decided = of_members(scene, loss, tale)?;
    match (&decided, of_routes?) {
        (Heir::Nobody { .. }, _) => Ok(decided),
        (_, Heir::Nobody { why }) => Ok(Heir::Nobody { why }),
        _ => Ok(decided),
    }
}

fn of_members(scene: &Scene<'_>, loss: &Loss, tale: &mut Tale) -> Foretold<Heir> {
    let holds = quorum::holds(scene, loss, tale);
    note_quorum(scene, loss, tale);
    let leader = scene.leader()?;
    if !loss.members.contains(leader.name()) {
        return match holds {
            Ok(true) => Ok(Heir::NotNeeded),
            Ok(false) if scene.config(tale)?.failsafe_mode().known("failsafe_mode")? => {
                tale.say("failsafe mode: the leader goes on while every member answers it");
                Ok(Heir::NotNeeded)
            }
            Ok(false) => {
                let why = "the store decides nothing: the leader gives its role up, and nobody can take it";
                tale.say(why);
                Ok(Heir::Nobody { why: why.to_owned() })
            }
            Err(gap) => Err(gap),
        };
    }
    tale.seen(
        format!("GET /patroni of {}", leader.name()),
        format!("{}, {}", leader.snapshot.own.role.word(), leader.snapshot.own.state.word()),
        leader.taken_at,
    );
    if let Err(gap) = scene.takes_writes() {
        tale.say(gap.reason.phrase());
    }
    let config = scene.config(tale)?;
    let paused = config.paused().known("pause")? || scene.told.views().any(|view| view.snapshot.own.paused.is_on());
    let nobody = |why: &str, tale: &mut Tale| {
        tale.say(why);
        Ok(Heir::Nobody { why: why.to_owned() })
    };
    if paused {
        return nobody("Patroni is paused: it promotes nobody", tale);
    }
    if !holds? {
        return nobody("the store decides nothing: nobody can take the leader lock", tale);
    }
    let mode = sync_mode(&config)?;
    let (mut fit, mut unfit, mut unsure): (Vec<(u64, String)>, Vec<String>, Option<Gap>) = (Vec::new(), Vec::new(), None);
    for member in scene.told.members.iter().filter(|member| member.name() != leader.name()) {
        if loss.members.contains(member.name()) {
            unfit.push(format!("{} dies with it", member.name()));
            continue;
        }
        match chance(scene, leader, member, &config, &mode) {
            Ok(Chance::Fit(behind)) => {
                note_fit(member, behind, tale);
                fit.push((behind, member.name().to_owned()));
            }
            Ok(Chance::Unfit(why)) => unfit.push(format!("{} {why}", member.name())),
            Err(gap) => unsure = unsure.or(Some(gap)),
        }
    }
    if let Some(gap) = unsure {
        return Err(gap);
    }
    fit.sort();
    let mut names: Vec<String> = fit.into_iter().map(|(_, name)| name).collect();
    match (names.pop(), names.is_empty()) {
        (Some(name), true) => Ok(Heir::Member(name)),
        (Some(name), false) => {
            names.push(name);
            tale.say("who of them is first, a race decides");
            Ok(Heir::OneOf(names))
        }
        (None, _) if unfit.is_empty() => nobody("there is no other member", tale),
        (None, _) => nobody(&format!("nobody may be promoted: {}", unfit.join(", ")), tale),
    }
}

fn chance(scene: &Scene<'_>, leader: &View<'_, Snapshot>, member: &Member<'_, Snapshot>, config: &Dynamic, mode: &SyncMode) -> Foretold<Chance> {
    let unfit = |why: &str| Ok(Chance::Unfit(why.to_owned()));
    let synchronous = *mode != SyncMode::Off;
    let view = match &member.view {
        Ok(view) => view,
        Err(_) if is_gone(member.entry) => return unfit("does not answer"),
        // who is not among those that confirm is not promoted, whatever else it would say
        Err(_) if synchronous && scene.told.picture().is_ok() && !confirms(scene, member.name()) => return unfit("is not in /sync"),
        Err(gap) => return Err(gap.clone()),
    };
    let own = &view.snapshot.own;
    if own.role != Role::Replica || own.state.phase() != Phase::Up {
        return Ok(Chance::Unfit(format!("is {}, {}", own.role.word(), own.state.word())));
    }
    if own.tags.get("nofailover").is_some_and(|tag| Flag::of(tag).is_on())
        || own.tags.get("failover_priority").is_some_and(|priority| priority.as_i64().is_some_and(|n| n <= 0))
    {
        return unfit("is tagged nofailover");
    }
    if synchronous && own.confirms == Confirms::Nothing {
        return unfit("is not in /sync");
    }
    let timeline =
        |of: &View<'_, Snapshot>| of.snapshot.timeline().ok_or_else(|| Gap::new(format!("timeline of {}", of.name()), Reason::NotReported));
    let (its, leads) = (timeline(view)?, timeline(leader)?);
    if its != leads {
        return Ok(Chance::Unfit(format!("is on timeline {its}, not {leads}")));
    }
    if let Some(server) = scene.server(member.name())
        && let Err(gap) = &server.view
        && !matches!(gap.reason, Reason::NotConfigured(_))
    {
        // its Patroni may call a frozen server running
        return if is_gone(server.entry) { unfit("has no server that answers") } else { Err(gap.clone()) };
    }
    let behind = scene.behind(leader, view)?;
    let malformed = || Gap::new("maximum_lag_on_failover", Reason::Malformed("no number of bytes".to_owned()));
    let most = config.maximum_lag_on_failover().ok_or_else(malformed)?;
    if behind > most {
        return Ok(Chance::Unfit(format!("is {} behind, more than maximum_lag_on_failover", Bytes(behind))));
    }
    Ok(Chance::Fit(behind))
}

fn note_fit(member: &Member<'_, Snapshot>, behind: u64, tale: &mut Tale) {
    let Ok(view) = &member.view else { return };
    let own = &view.snapshot.own;
    let sync = if own.confirms == Confirms::Nothing { "asynchronous" } else { "in /sync" };
    tale.say(format!("{} is {sync}, {} behind", member.name(), Bytes(behind)));
    let timeline = own.timeline.map_or_else(|| "no timeline".to_owned(), |timeline| format!("timeline {timeline}"));
    tale.seen(format!("GET /patroni of {}", own_name(view)), format!("{}, {sync}, {timeline}", own.state.word()), view.taken_at);
}

fn note_quorum(scene: &Scene<'_>, loss: &Loss, tale: &mut Tale) {
    if loss.stores.is_empty() {
        return;
    }
    let left = quorum::left(scene, loss);
    if left.alive >= left.needed {
        let more = match left.alive - left.needed {
            0 => "then no further may fail".to_owned(),
            more => format!("then {more} more may fail"),
        };
        tale.say(format!("{} of etcd are left, {} decide: {more}", left.alive, left.needed));
    }
    if left.loses_leader == Some(true) {
        tale.say("it leads etcd: an election takes up to 2 s, and begins every lease anew");
    }
}
