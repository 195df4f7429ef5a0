//! From an HTTP answer to JSON: which statuses are answers at all, and the forms that several answers share. No IO.

use crate::transport::http::{Answer, decode};
use crate::transport::{ProbeError, Trouble};
use jiff::Timestamp;
use serde::de::{DeserializeOwned, Deserializer};
use serde::{Deserialize, Serialize};

/// Decodes the answer to `GET /patroni`, `/cluster`, `/config` or `/history`.
///
/// Patroni answers 503 with the same body as 200 wherever the status tells a role, so both are answers; everything else is an error of its own.
///
/// # Errors
/// Status, HTML, a cut answer, a doubled key, another form.
pub fn body<T: DeserializeOwned>(answer: &Answer, asked: &str) -> Result<T, ProbeError> {
    let fail = |trouble| Err(ProbeError::new(trouble, asked, begin(&answer.body)));
    match answer.status {
        200 | 503 => decode(&answer.body, asked),
        401 => fail(Trouble::NotAuthenticated),
        403 => fail(Trouble::NotPermitted),
        status => fail(Trouble::Status(status)),
    }
}

/// How a body begins, for an error; nothing of a page of HTML.
fn begin(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body.get(..body.len().min(120)).unwrap_or(body)).trim().to_owned();
    if text.starts_with('<') { "an HTML page".to_owned() } else { text }
}

/// A point in time as the server wrote it: `2026-11-20 11:35:03.270617+00:00`. Versions and locales differ, so the text is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Stamp(pub String);

impl Stamp {
    /// `None` where the text is no time that we can read.
    #[must_use]
    pub fn at(&self) -> Option<Timestamp> {
        self.0.parse().ok()
    }
}

/// A lag in bytes, or the word that stands in its place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Lag {
    Bytes(u64),
    /// `unknown`, when the member is not running.
    Word(String),
    /// Neither: kept out of every sum.
    Odd(serde_json::Value),
}

impl Lag {
    #[must_use]
    pub const fn bytes(&self) -> Option<u64> {
        match self {
            Lag::Bytes(bytes) => Some(*bytes),
            Lag::Word(_) | Lag::Odd(_) => None,
        }
    }
}

/// `true`, `"true"`, `"on"`, 1 as Patroni itself takes them; every other value is off.
pub(super) fn truth<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    super::strict::Strict::deserialize(deserializer).map(|value| is_true(&value.0))
}

/// As [`truth`], on a value that was read.
pub(super) fn is_true(value: &serde_json::Value) -> bool {
    match value {
        serde_json::Value::Bool(on) => *on,
        serde_json::Value::Number(number) => number.as_i64() == Some(1),
        serde_json::Value::String(word) => matches!(word.to_ascii_lowercase().as_str(), "true" | "on" | "yes" | "1"),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;

    fn answer(status: u16, body: &'static str) -> Answer {
        Answer { status, date: None, body: Bytes::from_static(body.as_bytes()) }
    }

    #[test]
    fn a_503_with_a_body_is_an_answer_and_every_other_status_is_not() {
        let trouble = |status, text| body::<serde_json::Value>(&answer(status, text), "GET /patroni").map(|_| ()).map_err(|error| error.trouble);
        assert_eq!(trouble(200, "{}"), Ok(()));
        assert_eq!(trouble(503, "{}"), Ok(()));
        assert_eq!(trouble(200, ""), Err(Trouble::Truncated));
        assert_eq!(trouble(503, "<html>"), Err(Trouble::Html));
        assert_eq!(trouble(502, "<html>"), Err(Trouble::Status(502)));
        assert_eq!(trouble(401, "no auth header received"), Err(Trouble::NotAuthenticated));
        assert_eq!(trouble(403, "client certificate required"), Err(Trouble::NotPermitted));
        assert_eq!(trouble(302, ""), Err(Trouble::Status(302)));
    }

    #[test]
    fn times_of_patroni_are_read_and_odd_ones_kept() {
        let at = |text: &str| Stamp(text.to_owned()).at().map(|at| at.to_string());
        assert_eq!(at("2026-11-20 11:35:03.270617+00:00").as_deref(), Some("2026-11-20T11:35:03.270617Z"));
        assert_eq!(at("2026-11-20T12:07:36+00:00").as_deref(), Some("2026-11-20T12:07:36Z"));
        assert_eq!(at("2026-11-20 11:35:03.270 CET"), None);
    }

    #[test]
    fn a_lag_that_is_no_number_is_no_number_of_bytes() {
        let lag = |text: &str| serde_json::from_str::<Lag>(text).expect("lag");
        assert_eq!(lag("496"), Lag::Bytes(496));
        for odd in [r#""unknown""#, "-3", "null", "1.5", "[]"] {
            assert_eq!(lag(odd).bytes(), None, "{odd}");
        }
    }
}
