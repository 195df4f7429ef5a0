//! Keys and values by prefix: `POST /v3/kv/range`, where both are base64. No IO.
//!
//! <https://etcd.io/docs/v3.5/learning/api/#range>

use super::wire::body;
use crate::text::Untrusted;
use crate::transport::http::Answer;
use crate::transport::{ProbeError, Trouble};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

/// The path that is asked.
pub const RANGE: &str = "/v3/kv/range";

#[derive(Deserialize)]
struct RawRange {
    #[serde(default)]
    kvs: Vec<RawPair>,
    #[serde(default)]
    more: bool,
}

#[derive(Deserialize)]
struct RawPair {
    key: String,
    #[serde(default)]
    value: String,
}

/// The body of `POST /v3/kv/range` for all keys that begin with `prefix`. `stale` lets one member answer alone, without the quorum.
#[must_use]
pub fn request(prefix: &str, stale: bool) -> String {
    let (key, end) = if prefix.is_empty() { (vec![0], vec![0]) } else { (prefix.as_bytes().to_vec(), after(prefix.as_bytes())) };
    serde_json::json!({ "key": STANDARD.encode(key), "range_end": STANDARD.encode(end), "serializable": stale }).to_string()
}

/// The same for all keys from `first` on to the last that begins with `last`.
#[must_use]
pub fn request_between(first: &str, last: &str) -> String {
    let range_end = STANDARD.encode(after(last.as_bytes()));
    serde_json::json!({ "key": STANDARD.encode(first), "range_end": range_end }).to_string()
}

/// The same as for a prefix, without the values.
#[must_use]
pub fn request_keys(prefix: &str) -> String {
    let range_end = STANDARD.encode(after(prefix.as_bytes()));
    serde_json::json!({ "key": STANDARD.encode(prefix), "range_end": range_end, "keys_only": true }).to_string()
}

/// The names that stand directly below `prefix`, each once, in the order of keys.
#[must_use]
pub fn first_level(prefix: &str, pairs: &[(String, Vec<u8>)]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for name in pairs.iter().filter_map(|(key, _)| key.strip_prefix(prefix)?.split('/').next()).filter(|name| !name.is_empty()) {
        if names.last().is_none_or(|last| last != name) {
            names.push(name.to_owned());
        }
    }
    names
}

/// What stands at the keys directly below `prefix`: the rest of the key, and its value as text. Keys further below are of somebody else.
#[must_use]
pub fn values(prefix: &str, pairs: Vec<(String, Vec<u8>)>) -> Vec<(String, Untrusted)> {
    let own = |(key, value): (String, Vec<u8>)| {
        let name = key.strip_prefix(prefix).filter(|name| !name.is_empty() && !name.contains('/'))?.to_owned();
        Some((name, Untrusted::from(String::from_utf8_lossy(&value).into_owned())))
    };
    pairs.into_iter().filter_map(own).collect()
}

/// The first key after all that begin with `prefix`; a zero byte means the end of the store.
pub(super) fn after(prefix: &[u8]) -> Vec<u8> {
    let mut end = prefix.to_vec();
    while let Some(last) = end.pop() {
        if last < 0xff {
            end.push(last + 1);
            return end;
        }
    }
    vec![0]
}

/// Reads `POST /v3/kv/range`: keys and values in the order of keys. Keys that are not UTF-8 are nobody's that we read.
///
/// # Errors
/// As [`body`], base64 that is none, an answer that is not whole.
pub fn read(answer: &Answer, asked: &str) -> Result<Vec<(String, Vec<u8>)>, ProbeError> {
    let raw: RawRange = body(answer, asked)?;
    if raw.more {
        return Err(ProbeError::new(Trouble::Truncated, asked, "the store has more keys than it told"));
    }
    let plain = |text: &str| STANDARD.decode(text).map_err(|error| ProbeError::new(Trouble::Malformed, asked, error.to_string()));
    let mut pairs = Vec::with_capacity(raw.kvs.len());
    for pair in &raw.kvs {
        let value = plain(&pair.value)?;
        if let Ok(key) = String::from_utf8(plain(&pair.key)?) {
            pairs.push((key, value));
        }
    }
    pairs.sort();
    Ok(pairs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_below_a_prefix_are_told_once() {
        let keys = ["/service/", "/service/a/config", "/service/a/leader", "/service/b/members/n1", "/other/c/leader"];
        let pairs: Vec<_> = keys.iter().map(|key| ((*key).to_owned(), Vec::new())).collect();
        assert_eq!(first_level("/service/", &pairs), ["a", "b"]);
        assert!(request_keys("/service/").contains("\"keys_only\":true"));
    }

    #[test]
    fn a_value_belongs_to_the_key_directly_below() {
        let pair = |key: &str, value: &[u8]| (key.to_owned(), value.to_vec());
        let pairs = vec![pair("/l/a", b"me"), pair("/l/a/lease", b"x"), pair("/l/", b"x"), pair("/other", b"x"), pair("/l/b", b"\xff")];
        assert_eq!(values("/l/", pairs), [("a".to_owned(), "me".into()), ("b".to_owned(), "\u{fffd}".into())]);
    }

    #[test]
    fn a_prefix_ends_before_its_successor() {
        assert_eq!(after(b"/service/"), b"/service0");
        assert_eq!(after(&[0x61, 0xff]), [0x62]);
        assert_eq!(after(&[0xff]), [0]);
        assert!(request("/service/", false).contains("L3NlcnZpY2Uv"));
    }
}
