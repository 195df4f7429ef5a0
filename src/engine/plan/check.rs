//! What a plan must be before anybody executes it. Whoever wrote it checked it before; a file that was edited, or made by another version, is caught here.

use super::{FORMAT, Plan, Step};
use crate::engine::digest::sha256;
use std::collections::BTreeSet;
use std::time::Duration;

/// The longest that anything in a plan may take.
const LONGEST: Duration = Duration::from_hours(7 * 24);
/// The longest name of a step: it becomes the name of files.
const LONGEST_ID: usize = 100;

/// Why a plan cannot be executed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    #[error("the plan has form {0}, this program knows form {FORMAT}; plan it again")]
    Format(u32),
    #[error("the text of the runbook is not the one that was planned; plan it again")]
    Definition,
    #[error("the plan has no step")]
    Empty,
    #[error("step '{step}' {what}")]
    Step { step: String, what: &'static str },
}

impl Plan {
    /// Whether it can be executed.
    ///
    /// # Errors
    /// The first thing that is wrong with it.
    pub fn check(&self) -> Result<(), PlanError> {
        if self.format != FORMAT {
            return Err(PlanError::Format(self.format));
        }
        if sha256(self.runbook.text.as_bytes()) != self.runbook.sha256 {
            return Err(PlanError::Definition);
        }
        if self.steps.is_empty() {
            return Err(PlanError::Empty);
        }
        let mut ids = BTreeSet::new();
        let mut groups: Vec<&str> = Vec::new();
        let mut last = None;
        for step in &self.steps {
            let wrong = |what: &'static str| Err(PlanError::Step { step: step.id.clone(), what });
            if !ids.insert(step.id.as_str()) {
                return wrong("is there twice");
            }
            if let Some(group) = step.group.as_deref().filter(|group| last != Some(*group)) {
                if groups.contains(&group) {
                    return wrong("belongs to a group that others stand between");
                }
                groups.push(group);
            }
            last = step.group.as_deref();
            if let Some(what) = wrong_with(step) {
                return wrong(what);
            }
        }
        Ok(())
    }
}

fn wrong_with(step: &Step) -> Option<&'static str> {
    let named = |c: char| c.is_ascii_alphanumeric() || "-_.:[]".contains(c);
    let undo_idempotent = step.undo.as_ref().is_some_and(|undo| undo.idempotent);
    let times = [Some(step.timeout), step.hold, step.undo.as_ref().map(|undo| undo.timeout)];
    let rules = [
        (
            step.id.is_empty() || step.id.len() > LONGEST_ID || !step.id.chars().all(named) || step.id.starts_with('.'),
            "has a name that no file can have",
        ),
        (times.iter().flatten().any(|time| time.is_zero() || *time > LONGEST), "has a timeout that is zero or endless"),
        (step.retry.attempts == 0, "is tried zero times"),
        (step.retry.attempts > 1 && step.changes && !step.idempotent && step.probe.is_none(), "is retried, and is neither idempotent nor probed"),
        (!step.changes && (step.undo.is_some() || step.point_of_no_return), "changes nothing, and has an undo or is a point of no return"),
        (step.finally && !undo_idempotent, "is undone in any case, and its undo is missing or not idempotent"),
        (step.hold.is_some() && !step.finally, "holds clients, and is not undone in any case"),
        (
            step.hold.is_some_and(|hold| step.timeout + step.expect.as_ref().map_or(Duration::ZERO, |expect| expect.within) > hold),
            "may take longer than it may hold clients",
        ),
    ];
    rules.iter().find(|(broken, _)| *broken).map(|(_, what)| *what)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::plan::{Retry, Undo};
    use crate::engine::states::OnFailure;
    use crate::engine::trials::fakes::{changes, held, plan, probed, reads};

    fn told(steps: Vec<Step>) -> String {
        plan(steps, OnFailure::Ask).check().err().map_or_else(|| "good".to_owned(), |error| error.to_string())
    }

    #[test]
    fn a_plan_that_could_not_be_carried_out_is_refused() {
        let second = Duration::from_secs(1);
        let twice = |step: Step| Step { retry: Retry { attempts: 2, ..step.retry }, ..step };
        let grouped = |name: &str, id: &str| Step { group: Some(name.to_owned()), ..changes(id) };
        let undo = |step: Step, change: &dyn Fn(&mut Undo)| {
            let mut undo = step.undo.clone().expect("an undo");
            change(&mut undo);
            Step { undo: Some(undo), ..step }
        };
        assert_eq!(told(vec![reads("a", "x"), held("b", 20 * second), twice(probed("c")), twice(reads("d", "x"))]), "good");
        let bad = [
            (Vec::new(), "the plan has no step"),
            (vec![changes("a"), changes("a")], "step 'a' is there twice"),
            (vec![changes("../a")], "step '../a' has a name that no file can have"),
            (vec![changes("..")], "step '..' has a name that no file can have"),
            (vec![Step { timeout: Duration::ZERO, ..changes("a") }], "step 'a' has a timeout that is zero or endless"),
            (vec![Step { timeout: Duration::MAX, ..changes("a") }], "step 'a' has a timeout that is zero or endless"),
            (vec![undo(changes("a"), &|undo| undo.timeout = Duration::ZERO)], "step 'a' has a timeout that is zero or endless"),
            (vec![twice(changes("a"))], "step 'a' is retried, and is neither idempotent nor probed"),
            (vec![Step { point_of_no_return: true, ..reads("a", "x") }], "step 'a' changes nothing, and has an undo or is a point of no return"),
            (
                vec![undo(held("a", 20 * second), &|undo| undo.idempotent = false)],
                "step 'a' is undone in any case, and its undo is missing or not idempotent",
            ),
            (vec![Step { finally: false, ..held("a", 20 * second) }], "step 'a' holds clients, and is not undone in any case"),
            (vec![held("a", 9 * second)], "step 'a' may take longer than it may hold clients"),
            (vec![grouped("g", "a"), changes("b"), grouped("g", "c")], "step 'c' belongs to a group that others stand between"),
        ];
        for (steps, expected) in bad {
            assert_eq!(told(steps), expected);
        }
        let mut other = plan(vec![changes("a")], OnFailure::Ask);
        other.runbook.text.push(' ');
        assert_eq!(other.check(), Err(PlanError::Definition));
        other.format = 2;
        assert_eq!(other.check(), Err(PlanError::Format(2)));
    }

    #[test]
    fn a_plan_is_the_same_after_it_was_written_and_any_change_is_another() {
        let plan = plan(vec![held("a", Duration::from_secs(20)), probed("b")], OnFailure::RollBack);
        let text = serde_json::to_string_pretty(&plan).expect("text");
        let again: Plan = serde_json::from_str(&text).expect("a plan");
        assert_eq!((again.sha256(), &again), (plan.sha256(), &plan));
        assert!(text.contains("\"hold_ms\": 20000") && text.contains("\"timeout_ms\": 10000"), "{text}");
        let mut other = plan.clone();
        other.steps[1].job.target.push('2');
        assert_ne!(other.sha256(), plan.sha256());
        assert!(serde_json::from_str::<Plan>(&text.replacen("\"risk\"", "\"risks\"", 1)).is_err(), "an unknown key is refused");
    }
}
