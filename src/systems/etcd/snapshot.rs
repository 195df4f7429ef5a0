//! All that one member of an etcd cluster told, each part with its own age. Pure.

use super::wire::{Alarm, Health, Peer, Status, Versions};
use crate::model::{Moment, Reading};
use crate::text::Untrusted;
use serde::{Deserialize, Serialize};

/// One member.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Snapshot {
    /// Its own words; without them there is no snapshot.
    pub status: Status,
    pub answered: Moment,
    /// Whether a read through the quorum came through.
    pub health: Reading<Health>,
    pub peers: Reading<Vec<Peer>>,
    pub alarms: Reading<Vec<Alarm>>,
    pub versions: Reading<Versions>,
    /// Bytes the database may have before etcd refuses to write.
    pub quota: Reading<u64>,
    /// Where names are looked for, and what stands directly below it: one name a cluster of Patroni.
    pub namespace: String,
    pub names: Reading<Vec<String>>,
    /// Who holds the lock of a cluster of Patroni against other runs, by its scope, as the quorum has it; older recordings have none.
    #[serde(default = "Reading::not_asked")]
    pub locks: Reading<Vec<(String, Untrusted)>>,
    /// Who left a run open on a cluster of Patroni, by its scope, as the quorum has it; older recordings have none.
    #[serde(default = "Reading::not_asked")]
    pub open_runs: Reading<Vec<(String, Untrusted)>>,
}

impl Snapshot {
    /// This member knows of a leader and is not told otherwise.
    #[must_use]
    pub fn has_leader(&self) -> bool {
        self.status.leader.is_some() && !self.status.errors.iter().any(|error| tells_no_leader(error))
    }

    #[must_use]
    pub fn is_leader(&self) -> bool {
        self.has_leader() && self.status.leader == self.status.member_id
    }

    /// The name of the member with `id`, where the list of members is known.
    #[must_use]
    pub fn name_of(&self, id: u64) -> Option<&str> {
        let peer = self.peers.value()?.iter().find(|peer| peer.id == id)?;
        Some(peer.name.as_str()).filter(|name| !name.is_empty())
    }

    /// Errors of the status that are neither an alarm nor the missing leader.
    pub fn unknown_errors(&self) -> impl Iterator<Item = &str> {
        self.status.errors.iter().map(String::as_str).filter(|error| !tells_no_leader(error) && alarm_in(error).is_none())
    }

    /// Alarms that are set, from the list and from the errors in the status, which is answered without a quorum too.
    #[must_use]
    pub fn alarms_set(&self) -> Vec<Alarm> {
        let mut set: Vec<Alarm> = self.alarms.value().cloned().unwrap_or_default();
        for alarm in self.status.errors.iter().filter_map(|error| alarm_in(error)) {
            if !set.contains(&alarm) {
                set.push(alarm);
            }
        }
        set
    }
}

/// `etcdserver: no leader`
fn tells_no_leader(error: &str) -> bool {
    error.contains("no leader")
}

/// `memberID:8630161756594109333 alarm:NOSPACE `, as a status tells an alarm.
fn alarm_in(error: &str) -> Option<Alarm> {
    let (member, kind) = error.trim().strip_prefix("memberID:")?.split_once(" alarm:")?;
    Some(Alarm { member_id: member.trim().parse().ok()?, kind: kind.trim().to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alarm_is_read_from_an_error_of_the_status() {
        let alarm = alarm_in("memberID:8630161756594109333 alarm:NOSPACE ").expect("alarm");
        assert_eq!(alarm, Alarm { member_id: 8_630_161_756_594_109_333, kind: "NOSPACE".into() });
        assert_eq!(alarm_in("etcdserver: no leader"), None);
        assert_eq!(alarm_in("memberID: alarm:"), None);
    }
}
