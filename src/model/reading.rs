//! A value that was read, or why it was not. Absent is never zero: a rule asks with [`Reading::known`] and gets the gap to pass on.

use super::Moment;
use serde::{Deserialize, Serialize};

/// A value with the moment it was taken.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sample<T> {
    pub value: T,
    pub taken_at: Moment,
}

/// Why something is not known. Ordered by nothing; each has its own sentence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "why", content = "detail")]
pub enum Reason {
    /// The question was not put yet (tier not due, first answer still out).
    NotAskedYet,
    /// No connection came about, or no answer before the deadline.
    Unreachable(String),
    /// This side could not ask: the name has no address, the certificate does not fit. Says nothing about the server.
    NotReached(String),
    /// The server wants other credentials.
    NotAuthenticated(String),
    /// The role may not see it: `PostgreSQL` hides such values as NULL, which must not read as 0.
    NoPrivilege,
    /// This version of the server does not have it.
    NotSupported(String),
    /// The server answered and left it out.
    NotReported,
    /// It takes two answers, and this is the first: a rate, a difference.
    FirstAnswer,
    /// The answer could not be understood.
    Malformed(String),
    /// The server refused the question with an error.
    Refused(String),
    /// The configuration does not name who could tell.
    NotConfigured(String),
    /// Everybody who could know was asked, and what they said does not tell it.
    Untold(String),
    /// The last answer is too old to judge by.
    Stale,
}

impl Reason {
    /// One phrase for people. May carry words of a server: escape before showing.
    #[must_use]
    pub fn phrase(&self) -> String {
        match self {
            Reason::NotAskedYet => "not asked yet".to_owned(),
            Reason::Unreachable(why) | Reason::NotReached(why) | Reason::Untold(why) => why.clone(),
            Reason::NotAuthenticated(why) => format!("not authenticated: {why}"),
            Reason::NoPrivilege => "no privilege".to_owned(),
            Reason::NotSupported(why) => format!("not supported: {why}"),
            Reason::NotReported => "not reported by the server".to_owned(),
            Reason::FirstAnswer => "takes two answers, and this is the first".to_owned(),
            Reason::Malformed(why) => format!("not understood: {why}"),
            Reason::Refused(why) => format!("refused: {why}"),
            Reason::NotConfigured(why) => format!("not configured: {why}"),
            Reason::Stale => "last answer too old".to_owned(),
        }
    }
}

/// A hole in what is known: what is missing, why, since when, and when it was last good.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Gap {
    /// The fact in the field's words, with its subject: `replay lag of pg3`. May carry words of a server.
    pub fact: String,
    pub reason: Reason,
    pub since: Option<Moment>,
    pub last_good: Option<Moment>,
}

impl Gap {
    #[must_use]
    pub fn new(fact: impl Into<String>, reason: Reason) -> Self {
        Gap { fact: fact.into(), reason, since: None, last_good: None }
    }
}

/// A value with its age, or the reason why there is none.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reading<T> {
    Known(Sample<T>),
    Unknown { reason: Reason, since: Option<Moment>, last_good: Option<Moment> },
}

impl<T> Reading<T> {
    #[must_use]
    pub fn new(value: T, taken_at: Moment) -> Self {
        Reading::Known(Sample { value, taken_at })
    }

    #[must_use]
    pub const fn unknown(reason: Reason) -> Self {
        Reading::Unknown { reason, since: None, last_good: None }
    }

    #[must_use]
    pub const fn not_asked() -> Self {
        Self::unknown(Reason::NotAskedYet)
    }

    /// The value, or the gap called `fact`.
    ///
    /// # Errors
    /// The [`Gap`] that says why the value is not known.
    pub fn known(&self, fact: impl Into<String>) -> Result<&T, Gap> {
        match self {
            Reading::Known(sample) => Ok(&sample.value),
            Reading::Unknown { reason, since, last_good } => {
                Err(Gap { fact: fact.into(), reason: reason.clone(), since: *since, last_good: *last_good })
            }
        }
    }

    /// The value for display, when there is one.
    #[must_use]
    pub const fn value(&self) -> Option<&T> {
        match self {
            Reading::Known(sample) => Some(&sample.value),
            Reading::Unknown { .. } => None,
        }
    }

    #[must_use]
    pub const fn taken_at(&self) -> Option<Moment> {
        match self {
            Reading::Known(sample) => Some(sample.taken_at),
            Reading::Unknown { .. } => None,
        }
    }

    /// The reading that follows `self` when the question failed now: keeps since when, and when it was last good.
    #[must_use]
    pub fn failed(&self, reason: Reason, now: Moment) -> Self {
        match self {
            Reading::Known(sample) => Reading::Unknown { reason, since: Some(now), last_good: Some(sample.taken_at) },
            Reading::Unknown { since, last_good, .. } => Reading::Unknown { reason, since: since.or(Some(now)), last_good: *last_good },
        }
    }

    /// The same reading with its value turned into another.
    pub fn map<U>(&self, turn: impl FnOnce(&T) -> U) -> Reading<U> {
        match self {
            Reading::Known(sample) => Reading::new(turn(&sample.value), sample.taken_at),
            Reading::Unknown { reason, since, last_good } => Reading::Unknown { reason: reason.clone(), since: *since, last_good: *last_good },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Clock;
    use std::time::Duration;

    #[test]
    fn a_failed_question_keeps_when_the_answer_was_last_good() {
        let good = Clock::real().now();
        let first = good.plus(Duration::from_secs(1));
        let second = good.plus(Duration::from_secs(2));
        let failed = Reading::new(7, good).failed(Reason::NoPrivilege, first).failed(Reason::Stale, second);
        let gap = failed.known("lag of pg2").expect_err("unknown");
        assert_eq!((gap.reason, gap.since, gap.last_good), (Reason::Stale, Some(first), Some(good)));
    }
}
