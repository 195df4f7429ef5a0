//! `explain RULE`: what a rule watches for, what it says now and why, and what to do. Without a rule: every rule and how it stands.

use super::{BadPick, Pick, ViewDef, parts, picked, sources};
use crate::app::Observed;
use crate::fleet::Cluster;
use crate::health::judge::every_rule;
use crate::systems::contract::RuleInfo;
use crate::systems::view::{Cell, Column, Kind, Page, Row, Table, Tone};
use crate::text::Untrusted;

pub(super) const VIEW: ViewDef = ViewDef {
    name: "explain",
    doc: "What a rule watches for, its evidence now, its thresholds, its cure; all rules without one",
    argument: Some(("RULE", "identifier of a rule, as `findings` shows it")),
    page,
};

fn page(observed: &Observed, pick: &Pick) -> Result<Page, BadPick> {
    let clusters = picked(observed, pick)?;
    let wanted: Vec<&RuleInfo> = match &pick.argument {
        None => every_rule(),
        Some(name) => vec![rule(name)?],
    };
    let mut page = Page::new("Explain");
    page.facts = words_of(if pick.argument.is_some() { wanted.first().copied() } else { None });
    page.tables = vec![rules(observed, &clusters, &wanted), evidence(observed, &clusters, &wanted), missing(observed, &clusters, &wanted)];
    let mut found = parts::findings(observed, &clusters);
    found.rows.retain(|row| wanted.iter().any(|rule| row.key.split('/').nth(1) == Some(rule.id)));
    page.tables.push(found);
    page.sources = sources(&clusters, &[]);
    Ok(page)
}

/// The rule called `name`: no server has to be asked for it.
///
/// # Errors
/// There is none.
pub(crate) fn rule(name: &str) -> Result<&'static RuleInfo, BadPick> {
    let all = every_rule();
    let found = all.iter().copied().find(|rule| rule.id == name);
    found.ok_or_else(|| BadPick::new("rule", name, all.iter().map(|rule| rule.id)))
}

/// What the rule that was named says of itself; nothing where none was.
fn words_of(rule: Option<&RuleInfo>) -> Vec<(Column, Cell)> {
    let said = |show: &dyn Fn(&RuleInfo) -> Cell| rule.map_or(Cell::Nothing, show);
    vec![
        (Column::new("watches_for", "WATCHES FOR", Kind::Text, 0, "what the named rule looks for"), said(&|rule| Cell::text(rule.sentence))),
        (Column::new("what_to_do", "WHAT TO DO", Kind::Text, 0, "what a person does about it"), said(&|rule| Cell::text(rule.cure))),
        (
            Column::new("thresholds", "THRESHOLDS", Kind::List, 0, "knobs and defaults, set in [cluster.rules.RULE]"),
            said(&|rule| Cell::List(knobs(rule))),
        ),
    ]
}

fn knobs(rule: &RuleInfo) -> Vec<Untrusted> {
    rule.knobs.iter().map(|knob| Untrusted::from(format!("{} = {} ({})", knob.name, knob.default, knob.doc))).collect()
}

fn rules(observed: &Observed, clusters: &[&Cluster], wanted: &[&RuleInfo]) -> Table {
    let row = |rule: &&RuleInfo| {
        let outcomes = || {
            let mine = observed.judgement.outcomes().filter(|outcome| outcome.rule.id == rule.id);
            mine.filter(|outcome| clusters.iter().any(|cluster| cluster.spec.name == outcome.subject.cluster))
        };
        let mine = observed.judgement.findings.iter().filter(|finding| finding.rule == rule.id);
        let raised = mine.filter(|finding| clusters.iter().any(|cluster| cluster.spec.name == finding.subject.cluster)).count();
        let unknown = outcomes().filter(|outcome| outcome.found.is_err()).count();
        let (word, tone) = match (raised, unknown, outcomes().count()) {
            (_, _, 0) => ("not asked", Tone::Muted),
            (0, 0, _) => ("quiet", Tone::Good),
            (0, _, _) => ("unknown", Tone::Warn),
            _ => ("raised", Tone::Bad),
        };
        Row::new(
            rule.id,
            vec![
                Cell::text(rule.id),
                Cell::word(word, tone),
                Cell::count(raised),
                Cell::count(unknown),
                Cell::Flag(rule.required),
                Cell::text(rule.sentence),
                Cell::List(knobs(rule)),
                Cell::text(rule.cure),
            ],
        )
    };
    Table {
        key: "rules",
        title: "RULES",
        columns: vec![
            Column::new("rule", "RULE", Kind::Text, 0, "identifier"),
            Column::new("state", "STATE", Kind::Word, 0, "quiet, raised, unknown (an input is missing), not asked (nothing there to judge)"),
            Column::new("raised", "RAISED", Kind::Count, 3, "findings now"),
            Column::new("unknown_subjects", "UNKNOWN", Kind::Count, 3, "subjects whose inputs are not known"),
            Column::new("required", "REQUIRED", Kind::Flag, 4, "without its inputs `status` exits 3"),
            Column::new("watches_for", "WATCHES FOR", Kind::Text, 0, "what the rule looks for"),
            Column::new("knobs", "THRESHOLDS", Kind::List, 6, "names and defaults, set in [cluster.rules.RULE]"),
            Column::new("cure", "WHAT TO DO", Kind::Text, 6, "what a person does about it"),
        ],
        rows: wanted.iter().map(row).collect(),
        when_empty: "there are no rules",
    }
}

fn evidence(observed: &Observed, clusters: &[&Cluster], wanted: &[&RuleInfo]) -> Table {
    let findings = observed.judgement.findings.iter().filter(|finding| wanted.iter().any(|rule| rule.id == finding.rule));
    let findings = findings.filter(|finding| clusters.iter().any(|cluster| cluster.spec.name == finding.subject.cluster));
    let rows = findings.flat_map(|finding| {
        finding.evidence.iter().enumerate().map(move |(at, evidence)| {
            let age = evidence.taken_at.map(|at| super::age(observed.now, at));
            Row::new(
                format!("{:?}/{at}", finding.identity()),
                vec![
                    Cell::text(finding.subject.cluster.as_str()),
                    Cell::text(finding.rule.as_str()),
                    finding.subject.member.as_deref().map_or(Cell::Nothing, Cell::text),
                    Cell::text(evidence.witness.as_str()),
                    Cell::Text(evidence.fact.clone()),
                    age.map_or(Cell::Nothing, Cell::Seconds),
                ],
            )
        })
    });
    Table {
        key: "evidence",
        title: "EVIDENCE",
        columns: vec![
            Column::new("cluster", "CLUSTER", Kind::Text, 2, "the cluster"),
            Column::new("rule", "RULE", Kind::Text, 1, "the rule it speaks for"),
            Column::new("member", "MEMBER", Kind::Text, 1, "the member the finding is about"),
            Column::new("witness", "WITNESS", Kind::Text, 0, "who said it"),
            Column::new("fact", "SAID", Kind::Text, 0, "what was said"),
            Column::new("age_seconds", "AGE", Kind::Seconds, 0, "how old it is"),
        ],
        rows: rows.collect(),
        when_empty: "no rule has raised anything",
    }
}

/// The facts without which nobody can say that a cluster is well: what was found is only worth what it rests on.
pub(crate) fn required(observed: &Observed, clusters: &[&Cluster]) -> Table {
    let required: Vec<_> = every_rule().into_iter().filter(|rule| rule.required).collect();
    Table { title: "REQUIRED AND NOT KNOWN", when_empty: "every required fact is known", ..missing(observed, clusters, &required) }
}

/// The facts that `wanted` rules lack, with the reason.
pub(super) fn missing(observed: &Observed, clusters: &[&Cluster], wanted: &[&RuleInfo]) -> Table {
    let outcomes = observed.judgement.outcomes().filter(|outcome| wanted.iter().any(|rule| rule.id == outcome.rule.id));
    let outcomes = outcomes.filter(|outcome| clusters.iter().any(|cluster| cluster.spec.name == outcome.subject.cluster));
    let rows = outcomes.filter_map(|outcome| {
        let gap = outcome.found.as_ref().err()?;
        let last_good = gap.last_good.map_or(Cell::Nothing, |at| Cell::Seconds(super::age(observed.now, at)));
        Some(Row::new(
            format!("{}/{:?}", outcome.rule.id, outcome.subject),
            vec![
                Cell::text(outcome.subject.cluster.as_str()),
                Cell::text(outcome.rule.id),
                Cell::Flag(outcome.rule.required),
                outcome.subject.member.as_deref().map_or(Cell::Nothing, Cell::text),
                Cell::text(gap.fact.as_str()),
                Cell::text(gap.reason.phrase()),
                last_good,
            ],
        ))
    });
    Table {
        key: "missing",
        title: "MISSING INPUTS",
        columns: vec![
            Column::new("cluster", "CLUSTER", Kind::Text, 2, "the cluster"),
            Column::new("rule", "RULE", Kind::Text, 0, "the rule that cannot judge"),
            Column::new("required", "REQUIRED", Kind::Flag, 3, "without it nobody can say that the cluster is well"),
            Column::new("member", "MEMBER", Kind::Text, 1, "the endpoint it would judge"),
            Column::new("fact", "FACT", Kind::Text, 0, "the fact that is missing"),
            Column::new("reason", "WHY", Kind::Text, 0, "why it is missing"),
            Column::new("last_good_seconds", "LAST GOOD", Kind::Seconds, 2, "age of its last known value"),
        ],
        rows: rows.collect(),
        when_empty: "every input is known",
    }
}
