//! The typed settings that are not about clusters.

use super::keys;
use super::quantity::{Quantity, duration};
use super::themes::Themes;
use super::tree::{Node, Table, Value};
use super::values;
use crate::model::Environment;
use crate::theme::{AUTO, Glyphs};
use std::time::Duration;

/// How often servers are asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Poll {
    pub fast: Duration,
    pub slow: Duration,
    pub rare: Duration,
    /// The time one question may take.
    pub deadline: Duration,
}

/// How the console looks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Console {
    /// `None`: by the ground of the terminal.
    pub theme: Option<String>,
    /// The theme while a cluster of an environment is open.
    pub by_environment: Vec<(Environment, String)>,
    /// Where the themes are.
    pub themes: Themes,
    /// `None`: by the locale.
    pub glyphs: Option<Glyphs>,
    /// The mouse points in the console from the start.
    pub mouse: bool,
    /// Lines instead of a screen.
    pub accessible: bool,
    /// Hosts that rows may lead to.
    pub links: Vec<String>,
}

/// What the service keeps of each cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ring {
    /// Bytes of one cluster.
    pub size: u64,
    /// Nothing older is kept.
    pub keep: Duration,
}

impl Ring {
    /// As [`Poll::DEFAULT`].
    const DEFAULT: Ring = Ring { size: 256 * 1024 * 1024, keep: Duration::from_hours(24) };

    /// The size that `text` names, within the bounds of `ring.size`.
    ///
    /// # Errors
    /// What is wrong, and what would be right.
    pub fn size_of(text: &str) -> Result<u64, (String, String)> {
        let otherwise = || "such as \"256MiB\"".to_owned();
        values::check(keys::RING_SIZE, text).map_err(|(what, hint)| (what, hint.unwrap_or_else(otherwise)))?;
        match Quantity::parse(text) {
            Some(Quantity::Bytes(size)) => Ok(size),
            _ => Err((format!("{text:?} is no size"), otherwise())),
        }
    }

    pub(super) fn of(table: Option<&Table>) -> Self {
        let size = match text(table, "size").and_then(Quantity::parse) {
            Some(Quantity::Bytes(size)) => size,
            _ => Ring::DEFAULT.size,
        };
        Ring { size, keep: text(table, "keep").and_then(duration).unwrap_or(Ring::DEFAULT.keep) }
    }
}

impl Default for Ring {
    fn default() -> Self {
        Ring::DEFAULT
    }
}

impl Poll {
    /// What holds when a value is missing, which it cannot be while `builtin.toml` is whole.
    const DEFAULT: Poll =
        Poll { fast: Duration::from_secs(1), slow: Duration::from_secs(15), rare: Duration::from_mins(5), deadline: Duration::from_millis(1_500) };

    pub(super) fn of(table: Option<&Table>) -> Self {
        let time = |key: &str, otherwise| text(table, key).and_then(duration).unwrap_or(otherwise);
        let default = Poll::DEFAULT;
        Poll {
            fast: time("fast", default.fast),
            slow: time("slow", default.slow),
            rare: time("rare", default.rare),
            deadline: time("deadline", default.deadline),
        }
    }
}

impl Default for Poll {
    fn default() -> Self {
        Poll::DEFAULT
    }
}

impl Console {
    pub(super) fn of(table: Option<&Table>, themes: Themes) -> Self {
        let named = |table: Option<&Table>, key: &str| text(table, key).filter(|name| *name != AUTO).map(str::to_owned);
        let of_environments = table.and_then(|table| table.node("by_environment")).and_then(Node::table);
        let environments = [Environment::Prod, Environment::Staging, Environment::Dev].into_iter();
        Console {
            theme: named(table, "theme"),
            by_environment: environments.filter_map(|one| Some((one, named(of_environments, one.word())?))).collect(),
            themes,
            mouse: flag(table, "mouse").unwrap_or(true),
            links: texts(table, "links"),
            accessible: flag(table, "accessible").unwrap_or(false),
            glyphs: match text(table, "glyphs") {
                Some("unicode") => Some(Glyphs::Unicode),
                Some("ascii") => Some(Glyphs::Ascii),
                _ => None,
            },
        }
    }
}

impl Default for Console {
    fn default() -> Self {
        Console::of(None, Themes::default())
    }
}

fn texts(table: Option<&Table>, key: &str) -> Vec<String> {
    match table.and_then(|table| table.node(key)).map(|node| &node.value) {
        Some(Value::List(items)) => items.iter().filter_map(|item| item.text().map(str::to_owned)).collect(),
        _ => Vec::new(),
    }
}

fn flag(table: Option<&Table>, key: &str) -> Option<bool> {
    match table?.node(key)?.value {
        Value::Flag(on) => Some(on),
        _ => None,
    }
}

fn text<'t>(table: Option<&'t Table>, key: &str) -> Option<&'t str> {
    table?.node(key).and_then(Node::text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_layer_says_what_the_types_say() {
        let (draft, found) = crate::config::read(&crate::config::Sources::default());
        assert!(found.is_empty(), "{}", crate::config::diagnostic::render(&found));
        assert_eq!(draft.poll, Poll::default());
        assert_eq!(draft.console, Console::default());
        assert_eq!(draft.ring, Ring::default());
    }
}
