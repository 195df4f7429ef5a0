//! Commits are to wait for a standby, and there is none: what is committed now is lost with the leader, and nobody may be promoted by itself.

use crate::health::patroni::Told;
use crate::health::rule::{ClusterRule, ClusterView};
use crate::model::{Reason, Severity};
use crate::systems::contract::{Knobs, Raised, RuleInfo, Verdict};
use crate::systems::patroni::dynamic::SyncMode;

pub(super) const RULE: ClusterRule = ClusterRule {
    info: RuleInfo {
        id: "sync-standby-missing",
        sentence: "synchronous mode is on and no synchronous standby confirms commits",
        required: false,
        knobs: &[],
        cure: "No role change now: a leader that is lost takes commits with it and no standby may replace it. Bring a standby back to streaming; Patroni makes it \
               synchronous within one or two loop_wait, a change of the configuration to the same value wakes it at once.",
    },
    judge,
};

fn judge(view: &ClusterView<'_>, _knobs: &Knobs<'_>) -> Verdict {
    let told = Told::of(view);
    if told.is_absent() {
        return Ok(Vec::new());
    }
    let config = told.config()?;
    match config.value.synchronous_mode() {
        SyncMode::Off => return Ok(Vec::new()),
        SyncMode::On | SyncMode::Quorum => {}
        SyncMode::Other(word) => return Err(told.gap("synchronous_mode", Reason::Malformed(format!("synchronous_mode {word}")))),
    }
    let Some(leader) = told.head() else { return Err(told.gap("followers of the leader", Reason::NotReported)) };
    let snapshot = leader.snapshot;
    if !snapshot.says_writable() || snapshot.sync_followers().next().is_some() {
        return Ok(Vec::new());
    }
    let streaming = snapshot.own.followers.iter().filter(|follower| follower.state.as_deref() == Some("streaming")).count();
    let name = leader.name();
    let strict = config.value.synchronous_mode_strict();
    let (severity, what) = if strict.is_on() {
        (Severity::Critical, "and synchronous_mode_strict holds every commit until there is one")
    } else if strict.known("synchronous_mode_strict").is_err() {
        (Severity::Critical, "and whether synchronous_mode_strict holds every commit is not known")
    } else if streaming == 0 {
        (Severity::Critical, "and no standby streams at all: what is committed now exists on one server")
    } else {
        (Severity::Warning, "though standbys stream: commits of now can be lost with it")
    };
    let fact = format!("{} followers, {streaming} streaming, none of them sync or quorum", snapshot.own.followers.len());
    let mode = config.value.whole.get("synchronous_mode").map(ToString::to_string).unwrap_or_default();
    Ok(vec![
        Raised::new(severity, format!("{name} has no synchronous standby, {what}"))
            .seen(format!("GET /patroni of {name}"), fact, snapshot.exchange.answered)
            .seen(config.witness, format!("synchronous_mode {mode}"), config.taken_at),
    ])
}
