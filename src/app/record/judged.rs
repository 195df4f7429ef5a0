//! A judgement as documents, and back. It is told as it was, not judged again: another program, or another day, must not change what was said then.

use crate::fleet::Fleet;
use crate::fleet::record::{Docs, state};
use crate::health::judge::every_rule;
use crate::health::{Judgement, Outcome, Standing};
use crate::model::{Finding, Gap, Moment, Subject};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

const JUDGED: &str = "judgement";
const FINDINGS: &str = "findings";
const OUTCOMES: &str = "outcomes";

#[derive(Serialize, Deserialize)]
struct JudgedText {
    rev: u64,
    at: Moment,
    standings: Vec<(String, StandingWord)>,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum StandingWord {
    Healthy,
    Warning,
    Unknown,
    Critical,
    Unreadable,
}

#[derive(Default, Serialize, Deserialize)]
struct OutcomesText {
    rules: Vec<String>,
    subjects: Vec<Subject>,
    /// Number of the rule, number of the subject, and what was found.
    found: Vec<(usize, usize, Result<usize, Gap>)>,
}

/// Adds the documents of `judgement`, or of what it says about one cluster.
pub(super) fn write(judgement: &Judgement, only: Option<&str>, docs: &mut Docs) {
    let wanted = |cluster: &str| only.is_none_or(|only| only == cluster);
    let standings = judgement.standings().filter(|(cluster, _)| wanted(cluster)).map(|(cluster, standing)| (cluster.to_owned(), word(standing)));
    let judged = JudgedText { rev: judgement.rev, at: judgement.at, standings: standings.collect() };
    let findings: Vec<&Finding> = judgement.findings.iter().filter(|finding| wanted(&finding.subject.cluster)).collect();
    let mut outcomes = OutcomesText::default();
    let (mut rules, mut subjects) = (BTreeMap::new(), BTreeMap::new());
    for outcome in judgement.outcomes().filter(|outcome| wanted(&outcome.subject.cluster)) {
        let rule = *rules.entry(outcome.rule.id).or_insert_with(|| {
            outcomes.rules.push(outcome.rule.id.to_owned());
            outcomes.rules.len() - 1
        });
        let subject = *subjects.entry(&outcome.subject).or_insert_with(|| {
            outcomes.subjects.push(outcome.subject.clone());
            outcomes.subjects.len() - 1
        });
        outcomes.found.push((rule, subject, outcome.found.clone()));
    }
    docs.insert(JUDGED.to_owned(), state::text(&judged));
    docs.insert(FINDINGS.to_owned(), state::text(&findings));
    docs.insert(OUTCOMES.to_owned(), state::text(&outcomes));
}

/// The judgement of `docs` about `fleet`. Outcomes of rules that this program does not have are left out: they say nothing it could show.
///
/// # Errors
/// Which document is missing or makes no sense.
pub(super) fn read(docs: &Docs, fleet: &Fleet) -> Result<Judgement, String> {
    let JudgedText { rev, at, standings } = state::read(docs, JUDGED)?;
    let findings: Vec<Finding> = state::read(docs, FINDINGS)?;
    let OutcomesText { rules, subjects, found } = state::read(docs, OUTCOMES)?;
    let known = every_rule();
    let rules: Vec<_> = rules.iter().map(|id| known.iter().find(|rule| rule.id == *id).copied()).collect();
    let mut outcomes = Vec::with_capacity(found.len());
    for (rule, subject, found) in found {
        let (Some(rule), Some(subject)) = (rules.get(rule), subjects.get(subject)) else { return Err(format!("{OUTCOMES}: a number out of range")) };
        if let Some(rule) = *rule {
            outcomes.push(Outcome { rule, subject: subject.clone(), found });
        }
    }
    let standings: Vec<(String, Standing)> = standings.into_iter().map(|(cluster, word)| (cluster, standing(word))).collect();
    Ok(Judgement::told(fleet, rev, at, &findings, &outcomes, &standings))
}

const fn word(standing: Standing) -> StandingWord {
    match standing {
        Standing::Healthy => StandingWord::Healthy,
        Standing::Warning => StandingWord::Warning,
        Standing::Unknown => StandingWord::Unknown,
        Standing::Critical => StandingWord::Critical,
        Standing::Unreadable => StandingWord::Unreadable,
    }
}

const fn standing(word: StandingWord) -> Standing {
    match word {
        StandingWord::Healthy => Standing::Healthy,
        StandingWord::Warning => Standing::Warning,
        StandingWord::Unknown => Standing::Unknown,
        StandingWord::Critical => Standing::Critical,
        StandingWord::Unreadable => Standing::Unreadable,
    }
}
