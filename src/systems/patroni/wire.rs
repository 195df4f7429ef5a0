//! From an HTTP answer to JSON: which statuses are answers at all, and the forms that several answers share. No IO.

use crate::model::{Gap, Reason};
use crate::transport::http::{Answer, decode};
use crate::transport::{ProbeError, Trouble};
use jiff::Timestamp;
use serde::de::{DeserializeOwned, Deserializer};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

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

/// Whether something is on. Patroni leaves out what is off; a value that is neither on nor off is not known.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Flag {
    On,
    #[default]
    Off,
    /// The value, as it came.
    Odd(serde_json::Value),
}

impl Flag {
    /// `true`, `"true"`, `"on"`, 1 and their opposites, as Patroni itself takes them.
    #[must_use]
    pub fn of(value: &serde_json::Value) -> Flag {
        let word = match value {
            serde_json::Value::Null => return Flag::Off,
            serde_json::Value::Bool(on) => on.to_string(),
            serde_json::Value::Number(number) => number.to_string(),
            serde_json::Value::String(word) => word.to_ascii_lowercase(),
            serde_json::Value::Array(_) | serde_json::Value::Object(_) => return Flag::Odd(value.clone()),
        };
        match word.as_str() {
            "true" | "on" | "yes" | "1" => Flag::On,
            "false" | "off" | "no" | "0" => Flag::Off,
            _ => Flag::Odd(value.clone()),
        }
    }

    /// Certainly on.
    #[must_use]
    pub fn is_on(&self) -> bool {
        *self == Flag::On
    }

    /// Whether it is on, or the gap called `fact`.
    ///
    /// # Errors
    /// The value is neither on nor off.
    pub fn known(&self, fact: impl Into<String>) -> Result<bool, Gap> {
        match self {
            Flag::On => Ok(true),
            Flag::Off => Ok(false),
            Flag::Odd(value) => Err(Gap::new(fact, Reason::Malformed(short(value)))),
        }
    }
}

/// The beginning of a value that has no business where it stands.
pub(super) fn short(value: &serde_json::Value) -> String {
    value.to_string().chars().take(40).collect()
}

/// Reads a [`Flag`] from whatever stands there.
pub(super) fn truth<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Flag, D::Error> {
    super::strict::Strict::deserialize(deserializer).map(|value| Flag::of(&value.0))
}

/// Parameters that wait for a restart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Pending {
    Nothing,
    /// Parameter to its old and new value; empty when a restart is pending without a reason given.
    Restart(BTreeMap<String, Change>),
    /// The server says neither yes nor no.
    Odd(serde_json::Value),
}

impl Pending {
    pub(super) fn of(flag: Flag, changes: impl FnOnce() -> BTreeMap<String, Change>) -> Pending {
        match flag {
            Flag::Off => Pending::Nothing,
            Flag::On => Pending::Restart(changes()),
            Flag::Odd(value) => Pending::Odd(value),
        }
    }

    /// What waits, `None` for nothing, or the gap called `fact`.
    ///
    /// # Errors
    /// The server says neither yes nor no.
    pub fn known(&self, fact: impl Into<String>) -> Result<Option<&BTreeMap<String, Change>>, Gap> {
        match self {
            Pending::Nothing => Ok(None),
            Pending::Restart(changes) => Ok(Some(changes)),
            Pending::Odd(value) => Err(Gap::new(fact, Reason::Malformed(short(value)))),
        }
    }
}

/// A parameter that waits for a restart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    #[serde(default, rename = "old_value")]
    pub old: Option<String>,
    #[serde(default, rename = "new_value")]
    pub new: Option<String>,
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
    fn a_flag_is_on_or_off_or_not_known() {
        let flag = |text: &str| Flag::of(&serde_json::from_str(text).expect("JSON"));
        for on in ["true", r#""true""#, r#""On""#, r#""yes""#, "1", r#""1""#] {
            assert_eq!(flag(on).known("pause"), Ok(true), "{on}");
        }
        for off in ["false", "null", r#""false""#, r#""off""#, r#""no""#, "0"] {
            assert_eq!(flag(off).known("pause"), Ok(false), "{off}");
        }
        for odd in [r#""""#, r#""paused""#, "2", "-1", "1.0", "[]", "{}", r#"{"until":"noon"}"#, "[true]"] {
            assert!(!flag(odd).is_on());
            assert!(matches!(flag(odd).known("pause").expect_err(odd).reason, Reason::Malformed(_)), "{odd}");
        }
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
