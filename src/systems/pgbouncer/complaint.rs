//! What the console means by an error. Every error has SQLSTATE 08P01, so only its text tells them apart.

use crate::transport::{ProbeError, Trouble};

/// What the console objects to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Complaint {
    /// This version does not know the command.
    NoSuchCommand,
    /// The user is in `stats_users` only, or the command needs `admin_users`.
    NeedsAdmin,
    /// User, secret or right to use the console.
    Login,
    /// No more clients are let in.
    Full,
    NoSuchDatabase,
    DatabaseRequired,
    /// `pgbouncer` itself cannot be paused.
    AdminDatabase,
    AlreadyPaused,
    NotPaused,
    SetFailed,
    /// 1.25 and newer; older ones answer success and have done the same damage.
    ReloadFailed,
    NoSuchClient,
    /// The extended protocol was used; the session is lost.
    Extended,
    /// The process is going down.
    ShuttingDown,
    /// Words that no version we know has said.
    Other,
}

/// How the texts begin, in 1.18 to 1.26. Names stand behind these words, so a name cannot pass for another complaint.
const BEGINNINGS: &[(&str, Complaint)] = &[
    ("invalid command", Complaint::NoSuchCommand),
    ("admin access needed", Complaint::NeedsAdmin),
    ("SASL authentication failed", Complaint::Login),
    ("password authentication failed", Complaint::Login),
    ("no such user", Complaint::Login),
    // what an existing user without a right to the console is told
    ("bouncer config error", Complaint::Login),
    ("not allowed", Complaint::Login),
    ("no more connections allowed", Complaint::Full),
    ("no such database", Complaint::NoSuchDatabase),
    ("a database is required", Complaint::DatabaseRequired),
    ("cannot pause admin db", Complaint::AdminDatabase),
    ("already suspended/paused", Complaint::AlreadyPaused),
    ("already paused", Complaint::AlreadyPaused),
    ("pooler is not paused", Complaint::NotPaused),
    ("SET failed", Complaint::SetFailed),
    ("RELOAD failed", Complaint::ReloadFailed),
    ("client not found", Complaint::NoSuchClient),
    ("invalid client pointer", Complaint::NoSuchClient),
    ("extended query protocol", Complaint::Extended),
    ("bad packet", Complaint::Extended),
    ("the database system is shutting down", Complaint::ShuttingDown),
    ("server shutting down", Complaint::ShuttingDown),
];

impl Complaint {
    /// What `message` of the console means, with or without its SQLSTATE before it.
    #[must_use]
    pub fn of(message: &str) -> Complaint {
        let text = message.strip_prefix("08P01 ").unwrap_or(message);
        if text.starts_with("database ") && text.ends_with(" is not paused") {
            return Complaint::NotPaused;
        }
        BEGINNINGS.iter().find(|(words, _)| text.starts_with(words)).map_or(Complaint::Other, |(_, complaint)| *complaint)
    }
}

/// The same error with the trouble that its text tells; `transport` goes by the SQLSTATE, which says nothing here.
#[must_use]
pub fn clarified(error: ProbeError) -> ProbeError {
    if error.trouble != Trouble::ServerError {
        return error;
    }
    let trouble = match Complaint::of(&error.detail) {
        Complaint::Login => Trouble::NotAuthenticated,
        Complaint::NeedsAdmin => Trouble::NotPermitted,
        Complaint::ShuttingDown => Trouble::Closed,
        _ => Trouble::ServerError,
    };
    ProbeError { trouble, ..error }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hostile_name_does_not_change_what_is_meant() {
        assert_eq!(Complaint::of("no such database: is not paused"), Complaint::NoSuchDatabase);
        assert_eq!(Complaint::of("invalid command 'SASL authentication failed', use SHOW HELP;"), Complaint::NoSuchCommand);
        assert_eq!(Complaint::of("database no such user is not paused"), Complaint::NotPaused);
        assert_eq!(Complaint::of("something \"admin access needed\""), Complaint::Other);
    }

    #[test]
    fn the_login_of_the_console_is_told_from_other_errors() {
        let said = |detail: &str| clarified(ProbeError::new(Trouble::ServerError, "login", detail)).trouble;
        assert_eq!(said("08P01 SASL authentication failed"), Trouble::NotAuthenticated);
        assert_eq!(said("08P01 admin access needed"), Trouble::NotPermitted);
        assert_eq!(said("08P01 no more connections allowed (max_client_conn)"), Trouble::ServerError);
        assert_eq!(said("08P01 words of next year"), Trouble::ServerError);
    }
}
