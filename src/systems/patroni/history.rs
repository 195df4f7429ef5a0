//! The timelines of the cluster: `GET /history`. <https://patroni.readthedocs.io/en/latest/rest_api.html#cluster-status-endpoints>

use super::wire::{Stamp, body};
use crate::model::{Lsn, Timeline};
use crate::transport::ProbeError;
use crate::transport::http::Answer;
use serde::{Deserialize, Serialize};

/// The end of one timeline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Turn {
    pub timeline: Timeline,
    /// Where it ended.
    pub lsn: Lsn,
    /// What `PostgreSQL` wrote into the history file; says little.
    pub reason: String,
    /// Absent for a timeline that ended before Patroni looked.
    pub at: Option<Stamp>,
    /// Who became leader with it.
    pub new_leader: Option<String>,
}

/// A row has three to five fields, by position.
#[derive(Deserialize)]
struct Raw(Vec<serde_json::Value>);

/// Reads the answer to `GET /history`, oldest first.
///
/// # Errors
/// As [`body`], and a row that does not begin with timeline, position, reason.
pub fn read(answer: &Answer, asked: &str) -> Result<Vec<Turn>, ProbeError> {
    let rows: Vec<Raw> = body(answer, asked)?;
    rows.iter().map(|row| turn(&row.0).ok_or_else(|| malformed(asked, &row.0))).collect()
}

/// The rows of a history as the store holds them; `None` where one has another form.
#[must_use]
pub fn turns(rows: &serde_json::Value) -> Option<Vec<Turn>> {
    rows.as_array()?.iter().map(|row| turn(row.as_array()?)).collect()
}

fn turn(fields: &[serde_json::Value]) -> Option<Turn> {
    let text = |index: usize| fields.get(index).and_then(serde_json::Value::as_str).map(str::to_owned);
    Some(Turn {
        timeline: Timeline(u32::try_from(fields.first()?.as_u64()?).ok()?),
        lsn: Lsn(fields.get(1)?.as_u64()?),
        reason: text(2)?,
        at: text(3).map(Stamp),
        new_leader: text(4),
    })
}

fn malformed(asked: &str, row: &[serde_json::Value]) -> ProbeError {
    ProbeError::new(
        crate::transport::Trouble::Malformed,
        asked,
        format!("a row of {} fields that does not begin with timeline, position, reason", row.len()),
    )
}
