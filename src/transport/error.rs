//! Why an endpoint could not be read. One type for every protocol, so that every face can say what, where, why and what to try.

use crate::model::Reason;
use crate::text::untrusted::visible;
use serde::{Deserialize, Serialize};

/// What went wrong, without the words of the server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "trouble", content = "detail")]
pub enum Trouble {
    /// The name of the host has no address.
    NoAddress,
    /// A server named this address, or a name that leads to it, and nobody contacts it for a server's word; the detail says which it is.
    Forbidden,
    /// A connection was answered with a reset: nothing listens there.
    ConnectionRefused,
    /// No connection came about before the deadline.
    ConnectTimeout,
    /// A connection came about, an answer did not.
    AnswerTimeout,
    /// The server closed the connection in the middle of an answer, or without one.
    Closed,
    /// Other trouble of the network.
    Network,
    /// The certificate or the handshake.
    Tls,
    /// The secret that the configuration names could not be read.
    Secret,
    /// The configuration leaves out what a question needs; the detail says what.
    NotConfigured,
    /// The server does not accept these credentials.
    NotAuthenticated,
    /// The credentials are good and not enough.
    NotPermitted,
    /// An HTTP status that is no answer to the question.
    Status(u16),
    /// An HTML page where data was due: a proxy, a login page, another server.
    Html,
    /// The answer ends before it is whole.
    Truncated,
    /// A key stands twice in one object; which one is meant cannot be known.
    DuplicateKey,
    /// The answer is larger than is read (bytes).
    TooLarge(usize),
    /// The answer is not of the expected form.
    Malformed,
    /// The server answered with an error of its own.
    ServerError,
    /// Another cluster or system answers there.
    WrongServer,
}

impl Trouble {
    /// The trouble in a few words, the same everywhere.
    #[must_use]
    pub fn phrase(&self) -> String {
        match self {
            Trouble::NoAddress => "host name has no address".to_owned(),
            Trouble::Forbidden => "not contacted: an address that no server may send us to".to_owned(),
            Trouble::ConnectionRefused => "connection refused".to_owned(),
            Trouble::ConnectTimeout => "no connection before the deadline".to_owned(),
            Trouble::AnswerTimeout => "no answer before the deadline".to_owned(),
            Trouble::Closed => "connection closed without a whole answer".to_owned(),
            Trouble::Network => "network error".to_owned(),
            Trouble::Tls => "TLS failed".to_owned(),
            Trouble::Secret => "secret not readable".to_owned(),
            Trouble::NotConfigured => "not configured".to_owned(),
            Trouble::NotAuthenticated => "credentials refused".to_owned(),
            Trouble::NotPermitted => "not permitted".to_owned(),
            Trouble::Status(code) => format!("HTTP status {code}"),
            Trouble::Html => "an HTML page instead of data".to_owned(),
            Trouble::Truncated => "answer cut short".to_owned(),
            Trouble::DuplicateKey => "a key stands twice in the answer".to_owned(),
            Trouble::TooLarge(bytes) => format!("answer larger than {bytes} bytes"),
            Trouble::Malformed => "answer not understood".to_owned(),
            Trouble::ServerError => "the server answered with an error".to_owned(),
            Trouble::WrongServer => "another server answers there".to_owned(),
        }
    }

    /// What a person can try.
    #[must_use]
    pub const fn hint(&self) -> &'static str {
        match self {
            Trouble::NoAddress => "check the host name in the configuration and the resolver of this machine",
            Trouble::Forbidden => "compare the address that this member announces with the resolver of this machine; nothing was sent there",
            Trouble::ConnectionRefused => "is the process running, and does it listen on this address?",
            Trouble::ConnectTimeout => "is the host up, and does a firewall drop the packets?",
            Trouble::AnswerTimeout => "the process accepts and does not answer: frozen, starved or overloaded",
            Trouble::Closed | Trouble::Network => "look at the log of the server at this moment",
            Trouble::Tls => "compare the certificate, its name and its expiry with `tls` of this endpoint",
            Trouble::Secret => "look at the reference and at the owner and mode of what it names",
            Trouble::NotConfigured => "add what is missing to this endpoint in the configuration",
            Trouble::NotAuthenticated => "compare user and secret of this endpoint with the server's",
            Trouble::NotPermitted => "grant what `opsctl privileges` prints",
            Trouble::Status(_) | Trouble::Html | Trouble::WrongServer => "does this address belong to this system?",
            Trouble::Truncated | Trouble::DuplicateKey | Trouble::Malformed | Trouble::TooLarge(_) => {
                "does this address belong to this system, and is its version supported?"
            }
            Trouble::ServerError => "the message of the server stands above",
        }
    }
}

/// An endpoint that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProbeError {
    pub trouble: Trouble,
    /// What was asked: `GET http://127.0.1.1:8008/patroni`.
    pub asked: String,
    /// Words of the server or the library; never a secret. Escaped when shown.
    pub detail: String,
}

impl ProbeError {
    #[must_use]
    pub fn new(trouble: Trouble, asked: impl Into<String>, detail: impl Into<String>) -> Self {
        ProbeError { trouble, asked: asked.into(), detail: detail.into() }
    }

    /// The reason that a value which depends on this answer is unknown.
    #[must_use]
    pub fn reason(&self) -> Reason {
        let phrase = self.trouble.phrase();
        match self.trouble {
            Trouble::NotAuthenticated => Reason::NotAuthenticated(phrase),
            Trouble::Secret => Reason::NotAuthenticated(format!("{phrase}: {}: {}", self.asked, self.detail)),
            Trouble::NotConfigured => Reason::NotConfigured(self.detail.clone()),
            Trouble::NotPermitted => Reason::NoPrivilege,
            Trouble::Html | Trouble::Truncated | Trouble::DuplicateKey | Trouble::TooLarge(_) | Trouble::Malformed | Trouble::WrongServer => {
                Reason::Malformed(phrase)
            }
            Trouble::ServerError | Trouble::Status(_) => {
                Reason::Refused(if self.detail.is_empty() { phrase } else { format!("{phrase}: {}", self.detail) })
            }
            Trouble::NoAddress | Trouble::Forbidden | Trouble::Tls => Reason::NotReached(phrase),
            Trouble::ConnectionRefused | Trouble::ConnectTimeout | Trouble::AnswerTimeout | Trouble::Closed | Trouble::Network => {
                Reason::Unreachable(phrase)
            }
        }
    }
}

impl ProbeError {
    /// What came of the question, for where that stands beside it; safe to show.
    #[must_use]
    pub fn told(&self) -> String {
        let phrase = self.trouble.phrase();
        if self.detail.is_empty() { phrase } else { format!("{phrase} ({})", visible(&self.detail)) }
    }
}

impl std::fmt::Display for ProbeError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", visible(&self.asked), self.told())
    }
}

impl std::error::Error for ProbeError {}
