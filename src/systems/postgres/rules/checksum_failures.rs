//! A page did not match its checksum: the storage returned other bytes than were written.

use super::{counted, read, witness};
use crate::model::Severity;
use crate::systems::contract::{Knobs, Raised, Rule, RuleInfo, Verdict, View};
use crate::systems::postgres::Snapshot;

pub(super) const RULE: Rule<Snapshot> = Rule {
    info: RuleInfo {
        id: "checksum-failures",
        sentence: "pages did not match their checksums",
        required: false,
        knobs: &[],
        cure: "Treat the data files of this server as damaged: find the page in the log, compare with another member, switch away from this host, reinitialise it \
               from a good one, and have the storage checked. Verify the backups. The counter goes back with `pg_stat_reset()` in that database.",
    },
    judge,
};

fn judge(view: &View<'_, Snapshot>, _knobs: &Knobs<'_>) -> Verdict {
    let sample = read(view, &view.snapshot.databases, "database statistics")?;
    let raised = sample.value.iter().filter_map(|database| {
        // none: checksums are off, there is nothing to count
        let count = u64::try_from(database.checksum_failures?).ok().filter(|count| *count > 0)?;
        let name = database.datname.raw();
        let last = database.checksum_last_failure.map_or_else(String::new, |at| format!(", last {at}"));
        let finding = Raised::new(Severity::Critical, format!("{} in database {name} on {}", counted(count, "checksum failure"), view.name()));
        Some(finding.object(name).seen(witness(view, "pg_stat_database"), format!("checksum_failures {count}{last}"), sample.taken_at))
    });
    Ok(raised.collect())
}
