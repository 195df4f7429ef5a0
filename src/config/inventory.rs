//! What is operated, as the configuration says it: clusters, their endpoints, their goals. Made by `config::load` alone, or by discovery.

use super::quantity::Quantity;
use crate::model::{EndpointId, Environment, Origin, SecretRef, TlsOptions, Via, Zone};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// All that is operated from here.
#[derive(Clone, Debug, Default)]
pub struct Inventory {
    pub clusters: Vec<Arc<ClusterSpec>>,
}

/// One cluster: its members and what was promised for it.
#[derive(Clone, Debug)]
pub struct ClusterSpec {
    pub name: String,
    pub environment: Environment,
    /// Nobody said which environment it is: the careful choice was made.
    pub environment_assumed: bool,
    /// Patroni's scope; the name of the cluster unless said.
    pub scope: String,
    /// Writes must be back within this time after the primary died. Platform default: 30 s.
    pub rto_goal: Duration,
    /// Committed bytes that a crash of the primary may lose. Platform default: none.
    pub rpo_goal: u64,
    pub endpoints: Vec<Arc<EndpointSpec>>,
    /// Thresholds set for rules: rule, knob, value. The rule knows the defaults.
    pub rules: BTreeMap<String, BTreeMap<String, Quantity>>,
    /// Its runs are copied to where the lock that everybody shares is kept.
    pub mirror: bool,
    /// How this cluster came to be known: a file, a flag, an environment variable.
    pub found_in: String,
}

impl ClusterSpec {
    /// A cluster with the platform's defaults and no endpoints.
    #[must_use]
    pub fn named(name: &str, found_in: &str) -> Self {
        ClusterSpec {
            name: name.to_owned(),
            environment: Environment::Prod,
            environment_assumed: true,
            scope: name.to_owned(),
            rto_goal: Duration::from_secs(30),
            rpo_goal: 0,
            endpoints: Vec::new(),
            rules: BTreeMap::new(),
            mirror: false,
            found_in: found_in.to_owned(),
        }
    }

    /// The configured endpoints of one system, in the order of the file.
    pub fn of<'a>(&'a self, system: &'a str) -> impl Iterator<Item = &'a Arc<EndpointSpec>> {
        self.endpoints.iter().filter(move |endpoint| endpoint.id.system == system)
    }
}

/// One endpoint: what every system has, and the body that only its own system understands.
#[derive(Clone, Debug)]
pub struct EndpointSpec {
    pub id: EndpointId,
    pub origin: Origin,
    pub zone: Option<Zone>,
    pub via: Via,
    /// A role without write grants.
    pub read: Option<Credential>,
    /// Resolved only when a run needs it.
    pub write: Option<Credential>,
    pub tls: Option<TlsOptions>,
    pub body: Body,
}

/// A user and where the secret lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credential {
    pub user: String,
    pub password: Option<SecretRef>,
}

/// The keys of an endpoint that its system declares with [`Field`](crate::systems::contract::Field)s; checked before anyone reads them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Body(BTreeMap<String, BodyValue>);

/// A value in the body of an endpoint.
#[derive(Clone, Debug, PartialEq)]
pub enum BodyValue {
    Text(String),
    Number(i64),
    Flag(bool),
    List(Vec<String>),
}

impl Body {
    #[must_use]
    pub fn new(values: impl IntoIterator<Item = (String, BodyValue)>) -> Self {
        Body(values.into_iter().collect())
    }

    /// A body with one text, as discovery makes them.
    #[must_use]
    pub fn one(key: &str, text: &str) -> Self {
        Body::new([(key.to_owned(), BodyValue::Text(text.to_owned()))])
    }

    #[must_use]
    pub fn text(&self, key: &str) -> Option<&str> {
        match self.0.get(key) {
            Some(BodyValue::Text(text)) => Some(text),
            _ => None,
        }
    }

    #[must_use]
    pub fn list(&self, key: &str) -> &[String] {
        match self.0.get(key) {
            Some(BodyValue::List(items)) => items,
            _ => &[],
        }
    }

    #[must_use]
    pub fn flag(&self, key: &str) -> Option<bool> {
        match self.0.get(key) {
            Some(BodyValue::Flag(on)) => Some(*on),
            _ => None,
        }
    }

    #[must_use]
    pub fn number(&self, key: &str) -> Option<i64> {
        match self.0.get(key) {
            Some(BodyValue::Number(number)) => Some(*number),
            _ => None,
        }
    }

    pub fn iter(&self) -> impl Iterator<Item = (&str, &BodyValue)> {
        self.0.iter().map(|(key, value)| (key.as_str(), value))
    }
}
