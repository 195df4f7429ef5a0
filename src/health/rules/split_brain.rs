//! Two servers of one cluster accept writes at the same time. Patroni may show a perfect cluster meanwhile: only the servers themselves are asked.

use crate::health::patroni::{Told, known_as};
use crate::health::rule::{ClusterRule, ClusterView};
use crate::health::writers::{Says, Writer, nobody_to_ask, writers};
use crate::model::{Moment, Severity};
use crate::systems::contract::{Knobs, Raised, RuleInfo, Verdict};

pub(super) const RULE: ClusterRule = ClusterRule {
    info: RuleInfo {
        id: "split-brain",
        sentence: "more than one PostgreSQL of a cluster accepts writes",
        required: false,
        knobs: &[],
        cure: "Fence the wrong one at once: that is the one without the leader lock, which the finding names where the cluster's store tells (`opsctl topology` too). Stop its PostgreSQL (immediate), or cut it off the network \
               and the poolers; commits that it acknowledged since then exist there alone. Keep its data directory for comparison, then let pg_rewind or reinit \
               bring it back as a replica. Find out why its Patroni did not demote it: no watchdog, killed, frozen.",
    },
    judge,
};

fn judge(view: &ClusterView<'_>, _knobs: &Knobs<'_>) -> Verdict {
    let all = writers(view);
    let mut gap = all.is_empty().then(|| nobody_to_ask(view));
    let mut writing: Vec<(&Writer<'_>, &Says)> = Vec::new();
    for writer in &all {
        match &writer.says {
            // two addresses of one server are one server, and a server of another cluster is another finding
            Ok(says) if says.writes && !writing.iter().any(|(_, known)| known.server.is_same(&says.server)) => writing.push((writer, says)),
            Ok(_) => {}
            // fenced, as the cure says
            Err(_) if writer.is_over() => {}
            Err(missing) => gap = gap.or_else(|| Some(missing.clone())),
        }
    }
    let rivals = |says: &Says| writing.iter().filter(|(_, other)| !other.server.is_foreign_to(&says.server)).count();
    let most = writing.iter().max_by_key(|(_, says)| rivals(says)).map(|(_, says)| says.server.clone());
    writing.retain(|(_, says)| most.as_ref().is_some_and(|server| !says.server.is_foreign_to(server)));
    // two are two, whatever a third may be; one is only one when all were seen
    if writing.len() < 2 {
        return gap.map_or_else(|| Ok(Vec::new()), Err);
    }
    let names: Vec<&str> = writing.iter().map(|(writer, _)| writer.name).collect();
    let told = Told::of(view);
    let holder = holder(&told);
    let advice = holder.as_ref().map_or_else(String::new, |holder| advice(&holder.0, &names));
    let raised =
        Raised::new(Severity::Critical, format!("{} accept writes at the same time{advice}", names.join(" and "))).on_each(names.iter().copied());
    let raised = match holder {
        Some((name, witness, at)) => raised.seen(witness, format!("{name} holds the leader lock"), at),
        None => raised,
    };
    Ok(vec![writing.iter().fold(raised, |raised, (writer, says)| {
        let lsn = says.lsn.map_or_else(|| "an unknown position".to_owned(), |lsn| lsn.to_string());
        let branch = says.timeline.map_or_else(|| "?".to_owned(), |timeline| timeline.to_string());
        raised.seen(writer.witness.as_str(), format!("{} accepts writes, at {lsn} on timeline {branch}", writer.name), says.at)
    })])
}

/// Who holds the leader lock and whom to fence, as the end of a sentence.
fn advice(holder: &str, writing: &[&str]) -> String {
    let others: Vec<&str> = writing.iter().copied().filter(|name| *name != holder).collect();
    if others.len() == writing.len() {
        return format!("; the leader lock is held by {holder}, which is none of them");
    }
    format!("; {holder} holds the leader lock: fence {}", others.join(" and "))
}

/// Who holds the lock, by which witness and when; only where every member that could read the store says the same.
fn holder(told: &Told<'_>) -> Option<(String, String, Moment)> {
    let mut holder: Option<(String, String, Moment)> = None;
    for member in told.views() {
        let (Some(picture), Some(at)) = (member.snapshot.cluster.value(), member.snapshot.cluster.taken_at()) else { continue };
        let name = known_as(told, picture.leader()?);
        match &holder {
            Some((known, ..)) if *known != name => return None,
            Some(_) => {}
            None => holder = Some((name, format!("GET /cluster of {}", member.name()), at)),
        }
    }
    holder
}

#[cfg(test)]
mod tests {
    use super::advice;

    #[test]
    fn whom_to_fence_is_said_only_where_one_of_them_holds_the_lock() {
        assert_eq!(advice("pg2", &["pg1", "pg2"]), "; pg2 holds the leader lock: fence pg1");
        assert_eq!(advice("pg3", &["pg1", "pg2"]), "; the leader lock is held by pg3, which is none of them");
    }
}
