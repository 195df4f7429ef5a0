//! What can die, and what dies with it. A zone is all that the configuration places there.

use super::scene::{Scene, own_name};
use super::{Foretold, Target};
use crate::model::{Gap, Reason};
use crate::systems::patroni::own::Confirms;
use crate::systems::patroni::words::ClusterRole;
use std::collections::BTreeSet;

/// Names of endpoints, by system, that are gone at once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Loss {
    /// Members of Patroni with their servers.
    pub(super) members: BTreeSet<String>,
    pub(super) stores: BTreeSet<String>,
    pub(super) poolers: BTreeSet<String>,
    pub(super) balancers: BTreeSet<String>,
}

impl Loss {
    fn member(name: &str) -> Loss {
        Loss { members: one(name), ..Loss::default() }
    }
}

fn one(name: &str) -> BTreeSet<String> {
    BTreeSet::from([name.to_owned()])
}

/// Everything, the leader first.
pub(super) fn of(scene: &Scene<'_>) -> Vec<(Target, Foretold<Loss>)> {
    let mut all = members(scene);
    let names = |system: &str| scene.view.cluster.of(system).map(|entry| entry.spec.id.name.clone()).collect::<Vec<_>>();
    for name in names("etcd") {
        let loss = Loss { stores: one(&name), ..Loss::default() };
        all.push((Target::Store(name), Ok(loss)));
    }
    for name in names("pgbouncer") {
        let loss = Loss { poolers: one(&name), ..Loss::default() };
        all.push((Target::Pooler(name), Ok(loss)));
    }
    for name in names("haproxy") {
        let loss = Loss { balancers: one(&name), ..Loss::default() };
        all.push((Target::Balancer(name), Ok(loss)));
    }
    all.extend(zones(scene));
    all
}

fn members(scene: &Scene<'_>) -> Vec<(Target, Foretold<Loss>)> {
    if scene.told.is_absent() {
        return Vec::new();
    }
    let leader = scene.leader();
    let mut first = Vec::new();
    let (mut rivals, mut sync, mut rest) = (Vec::new(), Vec::new(), Vec::new());
    match &leader {
        Ok(leader) => first.push((Target::Leader(leader.name().to_owned()), Ok(Loss::member(leader.name())))),
        // what cannot be told is said, not left out
        Err(gap) => first.push((Target::Leader("?".to_owned()), Err(gap.clone()))),
    }
    for member in &scene.told.members {
        let name = member.name();
        if leader.as_ref().is_ok_and(|leader| leader.name() == name) {
            continue;
        }
        let loss = Ok(Loss::member(name));
        if scene.is_rival(name) {
            rivals.push((Target::Rival(name.to_owned()), loss));
        } else if confirms(scene, name) {
            sync.push((Target::Sync(name.to_owned()), loss));
        } else {
            rest.push((Target::Async(name.to_owned()), loss));
        }
    }
    first.extend(rivals);
    first.extend(sync);
    first.extend(rest);
    first
}

/// Whether commits wait for this standby: by its leader's list of those that stream, by its own word, or by the store's where it does not answer itself.
pub(super) fn confirms(scene: &Scene<'_>, name: &str) -> bool {
    let Some(member) = scene.told.members.iter().find(|member| member.name() == name) else { return false };
    let streams = |own: &str| {
        let leader = scene.leader().ok();
        leader.is_some_and(|leader| leader.snapshot.sync_followers().any(|follower| follower.name.as_deref() == Some(own)))
    };
    if let Ok(view) = &member.view {
        return view.snapshot.own.confirms != Confirms::Nothing || streams(own_name(view));
    }
    let row = scene.told.picture().ok().and_then(|picture| scene.told.row_of(member, picture.value).map(|row| row.role.clone()));
    streams(name) || matches!(row, Some(ClusterRole::SyncStandby | ClusterRole::QuorumStandby))
}

fn zones(scene: &Scene<'_>) -> Vec<(Target, Foretold<Loss>)> {
    let entries = &scene.view.cluster.entries;
    let zones: BTreeSet<&str> = entries.iter().filter_map(|entry| entry.spec.zone.as_ref().map(|zone| zone.0.as_str())).collect();
    // who is promoted and whether the store lives hang on where each of these stands
    let astray = entries.iter().find(|entry| entry.spec.zone.is_none() && matches!(entry.spec.id.system.as_str(), "patroni" | "etcd"));
    let gap = astray.map(|entry| {
        let why = "this endpoint has no `zone`".to_owned();
        Gap::new(format!("zone of {} {}", entry.spec.id.system, entry.spec.id.name), Reason::NotConfigured(why))
    });
    let within = |zone: &str, system: &str| {
        let there = scene.view.cluster.of(system).filter(|entry| entry.spec.zone.as_ref().is_some_and(|place| place.0 == zone));
        there.map(|entry| entry.spec.id.name.clone()).collect::<BTreeSet<_>>()
    };
    let fate = |zone: &str| {
        let loss = Loss {
            members: within(zone, "patroni"),
            stores: within(zone, "etcd"),
            poolers: within(zone, "pgbouncer"),
            balancers: within(zone, "haproxy"),
        };
        (Target::Zone(zone.to_owned()), gap.clone().map_or(Ok(loss), Err))
    };
    zones.into_iter().map(fate).collect()
}
