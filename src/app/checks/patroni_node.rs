//! The checks of `check_patroni` on one member, named with `--member`. <https://github.com/dalibo/check_patroni>

use super::{CheckDef, Limits, Said, State};
use crate::app::Observed;
use crate::fleet::Cluster;
use crate::model::Reason;
use crate::systems::patroni::{Patroni, Snapshot};

pub(super) const IS_ALIVE: CheckDef = CheckDef { name: "node_is_alive", doc: "the REST of the member answers", run: is_alive };
pub(super) const IS_LEADER: CheckDef =
    CheckDef { name: "node_is_leader", doc: "the member leads a primary or a standby cluster", run: |o, c, l| judged(o, c, l, "is_leader", leads) };
pub(super) const IS_PRIMARY: CheckDef = CheckDef {
    name: "node_is_primary",
    doc: "the member is a running primary",
    run: |o, c, l| judged(o, c, l, "is_primary", Snapshot::says_writable),
};
pub(super) const IS_REPLICA: CheckDef = CheckDef {
    name: "node_is_replica",
    doc: "the member is a replica that streams",
    run: |o, c, l| judged(o, c, l, "is_replica", Snapshot::says_streaming),
};
pub(super) const IS_PENDING_RESTART: CheckDef =
    CheckDef { name: "node_is_pending_restart", doc: "the member waits for a restart", run: is_pending_restart };
pub(super) const PATRONI_VERSION: CheckDef =
    CheckDef { name: "node_patroni_version", doc: "Patroni of the member has the version of --expected", run: patroni_version };
pub(super) const TL_HAS_CHANGED: CheckDef =
    CheckDef { name: "node_tl_has_changed", doc: "the member is on another timeline than that of --expected", run: tl_has_changed };

/// The snapshot of the member that is meant, or what to answer instead.
fn member<'a>(observed: &Observed, cluster: &'a Cluster, limits: &Limits) -> Result<(&'a Snapshot, &'a str), Said> {
    let wanted = |name: &str| limits.member.as_deref().is_none_or(|member| member == name);
    let mut found: Vec<_> = cluster.of("patroni").map(|entry| entry.spec.id.name.as_str()).filter(|name| wanted(name)).collect();
    let (Some(name), true) = (found.pop(), found.is_empty()) else {
        let known: Vec<&str> = cluster.of("patroni").map(|entry| entry.spec.id.name.as_str()).collect();
        return Err(Said::new(State::Unknown, format!("name one member with --member; there are: {}", known.join(", "))));
    };
    let view = cluster.members::<Patroni>(observed.now).into_iter().find(|member| member.name() == name).map(|member| member.view);
    match view {
        Some(Ok(view)) => Ok((view.snapshot, name)),
        Some(Err(gap)) => Err(Said::new(State::Unknown, format!("{name}: {}", gap.reason.phrase()))),
        None => Err(Said::new(State::Unknown, format!("{name} is not known"))),
    }
}

fn is_alive(observed: &Observed, cluster: &Cluster, limits: &Limits) -> Said {
    match member(observed, cluster, limits) {
        Ok((_, name)) => Said::new(State::Ok, format!("{name} answers")).measure("is_alive", Some(1.0), ""),
        // only silence of a member that is there is what this check is about: a login, a certificate or a name that is wrong says nothing about it
        Err(said) if is_gone(cluster, limits) => Said { state: State::Critical, ..said }.measure("is_alive", Some(0.0), ""),
        Err(said) => said,
    }
}

/// Whether the member that was named is there, and the newest question found nobody.
fn is_gone(cluster: &Cluster, limits: &Limits) -> bool {
    let Some(name) = limits.member.as_deref() else { return false };
    let failure = cluster.of("patroni").find(|entry| entry.spec.id.name == name).and_then(|entry| entry.failure.as_ref());
    failure.is_some_and(|failure| matches!(failure.error.reason(), Reason::Unreachable(_)))
}

fn judged(observed: &Observed, cluster: &Cluster, limits: &Limits, label: &str, holds: fn(&Snapshot) -> bool) -> Said {
    let (snapshot, name) = match member(observed, cluster, limits) {
        Ok(found) => found,
        Err(said) => return said,
    };
    let yes = holds(snapshot);
    let text = format!("{name} says: {} {}", snapshot.own.role.word(), snapshot.own.state.word());
    Said::new(if yes { State::Ok } else { State::Critical }, text).measure(label, Some(f64::from(u8::from(yes))), "")
}

fn leads(snapshot: &Snapshot) -> bool {
    snapshot.says_writable() || snapshot.says_standby_leader()
}

fn is_pending_restart(observed: &Observed, cluster: &Cluster, limits: &Limits) -> Said {
    match member(observed, cluster, limits) {
        Err(said) => said,
        Ok((snapshot, name)) => match snapshot.own.pending_restart.known("pending_restart") {
            Err(gap) => Said::new(State::Unknown, format!("{name}: {}", gap.reason.phrase())),
            Ok(None) => Said::new(State::Ok, format!("{name} waits for no restart")).measure("is_pending_restart", Some(0.0), ""),
            Ok(Some(changes)) => {
                let changed: Vec<&str> = changes.keys().map(String::as_str).collect();
                Said::new(State::Critical, format!("{name} waits for a restart: {}", changed.join(", "))).measure("is_pending_restart", Some(1.0), "")
            }
        },
    }
}

fn patroni_version(observed: &Observed, cluster: &Cluster, limits: &Limits) -> Said {
    compared(observed, cluster, limits, "is_version_ok", |snapshot| snapshot.own.version.clone())
}

fn tl_has_changed(observed: &Observed, cluster: &Cluster, limits: &Limits) -> Said {
    compared(observed, cluster, limits, "timeline_is_expected", |snapshot| snapshot.timeline().map(|timeline| timeline.to_string()))
}

fn compared(observed: &Observed, cluster: &Cluster, limits: &Limits, label: &str, pick: fn(&Snapshot) -> Option<String>) -> Said {
    let (snapshot, name) = match member(observed, cluster, limits) {
        Ok(found) => found,
        Err(said) => return said,
    };
    match (pick(snapshot), limits.expected.as_deref()) {
        (None, _) => Said::new(State::Unknown, format!("{name} does not say it")),
        (Some(value), None) => Said::new(State::Unknown, format!("{name} has {value}; name the one that is right with --expected")),
        (Some(value), Some(expected)) if value == expected => Said::new(State::Ok, format!("{name} has {value}")).measure(label, Some(1.0), ""),
        (Some(value), Some(expected)) => Said::new(State::Critical, format!("{name} has {value}, not {expected}")).measure(label, Some(0.0), ""),
    }
}
