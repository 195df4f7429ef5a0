//! What a rule has to say: a sentence, its evidence, since when, and what to do about it.

use super::{Moment, Severity};
use crate::text::Untrusted;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What makes two findings of two revisions the same finding. Not the system that tells it: where one witness falls silent and another takes over, nothing has
/// ended and nothing has begun.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Identity {
    pub rule: String,
    pub cluster: String,
    pub member: Option<String>,
    pub object: Option<Untrusted>,
}

/// What a finding is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Subject {
    pub cluster: String,
    /// `patroni`, `postgres`…; `None` when the cluster as a whole is meant.
    pub system: Option<String>,
    /// Name of the endpoint or member.
    pub member: Option<String>,
    /// A slot, pid, pool, backend: whatever is told apart inside the member.
    pub object: Option<Untrusted>,
}

/// One fact a finding rests on, with its witness.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// Who said it: `pg_stat_replication of pg1`, `GET /cluster of pg2`.
    pub witness: String,
    /// What was said.
    pub fact: Untrusted,
    pub taken_at: Option<Moment>,
}

/// Since when a finding holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "witness", content = "at")]
pub enum Since {
    /// The server's own time of the event.
    Server(Timestamp),
    /// First seen by this process; it may have begun earlier.
    FirstSeen(Timestamp),
}

impl Since {
    #[must_use]
    pub const fn at(self) -> Timestamp {
        match self {
            Since::Server(at) | Since::FirstSeen(at) => at,
        }
    }
}

/// What to do about a finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Cure {
    /// The name of a shipped runbook.
    Runbook(String),
    /// Words for a person.
    Procedure(String),
    /// It ends with another finding of the cluster.
    Follows {
        /// The rule that tells of the cause.
        from: String,
        /// What that tells it of; not known of what was recorded before it was kept.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        of: Option<Subject>,
        /// One sentence without a full stop.
        why: String,
    },
}

impl Cure {
    /// In words.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Cure::Runbook(name) => format!("runbook {name}"),
            Cure::Procedure(text) => text.clone(),
            Cure::Follows { from, why, .. } => format!("Follows from {from}: {why}. Mend that first; this ends with it."),
        }
    }
}

/// A rule that has spoken about one subject.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// Identifier of the rule, `split-brain`.
    pub rule: String,
    pub severity: Severity,
    pub subject: Subject,
    /// The members that it is about where it is about several: the subject names none then.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub members: Vec<String>,
    /// One sentence without a full stop. Carries words of servers.
    pub sentence: Untrusted,
    pub evidence: Vec<Evidence>,
    pub since: Since,
    pub cure: Cure,
    /// `false` when the inputs of the rule became unknown after it had spoken, or it was just now not found again: it may no longer hold.
    pub confirmed: bool,
}

impl Finding {
    /// Whether it is about the member or endpoint called `name`, alone or with others.
    #[must_use]
    pub fn is_on(&self, name: &str) -> bool {
        self.subject.member.as_deref() == Some(name) || self.members.iter().any(|member| member == name)
    }

    #[must_use]
    pub fn identity(&self) -> Identity {
        let Subject { cluster, member, object, .. } = self.subject.clone();
        Identity { rule: self.rule.clone(), cluster, member, object }
    }
}
