//! The rules over a cluster: one file a rule, one line here.

use super::rule::ClusterRule;

mod api_url_suspicious;
mod cluster_appeared;
mod cluster_paused;
mod cluster_silent;
mod cluster_vanished;
mod dcs_down;
mod dcs_no_quorum;
mod endpoint_twice;
mod endpoint_unreachable;
mod entry_down;
mod etcd_leaders_differ;
mod etcd_majority_in_one_zone;
mod etcd_member_without_leader;
mod failsafe_active;
mod foreign_member;
mod host_silent;
mod leader_and_sync_in_one_zone;
mod lock_holder_not_writable;
mod member_appeared;
mod member_frozen;
mod member_missing;
mod member_not_running;
mod member_vanished;
mod no_leader;
mod no_writable_primary;
mod poller_restarted;
mod replica_lag;
mod replica_without_sender;
mod role_disagrees;
mod rto_over_goal;
mod run_left_open;
mod scheduled_switchover;
mod split_brain;
mod stale_data;
mod sync_standby_missing;
mod timeline_mismatch;
#[cfg(test)]
mod told_by_servers;
#[cfg(test)]
mod who_writes;
mod witness_stale;
mod write_route_not_to_primary;

/// All rules over clusters.
pub static RULES: &[ClusterRule] = &[
    run_left_open::RULE,
    endpoint_unreachable::RULE,
    cluster_silent::RULE,
    host_silent::RULE,
    member_frozen::RULE,
    entry_down::RULE,
    api_url_suspicious::RULE,
    split_brain::RULE,
    no_writable_primary::RULE,
    write_route_not_to_primary::RULE,
    no_leader::RULE,
    lock_holder_not_writable::RULE,
    sync_standby_missing::RULE,
    leader_and_sync_in_one_zone::RULE,
    timeline_mismatch::RULE,
    cluster_paused::RULE,
    scheduled_switchover::RULE,
    rto_over_goal::RULE,
    member_missing::RULE,
    member_not_running::RULE,
    replica_lag::RULE,
    replica_without_sender::RULE,
    member_vanished::RULE,
    member_appeared::RULE,
    foreign_member::RULE,
    role_disagrees::RULE,
    endpoint_twice::RULE,
    witness_stale::RULE,
    dcs_down::RULE,
    failsafe_active::RULE,
    dcs_no_quorum::RULE,
    etcd_member_without_leader::RULE,
    etcd_leaders_differ::RULE,
    etcd_majority_in_one_zone::RULE,
    cluster_appeared::RULE,
    cluster_vanished::RULE,
    stale_data::RULE,
    poller_restarted::RULE,
];
