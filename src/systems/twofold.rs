//! What rules say of themselves whose fact two witnesses tell: two systems that must not name each other, or a member and its cluster's store.
//!
//! One text for both, so that a rule reads the same whoever raised it; `health::witnesses` makes one finding of what both raise.

use super::contract::{HOLDS, Knob, RuleInfo};
use crate::config::Quantity;
use std::time::Duration;

/// By `GET /patroni`, and by `pg_settings`.
pub const PENDING_RESTART: RuleInfo = RuleInfo {
    id: "pending-restart",
    sentence: "a member has to be restarted for changed parameters to take effect",
    required: false,
    knobs: &[],
    cure: "Restart the members one after the other when there is time: replicas first where a limit such as max_connections grows, the leader first \
           where it shrinks, else a replica keeps the old value.",
};

/// By `GET /patroni`, and by `pg_stat_wal_receiver`.
pub const REPLICA_NOT_STREAMING: RuleInfo = RuleInfo {
    id: "replica-not-streaming",
    sentence: "a running replica does not stream from another server",
    required: false,
    knobs: &[
        Knob {
            name: "silent",
            default: Quantity::Time(Duration::from_secs(45)),
            doc: "a WAL receiver that heard nothing for so long streams no more",
        },
        Knob {
            name: HOLDS,
            default: Quantity::Time(Duration::from_secs(15)),
            doc: "a replica that just lost its source finds the next one within a loop",
        },
    ],
    cure: "Look at the replica's log: `could not connect to the primary server` (password, pg_hba, network), `requested WAL segment has already been \
           removed` (reinitialise it), `highest timeline` (it has to be rewound). Directly after a failover or a restart it ends by itself.",
};

/// By the `Date` header of Patroni, and by `clock_timestamp()`.
pub const CLOCK_SKEW: RuleInfo = RuleInfo {
    id: "clock-skew",
    sentence: "the clock of a member differs from the clock here",
    required: false,
    knobs: &[Knob {
        name: "above",
        default: Quantity::Time(Duration::from_secs(2)),
        doc: "a difference that is certainly larger than this is raised",
    }],
    cure: "Compare with a third clock which one is wrong; then look at chrony or timesyncd on that host (`chronyc tracking`).",
};

/// By the member's own Patroni, and by the cluster's store where that cannot be asked.
pub const MEMBER_NOT_RUNNING: RuleInfo = RuleInfo {
    id: "member-not-running",
    sentence: "PostgreSQL of a member does not run, or its state is not known",
    required: true,
    knobs: &[],
    cure: "Read the log of Patroni and of PostgreSQL on that host. `starting` that does not end: the replica cannot connect to the leader (password, \
           pg_hba, timeline) or replays much WAL. `creating replica` ends by itself. `stopping` that does not end: a client or an archive command \
           holds the shutdown. `crashed` or `start failed`: reinitialise the member once the cause is known.",
};

/// By the servers themselves, and by the cluster's store where nobody asks them.
pub const REPLICA_LAG: RuleInfo = RuleInfo {
    id: "replica-lag",
    sentence: "a replica is behind in bytes or in seconds",
    required: true,
    knobs: &[
        Knob { name: "bytes", default: Quantity::Bytes(16 << 20), doc: "from this lag on a warning" },
        Knob { name: "seconds", default: Quantity::Time(Duration::from_secs(30)), doc: "from this lag on a warning" },
        Knob { name: "critical", default: Quantity::Time(Duration::from_mins(1)), doc: "from this lag on critical" },
        Knob {
            name: "archive",
            default: Quantity::Bytes(64 << 20),
            doc: "from this lag on a warning, for a replica that takes its WAL from the archive: whole segments come late by their nature",
        },
    ],
    cure: "Look at the replica: a replay that waits for a query (`max_standby_streaming_delay`), a paused replay, a full disk, a frozen WAL receiver, a slow \
           network. Take it out of the read pool while it is behind.",
};
