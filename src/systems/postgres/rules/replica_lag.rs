//! A standby is behind, as its sender sees it and as it sees itself.
//!
//! Thresholds are those of the platform: 30 s is when another replica would be added, 60 s pages; 16 MiB is a WAL segment, and more than Patroni's default
//! `maximum_lag_on_failover` allows a candidate. The 100 ms goal of a synchronous standby is an objective, not an alarm.

use super::{bytes_text, reaches, read, seconds_text, witness};
use crate::model::{Gap, Moment, Reason, Severity};
use crate::systems::contract::{Knobs, Raised, Rule, Verdict, View, settled};
use crate::systems::first_seen::began_by;
use crate::systems::postgres::Snapshot;
use crate::systems::postgres::snapshot::replication::WalReceiver;
use crate::systems::twofold::REPLICA_LAG;
use jiff::Timestamp;
use std::time::Duration;

pub(super) const RULE: Rule<Snapshot> = Rule { info: REPLICA_LAG, judge };

fn judge(view: &View<'_, Snapshot>, knobs: &Knobs<'_>) -> Verdict {
    let senders = read(view, &view.snapshot.senders, "replication senders")?;
    let own = read(view, &view.snapshot.replica, "replay position")?;
    let mut raised = Vec::new();
    for sender in senders.value.iter().filter(|sender| sender.is_standby()) {
        let Some(bytes) = sender.replay_lag_bytes else { continue };
        let least = sender.lag_at_least();
        let Some(severity) = severity(bytes, least, knobs) else { continue };
        let name = sender.name.raw();
        let behind = match (sender.lag_seconds(), least) {
            // a bound that is no reason to speak says nothing of how old it is
            (None, Some(least)) if least >= knobs.seconds("seconds") => format!("{} and at least {}", bytes_text(bytes), seconds_text(least)),
            (seconds, _) => both(bytes, seconds),
        };
        let sentence = format!("{name} is {behind} behind {}", view.name());
        let word = |word: &Option<crate::text::Untrusted>| word.as_ref().map_or_else(|| "?".to_owned(), |word| word.raw().to_owned());
        let fact = format!("{name}: {}, {}, replay {}, {}", word(&sender.state), word(&sender.sync_state), behind, sender.last_reply());
        let finding = Raised::new(severity, sentence).seen(witness(view, "pg_stat_replication"), fact, senders.taken_at);
        let finding = finding.seen_since(behind_since(least, senders.taken_at));
        // under Patroni a standby is called as its member; other names are data, not members
        let known = view.cluster.endpoints.iter().any(|endpoint| endpoint.id.system == view.endpoint.id.system && endpoint.id.name == name);
        raised.push(if known { finding.on(name) } else { finding.object(name) });
    }
    // who has received nothing from a server lives on the archive: how far it is behind is told over the cluster, by whoever knows the end of the WAL
    if own.value.in_recovery && own.value.receive_lsn.is_some() {
        let unknown = || Gap::new(format!("what {} received and did not replay", view.name()), Reason::NotReported);
        let Some(bytes) = own.value.apply_lag_bytes else { return settled(raised, Some(unknown())) };
        // only what was measured counts: the age of the last transaction is an hour after an idle hour
        let seconds = own.value.delay.map(|delay| delay.at_least_s).filter(|late| !is_half_a_record(view, bytes, *late, knobs));
        if let Some(severity) = severity(bytes, seconds, knobs) {
            let sentence = format!("{} has yet to replay {} that it received", view.name(), both(bytes, seconds));
            let fact = format!("received and not replayed: {}", both(bytes, seconds));
            let finding = Raised::new(severity, sentence).seen(witness(view, "pg_last_wal_replay_lsn()"), fact, own.taken_at);
            raised.push(finding.seen_since(behind_since(seconds, own.taken_at)));
        }
    }
    Ok(raised)
}

/// What was written so long ago and is not visible there yet was waited for all the time since.
fn behind_since(seconds: Option<f64>, taken_at: Moment) -> Option<Timestamp> {
    began_by(None, Duration::try_from_secs_f64(seconds?).ok(), taken_at)
}

/// Whether what is left to replay for `late` seconds is the front of a record whose rest has not come: WAL arrives in pieces that end anywhere. Nothing
/// was heard since it came, so there is nothing that could be replayed; how long nothing is heard is told by `replica-not-streaming`.
fn is_half_a_record(view: &View<'_, Snapshot>, bytes: i64, late: f64, knobs: &Knobs<'_>) -> bool {
    let receivers = view.snapshot.wal_receiver.value().and_then(Option::as_ref);
    let is_silent = |receivers: &Vec<WalReceiver>| receivers.first().is_none_or(|receiver| receiver.last_msg_age_s.is_some_and(|age| age >= late));
    receivers.is_some_and(is_silent) && !reaches(bytes, knobs.bytes("bytes"))
}

fn severity(bytes: i64, seconds: Option<f64>, knobs: &Knobs<'_>) -> Option<Severity> {
    let late = |knob: &str| seconds.is_some_and(|seconds| seconds >= knobs.seconds(knob));
    if late("critical") {
        Some(Severity::Critical)
    } else if late("seconds") || reaches(bytes, knobs.bytes("bytes")) {
        Some(Severity::Warning)
    } else {
        None
    }
}

fn both(bytes: i64, seconds: Option<f64>) -> String {
    seconds.map_or_else(|| bytes_text(bytes), |seconds| format!("{} and {}", bytes_text(bytes), seconds_text(seconds)))
}
