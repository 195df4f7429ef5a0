//! Whether etcd still decides after a loss. A member that refuses connections is dead; one that only does not answer may be alive for the others.

use super::scene::{Scene, is_gone, seconds};
use super::targets::Loss;
use super::{Foretold, Tale};
use crate::config::quantity::time_text;
use crate::model::{Gap, Reason};
use crate::systems::patroni::claims::Store;
use std::time::Duration;

/// How late a member may be to reach its store, on top of its loop.
const GRACE: Duration = Duration::from_secs(2);

/// An election of etcd takes up to 2 s; a vote that is split, or a slow disk, begins it anew.
const LONG_ELECTION: Duration = Duration::from_secs(5);

/// Who is left of the store.
pub(super) struct Left {
    /// Members that are there for certain and follow a leader.
    pub(super) alive: usize,
    /// Members of which nothing is known.
    pub(super) unsure: usize,
    /// Members it takes to decide.
    pub(super) needed: usize,
    /// Whether its own leader is among the lost: `None` where nobody says that it leads.
    pub(super) loses_leader: Option<bool>,
}

/// Whether the store still decides after `loss`.
///
/// # Errors
/// It hangs on a member that does not answer, or nobody who could tell is configured or answers.
pub(super) fn holds(scene: &Scene<'_>, loss: &Loss, tale: &mut Tale) -> Foretold<bool> {
    if scene.stores.is_empty() {
        return by_leader(scene);
    }
    let left = left(scene, loss);
    for store in &scene.stores {
        if let Ok(view) = &store.view {
            let word = if view.snapshot.is_leader() { "leads" } else { "follows a leader" };
            let word = if view.snapshot.has_leader() { word } else { "knows no leader" };
            tale.seen(format!("status of {}", view.name()), word, view.taken_at);
        }
    }
    if left.alive >= left.needed {
        return Ok(true);
    }
    if left.alive + left.unsure < left.needed {
        return Ok(false);
    }
    let silent =
        scene.stores.iter().find(|store| !loss.stores.contains(store.name()) && !is_gone(store.entry)).and_then(|store| store.view.as_ref().err());
    let unnamed = || Gap::new("quorum of etcd", Reason::NotConfigured("etcd has members that are no endpoints here".to_owned()));
    Err(silent.map_or_else(unnamed, |gap| Gap { fact: "quorum of etcd".to_owned(), ..gap.clone() }))
}

/// Whether Patroni may lose patience with the store while it elects a leader, and demote its own for a moment: it asks each member for
/// `retry_timeout` divided by their number, those that are dead cost nothing, and after the last it gives up.
///
/// # Errors
/// As [`holds`], or the configuration is not known.
pub(super) fn may_demote(scene: &Scene<'_>, loss: &Loss, tale: &mut Tale) -> Foretold<bool> {
    let left = left(scene, loss);
    if scene.stores.is_empty() || left.loses_leader != Some(true) || !holds(scene, loss, tale)? {
        return Ok(false);
    }
    let config = scene.config(tale)?;
    if config.failsafe_mode().known("failsafe_mode")? {
        return Ok(false);
    }
    let retry = seconds("retry_timeout", config.retry_timeout())?;
    let members = u32::try_from(scene.stores.len()).unwrap_or(u32::MAX).max(1);
    let patience = retry / members * u32::try_from(left.alive).unwrap_or(u32::MAX).min(members);
    let may = patience <= LONG_ELECTION;
    if may {
        tale.say(format!("retry_timeout {} may end before the election: the leader then gives its role up and takes it again", time_text(retry)));
    }
    Ok(may)
}

/// Counts what is left.
pub(super) fn left(scene: &Scene<'_>, loss: &Loss) -> Left {
    let known = || scene.stores.iter().filter_map(|store| store.view.as_ref().ok());
    let voters = known().filter_map(|view| view.snapshot.peers.value()).map(|peers| peers.iter().filter(|peer| !peer.is_learner).count()).max();
    let learners = known().filter(|view| view.snapshot.status.is_learner).count();
    let configured = scene.stores.len() - learners;
    let voters = voters.unwrap_or(0).max(configured);
    let stays = |name: &str| !loss.stores.contains(name);
    let alive = known().filter(|view| stays(view.name()) && view.snapshot.has_leader() && !view.snapshot.status.is_learner).count();
    let silent = scene.stores.iter().filter(|store| stays(store.name()) && store.view.is_err() && !is_gone(store.entry)).count();
    let leads = known().find(|view| view.snapshot.is_leader());
    Left { alive, unsure: silent + (voters - configured), needed: voters / 2 + 1, loses_leader: leads.map(|view| !stays(view.name())) }
}

/// Without an endpoint of the store, the leader's own word is the only one: it reaches it or not.
fn by_leader(scene: &Scene<'_>) -> Foretold<bool> {
    let leader = scene.leader()?;
    match leader.snapshot.store(GRACE)? {
        Store::Reached => Ok(true),
        Store::Lost => Ok(false),
        Store::Doubtful => Err(Gap::new("store of the cluster", Reason::Unreachable(format!("{} is late to reach it", leader.name())))),
    }
}
