//! The way of the clients: poolers and balancers. Who goes on when one is gone, and how long the way needs to find a new leader.

use super::scene::{Scene, is_gone, seconds};
use super::targets::Loss;
use super::{Foretold, Heir, Outage, Tale};
use crate::fleet::Member;
use crate::model::{Gap, Reason};
use crate::systems::pgbouncer::{PoolerSnapshot, concerns, serves, tells_pause};
use std::collections::BTreeSet;
use std::time::Duration;

/// `HAProxy` asks each server every `inter`, 2 s unless set, and believes it after `rise`, 2 unless set. Neither can be read from outside.
const BALANCER_SEES: Duration = Duration::from_secs(4);

/// The `route` of a pooler, where it is said.
pub(super) fn route<'m>(pooler: &'m Member<'_, PoolerSnapshot>) -> Option<&'m str> {
    pooler.entry.spec.body.text("route")
}

/// Poolers that lead to the primary, or whose way is not said.
pub(super) fn writers<'s, 'a>(scene: &'s Scene<'a>) -> impl Iterator<Item = &'s Member<'a, PoolerSnapshot>> {
    scene.poolers.iter().filter(|pooler| route(pooler) != Some("read"))
}

/// The poolers of the same way as one that is lost, and that are not lost with it.
struct Others<'s> {
    /// They take clients on.
    serving: Vec<&'s str>,
    /// Those of them that cannot tell that they are paused as a whole.
    trusted: Vec<&'s str>,
    /// They answer, and keep the clients of the lost one waiting.
    held: Vec<&'s str>,
    /// Why one of them cannot be counted on or off.
    unsure: Option<Gap>,
}

impl<'s> Others<'s> {
    fn of(scene: &'s Scene<'_>, loss: &Loss, lost: &Member<'_, PoolerSnapshot>) -> Others<'s> {
        let mut others = Others { serving: Vec::new(), trusted: Vec::new(), held: Vec::new(), unsure: None };
        let wanted = wanted(lost);
        for other in scene.poolers.iter().filter(|other| !loss.poolers.contains(other.name()) && route(other) == route(lost)) {
            match &other.view {
                Ok(view) => match serves(view.endpoint, view.snapshot, wanted.as_ref()) {
                    Ok(true) => {
                        others.serving.push(other.name());
                        others.trusted.extend((!tells_pause(view.snapshot)).then(|| other.name()));
                    }
                    Ok(false) => others.held.push(other.name()),
                    Err(gap) => others.unsure = others.unsure.or(Some(gap)),
                },
                Err(gap) if !is_gone(other.entry) => others.unsure = others.unsure.or_else(|| Some(gap.clone())),
                Err(_) => {}
            }
        }
        others
    }
}

/// The databases that the clients of a pooler are connected to; `None` where that is not known, or where it has no client.
fn wanted(pooler: &Member<'_, PoolerSnapshot>) -> Option<BTreeSet<String>> {
    let view = pooler.view.as_ref().ok()?;
    let pools = view.snapshot.pools.value()?.iter().filter(|pool| concerns(view.endpoint, &pool.database));
    let asked = pools.filter(|pool| pool.clients_active != Some(0) || pool.clients_waiting != Some(0));
    let names: BTreeSet<String> = asked.map(|pool| pool.database.raw().to_owned()).collect();
    (!names.is_empty()).then_some(names)
}

/// Who does the work of lost poolers and balancers.
pub(super) fn heir(scene: &Scene<'_>, loss: &Loss, tale: &mut Tale) -> Foretold<Heir> {
    let mut lonely: Option<String> = None;
    let mut unsure: Option<Gap> = None;
    for lost in scene.poolers.iter().filter(|pooler| loss.poolers.contains(pooler.name())) {
        let others = Others::of(scene, loss, lost);
        match (others.serving.is_empty(), others.unsure) {
            (false, _) => {
                tale.say(format!("{} goes on for those who know its address", others.serving.join(", ")));
                if others.trusted.len() == others.serving.len() {
                    tale.say("whether all of it is paused, PgBouncer tells since 1.19");
                }
            }
            (true, Some(gap)) => unsure = unsure.or(Some(gap)),
            (true, None) if !others.held.is_empty() => {
                lonely =
                    lonely.or_else(|| Some(format!("{} answers and keeps its clients waiting: it is paused or disabled", others.held.join(", "))));
            }
            (true, None) => lonely = lonely.or_else(|| Some(format!("{} is the only pooler of its route that answers", lost.name()))),
        }
    }
    if !loss.balancers.is_empty() {
        let others: Vec<_> = scene.balancers.iter().filter(|other| !loss.balancers.contains(other.name()) && !is_gone(other.entry)).collect();
        match others.first() {
            None => lonely = lonely.or_else(|| Some("there is no other balancer".to_owned())),
            Some(other) => {
                let why = format!("whether its address moves to {} is told by nothing that is read", other.name());
                unsure = unsure.or_else(|| Some(Gap::new("who takes over the address of the balancer", Reason::NotConfigured(why))));
            }
        }
    }
    match (lonely, unsure) {
        (Some(why), _) => {
            tale.say(why.as_str());
            Ok(Heir::Nobody { why })
        }
        (None, Some(gap)) => Err(gap),
        (None, None) => Ok(Heir::NotNeeded),
    }
}

/// What the loss of poolers and balancers alone does to writes.
pub(super) fn outage(scene: &Scene<'_>, loss: &Loss) -> Foretold<Outage> {
    let mut ways = Vec::new();
    for lost in scene.poolers.iter().filter(|pooler| loss.poolers.contains(pooler.name())) {
        let others = Others::of(scene, loss, lost);
        ways.push(match (!others.serving.is_empty(), others.unsure, route(lost)) {
            (true, ..) | (_, _, Some("read")) => Ok(Outage::None),
            (false, Some(gap), _) => Err(gap),
            (false, None, Some(_)) => Ok(Outage::UntilAHuman),
            (false, None, None) => {
                Err(Gap::new(format!("route of {}", lost.name()), Reason::NotConfigured("this endpoint has no `route`".to_owned())))
            }
        });
    }
    if !loss.balancers.is_empty() {
        let others = scene.balancers.iter().any(|other| !loss.balancers.contains(other.name()) && !is_gone(other.entry));
        let unknown = || Gap::new("who takes over the address of the balancer", Reason::NotConfigured("nothing that is read tells it".to_owned()));
        ways.push(if others { Err(unknown()) } else { Ok(Outage::UntilAHuman) });
    }
    Outage::worst(ways)
}

/// How much longer than the database itself the way of the clients may need to come back after a change of the leader.
///
/// # Errors
/// A pooler does not tell its `server_login_retry`.
pub(super) fn slack(scene: &Scene<'_>, loss: &Loss) -> Foretold<Duration> {
    let balancer = if scene.balancers.iter().any(|balancer| !loss.balancers.contains(balancer.name())) { BALANCER_SEES } else { Duration::ZERO };
    Ok(balancer + login_retries(scene, loss)?)
}

/// The longest that a pooler waits after a login that failed.
///
/// # Errors
/// As [`slack`].
pub(super) fn login_retries(scene: &Scene<'_>, loss: &Loss) -> Foretold<Duration> {
    let mut retry = Duration::ZERO;
    for pooler in writers(scene).filter(|pooler| !loss.poolers.contains(pooler.name()) && !is_gone(pooler.entry)) {
        retry = retry.max(login_retry(pooler)?);
    }
    Ok(retry)
}

/// After a login that failed, a pool waits this long before the next.
fn login_retry(pooler: &Member<'_, PoolerSnapshot>) -> Foretold<Duration> {
    let fact = format!("server_login_retry of {}", pooler.name());
    let view = pooler.view.as_ref().map_err(Clone::clone)?;
    let settings = view.snapshot.settings.known(fact.as_str())?;
    let text = settings.text("server_login_retry").ok_or_else(|| Gap::new(fact.as_str(), Reason::NotReported))?;
    let value = text.raw().trim().parse::<f64>().ok().and_then(|value| Duration::try_from_secs_f64(value).ok());
    seconds(&fact, value)
}
