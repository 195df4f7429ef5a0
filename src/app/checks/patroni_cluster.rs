//! The checks of `check_patroni` on a cluster as a whole. <https://github.com/dalibo/check_patroni>

use super::{CheckDef, Limits, Said, State};
use crate::app::Observed;
use crate::fleet::Cluster;
use crate::model::Gap;
use crate::systems::contract::View;
use crate::systems::patroni::dynamic::Dynamic;
use crate::systems::patroni::picture::{Picture, Row};
use crate::systems::patroni::words::{ClusterRole, Phase, State as PatroniState};
use crate::systems::patroni::{Patroni, Snapshot};
use crate::systems::twofold::REPLICA_NOT_STREAMING;
use std::hash::Hasher;

pub(super) const HAS_LEADER: CheckDef =
    CheckDef { name: "cluster_has_leader", doc: "a member holds the leader lock and says itself that it leads", run: has_leader };
pub(super) const HAS_REPLICA: CheckDef = CheckDef {
    name: "cluster_has_replica",
    doc: "number of replicas that stream; -w and -c are ranges, without them none is critical (check_patroni: OK; so is -c 0: here)",
    run: has_replica,
};
pub(super) const CONFIG_HAS_CHANGED: CheckDef = CheckDef {
    name: "cluster_config_has_changed",
    doc: "the dynamic configuration is another than that of --expected HASH; secrets in it are taken out before, and do not count",
    run: config_has_changed,
};
pub(super) const IS_IN_MAINTENANCE: CheckDef =
    CheckDef { name: "cluster_is_in_maintenance", doc: "automatic failover is paused", run: is_in_maintenance };
pub(super) const HAS_SCHEDULED_ACTION: CheckDef =
    CheckDef { name: "cluster_has_scheduled_action", doc: "a switchover or a restart is scheduled", run: has_scheduled_action };
pub(super) const NODE_COUNT: CheckDef =
    CheckDef { name: "cluster_node_count", doc: "number of members in the cluster's store; -w and -c are ranges", run: node_count };

/// Members that answer, freshest picture first.
fn witnesses<'a>(observed: &Observed, cluster: &'a Cluster) -> Vec<View<'a, Snapshot>> {
    let mut views: Vec<_> = cluster.members::<Patroni>(observed.now).into_iter().filter_map(|member| member.view.ok()).collect();
    views.sort_by_key(|view| std::cmp::Reverse(view.snapshot.cluster.taken_at().map(|at| at.mono)));
    views
}

/// The freshest reading that a member passed on, or why there is none.
fn freshest<'a, T>(observed: &Observed, cluster: &'a Cluster, fact: &str, pick: impl Fn(&'a Snapshot) -> Result<&'a T, Gap>) -> Result<&'a T, Said> {
    let views = witnesses(observed, cluster);
    let mut why = format!("no member of {} answers", cluster.spec.name);
    for view in views {
        match pick(view.snapshot) {
            Ok(value) => return Ok(value),
            Err(gap) => why = format!("{fact}: {}", gap.reason.phrase()),
        }
    }
    Err(Said::new(State::Unknown, why))
}

fn picture<'a>(observed: &Observed, cluster: &'a Cluster) -> Result<&'a Picture, Said> {
    freshest(observed, cluster, "GET /cluster", |snapshot| snapshot.cluster.known("GET /cluster"))
}

fn number(count: usize) -> f64 {
    u32::try_from(count).map_or(f64::INFINITY, f64::from)
}

fn has_leader(observed: &Observed, cluster: &Cluster, _limits: &Limits) -> Said {
    let holder = match picture(observed, cluster).map(Picture::holder) {
        Err(unknown) => return unknown,
        Ok(Err(gap)) => return Said::new(State::Unknown, format!("{}: {}", gap.fact, gap.reason.phrase())),
        Ok(Ok(holder)) => holder,
    };
    let Some(row) = holder else { return Said::new(State::Critical, "nobody holds the leader lock").measure("has_leader", Some(0.0), "") };
    let own = witnesses(observed, cluster).into_iter().find(|view| view.snapshot.own.name.as_deref() == Some(&row.name));
    match own {
        None => Said::new(State::Unknown, format!("{} holds the leader lock and does not answer itself", row.name)),
        Some(view) if view.snapshot.says_writable() || view.snapshot.says_standby_leader() => {
            Said::new(State::Ok, format!("{} leads", row.name)).measure("has_leader", Some(1.0), "")
        }
        Some(view) => {
            let own = &view.snapshot.own;
            Said::new(State::Critical, format!("{} holds the leader lock and says itself: {} {}", row.name, own.role.word(), own.state.word()))
                .measure("has_leader", Some(0.0), "")
        }
    }
}

fn has_replica(observed: &Observed, cluster: &Cluster, limits: &Limits) -> Said {
    let with_picture = witnesses(observed, cluster).into_iter().find_map(|view| Some((view.snapshot, view.snapshot.cluster.value()?)));
    let Some((teller, picture)) = with_picture else {
        return picture(observed, cluster).err().unwrap_or_else(|| Said::new(State::Unknown, "GET /cluster: not known"));
    };
    let leader_timeline = match picture.holder() {
        Err(gap) => return Said::new(State::Unknown, format!("{}: {}", gap.fact, gap.reason.phrase())),
        // who streams is known by the timeline of the leader: one that starts or stops has none to compare with
        Ok(Some(leader)) if leader.timeline.is_none() => {
            let why = format!("timeline of {}, which holds the leader lock and is {}: not told", leader.name, leader.state.word());
            return Said::new(State::Unknown, why);
        }
        Ok(holder) => holder.and_then(|leader| leader.timeline),
    };
    // a Patroni of today says `streaming` of who streams; `running` is all that an old one can say, of itself or of others
    let members = witnesses(observed, cluster);
    let is_untold = |row: &Row| {
        let own = members.iter().find(|view| view.snapshot.own.name.as_deref() == Some(&row.name));
        !teller.tells_replication() || own.is_some_and(|view| !view.snapshot.tells_replication())
    };
    let replicas: Vec<&Row> = picture.members.iter().filter(|row| !row.role.holds_lock()).collect();
    // the word of the store stands still while a receiver hears nothing
    let broken = |row: &Row| {
        let own = members.iter().find(|view| view.snapshot.own.name.as_deref() == Some(&row.name));
        let name = own.map_or(row.name.as_str(), |view| view.name());
        let mut said = observed.judgement.of(&cluster.spec.name);
        said.find(|finding| finding.rule == REPLICA_NOT_STREAMING.id && finding.subject.member.as_deref() == Some(name))
    };
    let streams = |row: &&&Row| {
        let receives = row.state == PatroniState::Streaming || row.state == PatroniState::Running && is_untold(row);
        receives && broken(row).is_none() && row.timeline.is_some() && row.timeline == leader_timeline
    };
    let healthy: Vec<&&Row> = replicas.iter().filter(streams).collect();
    let sync = healthy.iter().filter(|row| matches!(row.role, ClusterRole::SyncStandby | ClusterRole::QuorumStandby)).count();
    let mut text = format!("{} of {} replicas stream, {sync} of them synchronous", healthy.len(), replicas.len());
    for finding in replicas.iter().filter_map(|row| broken(row)) {
        text.push_str("; ");
        text.push_str(finding.sentence.raw());
    }
    // without ranges the question is whether there is one at all: a check that cannot fail would be green for ever
    let is_ranged = limits.warning.is_some() || limits.critical.is_some();
    let state = if healthy.is_empty() && !is_ranged { State::Critical } else { limits.state(number(healthy.len())) };
    let mut said = Said::new(state, text)
        .measure("healthy_replica", Some(number(healthy.len())), "")
        .measure("sync_replica", Some(number(sync)), "")
        .measure("unhealthy_replica", Some(number(replicas.len() - healthy.len())), "");
    for row in replicas {
        #[expect(clippy::cast_precision_loss, reason = "graphs")]
        let lag = row.replay_lag.as_ref().and_then(crate::systems::patroni::wire::Lag::bytes).map(|bytes| bytes as f64);
        said = said.measure(format!("{}_lag", row.name), lag, "B");
    }
    said
}

fn node_count(observed: &Observed, cluster: &Cluster, limits: &Limits) -> Said {
    match picture(observed, cluster) {
        Err(unknown) => unknown,
        Ok(picture) => {
            let healthy = picture.members.iter().filter(|row| row.state.phase() == Phase::Up).count();
            let all = picture.members.len();
            Said::new(limits.state(number(all)), format!("{all} members, {healthy} of them run")).measure("members", Some(number(all)), "").measure(
                "healthy_members",
                Some(number(healthy)),
                "",
            )
        }
    }
}

fn is_in_maintenance(observed: &Observed, cluster: &Cluster, _limits: &Limits) -> Said {
    match picture(observed, cluster) {
        Err(unknown) => unknown,
        Ok(picture) => match picture.paused.known("pause") {
            Err(gap) => Said::new(State::Unknown, format!("whether automatic failover is paused: {}", gap.reason.phrase())),
            Ok(true) => Said::new(State::Critical, "automatic failover is paused").measure("is_in_maintenance", Some(1.0), ""),
            Ok(false) => Said::new(State::Ok, "automatic failover is on").measure("is_in_maintenance", Some(0.0), ""),
        },
    }
}

fn has_scheduled_action(observed: &Observed, cluster: &Cluster, _limits: &Limits) -> Said {
    let picture = match picture(observed, cluster) {
        Err(unknown) => return unknown,
        Ok(picture) => picture,
    };
    let restarts = picture.members.iter().filter(|row| row.scheduled_restart.is_some()).count();
    let switchover = usize::from(picture.switchover.is_some());
    let state = if restarts + switchover == 0 { State::Ok } else { State::Critical };
    Said::new(state, format!("{switchover} switchovers and {restarts} restarts are scheduled"))
        .measure("has_scheduled_actions", Some(number(restarts + switchover)), "")
        .measure("scheduled_switchover", Some(number(switchover)), "")
        .measure("scheduled_restart", Some(number(restarts)), "")
}

fn config_has_changed(observed: &Observed, cluster: &Cluster, limits: &Limits) -> Said {
    let dynamic = match freshest(observed, cluster, "GET /config", |snapshot| snapshot.config.known("GET /config")) {
        Err(unknown) => return unknown,
        Ok(dynamic) => dynamic,
    };
    let hash = fingerprint(dynamic);
    match limits.expected.as_deref() {
        None => Said::new(State::Unknown, format!("the hash is {hash}; name the one that is right with --expected")),
        Some(expected) if expected == hash => Said::new(State::Ok, format!("unchanged, {hash}")).measure("is_configuration_changed", Some(0.0), ""),
        Some(expected) => {
            Said::new(State::Critical, format!("changed: the hash is {hash}, not {expected}")).measure("is_configuration_changed", Some(1.0), "")
        }
    }
}

/// The same for the same configuration, whatever the order of its keys.
fn fingerprint(dynamic: &Dynamic) -> String {
    fn feed(value: &serde_json::Value, hasher: &mut impl Hasher) {
        match value {
            serde_json::Value::Object(map) => {
                let mut keys: Vec<_> = map.iter().collect();
                keys.sort_by_key(|(key, _)| key.as_str());
                for (key, value) in keys {
                    hasher.write(key.as_bytes());
                    hasher.write(b"=");
                    feed(value, hasher);
                    hasher.write(b";");
                }
            }
            other => hasher.write(other.to_string().as_bytes()),
        }
    }
    let mut hasher = crate::model::Fingerprint::new();
    feed(&serde_json::Value::Object(dynamic.whole.clone()), &mut hasher);
    format!("{:016x}", hasher.finish())
}
