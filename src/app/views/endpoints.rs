//! One row an endpoint, whatever its system: who it is, whether it answers, what to try.

use super::age;
use crate::app::Observed;
use crate::fleet::{Cluster, Entry};
use crate::model::Origin;
use crate::systems::view::{Cell, Column, Kind, Row, Table, Tone};

/// The endpoints of `clusters`.
pub(super) fn table(observed: &Observed, clusters: &[&Cluster]) -> Table {
    Table {
        key: "endpoints",
        title: "ENDPOINTS",
        columns: vec![
            Column::new("cluster", "CLUSTER", Kind::Text, 1, "the cluster it belongs to"),
            Column::new("system", "SYSTEM", Kind::Text, 0, "what kind of server"),
            Column::new("name", "NAME", Kind::Text, 0, "name of the endpoint"),
            Column::new("answers", "ANSWERS", Kind::Word, 0, "yes, or the trouble in a few words"),
            Column::new(
                "latency_seconds",
                "LATENCY",
                Kind::Seconds,
                2,
                "time of the quickest exchange of the last good answer: one question and its answer, without logging in",
            ),
            Column::new("age_seconds", "AGE", Kind::Seconds, 1, "age of the last good answer"),
            Column::new("origin", "ORIGIN", Kind::Word, 4, "configured, or discovered through another member"),
            Column::new("read_only_role", "READ AS", Kind::Text, 5, "the user that reads"),
            Column::new("error", "ERROR", Kind::Text, 3, "what was asked and what came back"),
            Column::new("hint", "TRY", Kind::Text, 3, "what to try"),
        ],
        rows: clusters.iter().flat_map(|cluster| &cluster.entries).map(|entry| row(observed, entry)).collect(),
        when_empty: "no endpoint is configured",
    }
}

fn row(observed: &Observed, entry: &Entry) -> Row {
    let id = &entry.spec.id;
    let current = entry.current(observed.now);
    let answers = match (&current, &entry.failure) {
        (Ok(_), _) => Cell::word("yes", Tone::Good),
        (Err(_), Some(failure)) => Cell::word(failure.error.trouble.phrase(), Tone::Bad),
        (Err(gap), None) => Cell::word(gap.reason.phrase(), Tone::Warn),
    };
    // how long its answers took is known of one that answers; how old the last is, of one that is silent too
    let latency = match &current {
        Ok(good) => Cell::Seconds(good.latency.as_secs_f64()),
        Err(gap) => Cell::unknown(gap.clone()),
    };
    let aged = match (&entry.good, &current) {
        (Some(good), _) => Cell::Seconds(age(observed.now, good.taken_at)),
        (None, Err(gap)) => Cell::unknown(gap.clone()),
        (None, Ok(_)) => Cell::Nothing,
    };
    let origin = match entry.spec.origin {
        Origin::Configured => "configured",
        Origin::Discovered => "discovered",
    };
    Row::new(
        id.to_string(),
        vec![
            Cell::text(id.cluster.as_str()),
            Cell::text(id.system.as_str()),
            Cell::text(id.name.as_str()),
            answers,
            latency,
            aged,
            Cell::word(origin, Tone::Plain),
            entry.spec.read.as_ref().map_or(Cell::Nothing, |credential| Cell::text(credential.user.as_str())),
            entry.failure.as_ref().map_or(Cell::Nothing, |failure| Cell::text(failure.error.to_string())),
            entry.failure.as_ref().map_or(Cell::Nothing, |failure| Cell::text(failure.error.trouble.hint())),
        ],
    )
}
