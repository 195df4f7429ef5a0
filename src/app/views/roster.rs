//! Who belongs to a cluster: the endpoints that are asked, and the members that only the cluster's store names. Nobody is left out because he is silent.

use crate::fleet::{Cluster, Member};
use crate::model::{Gap, Moment, Reading, Reason};
use crate::systems::patroni::picture::{Picture, Row};
use crate::systems::patroni::{Patroni, Snapshot};
use std::collections::BTreeSet;

/// One member with all that is said of it.
pub(super) struct Mate<'a> {
    pub(super) name: String,
    /// Its own REST; `None` when only the store names it.
    pub(super) own: Option<Member<'a, Snapshot>>,
    /// The store's words on it, as the freshest witness passed them on.
    pub(super) said: Option<&'a Row>,
}

/// The store's picture of a cluster, and when it was passed on.
pub(super) struct Told<'a> {
    pub(super) picture: &'a Picture,
    pub(super) taken_at: Moment,
}

/// The freshest picture that any member passed on.
pub(super) fn told(cluster: &Cluster, now: Moment) -> Option<Told<'_>> {
    let pictures = cluster.members::<Patroni>(now).into_iter().filter_map(|member| {
        let view = member.view.ok()?;
        let taken_at = view.snapshot.cluster.taken_at()?;
        Some(Told { picture: view.snapshot.cluster.value()?, taken_at })
    });
    pictures.max_by_key(|told| told.taken_at.mono)
}

/// Every member: first those that are asked, in the order of the configuration, then those that only the store names.
pub(super) fn roster(cluster: &Cluster, now: Moment) -> Vec<Mate<'_>> {
    let picture = told(cluster, now).map(|told| told.picture);
    let row = |name: &str| picture.and_then(|picture| picture.row(name));
    let mut mates: Vec<Mate<'_>> = Vec::new();
    for member in cluster.members::<Patroni>(now) {
        // the configuration may call the endpoint otherwise than the member calls itself
        let own_name = member.view.as_ref().ok().and_then(|view| view.snapshot.own.name.clone());
        let name = own_name.unwrap_or_else(|| member.name().to_owned());
        mates.push(Mate { said: row(&name), name, own: Some(member) });
    }
    let asked: BTreeSet<String> = mates.iter().map(|mate| mate.name.clone()).collect();
    let unasked = picture.into_iter().flat_map(|picture| &picture.members).filter(|row| !asked.contains(&row.name));
    let unasked: Vec<_> = unasked.map(|row| Mate { name: row.name.clone(), own: None, said: Some(row) }).collect();
    mates.extend(unasked);
    mates
}

/// Why no member could tell `fact` of the cluster: the first reason there is, of a member that answers and did not get `part`, else of one that is silent.
pub(super) fn nobody_told<T>(cluster: &Cluster, now: Moment, fact: &str, part: fn(&Snapshot) -> &Reading<T>) -> Gap {
    let fact = format!("{fact} of {}", cluster.spec.name);
    let members = cluster.members::<Patroni>(now);
    if members.is_empty() {
        return Gap::new(fact, Reason::NotConfigured("no endpoint of patroni in this cluster".to_owned()));
    }
    let mut answering = members.iter().filter_map(|member| member.view.as_ref().ok());
    let without = answering.find_map(|view| part(view.snapshot).known(fact.as_str()).err());
    let silent = || members.iter().find_map(|member| member.view.as_ref().err()).map(|gap| Gap { fact: fact.clone(), ..gap.clone() });
    without.or_else(silent).unwrap_or_else(|| Gap::new(fact.clone(), Reason::NotReported))
}

/// Why a silent member keeps `fact` of the cluster from being known.
pub(super) fn somebody_silent(cluster: &Cluster, now: Moment, fact: &str) -> Gap {
    let fact = format!("{fact} of {}", cluster.spec.name);
    let silent = cluster.members::<Patroni>(now).into_iter().find_map(|member| member.view.err());
    silent.map_or_else(|| Gap::new(fact.clone(), Reason::NotReported), |gap| Gap { fact: fact.clone(), ..gap })
}
