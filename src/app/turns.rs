//! What became of findings while this process watched: each beginning, each change of how bad it is, each end, in the words of its instant; and the moves that
//! no server keeps. Pure.
//!
//! It must never rewrite what it has noted: who reads what happened at 21:18 wants what was said then, not what is so now.

use crate::health::{ClusterJudgement, Judgement};
use crate::model::{Finding, Identity};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// So many are kept, over all clusters, beside the beginnings of what still holds.
const MOST: usize = 500;

/// One thing that became of a finding, or a move in its form.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Turn {
    /// As it was said then; of an end, as it was said last. Without its evidence.
    pub finding: Finding,
    /// When this process saw it, by the clock here.
    pub at: Timestamp,
    /// Recordings of before tell of ends alone.
    #[serde(default)]
    pub kind: Kind,
}

/// What became of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    Began,
    Worse,
    Milder,
    #[default]
    Over,
    /// Something changed places; nothing is wrong by that.
    Moved,
}

/// `known`, and what became of the findings from `before` to `now`.
#[must_use]
pub fn noted(known: &Arc<Vec<Turn>>, before: &Judgement, now: &Judgement) -> Arc<Vec<Turn>> {
    joined(known, now.clusters.iter().flat_map(|judged| of(before, judged, now.at.wall)).collect(), now)
}

/// `known` with `turns`, which are the newest. The beginnings of what holds `now` outlast all others.
#[must_use]
pub fn joined(known: &Arc<Vec<Turn>>, turns: Vec<Turn>, now: &Judgement) -> Arc<Vec<Turn>> {
    if turns.is_empty() {
        return Arc::clone(known);
    }
    let mut all: Vec<Turn> = known.iter().cloned().chain(turns).collect();
    let mut surplus = all.len().saturating_sub(MOST);
    if surplus > 0 {
        let holds: BTreeSet<Identity> = now.findings.iter().map(Finding::identity).collect();
        all.retain(|turn| {
            let goes = surplus > 0 && !(turn.kind == Kind::Began && holds.contains(&turn.finding.identity()));
            surplus -= usize::from(goes);
            !goes
        });
    }
    Arc::new(all)
}

fn of(before: &Judgement, judged: &Arc<ClusterJudgement>, at: Timestamp) -> Vec<Turn> {
    let former = before.clusters.iter().find(|former| former.name() == judged.name());
    // one that nobody told anything new of was not judged again
    if former.is_some_and(|former| Arc::ptr_eq(former, judged)) {
        return Vec::new();
    }
    let before = former.map_or(&[][..], |former| &former.findings);
    let was: BTreeMap<_, _> = before.iter().map(|finding| (finding.identity(), finding.severity)).collect();
    let is: BTreeSet<_> = judged.findings.iter().map(Finding::identity).collect();
    let turn = |finding: &Finding, kind| Turn { finding: Finding { evidence: Vec::new(), ..finding.clone() }, at, kind };
    let over = before.iter().filter(|finding| !is.contains(&finding.identity())).map(|finding| turn(finding, Kind::Over));
    let others = judged.findings.iter().filter_map(|finding| match was.get(&finding.identity()) {
        None => Some(turn(finding, Kind::Began)),
        Some(was) if *was < finding.severity => Some(turn(finding, Kind::Worse)),
        Some(was) if *was > finding.severity => Some(turn(finding, Kind::Milder)),
        Some(_) => None,
    });
    over.chain(others).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::ClusterSpec;
    use crate::fleet::Fleet;
    use crate::health::Standing;
    use crate::model::{Clock, Cure, Severity, Since, Subject};
    use Severity::{Critical, Warning};
    use std::time::Duration;

    #[test]
    fn each_beginning_change_and_end_is_noted_once_in_the_words_of_its_instant() {
        let begin = Clock::real().now();
        let fleet = Fleet::unread(&[Arc::new(ClusterSpec::named("c", "test"))], Duration::MAX, begin);
        let finding = |rule: &str, severity: Severity, sentence: &str| Finding {
            rule: rule.to_owned(),
            severity,
            subject: Subject { cluster: "c".to_owned(), system: None, member: None, object: None },
            sentence: sentence.into(),
            evidence: Vec::new(),
            since: Since::FirstSeen(begin.wall),
            cure: Cure::Procedure(String::new()),
            members: Vec::new(),
            confirmed: true,
        };
        let judged = |findings: &[Finding], second: u64| {
            Judgement::told(&fleet, second, begin.plus(Duration::from_secs(second)), findings, &[], &[("c".to_owned(), Standing::Warning)])
        };
        let steps = [
            judged(&[], 0),
            judged(&[finding("a", Warning, "1 s"), finding("b", Warning, "x")], 1),
            judged(&[finding("a", Warning, "9 s"), finding("b", Warning, "x")], 2),
            judged(&[finding("a", Critical, "60 s"), finding("b", Warning, "x")], 3),
            judged(&[finding("a", Warning, "5 s"), finding("b", Warning, "x")], 4),
            judged(&[finding("b", Warning, "y")], 5),
        ];
        let mut turns = Arc::new(Vec::new());
        for pair in steps.windows(2) {
            turns = noted(&turns, &pair[0], &pair[1]);
            turns = noted(&turns, &pair[1], &pair[1]);
        }
        let told: Vec<_> = turns.iter().map(|turn| (turn.finding.rule.as_str(), turn.kind, turn.finding.sentence.raw())).collect();
        let expected =
            [("a", Kind::Began, "1 s"), ("b", Kind::Began, "x"), ("a", Kind::Worse, "60 s"), ("a", Kind::Milder, "5 s"), ("a", Kind::Over, "5 s")];
        assert_eq!(told, expected);
        assert_eq!(turns.iter().map(|turn| turn.at.as_second() - begin.wall.as_second()).collect::<Vec<_>>(), [1, 1, 3, 4, 5]);
        // the beginning of what still holds outlasts all that comes and goes beside it
        let (one, both) = (judged(&[finding("b", Warning, "y")], 6), judged(&[finding("a", Warning, "z"), finding("b", Warning, "y")], 7));
        for _ in 0..MOST {
            turns = noted(&noted(&turns, &one, &both), &both, &one);
        }
        assert_eq!(turns.len(), MOST);
        assert_eq!((turns[0].finding.rule.as_str(), turns[0].finding.sentence.raw()), ("b", "x"));
    }
}
