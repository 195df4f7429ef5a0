//! All that the servers of a cluster told at one moment, by whom it is about. Pure.

use super::belongs;
use super::seat::Heard;
use crate::config::{ClusterSpec, EndpointSpec};
use crate::engine::Fact;
use crate::model::{Lsn, Moment, Reading, Reason, Timeline};
use crate::systems::contract::{AnySnapshot, System};
use crate::systems::haproxy::{self, Haproxy};
use crate::systems::patroni::dcs::Scope;
use crate::systems::patroni::history::{self, Turn};
use crate::systems::patroni::picture::Picture;
use crate::systems::patroni::{self, Patroni};
use crate::systems::pgbouncer::{Pgbouncer, PoolerSnapshot};
use crate::systems::postgres::{self, Postgres};
use crate::transport::ProbeError;
use serde_json::Value;
use std::sync::Arc;

/// A value with the moment it was asked for, or why there is none.
pub(super) type Known<T> = Result<(T, Moment), Reason>;

/// What was told.
pub(super) struct Told<'a> {
    pub(super) cluster: &'a ClusterSpec,
    /// Who was asked, and what came of it.
    pub(super) heard: Vec<(&'a EndpointSpec, Heard<AnySnapshot>)>,
    /// What those said before who are silent now.
    pub(super) before: Vec<(&'a EndpointSpec, (AnySnapshot, Moment))>,
    /// `None`: it was not asked, or is not configured.
    pub(super) store: Option<Heard<Arc<Scope>>>,
    /// What was read before this does not count.
    pub(super) since: Moment,
    pub(super) now: Moment,
}

/// One member: what Patroni and PostgreSQL of it say.
pub(super) struct Member<'t> {
    /// As the endpoint is called in the configuration.
    pub(super) endpoint: &'t str,
    /// As Patroni calls it.
    pub(super) name: &'t str,
    pub(super) patroni: Known<&'t patroni::Snapshot>,
    pub(super) server: Known<&'t postgres::Snapshot>,
    /// What its PostgreSQL said before, where it is silent now.
    pub(super) before: Option<(&'t postgres::Snapshot, Moment)>,
}

impl Member<'_> {
    /// Its timeline, by `PostgreSQL`'s word or by Patroni's.
    pub(super) fn timeline(&self) -> Known<Timeline> {
        let server = self.server.clone().and_then(|(snapshot, _)| part(&postgres::timeline(snapshot)));
        server.or_else(|_silent| {
            let (snapshot, at) = self.patroni.clone()?;
            Ok((snapshot.own.timeline.ok_or(Reason::NotReported)?, at))
        })
    }

    /// The last position that it has: written, received or replayed.
    pub(super) fn position(&self) -> Option<Lsn> {
        let server = self.server.as_ref().ok().map(|(snapshot, _)| *snapshot);
        let identity = server.and_then(|server| part(&server.identity).ok()).map(|(identity, _)| identity);
        if let Some(identity) = identity.filter(|identity| !identity.in_recovery) {
            return identity.write_lsn;
        }
        match server.and_then(|server| part(&server.replica).ok()) {
            Some((replica, _)) => replica.receive_lsn.max(replica.replay_lsn),
            None => self.patroni.as_ref().ok().and_then(|(snapshot, _)| snapshot.own.received.max(snapshot.own.replayed)),
        }
    }
}

impl Told<'_> {
    /// The snapshots of one system.
    fn of<S: System>(&self) -> impl Iterator<Item = (&EndpointSpec, Known<&S::Snapshot>)> {
        self.heard.iter().filter(|(spec, _)| spec.id.system == S::NAME).map(|(spec, heard)| {
            let told = match heard {
                Ok((snapshot, at)) => snapshot.downcast_ref::<S::Snapshot>().map(|snapshot| (snapshot, *at)).ok_or(Reason::NotReported),
                Err(reason) => Err(reason.clone()),
            };
            (*spec, told)
        })
    }

    pub(super) fn poolers(&self) -> impl Iterator<Item = (&EndpointSpec, Known<&PoolerSnapshot>)> {
        self.of::<Pgbouncer>()
    }

    pub(super) fn balancers(&self) -> impl Iterator<Item = (&EndpointSpec, Known<&haproxy::snapshot::BalancerSnapshot>)> {
        self.of::<Haproxy>()
    }

    /// The system identifier of the data of the cluster.
    fn data(&self) -> belongs::Data {
        let stored = self.scope().ok().and_then(|(scope, _)| scope.initialize.as_deref());
        let own = self.of::<Patroni>().filter_map(|(_, told)| belongs::mark_of_own(self.cluster, &told.ok()?.0.own));
        let servers = self.of::<Postgres>().filter_map(|(_, told)| belongs::mark_of(told.ok()?.0));
        belongs::data(stored, own.chain(servers).collect())
    }

    /// What each Patroni of the cluster says; of one that belongs to another cluster nothing is known.
    fn patroni(&self) -> impl Iterator<Item = (&EndpointSpec, Known<&patroni::Snapshot>)> {
        let data = self.data();
        self.of::<Patroni>().map(move |(spec, told)| {
            let told = told.and_then(|(snapshot, at)| belongs::patroni(self.cluster, &data, &snapshot.own).map(|()| (snapshot, at)));
            (spec, told)
        })
    }

    /// What each PostgreSQL of the cluster says, likewise.
    fn servers(&self) -> impl Iterator<Item = (&EndpointSpec, Known<&postgres::Snapshot>)> {
        let data = self.data();
        self.of::<Postgres>().map(move |(spec, told)| {
            let told = told.and_then(|(snapshot, at)| belongs::server(&data, snapshot).map(|()| (snapshot, at)));
            (spec, told)
        })
    }

    /// What the PostgreSQL at `spec` said before.
    fn before(&self, spec: &EndpointSpec) -> Option<(&postgres::Snapshot, Moment)> {
        let (_, (snapshot, at)) = self.before.iter().find(|(known, _)| known.id == spec.id)?;
        Some((snapshot.downcast_ref::<postgres::Snapshot>()?, *at))
    }

    /// The members that are configured, whether they answer or not.
    pub(super) fn members(&self) -> Vec<Member<'_>> {
        let servers: Vec<_> = self.servers().collect();
        let unasked = || Err(Reason::NotConfigured("no endpoint of postgres is called like this member".to_owned()));
        self.patroni()
            .map(|(spec, patroni)| {
                let endpoint = spec.id.name.as_str();
                let own = patroni.as_ref().ok().and_then(|(snapshot, _)| snapshot.own.name.as_deref());
                let server = servers.iter().find(|(spec, _)| spec.id.name == endpoint || own == Some(spec.id.name.as_str()));
                let before = server.and_then(|(spec, _)| self.before(spec));
                let server = server.map_or_else(unasked, |(_, told)| told.clone());
                Member { endpoint, name: own.unwrap_or(endpoint), patroni, server, before }
            })
            .collect()
    }

    /// Those of them that are told apart: of two that answer by one name nobody can say which is meant.
    pub(super) fn told_apart(&self) -> Vec<Member<'_>> {
        let all = self.members();
        let names: Vec<String> = all.iter().map(|member| member.name.to_owned()).collect();
        all.into_iter().filter(|member| names.iter().filter(|name| *name == member.name).count() == 1).collect()
    }

    /// The newest picture of the store that a member gives: where the store itself is not configured.
    pub(super) fn picture(&self) -> Known<&Picture> {
        let pictures = self.patroni().filter_map(|(_, told)| match &told.ok()?.0.cluster {
            Reading::Known(sample) => Some((&sample.value, sample.taken_at)),
            Reading::Unknown { .. } => None,
        });
        let newest = pictures.max_by_key(|(_, at)| at.mono);
        newest.ok_or_else(|| Reason::Untold("no member could read the store of the cluster".to_owned()))
    }

    /// What the store holds.
    pub(super) fn scope(&self) -> Known<&Scope> {
        match &self.store {
            Some(Ok((scope, at))) => Ok((scope.as_ref(), *at)),
            Some(Err(reason)) => Err(reason.clone()),
            None => Err(Reason::NotConfigured("no endpoint of etcd: only the store itself tells this".to_owned())),
        }
    }

    /// The standbys that `/sync` names.
    pub(super) fn synchronous_standbys(&self) -> Known<Vec<String>> {
        let (scope, at) = self.scope()?;
        let names = match &scope.sync {
            None => Vec::new(),
            Some(sync) => sync.as_ref().map_err(ProbeError::reason)?.standbys().map(str::to_owned).collect(),
        };
        Ok((names, at))
    }

    /// The lines of the history, one for each timeline that ended, the oldest first.
    pub(super) fn turns(&self) -> Known<Vec<Turn>> {
        match self.scope() {
            Ok((scope, at)) => match &scope.history {
                None => Ok((Vec::new(), at)),
                Some(rows) => {
                    let turns = history::turns(rows.as_ref().map_err(ProbeError::reason)?);
                    Ok((turns.ok_or_else(|| Reason::Malformed("history".to_owned()))?, at))
                }
            },
            Err(reason) => {
                let members = self.members();
                let known = members.iter().filter_map(|member| part(&member.patroni.as_ref().ok()?.0.history).ok()).max_by_key(|(_, at)| at.mono);
                known.ok_or(reason)
            }
        }
    }

    /// Who holds the leader key; `None`: nobody.
    pub(super) fn holder(&self) -> Known<Option<String>> {
        if self.store.is_some() {
            return self.scope().map(|(scope, at)| (scope.leader.clone(), at));
        }
        let (picture, at) = self.picture()?;
        let holder = picture.holder().map_err(|gap| gap.reason)?;
        Ok((holder.map(|row| row.name.clone()), at))
    }

    /// The member that holds the leader key.
    pub(super) fn head(&self) -> Known<Member<'_>> {
        let (holder, at) = self.holder()?;
        let name = holder.ok_or_else(|| Reason::Untold("nobody holds the leader key".to_owned()))?;
        let mut called = self.members().into_iter().filter(|member| member.name == name);
        let member = match (called.next(), called.next()) {
            (Some(member), None) => member,
            (Some(one), Some(other)) => {
                return Err(Reason::Untold(format!("{} and {} both answer as {name}: correct the `url` of one", one.endpoint, other.endpoint)));
            }
            (None, _) => return Err(Reason::Untold(format!("{name} holds the leader key, and is not among the members of the configuration"))),
        };
        Ok((member, at))
    }
}

/// A fact of what is known.
pub(super) fn fact(known: Known<Value>) -> Fact {
    match known {
        Ok((value, at)) => Reading::new(value, at),
        Err(reason) => Reading::unknown(reason),
    }
}

/// A reading of a snapshot, as known as the snapshot itself.
pub(super) fn part<T: Clone>(reading: &Reading<T>) -> Known<T> {
    match reading {
        Reading::Known(sample) => Ok((sample.value.clone(), sample.taken_at)),
        Reading::Unknown { reason, .. } => Err(reason.clone()),
    }
}

/// The older of two moments: what is made of both is as old.
pub(super) fn older(one: Moment, other: Moment) -> Moment {
    if one.mono <= other.mono { one } else { other }
}
