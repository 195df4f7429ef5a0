//! Makes the work of a step: finds its kind, and gives it cluster, endpoint and where secrets lie. All kinds there are, generic and of systems, are one list.

use super::tell::{self, Teller};
use crate::config::{ClusterSpec, EndpointSpec, secret_reference};
use crate::engine::plan::Param;
use crate::engine::{Building, Hands, Job, Plan, Task, Work};
use crate::model::Clock;
use crate::runbook::kinds;
use crate::transport::ProbeError;
use crate::transport::pg::split_address;
use crate::transport::secret::{self, PgpassKey};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

/// A shorter secret of a run cannot be taken out of what its steps print, without words that are none going with it.
const SHORTEST_SECRET: usize = 8;

/// The hands of one run.
pub struct OfCluster {
    cluster: Arc<ClusterSpec>,
    clock: Clock,
    /// `params.NAME` to the reference, of those that are secrets.
    secrets: BTreeMap<String, Value>,
    /// Endpoints to which steps or their undo send something, as SYSTEM/NAME.
    targets: BTreeSet<String>,
    teller: Teller,
}

impl OfCluster {
    #[must_use]
    pub fn new(cluster: &Arc<ClusterSpec>, plan: &Plan, teller: Teller, clock: &Clock) -> OfCluster {
        let secret = |(name, param): (&String, &Param)| param.secret.then(|| (format!("params.{name}"), param.value.clone()));
        let changes = plan.steps.iter().filter(|step| step.changes).flat_map(|step| [Some(&step.job), step.undo.as_ref().map(|undo| &undo.job)]);
        OfCluster {
            cluster: Arc::clone(cluster),
            clock: clock.clone(),
            secrets: plan.params.iter().filter_map(secret).collect(),
            targets: changes.flatten().map(|job| job.target.clone()).collect(),
            teller,
        }
    }

    /// Tries every secret of the run: those that it was given, and those with which something is sent.
    async fn try_secrets(&self) -> Result<(), String> {
        for (name, reference) in &self.secrets {
            let reference = secret_reference(reference.as_str().unwrap_or("")).map_err(|why| format!("{name} is no reference to a secret: {why}"))?;
            let secret = secret::resolve(&reference).await.map_err(|error| format!("{name} cannot be read: {error}"))?;
            if secret.size() < SHORTEST_SECRET {
                return Err(format!(
                    "{name} ({reference}) is shorter than {SHORTEST_SECRET} bytes: what a step prints could not be told from it; give a longer one"
                ));
            }
        }
        let targets = self.cluster.endpoints.iter().filter(|spec| self.targets.contains(&address(spec)));
        for spec in targets {
            let unreadable = |error| unreadable(spec, &error);
            if let Some(key) = spec.tls.as_ref().and_then(|tls| tls.key.as_ref()) {
                secret::resolve(key).await.map_err(unreadable)?;
            }
            let Some((user, password)) = spec.write.as_ref().and_then(|write| Some((&write.user, write.password.as_ref()?))) else { continue };
            match spec.body.text("address").and_then(split_address) {
                // which line of a file counts depends on the database that a step names; one has to be there
                Some((host, port)) => secret::resolve_for(password, &PgpassKey { host, port, database: None, user }).await,
                None => secret::resolve(password).await,
            }
            .map_err(unreadable)?;
        }
        Ok(())
    }

    /// Keeps the secrets of one job: those of its endpoint, and those that its body names.
    async fn keep_secrets(&self, job: &Job) -> Result<(), String> {
        let mut named = BTreeSet::new();
        secrets_in(&job.body, &mut named);
        for name in named {
            let reference = self.secrets.get(name).and_then(Value::as_str).ok_or_else(|| format!("`{name}` is no secret of this run"))?;
            let reference = secret_reference(reference).map_err(|why| format!("{name} is no reference to a secret: {why}"))?;
            secret::keep(&reference).await.map_err(|error| format!("{name} cannot be read: {error}"))?;
        }
        for spec in self.cluster.endpoints.iter().filter(|spec| address(spec) == job.target) {
            let key = spec.tls.as_ref().and_then(|tls| tls.key.as_ref());
            let password = spec.write.as_ref().and_then(|write| write.password.as_ref());
            for reference in key.into_iter().chain(password) {
                secret::keep(reference).await.map_err(|error| unreadable(spec, &error))?;
            }
        }
        Ok(())
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

/// As targets are called: SYSTEM/NAME.
fn address(spec: &EndpointSpec) -> String {
    format!("{}/{}", spec.id.system, spec.id.name)
}

fn unreadable(spec: &EndpointSpec, error: &ProbeError) -> String {
    format!("what is sent to {} needs a secret that cannot be read: {error}", spec.id)
}

/// The secrets that a body names: `params.NAME`.
fn secrets_in<'a>(body: &'a Value, names: &mut BTreeSet<&'a str>) {
    match body {
        Value::Object(table) if table.len() == 1 && table.contains_key("secret") => names.extend(table.get("secret").and_then(Value::as_str)),
        Value::Object(table) => table.values().for_each(|value| secrets_in(value, names)),
        Value::Array(items) => items.iter().for_each(|item| secrets_in(item, names)),
        _ => {}
    }
}

impl Hands for OfCluster {
    fn build(&self, job: &Job, body: &Value, timeout: Duration) -> Result<Work, String> {
        if job.kind == tell::KIND {
            return Ok(self.teller.work(body));
        }
        let kind = kinds::find(&job.kind).ok_or_else(|| format!("this program knows no kind of step called `{}`", job.kind))?;
        let build = kind.build.ok_or_else(|| format!("a step of the kind `{}` cannot be run", job.kind))?;
        let body = self.with_secrets(body)?;
        build(&Building { body: &body, target: &job.target, cluster: &self.cluster, facts: &job.facts, clock: &self.clock, timeout })
    }

    fn ready(&self) -> Task<'_, Result<(), String>> {
        Box::pin(self.try_secrets())
    }

    fn keep<'a>(&'a self, job: &'a Job) -> Task<'a, Result<(), String>> {
        Box::pin(self.keep_secrets(job))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::load::Wanted;
    use crate::config::{Body, Credential};
    use crate::engine::Step;
    use crate::model::{EndpointId, Origin, SecretRef, Via};

    #[tokio::test]
    async fn a_secret_that_cannot_be_read_is_told_before_anything_is_sent_and_none_that_nobody_needs_is_tried() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("token");
        std::fs::write(&file, "canary-of-hands").expect("written");
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).expect("private");
        let there = format!("file:{}", file.display());
        let lines = folder.path().join("passwords");
        std::fs::write(&lines, "db:5432:*:ops:canary\n").expect("written");
        std::fs::set_permissions(&lines, std::fs::Permissions::from_mode(0o600)).expect("private");
        let lines = format!("pgpass:{}", lines.display());
        let short = folder.path().join("short");
        std::fs::write(&short, "canary1").expect("written");
        std::fs::set_permissions(&short, std::fs::Permissions::from_mode(0o600)).expect("private");
        let short = format!("file:{}", short.display());
        let nowhere = "env:OPSCTL_NO_SUCH_VARIABLE";
        let clusters = |write: &str, address: &str| {
            let mut cluster = ClusterSpec::named("lab", "test");
            for name in ["pg1", "pg2"] {
                let id = EndpointId { cluster: "lab".to_owned(), system: "postgres".to_owned(), name: name.to_owned() };
                let password = secret_reference(if name == "pg1" { write } else { nowhere }).ok();
                let write = Some(Credential { user: "ops".to_owned(), password });
                let body = Body::one("address", address);
                cluster.endpoints.push(Arc::new(EndpointSpec {
                    id,
                    origin: Origin::Configured,
                    zone: None,
                    via: Via::Direct,
                    read: None,
                    write,
                    tls: None,
                    body,
                }));
            }
            Arc::new(cluster)
        };
        let (db, other, nobody) = ("db:5432", "db:5433", "OPSCTL_NO_SUCH_VARIABLE");
        for (token, write, address, told) in [
            (&there[..], &there[..], db, None),
            (nowhere, &there[..], db, Some(("params.token", nobody))),
            (&there[..], nowhere, db, Some(("postgres/pg1", nobody))),
            (&there[..], &lines[..], db, None),
            (&there[..], &lines[..], other, Some(("postgres/pg1", "no line for db:5433:*:ops"))),
            (&short[..], &there[..], db, Some(("params.token", "shorter than 8 bytes"))),
        ] {
            let mut plan = crate::app::run::trials::plan(Vec::new());
            plan.params.insert("token".to_owned(), Param { kind: "text".to_owned(), value: token.into(), secret: true });
            let job = Job { kind: "sql".to_owned(), body: Value::Null, target: "postgres/pg1".to_owned(), call: String::new(), facts: Vec::new() };
            plan.steps.push(Step { changes: true, ..Step::new("a", job) });
            let teller = Teller::new(&Wanted::default(), &plan, "01");
            let ready = OfCluster::new(&clusters(write, address), &plan, teller, &Clock::real()).ready().await;
            match (ready, told) {
                (Ok(()), None) => {}
                (Err(why), Some((told, because))) => assert!(why.contains(told) && why.contains(because) && !why.contains("canary"), "{why}"),
                (ready, told) => panic!("{ready:?}, {told:?}"),
            }
        }
    }

    #[tokio::test]
    async fn what_was_kept_is_there_when_its_file_is_gone_and_what_cannot_be_read_is_told_before() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().expect("a folder");
        let private = |name: &str, text: &str| {
            let file = folder.path().join(name);
            std::fs::write(&file, text).expect("written");
            std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).expect("private");
            SecretRef::File(file.display().to_string())
        };
        let (password, token) = (private("password", "canary-kept-1"), private("token", "canary-kept-2"));
        let mut cluster = ClusterSpec::named("lab", "test");
        let id = EndpointId { cluster: "lab".to_owned(), system: "pgbouncer".to_owned(), name: "one".to_owned() };
        let write = Some(Credential { user: "ops".to_owned(), password: Some(password.clone()) });
        let (origin, via, body) = (Origin::Configured, Via::Direct, Body::default());
        cluster.endpoints.push(Arc::new(EndpointSpec { id, origin, zone: None, via, read: None, write, tls: None, body }));
        let mut plan = crate::app::run::trials::plan(Vec::new());
        plan.params.insert("token".to_owned(), Param { kind: "text".to_owned(), value: token.to_string().into(), secret: true });
        let hands = OfCluster::new(&Arc::new(cluster), &plan, Teller::new(&Wanted::default(), &plan, "01"), &Clock::real());
        let body = serde_json::json!({ "env": { "TOK": { "secret": "params.token" } } });
        let job = Job { kind: "sql".to_owned(), body, target: "pgbouncer/one".to_owned(), call: String::new(), facts: Vec::new() };
        hands.keep(&job).await.expect("both can be read");
        for reference in [&password, &token] {
            let SecretRef::File(path) = reference else { continue };
            std::fs::remove_file(path).expect("removed");
        }
        for (reference, text) in [(&password, "canary-kept-1"), (&token, "canary-kept-2")] {
            assert_eq!(secret::resolve(reference).await.expect("kept").expose(), text);
        }
        // looked at again it is told, and what was kept stays
        let why = hands.keep(&job).await.expect_err("they are gone");
        assert!(why.contains("params.token cannot be read") && !why.contains("canary"), "{why}");
        assert_eq!(secret::resolve(&token).await.expect("kept").expose(), "canary-kept-2");
    }
}
