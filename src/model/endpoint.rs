//! What an endpoint is, whatever system answers there.

use super::SecretRef;
use serde::{Deserialize, Serialize};
use std::fmt;

/// What our sessions call themselves on every server: whoever looks is no client.
pub const APPLICATION: &str = "opsctl";

/// Names one endpoint: `orders-eu/patroni/pg1`. Unique in a fleet.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct EndpointId {
    pub cluster: String,
    pub system: String,
    pub name: String,
}

impl fmt::Display for EndpointId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.cluster, self.system, self.name)
    }
}

/// How careful a person has to be there. Guards and colours hang on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Environment {
    Prod,
    Staging,
    Dev,
}

impl Environment {
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Environment::Prod => "prod",
            Environment::Staging => "staging",
            Environment::Dev => "dev",
        }
    }
}

/// A failure domain: what dies together.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Zone(pub String);

/// How an endpoint is reached. Only direct today; the others are accepted by a later part.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Via {
    #[default]
    Direct,
    Ssh(String),
    Kube(String),
    Docker(String),
}

/// Who told us of an endpoint. What was discovered is contacted without credentials.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    Configured,
    Discovered,
}

/// TLS of one endpoint. Verification cannot be switched off.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct TlsOptions {
    /// PEM file with the only authorities trusted here; the platform's otherwise.
    pub ca: Option<String>,
    /// PEM file of the client certificate, with its chain.
    pub cert: Option<String>,
    /// The key of `cert`.
    pub key: Option<SecretRef>,
    /// The name the certificate must carry, where it is not the host of the address.
    pub server_name: Option<String>,
}
