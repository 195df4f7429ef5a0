//! Clusters and endpoints as a recording tells them: all that a screen shows of them, and neither secrets nor where secrets lie.

use crate::config::{Body, BodyValue, ClusterSpec, Credential, EndpointSpec, Quantity};
use crate::model::{EndpointId, Environment, Origin, TlsOptions, Via, Zone};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// [`ClusterSpec`] without its endpoints.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ClusterText {
    name: String,
    environment: Environment,
    environment_assumed: bool,
    scope: String,
    rto_goal: Duration,
    /// Older recordings have none: nothing may be lost then.
    #[serde(default)]
    rpo_goal: u64,
    rules: BTreeMap<String, BTreeMap<String, QuantityText>>,
    found_in: String,
}

impl ClusterText {
    #[must_use]
    pub fn of(spec: &ClusterSpec) -> Self {
        let ClusterSpec { name, environment, environment_assumed, scope, rto_goal, rpo_goal, endpoints: _, rules, mirror: _, found_in } = spec;
        let knobs = |knobs: &BTreeMap<String, Quantity>| knobs.iter().map(|(name, value)| (name.clone(), QuantityText::of(*value))).collect();
        ClusterText {
            name: name.clone(),
            environment: *environment,
            environment_assumed: *environment_assumed,
            scope: scope.clone(),
            rto_goal: *rto_goal,
            rpo_goal: *rpo_goal,
            rules: rules.iter().map(|(rule, set)| (rule.clone(), knobs(set))).collect(),
            found_in: found_in.clone(),
        }
    }

    #[must_use]
    pub fn with(self, endpoints: Vec<Arc<EndpointSpec>>) -> ClusterSpec {
        let knobs = |knobs: BTreeMap<String, QuantityText>| knobs.into_iter().map(|(name, value)| (name, value.quantity())).collect();
        ClusterSpec {
            name: self.name,
            environment: self.environment,
            environment_assumed: self.environment_assumed,
            scope: self.scope,
            rto_goal: self.rto_goal,
            rpo_goal: self.rpo_goal,
            endpoints,
            rules: self.rules.into_iter().map(|(rule, set)| (rule, knobs(set))).collect(),
            // of what is recorded nothing is run
            mirror: false,
            found_in: self.found_in,
        }
    }
}

/// [`EndpointSpec`] without the references to secrets. Who reads there is told: a screen shows it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct EndpointText {
    id: EndpointId,
    origin: Origin,
    zone: Option<Zone>,
    via: Via,
    reader: Option<String>,
    tls: Option<TlsOptions>,
    body: BTreeMap<String, BodyText>,
}

impl EndpointText {
    #[must_use]
    pub fn of(spec: &EndpointSpec) -> Self {
        let EndpointSpec { id, origin, zone, via, read, write: _, tls, body } = spec;
        EndpointText {
            id: id.clone(),
            origin: *origin,
            zone: zone.clone(),
            via: via.clone(),
            reader: read.as_ref().map(|read| read.user.clone()),
            tls: tls.clone().map(|tls| TlsOptions { key: None, ..tls }),
            body: body.iter().map(|(key, value)| (key.to_owned(), BodyText::of(value))).collect(),
        }
    }

    #[must_use]
    pub fn spec(self) -> EndpointSpec {
        EndpointSpec {
            id: self.id,
            origin: self.origin,
            zone: self.zone,
            via: self.via,
            read: self.reader.map(|user| Credential { user, password: None }),
            write: None,
            tls: self.tls,
            body: Body::new(self.body.into_iter().map(|(key, value)| (key, value.value()))),
        }
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(untagged)]
enum BodyText {
    Flag(bool),
    Number(i64),
    Text(String),
    List(Vec<String>),
}

impl BodyText {
    fn of(value: &BodyValue) -> Self {
        match value {
            BodyValue::Text(text) => BodyText::Text(text.clone()),
            BodyValue::Number(number) => BodyText::Number(*number),
            BodyValue::Flag(flag) => BodyText::Flag(*flag),
            BodyValue::List(list) => BodyText::List(list.clone()),
        }
    }

    fn value(self) -> BodyValue {
        match self {
            BodyText::Text(text) => BodyValue::Text(text),
            BodyText::Number(number) => BodyValue::Number(number),
            BodyText::Flag(flag) => BodyValue::Flag(flag),
            BodyText::List(list) => BodyValue::List(list),
        }
    }
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum QuantityText {
    Bytes(u64),
    Time(Duration),
    Percent(f64),
    Count(u64),
}

impl QuantityText {
    const fn of(quantity: Quantity) -> Self {
        match quantity {
            Quantity::Bytes(bytes) => QuantityText::Bytes(bytes),
            Quantity::Time(time) => QuantityText::Time(time),
            Quantity::Percent(share) => QuantityText::Percent(share),
            Quantity::Count(count) => QuantityText::Count(count),
        }
    }

    const fn quantity(self) -> Quantity {
        match self {
            QuantityText::Bytes(bytes) => Quantity::Bytes(bytes),
            QuantityText::Time(time) => Quantity::Time(time),
            QuantityText::Percent(share) => Quantity::Percent(share),
            QuantityText::Count(count) => Quantity::Count(count),
        }
    }
}
