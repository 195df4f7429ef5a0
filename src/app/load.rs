//! From what was said (flags, environment, files) to what is operated. The only way to a configuration.

use crate::config::{Body, BodyValue, ClusterSpec, Credential, EndpointSpec, Inventory};
use crate::fleet::poll::Polling;
use crate::fleet::schedule::Pace;
use crate::model::{EndpointId, Environment, Origin, SecretRef, Via, Zone};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// What a person asked for on the command line.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// `--config FILE`
    pub config: Option<PathBuf>,
    /// `--set KEY=VALUE`
    pub set: Vec<String>,
    /// `--patroni URL`: no configuration needed.
    pub patroni: Option<String>,
}

/// What will be operated, and how it is asked.
#[derive(Clone, Debug)]
pub struct Loaded {
    pub inventory: Inventory,
    pub polling: Polling,
    /// What a person should know and need not act on: `no configuration; found ...`.
    pub notes: Vec<String>,
}

/// The configuration cannot be used. The text is whole, escaped, and names file, line and column.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{0}")]
pub struct LoadError(pub String);

/// Loads.
///
/// # Errors
/// Everything that is wrong with the configuration, at once.
#[expect(clippy::unused_async, reason = "members are read through etcd")]
pub async fn load(wanted: &Wanted) -> Result<Loaded, LoadError> {
    let path = wanted.config.clone().ok_or_else(|| LoadError("no --config".to_owned()))?;
    let text = std::fs::read_to_string(&path).map_err(|error| LoadError(error.to_string()))?;
    let table: toml::Table = text.parse().map_err(|error: toml::de::Error| LoadError(error.to_string()))?;
    let mut clusters = Vec::new();
    for cluster in table.get("cluster").and_then(toml::Value::as_array).into_iter().flatten() {
        let name = cluster.get("name").and_then(toml::Value::as_str).unwrap_or("?");
        let mut spec = ClusterSpec::named(name, &path.to_string_lossy());
        spec.environment = Environment::Dev;
        for endpoint in cluster.get("endpoint").and_then(toml::Value::as_array).into_iter().flatten() {
            let text = |key: &str| endpoint.get(key).and_then(toml::Value::as_str).map(str::to_owned);
            let read = endpoint.get("read").map(|read| Credential {
                user: read.get("user").and_then(toml::Value::as_str).unwrap_or("").to_owned(),
                password: read
                    .get("password")
                    .and_then(toml::Value::as_str)
                    .and_then(|p| p.strip_prefix("file:"))
                    .map(|p| SecretRef::File(p.to_owned())),
            });
            let body =
                endpoint.as_table().into_iter().flatten().filter_map(|(key, value)| Some((key.clone(), BodyValue::Text(value.as_str()?.to_owned()))));
            spec.endpoints.push(Arc::new(EndpointSpec {
                id: EndpointId { cluster: name.to_owned(), system: text("system").unwrap_or_default(), name: text("name").unwrap_or_default() },
                origin: Origin::Configured,
                zone: text("zone").map(Zone),
                via: Via::Direct,
                read,
                write: None,
                tls: None,
                body: Body::new(body),
            }));
        }
        clusters.push(Arc::new(spec));
    }
    Ok(Loaded { inventory: Inventory { clusters }, polling: default_polling(), notes: Vec::new() })
}

/// The pace of the platform: 1 s, 15 s, 5 min; a configured endpoint that fails is asked at least each 5 s.
#[must_use]
pub fn default_polling() -> Polling {
    let seconds = Duration::from_secs;
    Polling { pace: Pace { fast: seconds(1), slow: seconds(15), rare: seconds(300), slowest: seconds(5) }, deadline: Duration::from_millis(1_500) }
}
