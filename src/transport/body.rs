//! The body of an answer as JSON: what was sent instead of it is told apart. Pure.

use super::error::{ProbeError, Trouble};
use serde::de::DeserializeOwned;

/// Decodes a JSON body, telling an HTML page, a cut answer and a doubled key apart.
///
/// # Errors
/// [`Trouble::Html`], [`Trouble::Truncated`], [`Trouble::DuplicateKey`], [`Trouble::Malformed`]; the detail has line and column, or how it begins.
pub fn decode<T: DeserializeOwned>(body: &[u8], asked: &str) -> Result<T, ProbeError> {
    let begin = body.trim_ascii_start();
    if begin.first() == Some(&b'<') {
        let start = String::from_utf8_lossy(begin.get(..begin.len().min(60)).unwrap_or(begin)).into_owned();
        return Err(ProbeError::new(Trouble::Html, asked, start));
    }
    if begin.is_empty() {
        return Err(ProbeError::new(Trouble::Truncated, asked, "empty body"));
    }
    serde_json::from_slice(body).map_err(|error| {
        let text = error.to_string();
        let trouble = if text.starts_with("duplicate ") {
            Trouble::DuplicateKey
        } else if error.is_eof() {
            Trouble::Truncated
        } else {
            Trouble::Malformed
        };
        ProbeError::new(trouble, asked, text)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, Deserialize)]
    struct Role {
        #[expect(dead_code, reason = "only decoding is under test")]
        role: String,
    }

    #[test]
    fn each_kind_of_bad_body_has_its_own_name() {
        let trouble = |body: &str| decode::<Role>(body.as_bytes(), "GET /").map(|_| ()).map_err(|error| error.trouble);
        assert_eq!(trouble(r#"{"role":"replica"}"#), Ok(()));
        assert_eq!(trouble("<!DOCTYPE HTML>"), Err(Trouble::Html));
        assert_eq!(trouble(r#"{"role":"repl"#), Err(Trouble::Truncated));
        assert_eq!(trouble(""), Err(Trouble::Truncated));
        assert_eq!(trouble(r#"{"role":"replica","role":"primary"}"#), Err(Trouble::DuplicateKey));
        assert_eq!(trouble(r#"{"role":7}"#), Err(Trouble::Malformed));
        assert_eq!(trouble("nonsense"), Err(Trouble::Malformed));
    }
}
