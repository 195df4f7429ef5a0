//! What a failed question says of the server, in words: nobody is said to be silent who answers, or who was not asked.

use crate::transport::{ProbeError, Trouble};

/// `does not answer: connection refused`, to stand behind the name of a server. May carry words of it: escape before showing.
#[must_use]
pub fn said(error: &ProbeError) -> String {
    let phrase = error.trouble.phrase();
    match error.trouble {
        Trouble::ConnectionRefused | Trouble::ConnectTimeout | Trouble::AnswerTimeout | Trouble::Closed | Trouble::Network => {
            format!("does not answer: {phrase}")
        }
        Trouble::NoAddress | Trouble::Forbidden | Trouble::Tls => format!("cannot be asked: {phrase}"),
        // which one and why, never what stands in it
        Trouble::Secret => format!("cannot be asked: {phrase}: {}: {}", error.asked, error.detail),
        Trouble::NotConfigured => format!("cannot be asked: {phrase}: {}", error.detail),
        Trouble::NotAuthenticated => "refuses our login".to_owned(),
        Trouble::NotPermitted => "refuses the question: our role may not ask it".to_owned(),
        Trouble::ServerError if !error.detail.is_empty() => format!("answers with an error: {}", error.detail),
        Trouble::ServerError => "answers with an error".to_owned(),
        Trouble::Status(_) => format!("answers with an error: {phrase}"),
        Trouble::Html | Trouble::Truncated | Trouble::DuplicateKey | Trouble::TooLarge(_) | Trouble::Malformed => {
            format!("answers with what cannot be read: {phrase}")
        }
        Trouble::WrongServer => format!("cannot be read: {phrase}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_answers_or_was_not_asked_is_not_called_silent() {
        let of = |trouble| said(&ProbeError::new(trouble, "GET /", "42501 no"));
        assert_eq!(of(Trouble::ConnectionRefused), "does not answer: connection refused");
        let secret = ProbeError::new(Trouble::Secret, "file:/etc/opsctl/pw", "No such file or directory");
        assert_eq!(said(&secret), "cannot be asked: secret not readable: file:/etc/opsctl/pw: No such file or directory");
        assert_eq!(of(Trouble::NotAuthenticated), "refuses our login");
        assert_eq!(of(Trouble::Status(404)), "answers with an error: HTTP status 404");
        assert_eq!(of(Trouble::ServerError), "answers with an error: 42501 no");
        assert_eq!(of(Trouble::Html), "answers with what cannot be read: an HTML page instead of data");
    }
}
