//! The single values: whether a text is a name, a duration within bounds, a word of a list.

use super::keys::Shape;
use super::quantity::{Quantity, duration, time_text};
use super::tree::{Node, Value, quoted};
use crate::text::suggest;
use crate::text::untrusted::is_plain;
use crate::theme;

/// Longest name, in characters.
const LONGEST_NAME: usize = 64;

/// Checks the text form of a value.
///
/// # Errors
/// What is wrong, and what would be right.
pub(super) fn check(shape: Shape, text: &str) -> Result<(), (String, Option<String>)> {
    match shape {
        Shape::Name => name(text).map_err(|why| (format!("{} is no name: {why}", quoted(text)), None)),
        Shape::OneOf(words) if words.contains(&text) => Ok(()),
        Shape::OneOf(words) => {
            let near = suggest::nearest(text, words.iter().copied()).map(|near| format!("did you mean \"{near}\"?"));
            Err((format!("{} is not {}", quoted(text), shape.phrase()), near))
        }
        Shape::Time { least, most } => match duration(text) {
            None => {
                let unit = text.trim().parse::<f64>().is_ok().then(|| format!("a duration has a unit: \"{}s\"", text.trim()));
                Err((
                    format!("{} is no duration", quoted(text)),
                    Some(unit.unwrap_or_else(|| "such as \"500ms\", \"30s\", \"5m\", \"2h 30m\"".to_owned())),
                ))
            }
            Some(time) if time < least => Err((format!("{} is too short", quoted(text)), Some(format!("at least \"{}\"", time_text(least))))),
            Some(time) if time > most => Err((format!("{} is too long", quoted(text)), Some(format!("at most \"{}\"", time_text(most))))),
            Some(_) => Ok(()),
        },
        Shape::Size { least, most } => match Quantity::parse(text) {
            Some(Quantity::Bytes(size)) if size < least => {
                Err((format!("{} is too small", quoted(text)), Some(format!("at least \"{}\"", Quantity::Bytes(least)))))
            }
            Some(Quantity::Bytes(size)) if size > most => {
                Err((format!("{} is too large", quoted(text)), Some(format!("at most \"{}\"", Quantity::Bytes(most)))))
            }
            Some(Quantity::Bytes(_)) => Ok(()),
            Some(Quantity::Count(count)) => Err((format!("{} is no size", quoted(text)), Some(format!("a size has a unit: \"{count}MiB\"")))),
            _ => Err((format!("{} is no size", quoted(text)), Some("such as \"0B\", \"64KiB\", \"256MiB\", \"1GiB\"".to_owned()))),
        },
        Shape::Theme if theme::names().any(|name| name == text) => Ok(()),
        Shape::Theme => {
            let near = suggest::nearest(text, theme::names()).map(|near| format!("did you mean \"{near}\"?"));
            Err((format!("{} is not {}", quoted(text), shape.phrase()), near))
        }
        Shape::Via => via(text),
        Shape::Text | Shape::Path if text.trim().is_empty() => Err(("an empty text".to_owned(), None)),
        Shape::Text
        | Shape::Path
        | Shape::Secret
        | Shape::Number { .. }
        | Shape::Argv
        | Shape::Table(_)
        | Shape::Clusters
        | Shape::Notices
        | Shape::Endpoints
        | Shape::Systems
        | Shape::Rules => Ok(()),
    }
}

fn name(text: &str) -> Result<(), &'static str> {
    if text.is_empty() {
        return Err("it is empty");
    }
    if text.chars().count() > LONGEST_NAME {
        return Err("it has more than 64 characters");
    }
    if text.chars().any(|c| !is_plain(c) || c.is_whitespace() || matches!(c, '/' | '"' | '\'' | '\\')) {
        return Err("no blanks, quotes, slashes or control characters");
    }
    Ok(())
}

fn via(text: &str) -> Result<(), (String, Option<String>)> {
    let forms = || Some("write \"direct\"".to_owned());
    match text.split_once(':') {
        None if text == "direct" => Ok(()),
        Some((kind @ ("ssh" | "kube" | "docker"), to)) if !to.is_empty() => {
            Err((format!("via {kind} is not supported yet"), Some("reach it directly, or through a tunnel of your own".to_owned())))
        }
        Some((kind @ ("ssh" | "kube" | "docker"), _)) => Err((format!("{} names no host", quoted(text)), Some(format!("\"{kind}:HOST\"")))),
        _ => Err((format!("{} is no way to reach an endpoint", quoted(text)), forms())),
    }
}

/// A threshold: a text with its unit, or a whole number.
#[must_use]
pub(super) fn quantity(node: &Node) -> Option<Quantity> {
    match &node.value {
        Value::Integer(number) => u64::try_from(*number).ok().map(Quantity::Count),
        Value::Text(text) => Quantity::parse(text),
        Value::Float(_) | Value::Flag(_) | Value::Other(_) | Value::List(_) | Value::Table(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_safe_to_show_anywhere() {
        for good in ["pg1", "orders-eu", "10.0.0.1", "Zürich", "a_b:c"] {
            assert_eq!(name(good), Ok(()), "{good}");
        }
        for bad in ["", "a b", "a/b", "a\"b", "a\u{1b}[2J", "\u{202e}x", &"x".repeat(65)] {
            assert!(name(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn only_direct_is_reached_today() {
        assert!(via("direct").is_ok());
        assert!(via("ssh:jump").expect_err("later").0.contains("not supported yet"));
        assert!(via("shh:jump").expect_err("typo").0.contains("no way"));
    }
}
