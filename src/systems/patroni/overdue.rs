//! When the history of timelines has to be asked for out of turn: somebody else leads, or a new timeline runs, and the history that is known ends before
//! it. Pure; the client asks.
//!
//! It must never ask for ever: a history need not hold every timeline.

use super::history::Turn;
use super::own::Own;
use super::picture::Picture;
use super::snapshot::Asked;
use crate::model::Timeline;
use std::time::Duration;

/// The new leader writes the end of the old timeline within a few loops of 10 s; after this time it will not come any more.
const LONGEST: Duration = Duration::from_mins(1);

/// Who led on which timeline when it was last looked, and since when the history lags behind that. Times are those of the monotonic clock.
#[derive(Debug, Default)]
pub struct Overdue {
    leader: Option<String>,
    timeline: Option<Timeline>,
    since: Option<Duration>,
}

impl Overdue {
    /// What a member says now, and the store through it where that answered. What is not told changes nothing.
    pub fn look(&mut self, own: &Own, picture: Option<&Picture>, at: Duration) {
        let holder = picture.and_then(Picture::leader);
        let own_name = || own.name.clone().filter(|_| own.is_running_primary());
        let leader = holder.map(|row| row.name.clone()).or_else(own_name);
        let timeline = own.timeline.max(holder.and_then(|row| row.timeline));
        let turned = differs(self.leader.as_ref(), leader.as_ref()) || differs(self.timeline.as_ref(), timeline.as_ref());
        if turned {
            self.since = Some(at);
        }
        self.leader = leader.or_else(|| self.leader.take());
        self.timeline = timeline.or(self.timeline);
    }

    #[must_use]
    pub fn is_due(&self) -> bool {
        self.since.is_some()
    }

    /// What became of the question.
    pub fn asked(&mut self, history: &Asked<Vec<Turn>>, at: Duration) {
        let Some(since) = self.since else { return };
        match history {
            Asked::Good(turns) => {
                let last = turns.iter().map(|turn| turn.timeline.0).max().unwrap_or(0);
                let whole = self.timeline.is_none_or(|timeline| last.saturating_add(1) >= timeline.0);
                if whole || at.saturating_sub(since) >= LONGEST {
                    self.since = None;
                }
            }
            // whoever could not answer gets the whole time once he can
            Asked::Failed(_) => self.since = Some(at),
            Asked::NotDue => {}
        }
    }
}

fn differs<T: PartialEq>(before: Option<&T>, now: Option<&T>) -> bool {
    matches!((before, now), (Some(before), Some(now)) if before != now)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Lsn, Reason};
    use crate::transport::http::Answer;

    fn own(role: &str, timeline: u32) -> Own {
        let body = format!(r#"{{"state": "running", "role": "{role}", "timeline": {timeline}, "patroni": {{"name": "pg1", "scope": "lab"}}}}"#);
        Own::read(&Answer { status: 200, date: None, body: body.into() }, "test").expect("own words")
    }

    fn known(last: u32) -> Asked<Vec<Turn>> {
        let turn = |timeline| Turn { timeline: Timeline(timeline), lsn: Lsn(1), reason: String::new(), at: None, new_leader: None };
        Asked::Good((1..=last).map(turn).collect())
    }

    #[test]
    fn a_new_timeline_is_asked_for_until_its_beginning_is_told() {
        let second = Duration::from_secs;
        let mut overdue = Overdue::default();
        overdue.look(&own("replica", 3), None, second(1));
        assert!(!overdue.is_due(), "the first look is no change");
        overdue.look(&own("primary", 4), None, second(3));
        assert!(overdue.is_due());
        overdue.asked(&known(2), second(3));
        assert!(overdue.is_due(), "the end of timeline 3 is not written yet");
        overdue.asked(&Asked::Failed(Reason::NotReported), second(50));
        overdue.asked(&known(2), second(70));
        assert!(overdue.is_due(), "a store that was silent gets its time");
        overdue.look(&own("primary", 4), None, second(71));
        overdue.asked(&known(3), second(71));
        assert!(!overdue.is_due());
        overdue.look(&own("primary", 4), None, second(73));
        assert!(!overdue.is_due());
    }

    #[test]
    fn a_history_that_never_tells_it_is_not_asked_for_for_ever() {
        let mut overdue = Overdue::default();
        overdue.look(&own("replica", 3), None, Duration::ZERO);
        overdue.look(&own("replica", 9), None, Duration::ZERO);
        overdue.asked(&known(0), LONGEST);
        assert!(!overdue.is_due());
    }
}
