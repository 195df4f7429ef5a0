//! What is set up on a server: settings, roles, encryption, indexes, sequences, sizes of tables.

use crate::text::Untrusted;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A setting that waits for a restart, or one that decides about durability and limits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Setting {
    pub name: Untrusted,
    /// In `unit`, the value in force.
    pub setting: Option<Untrusted>,
    pub unit: Option<Untrusted>,
    pub source: Option<Untrusted>,
    /// Shown to roles with `pg_read_all_settings`.
    pub sourcefile: Option<Untrusted>,
    pub pending_restart: Option<bool>,
}

/// A role that can log in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Role {
    pub rolname: Untrusted,
    /// None: for ever.
    pub rolvaliduntil: Option<Timestamp>,
    pub expires_in_s: Option<f64>,
    /// -1: no limit.
    pub rolconnlimit: i64,
    pub rolsuper: bool,
    pub rolreplication: bool,
    /// All of them, those beyond the limit of the statement included; the same in every row.
    #[serde(default)]
    pub total: Option<u64>,
}

/// Sessions of one user by their encryption.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SslGroup {
    pub usename: Option<Untrusted>,
    pub ssl: Option<bool>,
    pub version: Option<Untrusted>,
    pub cipher: Option<Untrusted>,
    pub count: u64,
    /// All groups, those beyond the limit of the statement included; the same in every row.
    #[serde(default)]
    pub total: Option<u64>,
}

/// An index that is kept up and cannot be used; of the database we are connected to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvalidIndex {
    pub index: Untrusted,
    pub table: Untrusted,
    pub indisready: bool,
    pub indislive: bool,
    /// All of them, those beyond the limit of the statement included; the same in every row.
    #[serde(default)]
    pub total: Option<u64>,
}

/// A sequence and how much of it is used up.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sequence {
    pub seq: Untrusted,
    pub last_value: Option<i64>,
    pub max_value: i64,
    pub pct: Option<f64>,
    /// Whether our role may see its position at all; `pg_monitor` alone does not let it.
    pub readable: Option<bool>,
    /// Sequences whose position our role may not see, those that the limit cut away included; the same in every row.
    #[serde(default)]
    pub unreadable: Option<u64>,
    /// All of them, those beyond the limit of the statement included; the same in every row.
    #[serde(default)]
    pub total: Option<u64>,
}

/// One of the twenty largest tables; of the database we are connected to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableSize {
    pub rel: Untrusted,
    /// None when it was dropped meanwhile.
    pub total_bytes: Option<u64>,
    pub index_bytes: Option<u64>,
    /// -1: never counted.
    pub est_rows: i64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tablespace {
    pub spcname: Untrusted,
    pub bytes: Option<u64>,
}
