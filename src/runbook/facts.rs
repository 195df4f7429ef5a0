//! What a runbook may ask about a cluster, by name. The names are a promise to whoever writes runbooks: one that is taken away breaks files of
//! others.
//!
//! It must never say how a fact is read: that is asked at its time, directly, of the servers that know.

use super::expression::kind::{Field, Kind, Scalar, Unit};
use crate::engine::FactKind;
use Scalar::{Flag, Lsn, Number, Text};

/// A fact.
#[derive(Debug)]
pub struct Fact {
    /// Dotted; units are in the name.
    pub name: &'static str,
    pub kind: Kind,
    /// One phrase: what it is and who says it.
    pub doc: &'static str,
}

const COUNT: Scalar = Number(Unit::Count);
const BYTES: Scalar = Number(Unit::Bytes);
const SECONDS: Scalar = Number(Unit::Seconds);
const MILLIS: Scalar = Number(Unit::Millis);

const fn field(name: &'static str, scalar: Scalar, doc: &'static str) -> Field {
    Field { name, scalar, doc }
}

const fn one(name: &'static str, scalar: Scalar, doc: &'static str) -> Fact {
    Fact { name, kind: Kind::One(scalar), doc }
}

static MEMBER: &[Field] = &[
    field("name", Text, "as Patroni calls it"),
    field("role", Text, "by the member's own words: primary, replica, standby_leader"),
    field("state", Text, "by the member's own words: running, streaming, stopping, ..."),
    field("answers", Flag, "whether its REST API answered within its deadline"),
    field("writable", Flag, "whether PostgreSQL itself says that it is not in recovery"),
    field("timeline", COUNT, "its own timeline"),
    field("streaming", Flag, "whether the leader's pg_stat_replication has it streaming"),
    field("sync", Flag, "whether Patroni's /sync names it"),
    field("confirms_commits", Flag, "whether commits on the leader wait for it: sync or quorum in the leader's pg_stat_replication"),
    field("receive_lag_bytes", BYTES, "written on the leader, not yet received here; from the leader's pg_stat_replication"),
    field("replay_lag_bytes", BYTES, "written on the leader, not yet replayed here; from the leader's pg_stat_replication"),
    field("reply_age_seconds", SECONDS, "since its last answer to the leader"),
    field("received_lsn", Lsn, "the last position that it has"),
    field("replay_paused", Flag, "whether replay is paused on it"),
    field("pending_restart", Flag, "whether a setting waits for a restart of it"),
    field("started_at", Scalar::Time, "when its PostgreSQL was started"),
    field("automation_paused", Flag, "whether its Patroni says of itself that it takes no action by itself"),
    field("nofailover", Flag, "whether its tags keep it from leading"),
    field("fenced", Flag, "whether it is proven that it cannot accept writes; unreachable proves nothing"),
    field("loss", Text, "what may be lost when it leads from now on, in words: what is proven, since when, and what nobody knows"),
    field("loss_free", Flag, "whether it is proven that every commit that was acknowledged is on it: Patroni's /sync names it, or it leads already"),
    field(
        "loss_at_least_bytes",
        BYTES,
        "WAL that is lost at least when it leads from now on, by what members and the store tell; a silent leader may have written more",
    ),
    field("loss_at_most_seconds", SECONDS, "since the newest commit that it has: nothing older is lost; 0 where it is proven that nothing is"),
    field("newest_commit_at", Scalar::Time, "when the newest commit was made that it has replayed, by the clock of this host"),
];

static POOL: &[Field] = &[
    field("key", Text, "POOLER/DATABASE, its name in `pool`"),
    field("pooler", Text, "the PgBouncer process"),
    field("database", Text, "the database as clients call it"),
    field("mode", Text, "transaction, session or statement"),
    field("paused", Flag, "whether it is paused, by itself or with the whole pooler; of one before 1.19 only a pause of its own is known"),
    field("seen_paused", Flag, "whether anything says that it is paused; one before 1.19 does not tell a pause of the whole, so there may be more"),
    field("sv_active", COUNT, "server connections with a client on them"),
    field("sv_login", COUNT, "server connections that log in"),
    field("cl_waiting", COUNT, "clients that wait for a server connection"),
    field("server_login_retry_seconds", SECONDS, "how long clients get an error after a server could not log in"),
    field("query_wait_timeout_seconds", SECONDS, "how long a client waits before it is thrown out; 0: for ever"),
];

/// All facts, by name.
pub static FACTS: &[Fact] = &[
    one("cluster.archiver_failing", Flag, "whether the archiver of the leader fails"),
    one("cluster.asked_at", Scalar::Time, "when this was asked, by the clock of the host on which it runs"),
    one("cluster.backup_running", Flag, "whether a base backup runs, or a member is being made anew"),
    one("cluster.dcs_answers", Flag, "whether the store of the cluster answers with a quorum"),
    one("cluster.environment", Text, "prod, staging or dev, as the configuration says"),
    one("cluster.has_leader", Flag, "whether the leader key is held"),
    one("cluster.last_role_change_seconds", SECONDS, "since the last change of leader"),
    one(
        "cluster.leader.kept_by",
        Text,
        "a leader that lets nobody in any more: who was at work on it when it last did, and so may keep it from stopping",
    ),
    one("cluster.leader.lsn", Lsn, "where the leader writes"),
    one("cluster.leader.name", Text, "who holds the leader key"),
    one("cluster.leader.state", Text, "what the leader says of itself: running, stopping, ..."),
    one("cluster.leader.timeline", COUNT, "the timeline of the leader, by its own words"),
    one("cluster.leader.writable", Flag, "whether PostgreSQL on the leader says that it is not in recovery"),
    one("cluster.longest_sync_wait_seconds", SECONDS, "the longest wait of a session for a synchronous standby"),
    one("cluster.longest_transaction_seconds", SECONDS, "the oldest open transaction on the leader"),
    one("cluster.max_lag_ms", MILLIS, "the longest replay lag of all standbys, from the leader's pg_stat_replication"),
    Fact { name: "cluster.members", kind: Kind::Items(MEMBER), doc: "all members that are configured" },
    one("cluster.members_answering", COUNT, "configured members whose API and PostgreSQL both answer"),
    one("cluster.members_expected", COUNT, "configured members"),
    one("cluster.members_seen_writable", COUNT, "members that say that they accept writes; who is silent is not among them, so there may be more"),
    one("cluster.name", Text, "as the configuration calls it"),
    one("cluster.newest_timeline", COUNT, "the newest timeline that anybody knows of: a member that is on it, or Patroni's history"),
    one("cluster.paused", Flag, "whether Patroni's automation is paused"),
    one("cluster.pending_failover", Flag, "whether a switchover or failover is on its way: Patroni's /failover key"),
    one("cluster.scheduled_switchover", Flag, "whether a switchover is scheduled"),
    one("cluster.standbys_confirming", COUNT, "standbys for which commits on the leader wait, by its own pg_stat_replication"),
    one("cluster.standbys_streaming", COUNT, "standbys that stream from the leader, by its own pg_stat_replication"),
    Fact { name: "cluster.sync_standbys", kind: Kind::List(Text), doc: "the standbys that Patroni's /sync names" },
    one("cluster.synchronous_mode", Flag, "whether Patroni's synchronous mode is on"),
    one(
        "cluster.synchronous_nodes",
        COUNT,
        "for how many standbys a commit waits, as Patroni's configuration says; 0: nothing is set, and it takes 1",
    ),
    Fact {
        name: "cluster.unfenced_members",
        kind: Kind::List(Text),
        doc: "configured members of which it is not proven that they accept no writes: who is silent, and who says that it does",
    },
    one("cluster.writable_members", COUNT, "members whose PostgreSQL says that it is not in recovery; one, in good times"),
    Fact { name: "members", kind: Kind::Named(MEMBER), doc: "the members by their names: members[params.to].sync" },
    Fact { name: "pool", kind: Kind::Named(POOL), doc: "the pools of all PgBouncers by POOLER/DATABASE: pool[p.key].paused" },
    one("route.leads_to", Text, "the one member to which every write route leads: balancer and poolers; unknown where they disagree"),
    Fact { name: "write_pools", kind: Kind::Items(POOL), doc: "the pools through which writes go to the leader" },
];

/// The fact called `name`.
#[must_use]
pub fn find(name: &str) -> Option<&'static Fact> {
    FACTS.iter().find(|fact| fact.name == name)
}

/// A field that a system declares, as expressions see it; `None` for what is no single value.
#[must_use]
pub(super) const fn scalar(of: FactKind) -> Option<Scalar> {
    Some(match of {
        FactKind::Text => Text,
        FactKind::Instant => Scalar::Time,
        FactKind::Flag => Flag,
        FactKind::Count => COUNT,
        FactKind::Number => Number(Unit::Any),
        FactKind::Bytes => BYTES,
        FactKind::Seconds => SECONDS,
        FactKind::Milliseconds => MILLIS,
        FactKind::Lsn => Lsn,
        FactKind::List(_) | FactKind::Record(_) => return None,
    })
}

/// The first words of the names of facts, which no step and no item may be called by.
pub fn families() -> impl Iterator<Item = &'static str> {
    FACTS.iter().map(|fact| fact.name.split('.').next().unwrap_or(fact.name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_stand_in_order_and_say_their_units() {
        assert!(FACTS.is_sorted_by_key(|fact| fact.name));
        let fields = MEMBER.iter().chain(POOL).map(|field| (field.name, field.scalar));
        let singles = FACTS.iter().filter_map(|fact| if let Kind::One(scalar) = fact.kind { Some((fact.name, scalar)) } else { None });
        for (name, scalar) in fields.chain(singles) {
            let suffix = match scalar {
                BYTES => "_bytes",
                SECONDS => "_seconds",
                MILLIS => "_ms",
                Scalar::Lsn => "lsn",
                _ => continue,
            };
            assert!(name.ends_with(suffix), "{name}");
        }
    }
}
