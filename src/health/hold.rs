//! How long a condition has to hold before it counts in full, and how long it stays after it was last seen.
//!
//! A rule that has the knob `holds` watches for something that comes and goes by itself when all is well: a replica finds its new leader, an archive
//! command is tried again. Every other rule counts at once, above all those on who accepts writes and who leads: there seconds are what matters.
//!
//! What is young is said all the same, but not as loud, so that nothing is ever hidden by waiting:
//! - It was absent at the look before, or the server says when it began: it is as young as it looks. Critical is a warning, a warning is an info.
//! - It was there at the first look (every one-shot command has no other): it may be old. Critical is a warning, a warning stays one. The server's own
//!   evidence of its age, where there is some, makes it full at once.
//!
//! What was full and is not seen any more stays for `holds`, unconfirmed: what flaps is one finding with one beginning. What was never full goes at once.
//!
//! It must never judge a condition itself; the rules do.

use crate::model::{Finding, Moment, Severity, Since};
use std::time::Duration;

/// A condition as one witness tells it, kept for the next judgement.
#[derive(Clone, Debug)]
pub struct Held {
    /// As the rule raised it, with the severity that it has in full.
    pub(super) finding: Finding,
    /// When this process first found it.
    first: Moment,
    /// When it was last found.
    seen: Moment,
    /// A look before the first saw it absent.
    begun: bool,
    holds: Duration,
    /// It has held for long enough, once, without going away for as long.
    full: bool,
}

impl Held {
    /// What was found at `now`. `former` is the same at the judgement before; `begun`: a look before saw it absent.
    pub(super) fn found(finding: Finding, former: Option<&Held>, begun: bool, holds: Duration, now: Moment) -> Held {
        let first = former.map_or(now, |former| former.first);
        let begun = former.map_or(begun, |former| former.begun) || matches!(finding.since, Since::Server(_));
        let told = match finding.since {
            // a beginning that lies ahead proves no duration
            Since::Server(at) => Duration::try_from(now.wall.duration_since(at)).unwrap_or(Duration::ZERO),
            Since::FirstSeen(_) => Duration::ZERO,
        };
        let full = now.since(first).max(told) >= holds || former.is_some_and(|former| former.full);
        Held { finding, first, seen: now, begun, holds, full }
    }

    /// The same where its inputs became unknown: it may no longer hold.
    pub(super) fn unconfirmed(&self) -> Held {
        let mut kept = self.clone();
        kept.finding.confirmed = false;
        kept
    }

    /// The same where it is not seen any more; `None` when it is over.
    pub(super) fn absent(&self, now: Moment) -> Option<Held> {
        (self.full && now.since(self.seen) < self.holds).then(|| self.unconfirmed())
    }

    /// As it is said.
    pub(super) fn said(&self) -> Finding {
        let severity = match self.finding.severity {
            full if self.full => full,
            Severity::Critical => Severity::Warning,
            Severity::Warning if self.begun => Severity::Info,
            low => low,
        };
        Finding { severity, ..self.finding.clone() }
    }

    /// One of two that the same witness told at once: what is confirmed and worse, with the evidence of both.
    pub(super) fn merged(self, other: Held) -> Held {
        let (full, begun) = (self.full || other.full, self.begun && other.begun);
        let (first, seen) = if self.first.mono <= other.first.mono { (self.first, other.seen) } else { (other.first, self.seen) };
        let seen = if self.seen.mono > seen.mono { self.seen } else { seen };
        let holds = self.holds.max(other.holds);
        Held { finding: super::witnesses::merged(self.finding, other.finding), first, seen, begun, holds, full }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Clock, Cure, Subject};

    const HOLDS: Duration = Duration::from_secs(10);

    fn finding(severity: Severity, since: Since) -> Finding {
        Finding {
            rule: "archiver-failing".into(),
            severity,
            subject: Subject { cluster: "orders".into(), system: None, member: None, object: None },
            sentence: "the archiver fails".into(),
            evidence: Vec::new(),
            since,
            cure: Cure::Procedure(String::new()),
            members: Vec::new(),
            confirmed: true,
        }
    }

    /// The severities of a condition that is found at each of `seconds` after it was first found.
    fn said(severity: Severity, begun: bool, seconds: &[u64]) -> Vec<Severity> {
        let start = Clock::real().now();
        let mut held: Option<Held> = None;
        let one = |second: &u64| {
            let now = start.plus(Duration::from_secs(*second));
            let found = Held::found(finding(severity, Since::FirstSeen(start.wall)), held.as_ref(), begun, HOLDS, now);
            held = Some(found.clone());
            found.said().severity
        };
        seconds.iter().map(one).collect()
    }

    #[test]
    fn what_was_seen_to_begin_is_muted_until_it_has_held() {
        use Severity::{Critical, Info, Warning};
        assert_eq!(said(Critical, true, &[0, 9, 10, 11]), [Warning, Warning, Critical, Critical]);
        assert_eq!(said(Warning, true, &[0, 9, 10]), [Info, Info, Warning]);
        assert_eq!(said(Warning, false, &[0, 9, 10]), [Warning; 3], "it may be old");
        assert_eq!(said(Critical, false, &[0, 10]), [Warning, Critical]);
    }

    #[test]
    fn the_servers_own_time_makes_it_full_at_the_first_look_and_one_ahead_does_not() {
        let now = Clock::real().now();
        let at = |seconds: i64| Since::Server(now.wall - jiff::SignedDuration::from_secs(seconds));
        let full = |since| Held::found(finding(Severity::Critical, since), None, false, HOLDS, now).said().severity;
        assert_eq!([full(at(10)), full(at(9)), full(at(-3_600))], [Severity::Critical, Severity::Warning, Severity::Warning]);
        let at_once = Held::found(finding(Severity::Critical, Since::FirstSeen(now.wall)), None, true, Duration::ZERO, now);
        assert_eq!(at_once.said().severity, Severity::Critical, "a rule without `holds`");
    }

    #[test]
    fn what_was_full_stays_for_a_while_unconfirmed_and_comes_back_in_full() {
        let start = Clock::real().now();
        let after = |seconds| start.plus(Duration::from_secs(seconds));
        let found = |former: Option<&Held>, now| Held::found(finding(Severity::Critical, Since::FirstSeen(start.wall)), former, true, HOLDS, now);
        let young = found(None, start);
        assert!(young.absent(after(1)).is_none(), "what was never full goes at once");
        let full = found(Some(&young), after(10));
        let gone = full.absent(after(19)).expect("not for long");
        assert_eq!((gone.said().severity, gone.said().confirmed), (Severity::Critical, false));
        let back = found(Some(&gone), after(19)).said();
        assert_eq!((back.severity, back.confirmed), (Severity::Critical, true));
        assert!(gone.absent(after(20)).is_none());
    }
}
