//! A standby is behind, as its sender sees it and as it sees itself.
//!
//! Thresholds are those of the platform: 30 s is when another replica would be added, 60 s pages; 16 MiB is a WAL segment, and more than Patroni's default
//! `maximum_lag_on_failover` allows a candidate. The 100 ms goal of a synchronous standby is an objective, not an alarm.

use super::{bytes_text, reaches, read, seconds_text, witness};
use crate::model::{Gap, Reason, Severity};
use crate::systems::contract::{Knobs, Raised, Rule, Verdict, View};
use crate::systems::postgres::Snapshot;
use crate::systems::twofold::REPLICA_LAG;

pub(super) const RULE: Rule<Snapshot> = Rule { info: REPLICA_LAG, judge };

fn judge(view: &View<'_, Snapshot>, knobs: &Knobs<'_>) -> Verdict {
    let senders = read(view, &view.snapshot.senders, "replication senders")?;
    let own = read(view, &view.snapshot.replica, "replay position")?;
    let mut raised = Vec::new();
    for sender in senders.value.iter().filter(|sender| sender.is_standby()) {
        let (Some(bytes), seconds) = (sender.replay_lag_bytes, sender.lag_seconds()) else { continue };
        let Some(severity) = severity(bytes, seconds, knobs) else { continue };
        let name = sender.name.raw();
        let sentence = format!("{name} is {} behind {}", both(bytes, seconds), view.name());
        let word = |word: &Option<crate::text::Untrusted>| word.as_ref().map_or_else(|| "?".to_owned(), |word| word.raw().to_owned());
        let fact = format!("{name}: {}, {}, replay {}, {}", word(&sender.state), word(&sender.sync_state), both(bytes, seconds), sender.last_reply());
        let finding = Raised::new(severity, sentence).seen(witness(view, "pg_stat_replication"), fact, senders.taken_at);
        // under Patroni a standby is called as its member; other names are data, not members
        let known = view.cluster.endpoints.iter().any(|endpoint| endpoint.id.system == view.endpoint.id.system && endpoint.id.name == name);
        raised.push(if known { finding.on(name) } else { finding.object(name) });
    }
    if own.value.in_recovery {
        let unknown = || Gap::new(format!("what {} received and did not replay", view.name()), Reason::NotReported);
        let bytes = own.value.apply_lag_bytes.ok_or_else(unknown)?;
        // only what was measured counts: the age of the last transaction is an hour after an idle hour
        let seconds = own.value.delay.map(|delay| delay.at_least_s);
        if let Some(severity) = severity(bytes, seconds, knobs) {
            let sentence = format!("{} has yet to replay {} that it received", view.name(), both(bytes, seconds));
            let fact = format!("received and not replayed: {}", both(bytes, seconds));
            raised.push(Raised::new(severity, sentence).seen(witness(view, "pg_last_wal_replay_lsn()"), fact, own.taken_at));
        }
    }
    Ok(raised)
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
