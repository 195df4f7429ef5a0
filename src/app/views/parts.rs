//! Tables that more than one view shows: findings, and the panel that each system emits.

use super::subject::{finding_key, tone};
use super::{about, age, fitness};
use crate::app::Observed;
use crate::app::cells::seconds_text;
use crate::app::change::cures;
use crate::fleet::{Cluster, Entry};
use crate::model::{EndpointId, Finding, Gap, Reason, Severity, Since};
use crate::systems::contract::AnySystem;
use crate::systems::view::{Cell, Column, Kind, Row, Table, Tone};

/// One row a finding, worst first.
pub(crate) fn findings(observed: &Observed, clusters: &[&Cluster]) -> Table {
    let wanted = |finding: &&Finding| clusters.iter().any(|cluster| cluster.spec.name == finding.subject.cluster);
    Table {
        key: "findings",
        title: "FINDINGS",
        columns: vec![
            Column::new("severity", "", Kind::Word, 0, "critical, warning or info"),
            Column::new("cluster", "CLUSTER", Kind::Text, 1, "the cluster it is about"),
            Column::new("rule", "RULE", Kind::Text, 0, "identifier of the rule, for `opsctl explain`"),
            Column::new("member", "MEMBER", Kind::Text, 3, "the member or endpoint it is about"),
            Column::new("object", "OBJECT", Kind::Text, 6, "what inside the member: a slot, a session, a pool"),
            Column::new(
                "for_seconds",
                "FOR",
                Kind::Seconds,
                0,
                "how long it has been so; at least, where since_witness is first-seen, and not known when it was first seen just now",
            ),
            Column::new("sentence", "WHAT", Kind::Text, 0, "the finding in one sentence"),
            Column::new("since", "SINCE", Kind::Time, 7, "when it began"),
            Column::new("since_witness", "SINCE FROM", Kind::Word, 7, "server: the server's own time; first-seen: when this process saw it"),
            Column::new(
                "confirmed",
                "CONFIRMED",
                Kind::Flag,
                6,
                "false: its inputs became unknown or it was just now not found again, it may no longer hold",
            ),
            Column::new(
                "runbook",
                "RUNBOOK",
                Kind::Text,
                7,
                "the runbook that mends it: `opsctl runbook plan NAME` says whether it could be run now",
            ),
            Column::new("cure", "WHAT TO DO", Kind::Text, 7, "what to do"),
        ],
        rows: observed.judgement.findings.iter().filter(wanted).map(|finding| finding_row(observed, finding)).collect(),
        when_empty: if observed.judgement.clusters.is_empty() { "nothing is judged yet" } else { "nothing found" },
    }
}

/// How long a finding has held.
pub(crate) fn lasting(observed: &Observed, finding: &Finding) -> Cell {
    let passed = observed.now.wall.duration_since(finding.since.at()).as_secs_f64();
    match finding.since {
        Since::FirstSeen(_) => Cell::AtLeast(passed),
        // a second is what two clocks may differ by; more is a clock that is wrong, and no time that has passed
        Since::Server(_) if passed < -1.0 => {
            let why = format!("the server's time of its beginning lies {} ahead of the clock here", seconds_text(-passed));
            Cell::unknown(Gap::new(format!("how long {} has held", finding.rule), Reason::Malformed(why)))
        }
        Since::Server(_) => Cell::Seconds(passed.max(0.0)),
    }
}

fn finding_row(observed: &Observed, finding: &Finding) -> Row {
    let subject = &finding.subject;
    let optional = |text: Option<&str>| text.map_or(Cell::Nothing, Cell::text);
    let object = subject.object.clone();
    let (witness, at) = match finding.since {
        Since::Server(at) => ("server", at),
        Since::FirstSeen(at) => ("first-seen", at),
    };
    Row::new(
        finding_key(finding),
        vec![
            Cell::word(finding.severity.word(), tone(finding.severity)),
            Cell::text(subject.cluster.as_str()),
            Cell::text(finding.rule.as_str()),
            optional(subject.member.as_deref()),
            object.map_or(Cell::Nothing, Cell::Text),
            lasting(observed, finding),
            Cell::Text(finding.sentence.clone()),
            Cell::Time(at),
            Cell::word(witness, Tone::Plain),
            Cell::Flag(finding.confirmed),
            cures::of(finding).map_or(Cell::Nothing, |wish| Cell::text(wish.runbook)),
            Cell::text(finding.cure.words()),
        ],
    )
}

/// The panel of one system: what every endpoint has, and the columns that the system adds.
pub(crate) fn panel(observed: &Observed, clusters: &[&Cluster], system: &'static dyn AnySystem) -> Table {
    let mut columns = vec![
        Column::new("cluster", "CLUSTER", Kind::Text, 1, "the cluster it belongs to"),
        Column::new("name", "NAME", Kind::Text, 0, "name of the endpoint"),
        Column::new(
            "health",
            "HEALTH",
            Kind::Word,
            0,
            "ok, info, warning, critical by its findings; unwell when it says so itself and no rule on it can judge; unknown when nothing worse was found and a rule on \
             it lacks an input; silent when it does not answer, not asked while an answer is out",
        ),
    ];
    columns.extend_from_slice(system.columns());
    columns.extend([
        Column::new("zone", "ZONE", Kind::Text, 5, "failure domain"),
        Column::new("age_seconds", "AGE", Kind::Seconds, 2, "age of the last good answer"),
        Column::new("latency_seconds", "LATENCY", Kind::Seconds, 6, "time of the quickest exchange: one question and its answer, without logging in"),
        Column::new("origin", "ORIGIN", Kind::Word, 6, "configured, or discovered through another member"),
        Column::new("error", "ERROR", Kind::Text, 6, "why the newest question failed"),
    ]);
    let entries = clusters.iter().flat_map(|cluster| cluster.of(system.name()).map(move |entry| (*cluster, entry)));
    let mut table = Table {
        key: system.name(),
        title: system.title(),
        rows: entries.map(|(cluster, entry)| panel_row(observed, cluster, entry, system)).collect(),
        columns,
        when_empty: "no endpoint of this system is configured",
    };
    fitness::as_found(observed, &mut table);
    table
}

/// Why a rule on this endpoint alone could not be judged; that an answer is still out counts least.
fn blind<'a>(observed: &'a Observed, id: &'a EndpointId) -> Option<&'a Reason> {
    let own = observed.judgement.outcomes_of(&id.cluster).filter(|outcome| {
        let subject = &outcome.subject;
        subject.system.as_deref() == Some(&id.system) && subject.member.as_deref() == Some(&id.name)
    });
    let reasons: Vec<&Reason> = own.filter_map(|outcome| Some(&outcome.found.as_ref().err()?.reason)).collect();
    reasons.iter().find(|reason| ***reason != Reason::NotAskedYet).or(reasons.first()).copied()
}

fn panel_row(observed: &Observed, cluster: &Cluster, entry: &Entry, system: &'static dyn AnySystem) -> Row {
    let id = &entry.spec.id;
    let current = entry.current(observed.now);
    let worst = about(observed, id).map(|finding| finding.severity).max();
    let own: Vec<Cell> = match &current {
        Err(gap) => system.columns().iter().map(|_| Cell::unknown(gap.clone())).collect(),
        Ok(good) => {
            let told = system.present(&good.view(&cluster.spec, &entry.spec, observed.now)).unwrap_or_default();
            told.into_iter().map(|cell| fitness::of_list(observed, &id.cluster, cell)).collect()
        }
    };
    let health = match (&current, worst) {
        (Err(_), _) if !entry.is_silent(observed.now) => Cell::word("not asked", Tone::Muted),
        (Err(_), _) => Cell::word("silent", Tone::Bad),
        (Ok(_), Some(severity)) if severity > Severity::Info => Cell::word(severity.word(), tone(severity)),
        (Ok(_), worst) => match (blind(observed, id), worst) {
            (Some(Reason::NotAskedYet), _) => Cell::word("not asked", Tone::Muted),
            (Some(_), _) if own.iter().any(|cell| cell.tone() == Tone::Bad) => Cell::word("unwell", Tone::Bad),
            (Some(_), _) => Cell::word("unknown", Tone::Warn),
            (None, Some(severity)) => Cell::word(severity.word(), tone(severity)),
            (None, None) => Cell::word("ok", Tone::Good),
        },
    };
    let mut cells = vec![Cell::text(id.cluster.as_str()), Cell::text(id.name.as_str()), health];
    cells.extend(own);
    // one that was asked and refused has no age for that reason, and not because nobody asked
    let unread = |fact: &str| {
        let reason = current.as_ref().err().map_or(Reason::NotAskedYet, |gap| gap.reason.clone());
        Cell::unknown(Gap::new(format!("{fact} of {id}"), reason))
    };
    cells.push(entry.spec.zone.as_ref().map_or(Cell::Nothing, |zone| Cell::text(zone.0.as_str())));
    cells.push(entry.good.as_ref().map_or_else(|| unread("age"), |good| Cell::Seconds(age(observed.now, good.taken_at))));
    cells.push(match &current {
        Ok(good) => Cell::Seconds(good.latency.as_secs_f64()),
        Err(_) => unread("latency"),
    });
    cells.push(Cell::word(
        match entry.spec.origin {
            crate::model::Origin::Configured => "configured",
            crate::model::Origin::Discovered => "discovered",
        },
        Tone::Plain,
    ));
    cells.push(entry.failure.as_ref().map_or(Cell::Nothing, |failure| Cell::text(failure.error.to_string())));
    Row::new(id.to_string(), cells)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_silent_endpoint_told_is_old_in_every_cell_but_its_age() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/recordings/fault-pooler-stop.opr");
        let recording = crate::app::record::Recording::open(std::path::Path::new(path)).expect("a recording");
        let last = recording.at(jiff::Timestamp::MAX).expect("an instant");
        let clusters: Vec<&Cluster> = last.fleet.clusters.iter().map(AsRef::as_ref).collect();
        let system = crate::systems::registry::find("pgbouncer").expect("a system");
        let (panel, doctor) = (panel(&last, &clusters, system), crate::app::views::endpoints::table(&last, &clusters));
        for table in [&panel, &doctor] {
            let at = |key: &str| table.columns.iter().position(|column| column.key == key).expect("the column");
            let row = table.rows.iter().find(|row| row.key.ends_with("/pgb-write-1")).expect("the silent one");
            assert!(matches!(row.cells[at("latency_seconds")], Cell::Unknown(_)), "{row:?}");
            assert!(matches!(row.cells[at("age_seconds")], Cell::Seconds(_)), "{row:?}");
        }
        let told = ["transactions_per_second", "clients_waiting"];
        let (summary, columns) = (crate::app::views::summary::cells(&last, clusters[0]), crate::app::views::summary::COLUMNS);
        let pooled = columns.iter().zip(&summary).filter(|(column, _)| told.contains(&column.key));
        assert!(pooled.into_iter().all(|(_, cell)| matches!(cell, Cell::Unknown(_))), "{summary:?}");
    }
}
