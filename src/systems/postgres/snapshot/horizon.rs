//! What keeps dead rows and old transaction ids from going away.

use crate::text::Untrusted;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// One row of `pg_prepared_xacts`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PreparedXact {
    pub gid: Untrusted,
    pub owner: Option<Untrusted>,
    pub database: Option<Untrusted>,
    pub prepared: Option<Timestamp>,
    pub age_s: f64,
    pub xid_age: Option<i64>,
    /// All of them, those beyond the limit of the statement included; the same in every row.
    #[serde(default)]
    pub total: Option<u64>,
}

/// Who holds back the xmin horizon, from `xmin_horizon.sql`; worst first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct XminHolder {
    /// `activity`, `slot`, `replica`, `prepared`.
    pub src: Untrusted,
    /// Pid, slot, application or transaction name.
    pub who: Option<Untrusted>,
    /// In transactions.
    pub xmin_age: Option<i64>,
}

/// How far a database is from the end of its transaction ids, from `wraparound_db.sql`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Wraparound {
    pub datname: Untrusted,
    pub xid_age: i64,
    pub pct_to_wraparound: f64,
    pub pct_to_forced_vacuum: f64,
    pub mxid_age: i64,
    pub mxid_pct_to_forced_vacuum: f64,
}

impl Wraparound {
    /// Share of the 2^31 multixact ids that is used up, in percent.
    #[must_use]
    pub fn mxid_percent(&self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "an age is at most 2^31")]
        let age = self.mxid_age as f64;
        100.0 * age / 2_147_483_647.0
    }
}
