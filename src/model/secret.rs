//! Secrets are typed: a [`SecretRef`] says where one lies and may be shown, a [`Secret`] holds one and cannot be.

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Where a secret lies. Text forms: `file:PATH`, `env:NAME`, `pgpass`, `yaml:PATH#KEY.KEY`, and
/// `cmd:["argv0", "argv1"]`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SecretRef {
    /// The whole file without its trailing line end.
    File(String),
    Env(String),
    /// The first line a program prints. No shell.
    Cmd(Vec<String>),
    /// The matching line of a pgpass file: `~/.pgpass`, or the file named.
    Pgpass(Option<String>),
    /// The text at these keys of a YAML file: a patronictl.yaml holds its passwords in plain text.
    Yaml {
        file: String,
        keys: Vec<String>,
    },
}

impl fmt::Display for SecretRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SecretRef::File(path) => write!(f, "file:{path}"),
            SecretRef::Env(name) => write!(f, "env:{name}"),
            SecretRef::Cmd(argv) => write!(f, "cmd:{argv:?}"),
            SecretRef::Pgpass(None) => f.write_str("pgpass"),
            SecretRef::Pgpass(Some(path)) => write!(f, "pgpass:{path}"),
            SecretRef::Yaml { file, keys } => write!(f, "yaml:{file}#{}", keys.join(".")),
        }
    }
}

/// A resolved secret. It has no `Display`, and `Debug` does not tell; the memory is wiped when it is dropped.
#[derive(Clone)]
pub struct Secret(SecretString);

impl Secret {
    #[must_use]
    pub fn new(text: String) -> Self {
        Secret(SecretString::from(text))
    }

    /// How long it is, in bytes.
    #[must_use]
    pub fn size(&self) -> usize {
        self.0.expose_secret().len()
    }

    /// For the moment of sending it, in `transport` only.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}
