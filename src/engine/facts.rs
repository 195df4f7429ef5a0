//! What can be known about a cluster, by name: declared by systems, read by the room that knows them, judged by expressions.

use super::work::Task;
use crate::model::Reading;
use serde_json::Value;
use std::collections::BTreeMap;
use std::time::Duration;

/// A fact as it was read, or why it was not.
pub type Fact = Reading<Value>;

/// The kind of a fact's value. Comparisons of different kinds are refused before a run begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FactKind {
    Text,
    Flag,
    /// A whole number of things.
    Count,
    Number,
    Bytes,
    Seconds,
    Milliseconds,
    /// A position in the WAL, as text.
    Lsn,
    /// An instant, RFC 3339.
    Instant,
    /// A list whose items have these fields.
    List(&'static [(&'static str, FactKind)]),
    /// These fields.
    Record(&'static [(&'static str, FactKind)]),
}

/// A fact that can be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FactDef {
    /// Dotted: `cluster.leader.name`.
    pub name: &'static str,
    pub kind: FactKind,
    pub doc: &'static str,
}

/// Who reads facts.
pub trait Facts: Send + Sync {
    /// The facts called `names`, none older than `max_age`. One that is missing from the answer is not known.
    fn read<'a>(&'a self, names: &'a [String], max_age: Duration) -> Task<'a, BTreeMap<String, Fact>>;
}
