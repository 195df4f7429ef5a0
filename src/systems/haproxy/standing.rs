//! The status words of `HAProxy`, each with what it means. A word that is not among them is never taken for health.
//! <https://docs.haproxy.org/2.6/management.html#9.1>, field `status`.

use crate::text::Untrusted;

/// How a server or a backend stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// `UP`: the last check passed.
    Up,
    /// `UP 1/2`: it serves, and its checks fail; at 0 it is down.
    GoingDown,
    /// `no check`: it serves, and nobody looked whether it can.
    Unchecked,
    /// `DOWN 1/2`: it does not serve yet, its checks begin to pass.
    GoingUp,
    /// `DOWN`, or `DOWN (agent)`.
    Down,
    /// `DRAIN`: sessions stay, new ones go elsewhere.
    Drain,
    /// `MAINT`: switched off by a person or by the configuration, also through another server (`MAINT (via b/s)`).
    Maintenance,
    /// `MAINT (resolution)`: its name has no address.
    Unresolved,
    /// `NOLB`: up, but `disable-on-404` keeps new sessions away.
    NoNewSessions,
    /// A word no version we know has, or none at all.
    Unknown,
}

impl Standing {
    /// What `status` means.
    #[must_use]
    pub fn of(status: Option<&Untrusted>) -> Standing {
        let Some(status) = status.map(Untrusted::raw) else { return Standing::Unknown };
        // `UP 1/2`: a fraction of the checks that are needed
        let (word, fraction) = match status.split_once(' ') {
            Some((word, rest)) if is_fraction(rest) => (word, true),
            _ => (status, false),
        };
        match (word, fraction) {
            ("UP", false) => Standing::Up,
            ("UP", true) => Standing::GoingDown,
            ("no check", false) => Standing::Unchecked,
            ("DOWN", true) => Standing::GoingUp,
            ("DOWN" | "DOWN (agent)", false) => Standing::Down,
            ("DRAIN", _) | ("DRAIN (agent)", false) => Standing::Drain,
            ("MAINT", false) => Standing::Maintenance,
            ("MAINT (resolution)", false) => Standing::Unresolved,
            ("NOLB", _) => Standing::NoNewSessions,
            (word, false) if word.starts_with("MAINT (via ") && word.ends_with(')') => Standing::Maintenance,
            _ => Standing::Unknown,
        }
    }

    /// Whether it takes new sessions, as far as the word tells; its weight may still be 0.
    #[must_use]
    pub const fn serves(self) -> bool {
        matches!(self, Standing::Up | Standing::GoingDown | Standing::Unchecked)
    }
}

fn is_fraction(text: &str) -> bool {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    text.split_once('/').is_some_and(|(part, whole)| digits(part) && digits(whole))
}

#[cfg(test)]
mod tests {
    use super::Standing::{self, Down, Drain, GoingDown, GoingUp, Maintenance, NoNewSessions, Unchecked, Unknown, Unresolved, Up};

    #[test]
    fn every_word_has_its_meaning_and_a_new_word_is_not_health() {
        for (word, standing, serves) in [
            ("UP", Up, true),
            ("UP 1/2", GoingDown, true),
            ("UP 12/30", GoingDown, true),
            ("no check", Unchecked, true),
            ("DOWN", Down, false),
            ("DOWN 1/2", GoingUp, false),
            ("DOWN (agent)", Down, false),
            ("DRAIN", Drain, false),
            ("DRAIN 1/2", Drain, false),
            ("MAINT", Maintenance, false),
            ("MAINT (via postgres_write/pg1)", Maintenance, false),
            ("MAINT (resolution)", Unresolved, false),
            ("NOLB", NoNewSessions, false),
            ("NOLB 1/2", NoNewSessions, false),
            ("OPEN", Unknown, false),
            ("UP ", Unknown, false),
            ("UP (maybe)", Unknown, false),
            ("UPPER", Unknown, false),
            ("up", Unknown, false),
            ("", Unknown, false),
            ("STANDBY", Unknown, false),
        ] {
            let told = Standing::of(Some(&word.into()));
            assert_eq!((told, told.serves()), (standing, serves), "{word}");
        }
        assert_eq!(Standing::of(None), Unknown);
    }
}
