//! One rule, judged so that it takes nothing else with it: a rule that panics, on a value that nobody thought of, is a gap of that rule alone.
//!
//! It must never make nothing of a panic: whoever reads the judgement is told that the rule failed, and the log is.

use crate::model::{Gap, Reason};
use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// What `judge` says of the rule `id`, or that it failed. `sentence` is what the rule watches for.
///
/// # Errors
/// The gap of `judge`; where it panicked, one that says so.
pub fn ruled<T>(id: &str, sentence: &str, judge: impl FnOnce() -> Result<T, Gap>) -> Result<T, Gap> {
    // a rule only looks: nothing is left half done that anybody sees
    catch_unwind(AssertUnwindSafe(judge)).unwrap_or_else(|payload| {
        let said = said(payload.as_ref());
        tracing::error!(rule = id, said, "a rule panicked");
        Err(Gap::new(format!("whether {sentence}"), Reason::Malformed(format!("the rule failed: {said}"))))
    })
}

/// What a panic said.
#[must_use]
pub fn said(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().map(|text| (*text).to_owned()).or_else(|| payload.downcast_ref::<String>().cloned());
    text.unwrap_or_else(|| "without a word".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_that_panics_is_a_gap_of_its_own() {
        let gap = ruled("falls", "it falls", || -> Result<u8, Gap> { panic!("attempt to add with overflow") }).expect_err("nothing is known");
        assert_eq!(gap.fact, "whether it falls");
        assert!(gap.reason.phrase().contains("the rule failed: attempt to add with overflow"), "{}", gap.reason.phrase());
        assert_eq!(ruled("stands", "it stands", || Ok(7)), Ok(7));
    }
}
