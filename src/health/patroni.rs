//! A Patroni cluster as its members tell it: who answers, who leads, the newest picture of the store. What the rules over a cluster share.
//!
//! It must never decide what is wrong: a rule does.

use super::rule::ClusterView;
use crate::fleet::{Entry, Member};
use crate::model::{Gap, Moment, Reading, Reason};
use crate::systems::contract::View;
use crate::systems::patroni::Patroni;
use crate::systems::patroni::dynamic::Dynamic;
use crate::systems::patroni::picture::{Picture, Row};
use crate::systems::patroni::snapshot::Snapshot;
use crate::text::untrusted::visible;

/// All Patroni members of one cluster in one revision.
pub(super) struct Told<'a> {
    pub(super) members: Vec<Member<'a, Snapshot>>,
}

/// What one member told, with its witness.
pub(super) struct Heard<'b, T> {
    /// `GET /cluster of pg2`
    pub(super) witness: String,
    pub(super) value: &'b T,
    pub(super) taken_at: Moment,
}

impl<'a> Told<'a> {
    pub(super) fn of(view: &ClusterView<'a>) -> Told<'a> {
        Told { members: view.members::<Patroni>() }
    }

    /// The cluster has no Patroni at all, so its rules have nothing to say.
    pub(super) fn is_absent(&self) -> bool {
        self.members.is_empty()
    }

    /// The members that can be judged by.
    pub(super) fn views(&self) -> impl Iterator<Item = &View<'a, Snapshot>> {
        self.members.iter().filter_map(|member| member.view.as_ref().ok())
    }

    /// Why `fact` is not known: the reason of the first member that could not be read, else `reason`.
    pub(super) fn gap(&self, fact: &str, reason: Reason) -> Gap {
        let missing = self.members.iter().find_map(|member| member.view.as_ref().err());
        missing.map_or_else(|| Gap::new(fact, reason), |gap| Gap { fact: fact.to_owned(), ..gap.clone() })
    }

    /// The newest picture of the store, through whichever member.
    ///
    /// # Errors
    /// The gap, where no member could read the store.
    pub(super) fn picture(&self) -> Result<Heard<'_, Picture>, Gap> {
        self.newest("GET /cluster", |snapshot| &snapshot.cluster)
    }

    /// The newest configuration of the cluster.
    ///
    /// # Errors
    /// As [`Told::picture`].
    pub(super) fn config(&self) -> Result<Heard<'_, Dynamic>, Gap> {
        self.newest("GET /config", |snapshot| &snapshot.config)
    }

    fn newest<T: 'a>(&self, question: &str, pick: fn(&Snapshot) -> &Reading<T>) -> Result<Heard<'_, T>, Gap> {
        let known = self.views().filter_map(|view| match pick(view.snapshot) {
            Reading::Known(sample) => Some((view.name(), sample)),
            Reading::Unknown { .. } => None,
        });
        let newest = known.max_by_key(|(_, sample)| sample.taken_at.mono);
        if let Some((name, sample)) = newest {
            return Ok(Heard { witness: format!("{question} of {name}"), value: &sample.value, taken_at: sample.taken_at });
        }
        let unread = self.views().find_map(|view| pick(view.snapshot).known(question).err());
        Err(unread.unwrap_or_else(|| self.gap(question, Reason::NotAskedYet)))
    }

    /// The endpoint of the member that the store calls `row.name`. The configuration may call it otherwise, so its own name counts, then its address.
    pub(super) fn member_of(&self, row: &Row) -> Option<&Member<'a, Snapshot>> {
        let by_name = self.member(&row.name);
        by_name.or_else(|| self.members.iter().find(|member| row.api_url.as_deref().is_some_and(|url| same_address(member.entry, url))))
    }

    /// The endpoint of the member called `name`.
    pub(super) fn member(&self, name: &str) -> Option<&Member<'a, Snapshot>> {
        let own = self.members.iter().find(|member| own_name(member.entry) == Some(name));
        own.or_else(|| self.members.iter().find(|member| own_name(member.entry).is_none() && member.name() == name))
    }

    /// The row of `member` in `picture`.
    pub(super) fn row_of<'p>(&self, member: &Member<'_, Snapshot>, picture: &'p Picture) -> Option<&'p Row> {
        picture.members.iter().find(|row| self.member_of(row).is_some_and(|found| found.entry.spec.id == member.entry.spec.id))
    }

    /// The member that says it is a running primary, or the head of a standby cluster. With several, the one that holds the lock.
    pub(super) fn head(&self) -> Option<&View<'a, Snapshot>> {
        let claims: Vec<_> = self.views().filter(|view| view.snapshot.says_writable() || view.snapshot.says_standby_leader()).collect();
        let picture = self.picture().ok();
        let holder = picture.as_ref().and_then(|heard| heard.value.leader()).and_then(|row| self.member_of(row));
        let holds = |view: &&&View<'a, Snapshot>| holder.is_some_and(|member| member.entry.spec.id == view.endpoint.id);
        claims.iter().find(holds).or_else(|| claims.first()).copied()
    }
}

/// How people know the member that the store calls `row.name`.
pub(super) fn known_as(told: &Told<'_>, row: &Row) -> String {
    told.member_of(row).map_or_else(|| visible(&row.name), |member| member.name().to_owned())
}

/// Whether the newest question found nobody there: refused, no answer. Errors of ours (login, TLS) say nothing about the member.
pub(super) fn is_unreachable(entry: &Entry) -> bool {
    entry.failure.as_ref().is_some_and(|failure| matches!(failure.error.reason(), Reason::Unreachable(_)))
}

/// The name that the member gave itself when it was last read.
pub(super) fn own_name(entry: &Entry) -> Option<&str> {
    entry.good.as_ref()?.snapshot.downcast_ref::<Snapshot>()?.own.name.as_deref()
}

fn same_address(entry: &Entry, api_url: &str) -> bool {
    let bare = |url: &str| url.trim_end_matches('/').trim_end_matches("/patroni").to_owned();
    entry.spec.body.text("url").is_some_and(|url| bare(url) == bare(api_url))
}
