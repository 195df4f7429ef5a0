//! Dotted keys: `cluster.lab.endpoint.patroni/pg1.url`. A part with a dot in it stands in quotes: `cluster."orders.eu".scope`.

use std::ops::Range;

/// A part of a key, and its bytes in the text.
pub type Part = (String, Range<usize>);

/// Splits `text` at its dots.
///
/// # Errors
/// What is wrong with it, and where.
pub fn split(text: &str) -> Result<Vec<Part>, (&'static str, usize)> {
    let mut parts = Vec::new();
    let mut at = 0;
    loop {
        let rest = text.get(at..).unwrap_or("");
        let (name, length) = if let Some(inner) = rest.strip_prefix('"') {
            let end = inner.find('"').ok_or(("a quote that is not closed", at))?;
            (inner.get(..end).unwrap_or(""), end + 2)
        } else {
            let end = rest.find('.').unwrap_or(rest.len());
            (rest.get(..end).unwrap_or(""), end)
        };
        if name.is_empty() {
            return Err(("an empty part in a key", at));
        }
        parts.push((name.to_owned(), at..at + length));
        at += length;
        match text.get(at..) {
            None | Some("") => return Ok(parts),
            Some(rest) if rest.starts_with('.') => at += 1,
            Some(_) => return Err(("a dot is missing after the quote", at)),
        }
    }
}

/// `parent.name`, with quotes where `name` needs them.
#[must_use]
pub fn join(parent: &str, name: &str) -> String {
    let part = if name.is_empty() || name.contains(['.', '"', ' ', '=']) { format!("\"{name}\"") } else { name.to_owned() };
    if parent.is_empty() { part } else { format!("{parent}.{part}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> Result<Vec<String>, &'static str> {
        split(text).map(|parts| parts.into_iter().map(|(name, _)| name).collect()).map_err(|(what, _)| what)
    }

    #[test]
    fn keys_split_at_dots_outside_of_quotes() {
        assert_eq!(parts("poll.fast"), Ok(vec!["poll".into(), "fast".into()]));
        assert_eq!(parts("cluster.\"orders.eu\".scope"), Ok(vec!["cluster".into(), "orders.eu".into(), "scope".into()]));
        assert_eq!(split("a.\"b.c\"").expect("two")[1].1, 2..7);
        for text in ["", "a.", ".a", "a..b", "\"a", "\"a\"b"] {
            assert!(parts(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_joined_key_splits_into_what_it_was_made_of() {
        for name in ["lab", "orders.eu", "patroni/pg1", "patroni/10.0.0.1"] {
            assert_eq!(parts(&join("cluster", name)), Ok(vec!["cluster".into(), name.into()]));
        }
    }
}
