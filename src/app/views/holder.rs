//! Who holds the lock of a cluster against other runs, as the cluster's etcd has it: key `/opsctl/lock/SCOPE`. Of what is no entry of ours the text is shown
//! as it stands: it is somebody.

use crate::engine::lock::Holder;
use crate::fleet::Cluster;
use crate::model::{Gap, Moment, Reason};
use crate::systems::etcd::Etcd;
use crate::text::Untrusted;

/// Who holds it; `None`: nobody. By the newest answer of a member of etcd.
///
/// # Errors
/// Why nobody could tell.
pub fn of(cluster: &Cluster, now: Moment) -> Result<Option<Untrusted>, Gap> {
    let fact = format!("who holds the lock of {}", cluster.spec.name);
    let members = cluster.members::<Etcd>(now);
    if members.is_empty() {
        return Err(Gap::new(fact, Reason::Untold("no etcd is configured".to_owned())));
    }
    let views = members.iter().filter_map(|member| member.view.as_ref().ok());
    let newest = views.clone().filter_map(|view| Some((view.snapshot.locks.taken_at()?, view.snapshot.locks.value()?))).max_by_key(|(at, _)| at.mono);
    if let Some((_, locks)) = newest {
        return Ok(locks.iter().find(|(scope, _)| *scope == cluster.spec.scope).map(|(_, who)| words(who)));
    }
    let untold = views.clone().find_map(|view| view.snapshot.locks.known(fact.as_str()).err());
    let silent = || members.iter().find_map(|member| member.view.as_ref().err()).map(|gap| Gap { fact: fact.clone(), ..gap.clone() });
    Err(untold.or_else(silent).unwrap_or_else(|| Gap::new(fact.clone(), Reason::NotAskedYet)))
}

/// Who it is, in few words.
fn words(who: &Untrusted) -> Untrusted {
    serde_json::from_str::<Holder>(who.raw())
        .map_or_else(|_error| who.clone(), |holder| format!("{}@{}: {} {}", holder.by.name, holder.process.host, holder.runbook, holder.run).into())
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn an_entry_of_ours_is_told_in_words_and_any_other_as_it_stands() {
        let entry = r#"{"run":"01K","runbook":"switchover","process":{"host":"jump1","space":"s","pid":7,"started":1},
            "by":{"name":"ana","host":"lap","via":"login"},"since":"2026-01-01T00:00:00Z","folder":"/var/lib/opsctl/runs/01K"}"#;
        assert_eq!(words(&entry.into()).raw(), "ana@jump1: switchover 01K");
        assert_eq!(words(&"ana".into()).raw(), "ana");
    }
}
