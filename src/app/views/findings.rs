//! `findings`: what the rules found, worst first.

use super::{BadPick, Pick, ViewDef, explain, parts, picked, sources};
use crate::app::Observed;
use crate::fleet::Cluster;
use crate::model::{Cure, Finding};
use crate::systems::view::{Cell, Column, Kind, Page, Row, Table};
use std::collections::BTreeSet;

pub(super) const VIEW: ViewDef = ViewDef { name: "findings", doc: "What is wrong, worst first, since when, and what to do", argument: None, page };

fn page(observed: &Observed, pick: &Pick) -> Result<Page, BadPick> {
    let clusters = picked(observed, pick)?;
    let mut page = Page::new("Findings");
    page.tables = vec![parts::findings(observed, &clusters), cures(observed, &clusters), explain::required(observed, &clusters)];
    if page.tables.iter().any(|table| table.key == "missing" && !table.rows.is_empty()) {
        for table in &mut page.tables {
            table.when_empty = match table.key {
                "findings" => "nothing found by what is known; what is required and not known stands below",
                "cures" => "find out what is not known",
                _ => table.when_empty,
            };
        }
    }
    page.sources = sources(&clusters, &[]);
    Ok(page)
}

/// What to do, once for each rule that has found something, in the order of the findings: by what does not end with another finding, where there is such.
fn cures(observed: &Observed, clusters: &[&Cluster]) -> Table {
    let mut said = BTreeSet::new();
    let findings = observed.judgement.findings.iter().filter(|finding| clusters.iter().any(|cluster| cluster.spec.name == finding.subject.cluster));
    let follows = |finding: &Finding| matches!(finding.cure, Cure::Follows { .. });
    let alone: BTreeSet<&str> = findings.clone().filter(|finding| !follows(finding)).map(|finding| finding.rule.as_str()).collect();
    let first = findings.filter(|finding| !(follows(finding) && alone.contains(finding.rule.as_str())) && said.insert(finding.rule.as_str()));
    let row = |finding: &Finding| Row::new(finding.rule.as_str(), vec![Cell::text(finding.rule.as_str()), Cell::text(finding.cure.words())]);
    Table {
        key: "cures",
        title: "WHAT TO DO",
        columns: vec![
            Column::new("rule", "RULE", Kind::Text, 0, "the rule that has found something"),
            Column::new("cure", "WHAT TO DO", Kind::Text, 0, "what a person does about it"),
        ],
        rows: first.map(row).collect(),
        when_empty: "nothing to do",
    }
}
