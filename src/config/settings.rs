//! The typed settings that are not about clusters.

use super::quantity::{Quantity, duration};
use super::tree::{Node, Table};
use crate::theme::Glyphs;
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
    pub theme: String,
    /// `None`: by the locale.
    pub glyphs: Option<Glyphs>,
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
    pub(super) fn of(table: Option<&Table>) -> Self {
        Console {
            theme: text(table, "theme").unwrap_or("midnight").to_owned(),
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
        Console::of(None)
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
