//! A statement with values bound beside it: how they go, and what comes back as text.
//!
//! It must never put a value into the text of a statement.

use crate::model::Secret;
use bytes::BytesMut;
use futures_util::{TryStreamExt, pin_mut};
use std::error::Error;
use std::fmt;
use tokio_postgres::types::{Format, FromSql, IsNull, ToSql, Type, to_sql_checked};
use tokio_postgres::{Client, Statement};

/// What a statement gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Returned {
    /// Rows that came back; where none can, rows that were changed.
    pub rows: u64,
    /// The first column of the first row as text, where its type is one that is read here.
    pub value: Option<String>,
}

/// Runs what was prepared with `values`, as many as it has parameters.
pub(super) async fn run(client: &Client, prepared: &Statement, values: &[Secret]) -> Result<Returned, tokio_postgres::Error> {
    let bound: Vec<Bound<'_>> = values.iter().map(Bound).collect();
    let rows = client.query_raw(prepared, &bound).await?;
    pin_mut!(rows);
    let (mut count, mut value) = (0_u64, None);
    while let Some(row) = rows.try_next().await? {
        if count == 0 && !row.is_empty() {
            value = row.try_get::<_, Option<Shown>>(0).ok().flatten().and_then(|Shown(text)| text);
        }
        count += 1;
    }
    let rows = if prepared.columns().is_empty() { rows.rows_affected().unwrap_or(0) } else { count };
    Ok(Returned { rows, value })
}

/// A value in the form that people type it; the server knows the type that it wants.
struct Bound<'a>(&'a Secret);

impl fmt::Debug for Bound<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }
}

impl ToSql for Bound<'_> {
    fn to_sql(&self, _type: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        out.extend_from_slice(self.0.expose().as_bytes());
        Ok(IsNull::No)
    }

    fn accepts(_type: &Type) -> bool {
        true
    }

    fn encode_format(&self, _type: &Type) -> Format {
        Format::Text
    }

    to_sql_checked!();
}

/// A value of a row as text.
struct Shown(Option<String>);

impl<'a> FromSql<'a> for Shown {
    fn from_sql(of: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(Shown(shown(of, raw)))
    }

    fn accepts(_type: &Type) -> bool {
        true
    }
}

/// Types that a runbook compares; of another one nobody knows the text here.
fn shown(of: &Type, raw: &[u8]) -> Option<String> {
    let whole = |bytes: &[u8]| bytes.try_into().ok().map(u64::from_be_bytes);
    match *of {
        Type::TEXT | Type::VARCHAR | Type::NAME | Type::BPCHAR | Type::CHAR | Type::JSON | Type::XML | Type::UNKNOWN => {
            std::str::from_utf8(raw).ok().map(str::to_owned)
        }
        Type::BOOL => Some((raw != [0]).to_string()),
        Type::INT2 => raw.try_into().ok().map(|bytes| i16::from_be_bytes(bytes).to_string()),
        Type::INT4 => raw.try_into().ok().map(|bytes| i32::from_be_bytes(bytes).to_string()),
        Type::OID => raw.try_into().ok().map(|bytes| u32::from_be_bytes(bytes).to_string()),
        Type::INT8 => raw.try_into().ok().map(|bytes| i64::from_be_bytes(bytes).to_string()),
        Type::FLOAT4 => raw.try_into().ok().map(|bytes| f32::from_be_bytes(bytes).to_string()),
        Type::FLOAT8 => raw.try_into().ok().map(|bytes| f64::from_be_bytes(bytes).to_string()),
        Type::PG_LSN => whole(raw).map(|position| crate::model::Lsn(position).to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_shown_as_people_write_them() {
        assert_eq!(shown(&Type::PG_LSN, &0x1_0000_00A0_u64.to_be_bytes()).as_deref(), Some("1/A0"));
        assert_eq!(shown(&Type::INT4, &(-7_i32).to_be_bytes()).as_deref(), Some("-7"));
        assert_eq!(shown(&Type::BOOL, &[1]).as_deref(), Some("true"));
        assert_eq!(shown(&Type::TEXT, b"x").as_deref(), Some("x"));
        assert_eq!(shown(&Type::INT4, b"x"), None);
        assert_eq!(shown(&Type::POINT, &[0; 16]), None);
        assert_eq!(format!("{:?}", Bound(&Secret::new("canary".to_owned()))), "a value");
    }
}
