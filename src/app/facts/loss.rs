//! What may be lost when a member leads from now on: what is proven of it, and what nobody knows. Pure.
//!
//! It must never call a loss none because nobody tells of one: the position in the store is what the leader wrote there once a round, and what it wrote since
//! lies with it alone. So bytes are a lower bound, and the time since the newest commit of the member is an upper one.

use super::told::{Known, Member, Told, older, part};
use crate::config::quantity::time_text;
use crate::model::{Lsn, Moment, Reason};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use std::time::Duration;

const PROVEN: &str =
    "it is a synchronous standby: only sessions that do not wait for one (synchronous_commit off or local) may lose what they committed";

/// What is known of the cluster as a whole.
pub(super) struct Ground {
    /// The last position that anybody knows of a leader: its own where it answers, else what it wrote to the store.
    leader: Option<Lsn>,
    /// How far each member is that says so, on its timeline.
    members: Vec<(u32, Lsn)>,
    timeline: Option<u32>,
    /// Who has every commit that was acknowledged, by the store's word.
    confirmed: Vec<String>,
}

/// One member before this ground.
pub(super) struct Loss {
    /// Every commit that was acknowledged is on it.
    proven: bool,
    /// Bytes of WAL that it lacks, at the least.
    at_least: Option<u64>,
    /// When the newest commit that it has was made, and how long ago that was: nothing older is lost.
    newest: Option<(Timestamp, Duration)>,
    /// The timeline that it is not on: it has nothing of what was written there.
    behind: Option<u32>,
}

impl Ground {
    pub(super) fn of(told: &Told<'_>, members: &[Member<'_>]) -> Ground {
        let stored = told.scope().ok().and_then(|(scope, _)| {
            let status = scope.status.as_ref()?.as_ref().ok()?;
            Some(Lsn(status.get("optime").unwrap_or(status).as_u64()?))
        });
        let own = told.head().ok().and_then(|(head, _)| part(&head.server.clone().ok()?.0.identity).ok()?.0.write_lsn);
        Ground {
            leader: own.max(stored),
            members: members.iter().filter_map(|member| Some((timeline_of(member)?, member.position()?))).collect(),
            timeline: newest_timeline(told).ok().map(|(timeline, _)| timeline).or_else(|| members.iter().filter_map(timeline_of).max()),
            confirmed: confirmed(told),
        }
    }

    /// What may be lost when `member` leads from now on; `leads`: it does already.
    pub(super) fn loss(&self, member: &Member<'_>, leads: bool, now: Moment) -> Loss {
        if leads {
            return Loss { proven: true, at_least: Some(0), newest: None, behind: None };
        }
        let own = timeline_of(member);
        let behind = self.timeline.filter(|newest| own.is_some_and(|own| own < *newest));
        // what is on an older timeline was lost when that ended
        let others = self.members.iter().filter(|(timeline, _)| own.is_none_or(|own| own <= *timeline)).map(|(_, lsn)| *lsn);
        let furthest = others.max().max(self.leader);
        let at_least = member.position().zip(furthest).map(|(own, furthest)| furthest.0.saturating_sub(own.0));
        let proven = behind.is_none() && self.confirmed.iter().any(|name| name == member.name);
        Loss { proven, at_least, newest: newest(member, now), behind }
    }
}

impl Loss {
    pub(super) const fn proven(&self) -> bool {
        self.proven
    }

    pub(super) const fn at_least_bytes(&self) -> Option<u64> {
        self.at_least
    }

    pub(super) fn at_most_seconds(&self) -> Option<f64> {
        if self.proven { Some(0.0) } else { self.newest.map(|(_, age)| age.as_secs_f64()) }
    }

    pub(super) fn newest_commit_at(&self) -> Option<Timestamp> {
        self.newest.map(|(at, _)| at)
    }

    /// In words for whoever has to say yes to it.
    pub(super) fn words(&self, leads: bool) -> String {
        if leads {
            return "nothing: it leads already".to_owned();
        }
        if self.proven {
            return format!("no commit that was acknowledged is lost; {PROVEN}");
        }
        let since = match self.newest {
            Some((at, age)) => {
                // the second in which it was made is not whole
                let age = Duration::from_secs(age.as_secs());
                format!("every commit since {} ({} ago) may be lost", at.strftime("%Y-%m-%d %H:%M:%S UTC"), time_text(age))
            }
            None => "commits may be lost, and nobody knows since when: it tells of none that it has replayed".to_owned(),
        };
        let much = match self.at_least {
            Some(bytes @ 1..) => format!("at least {bytes} bytes of WAL, and what the old leader wrote beyond them nobody knows"),
            Some(0) => {
                "how much nobody knows: it has all that anybody tells of, and what the old leader wrote beyond that lies with it alone".to_owned()
            }
            None => "how much nobody knows: nobody tells how far it is, or how far the old leader was".to_owned(),
        };
        let behind = self.behind.map(|newest| format!("; it lacks all of timeline {newest}")).unwrap_or_default();
        format!("{since}: {much}{behind}")
    }
}

/// The newest timeline that anybody knows of: a member that is on it, or the history of the cluster.
pub(super) fn newest_timeline(told: &Told<'_>) -> Known<u32> {
    let members = told.members();
    let seen = members.iter().filter_map(timeline_of).max();
    match (told.turns(), seen) {
        (Ok((turns, at)), seen) => {
            // its last line is of the timeline that ended last
            let past = turns.last().map(|turn| turn.timeline.0.saturating_add(1));
            past.max(seen).map(|newest| (newest, at)).ok_or(Reason::NotReported)
        }
        // another may have ended that none of those who answer was on
        (Err(reason), _) => Err(reason),
    }
}

fn timeline_of(member: &Member<'_>) -> Option<u32> {
    member.timeline().ok().map(|(timeline, _)| timeline.0)
}

/// The standbys that have every commit that was acknowledged. Of a quorum no single one has.
fn confirmed(told: &Told<'_>) -> Vec<String> {
    let Ok((scope, _)) = told.scope() else { return Vec::new() };
    match &scope.sync {
        Some(Ok(sync)) if sync.quorum.unwrap_or(0) == 0 => sync.standbys().map(str::to_owned).collect(),
        _ => Vec::new(),
    }
}

/// When the newest commit was made that `member` has replayed, no later than it was, and how long ago.
fn newest(member: &Member<'_>, now: Moment) -> Option<(Timestamp, Duration)> {
    let (replica, asked) = part(&member.server.as_ref().ok()?.0.replica).ok()?;
    let age = Duration::try_from_secs_f64(replica.last_replayed_xact_age_s?.max(0.0)).ok()?;
    let at = asked.wall.checked_sub(SignedDuration::try_from(age).ok()?).ok()?;
    Some((at, now.since(older(asked, now)) + age))
}

/// Puts what is known of it among the fields of a member.
pub(super) fn put(loss: &Loss, leads: bool, mut set: impl FnMut(&str, Option<Value>)) {
    set("loss", Some(json!(loss.words(leads))));
    set("loss_free", Some(json!(loss.proven())));
    set("loss_at_least_bytes", loss.at_least_bytes().map(Value::from));
    set("loss_at_most_seconds", loss.at_most_seconds().map(Value::from));
    set("newest_commit_at", loss.newest_commit_at().map(|at| json!(at.to_string())));
}
