//! Makes the work of a step: finds its kind, and gives it cluster, endpoint and where secrets lie. All kinds there are, generic and of systems, are one list.

use crate::config::ClusterSpec;
use crate::engine::plan::Param;
use crate::engine::{Building, Hands, Job, Plan, Work};
use crate::model::Clock;
use crate::runbook::kinds;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// The hands of one run.
pub struct OfCluster {
    cluster: Arc<ClusterSpec>,
    clock: Clock,
    /// `params.NAME` to the reference, of those that are secrets.
    secrets: BTreeMap<String, Value>,
}

impl OfCluster {
    #[must_use]
    pub fn new(cluster: &Arc<ClusterSpec>, plan: &Plan, clock: &Clock) -> OfCluster {
        let secret = |(name, param): (&String, &Param)| param.secret.then(|| (format!("params.{name}"), param.value.clone()));
        OfCluster { cluster: Arc::clone(cluster), clock: clock.clone(), secrets: plan.params.iter().filter_map(secret).collect() }
    }

    /// `body` with the reference to each secret in the place of the parameter that holds it. Only here: what is journalled has the parameter.
    fn with_secrets(&self, body: &Value) -> Result<Value, String> {
        match body {
            Value::Object(table) if table.len() == 1 && table.contains_key("secret") => {
                let name = table.get("secret").and_then(Value::as_str).unwrap_or("");
                let reference = self.secrets.get(name).ok_or_else(|| format!("`{name}` is no secret of this run"))?;
                Ok(serde_json::json!({ "secret": reference }))
            }
            Value::Object(table) => {
                let entries = table.iter().map(|(key, value)| Ok((key.clone(), self.with_secrets(value)?)));
                Ok(Value::Object(entries.collect::<Result<_, String>>()?))
            }
            Value::Array(items) => Ok(Value::Array(items.iter().map(|item| self.with_secrets(item)).collect::<Result<_, String>>()?)),
            other => Ok(other.clone()),
        }
    }
}

impl Hands for OfCluster {
    fn build(&self, job: &Job, body: &Value, timeout: Duration) -> Result<Work, String> {
        let kind = kinds::find(&job.kind).ok_or_else(|| format!("this program knows no kind of step called `{}`", job.kind))?;
        let build = kind.build.ok_or_else(|| format!("a step of the kind `{}` cannot be run", job.kind))?;
        let body = self.with_secrets(body)?;
        build(&Building { body: &body, target: &job.target, cluster: &self.cluster, facts: &job.facts, clock: &self.clock, timeout })
    }
}
