//! `status`: how every cluster stands, what was found, and a panel of each system. A new system is in it without an edit here.

use super::{BadPick, Pick, ViewDef, explain, parts, picked, sources, summary};
use crate::app::Observed;
use crate::fleet::Cluster;
use crate::health::Standing;
use crate::model::{Gap, Reason, Severity};
use crate::systems::registry;
use crate::systems::view::{Cell, Column, Kind, Page, Row, Table, Tone};

pub(super) const VIEW: ViewDef =
    ViewDef { name: "status", doc: "How every cluster stands: findings first, then what each endpoint says", argument: None, page };

fn page(observed: &Observed, pick: &Pick) -> Result<Page, BadPick> {
    let clusters = picked(observed, pick)?;
    let mut page = Page::new("Status");
    page.tables = vec![cluster_table(observed, &clusters), parts::findings(observed, &clusters)];
    page.tables.push(explain::required(observed, &clusters));
    page.tables.extend(registry::SYSTEMS.iter().map(|system| parts::panel(observed, &clusters, *system)));
    page.sources = sources(&clusters, &[]);
    Ok(page)
}

/// How a standing is toned.
pub(crate) fn tone(standing: Standing) -> Tone {
    match standing {
        Standing::Healthy => Tone::Good,
        Standing::Warning | Standing::Unknown => Tone::Warn,
        Standing::Critical | Standing::Unreadable => Tone::Bad,
    }
}

/// One row a cluster.
pub(crate) fn cluster_table(observed: &Observed, clusters: &[&Cluster]) -> Table {
    let mut columns = vec![
        Column::new("cluster", "CLUSTER", Kind::Text, 0, "name of the cluster"),
        Column::new("standing", "STATUS", Kind::Word, 0, "healthy, warning, critical, unknown (a required fact is missing), unreadable"),
        Column::new("environment", "ENV", Kind::Word, 1, "prod, staging or dev"),
        Column::new("environment_assumed", "ASSUMED", Kind::Flag, 6, "whether nobody said which environment it is, and the careful choice was made"),
    ];
    columns.extend(summary::COLUMNS);
    columns.extend([
        Column::new("critical", "CRITICAL", Kind::Count, 2, "critical findings"),
        Column::new("warnings", "WARNINGS", Kind::Count, 2, "warnings"),
        Column::new("rules_unknown", "UNKNOWN", Kind::Count, 3, "rules that lack an input"),
        Column::new("endpoints", "ENDPOINTS", Kind::Count, 4, "endpoints, configured and discovered"),
        Column::new("endpoints_silent", "SILENT", Kind::Count, 3, "endpoints that do not answer"),
        Column::new("oldest_seconds", "OLDEST", Kind::Seconds, 3, "age of the oldest answer"),
    ]);
    Table {
        key: "clusters",
        title: "CLUSTERS",
        columns,
        rows: clusters.iter().map(|cluster| row(observed, cluster)).collect(),
        when_empty: "no cluster is configured",
    }
}

/// What a cluster may do without, and has none of.
fn optional(gap: &Gap) -> bool {
    matches!(gap.reason, Reason::NotConfigured(_))
}

fn row(observed: &Observed, cluster: &Cluster) -> Row {
    let name = cluster.spec.name.as_str();
    let standing = observed.judgement.standing(name);
    let of = |severity| observed.judgement.of(name).filter(|finding| finding.severity == severity).count();
    let unknown = observed
        .judgement
        .outcomes_of(name)
        .filter(|outcome| outcome.found.as_ref().is_err_and(|gap| outcome.rule.required || !optional(gap)))
        .count();
    let silent = cluster.entries.iter().filter(|entry| entry.is_silent(observed.now)).count();
    let oldest = cluster.entries.iter().filter_map(|entry| entry.good.as_ref()).map(|good| super::age(observed.now, good.taken_at)).reduce(f64::max);
    let loud = |count: usize, tone| Cell::count(count).toned(if count == 0 { Tone::Plain } else { tone });
    let mut cells = vec![
        Cell::text(name),
        Cell::word(standing.word(), tone(standing)),
        Cell::word(cluster.spec.environment.word(), Tone::Plain),
        Cell::Flag(cluster.spec.environment_assumed),
    ];
    cells.extend(summary::cells(observed, cluster));
    cells.extend([
        loud(of(Severity::Critical), Tone::Bad),
        loud(of(Severity::Warning), Tone::Warn),
        loud(unknown, Tone::Warn),
        Cell::count(cluster.entries.len()),
        loud(silent, Tone::Bad),
        Cell::reported(oldest, format!("age of the oldest answer of {name}"), Cell::Seconds),
    ]);
    Row::new(name, cells)
}
