//! Whose session ends. From those that hold a server at this moment to all that may be met by the outage.

use super::routes::{route, writers};
use super::scene::{Scene, is_gone};
use super::targets::{Loss, confirms};
use super::{Foretold, Span, Tale, quorum};
use crate::fleet::Member;
use crate::health::crowd::{Crowd, of_balancer, of_pooler, of_server};
use crate::model::{Gap, Reason};
use crate::systems::pgbouncer::PoolerSnapshot;

/// Clients that lose their session.
pub(super) fn cut(scene: &Scene<'_>, loss: &Loss, tale: &mut Tale) -> Foretold<Span<u64>> {
    let mut span = Span::just(0_u64);
    let mut add = |least: u64, most: u64| span = Span { least: span.least.saturating_add(least), most: span.most.saturating_add(most) };
    let stays = |pooler: &&Member<'_, PoolerSnapshot>| !loss.poolers.contains(pooler.name());
    for pooler in scene.poolers.iter().filter(|pooler| !stays(pooler)) {
        let crowd = crowd(pooler)?;
        add(crowd.all, crowd.all);
    }
    if !loss.balancers.is_empty() {
        // every server link of a pooler goes through it, as far as anybody can tell
        for pooler in scene.poolers.iter().filter(stays) {
            let crowd = crowd(pooler)?;
            add(0, crowd.all);
        }
        for balancer in scene.balancers.iter().filter(|balancer| loss.balancers.contains(balancer.name())) {
            let view = balancer.view.as_ref().map_err(Clone::clone)?;
            add(0, of_balancer(balancer.name(), view.snapshot)?);
        }
        return Ok(span);
    }
    if loss.members.is_empty() && loss.stores.is_empty() {
        return Ok(span);
    }
    let leader = scene.leader()?;
    let leads = loss.members.contains(leader.name());
    let demoted =
        !leads && !loss.stores.is_empty() && !quorum::holds(scene, loss, tale)? && !scene.config(tale)?.failsafe_mode().known("failsafe_mode")?;
    let shaken = !leads && !demoted && quorum::may_demote(scene, loss, tale)?;
    if leads || demoted || shaken {
        for pooler in writers(scene).filter(stays) {
            let crowd = crowd(pooler)?;
            add(if route(pooler).is_some() && !shaken { crowd.linked } else { 0 }, crowd.all);
        }
        add(0, direct(scene, leader.name())?);
    }
    // a standby serves readers, and the one that is promoted is taken out of the way of reading
    if leads || loss.members.iter().any(|name| name != leader.name()) {
        for pooler in scene.poolers.iter().filter(stays).filter(|pooler| route(pooler) == Some("read")) {
            add(0, crowd(pooler)?.all);
        }
    }
    // commits that wait for a standby are cut only by the patience of their clients
    if !leads && loss.members.iter().any(|name| confirms(scene, name)) {
        tale.say("writers wait, and are not cut");
    }
    for name in loss.members.iter().filter(|name| *name != leader.name()) {
        add(0, direct(scene, name)?);
    }
    Ok(span)
}

/// Sessions on the server of a member; those of poolers are among them.
fn direct(scene: &Scene<'_>, name: &str) -> Foretold<u64> {
    let none = || Gap::new(format!("sessions on {name}"), Reason::NotConfigured("no endpoint of postgres tells of its sessions".to_owned()));
    let server = scene.server(name).ok_or_else(none)?;
    if is_gone(server.entry) {
        return Ok(0);
    }
    let view = server.view.as_ref().map_err(Clone::clone)?;
    of_server(name, view.snapshot)
}

/// The clients of the databases of this cluster.
fn crowd(pooler: &Member<'_, PoolerSnapshot>) -> Foretold<Crowd> {
    if is_gone(pooler.entry) {
        return Ok(Crowd::default());
    }
    let view = pooler.view.as_ref().map_err(Clone::clone)?;
    of_pooler(view.endpoint, view.snapshot)
}
