//! Committed WAL that would be gone with the leader.

use super::scene::{Scene, own_name, sync_mode};
use super::targets::Loss;
use super::{Foretold, Heir, Span, Tale};
use crate::model::{Gap, Reason};
use crate::systems::contract::View;
use crate::systems::patroni::Snapshot;
use crate::systems::patroni::dynamic::SyncMode;

/// What is lost. Nothing while the leader stays: what it has, it has.
pub(super) fn lost(scene: &Scene<'_>, loss: &Loss, heir: &Foretold<Heir>, tale: &mut Tale) -> Foretold<Span<u64>> {
    if loss.members.is_empty() {
        return Ok(Span::just(0));
    }
    if let Some(rival) = loss.members.iter().find(|name| scene.is_rival(name)) {
        tale.say(format!("{rival} accepts writes and is not the leader: what it acknowledged alone, nobody else has"));
        return Err(Gap::new(format!("commits that {rival} alone has"), Reason::NotReported));
    }
    let leader = scene.leader()?;
    if !loss.members.contains(leader.name()) {
        return Ok(Span::just(0));
    }
    let config = scene.config(tale)?;
    let mode = sync_mode(&config)?;
    let standing = |name: &&View<'_, Snapshot>| !loss.members.contains(name.name()) && name.name() != leader.name();
    let heirs: Vec<&View<'_, Snapshot>> = match heir.as_ref().map_err(Clone::clone)? {
        Heir::Member(name) => scene.told.views().filter(|view| view.name() == name).collect(),
        Heir::OneOf(names) => scene.told.views().filter(|view| names.iter().any(|name| name == view.name())).collect(),
        Heir::Nobody { .. } | Heir::NotNeeded => {
            tale.say("bytes: if the best standby is promoted by hand and the old leader never comes back");
            scene.told.views().filter(standing).collect()
        }
    };
    // a commit was acknowledged only after each of these had it
    let confirmed = |view: &&&View<'_, Snapshot>| leader.snapshot.sync_followers().any(|follower| follower.name.as_deref() == Some(own_name(view)));
    if mode != SyncMode::Off && !heirs.is_empty() && heirs.iter().filter(confirmed).count() == heirs.len() {
        return Ok(Span::just(0));
    }
    let behind: Vec<u64> = heirs.iter().map(|view| scene.behind(leader, view)).collect::<Foretold<_>>()?;
    let best = behind.into_iter().min().ok_or_else(|| Gap::new("position of a standby", Reason::NotConfigured("no standby is left".to_owned())))?;
    Ok(Span { least: 0, most: best })
}
