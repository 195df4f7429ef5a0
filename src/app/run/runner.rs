//! How the process of a run is started: our own program, without a terminal, with what it needs of our environment and nothing else.
//!
//! It must never hand on a variable that nobody names: what a person exported for something else is not the run's. Those in which secrets lie become no variables
//! of the run: it reads them from a pipe.

use super::super::load::Wanted;
use super::super::tell;
use crate::config::{ClusterSpec, secret_reference};
use crate::engine::{Plan, RunId};
use crate::model::{Secret, SecretRef};
use crate::transport::child::{self, ChildError, Running};
use crate::transport::handed;
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs::File;
use std::io::{self, IsTerminal};
use std::path::Path;

/// Variables by their names.
pub type Variables = Vec<(String, String)>;
/// What lies in variables, by their names.
pub type Secrets = Vec<(String, Secret)>;

/// Program, arguments and variables of a process of ours.
#[derive(Clone, Debug)]
pub struct Runner {
    /// The program and what comes before the words that say what it is to do.
    pub argv: Vec<String>,
    pub env: Variables,
    /// What lies in variables that the configuration or the plan names as secrets.
    pub secrets: Secrets,
}

/// Where configuration and state are.
const PLACES: [&str; 4] = ["OPSCTL_CONFIG", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "PGPASSFILE"];
/// Variables that set one key of the configuration.
const KEYS: &str = "OPSCTL__";

impl Runner {
    /// This program, told what we were told of the configuration, with the variables in which secrets of `cluster` and of `plan` lie.
    ///
    /// # Errors
    /// The operating system does not say where this program lies.
    pub fn own(wanted: &Wanted, cluster: &ClusterSpec, plan: &Plan) -> io::Result<Runner> {
        let program = std::env::current_exe()?;
        let mut named = named_by(cluster, plan);
        named.extend(tell::secrets(wanted, plan).into_iter().filter_map(variable));
        let (env, mut secrets) = chosen(std::env::vars_os(), &named);
        // what was handed over to us counts before our environment, as it does when it is read
        let handed: Secrets = named.iter().filter_map(|name| Some((name.clone(), handed::variable(name)?))).collect();
        secrets.retain(|(name, _)| !handed.iter().any(|(other, _)| other == name));
        secrets.extend(handed);
        Ok(Runner { argv: argv(&program, wanted)?, env, secrets })
    }

    /// Starts it with `words`; what it prints is added to `printed`.
    ///
    /// # Errors
    /// It does not start.
    pub fn start(&self, words: &[&str], printed: &File) -> Result<Running, ChildError> {
        child::apart(&self.with(words), &self.env, &self.secrets, printed)
    }

    /// The words of `run exec`.
    #[must_use]
    pub fn exec(id: &RunId) -> [&str; 3] {
        ["run", "exec", id.as_str()]
    }

    /// Takes the secrets that whoever started this process hands over, a run or a guard. Whoever starts one by hand has them in the environment.
    ///
    /// # Errors
    /// What comes is something else.
    pub fn take() -> io::Result<()> {
        let from = io::stdin();
        if from.is_terminal() { Ok(()) } else { handed::take(from.lock()) }
    }

    pub(super) fn with(&self, words: &[&str]) -> Vec<String> {
        self.argv.iter().cloned().chain(words.iter().map(|&word| word.to_owned())).collect()
    }
}

fn argv(program: &Path, wanted: &Wanted) -> io::Result<Vec<String>> {
    let text = |path: &Path| path.to_str().map(str::to_owned).ok_or_else(|| io::Error::other(format!("{} is no UTF-8", path.display())));
    let mut argv = vec![text(program)?];
    if let Some(config) = &wanted.config {
        argv.extend(["--config".to_owned(), text(config)?]);
    }
    argv.extend(wanted.set.iter().flat_map(|set| ["--set".to_owned(), set.clone()]));
    argv.extend(wanted.patroni.iter().flat_map(|url| ["--patroni".to_owned(), url.clone()]));
    Ok(argv)
}

/// Variables that a process of ours needs, and apart from them those that `named` calls secrets; what is not there, or no UTF-8, cannot be handed on.
fn chosen(variables: impl Iterator<Item = (OsString, OsString)>, named: &BTreeSet<String>) -> (Variables, Secrets) {
    let texts = variables.filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    let wanted = |name: &str| PLACES.contains(&name) || name.starts_with(KEYS) || named.contains(name);
    let (secrets, env): (Vec<_>, Vec<_>) = texts.filter(|(name, _)| wanted(name)).partition(|(name, _)| named.contains(name));
    (env, secrets.into_iter().map(|(name, value)| (name, Secret::new(value))).collect())
}

/// The variables in which secrets of `cluster`, and those that `plan` was given, lie.
fn named_by(cluster: &ClusterSpec, plan: &Plan) -> BTreeSet<String> {
    let secrets = cluster.endpoints.iter().flat_map(|endpoint| {
        let passwords = [&endpoint.read, &endpoint.write].into_iter().flatten().filter_map(|credential| credential.password.as_ref());
        passwords.chain(endpoint.tls.as_ref().and_then(|tls| tls.key.as_ref()))
    });
    let given = plan.params.values().filter(|param| param.secret).filter_map(|param| secret_reference(param.value.as_str()?).ok());
    secrets.cloned().chain(given).filter_map(variable).collect()
}

/// The variable in which a secret lies, if it lies in one.
fn variable(secret: SecretRef) -> Option<String> {
    if let SecretRef::Env(name) = secret { Some(name) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_gets_the_same_configuration_and_no_variable_that_nobody_names() {
        let wanted = Wanted { config: Some("/etc/o.toml".into()), set: vec!["poll.fast=2s".to_owned()], patroni: None };
        assert_eq!(
            argv(Path::new("/usr/bin/opsctl"), &wanted).expect("argv"),
            ["/usr/bin/opsctl", "--config", "/etc/o.toml", "--set", "poll.fast=2s"]
        );
        let variables = ["OPSCTL__poll__fast", "AWS_SECRET_ACCESS_KEY", "PGPASSWORD", "PG_WRITE", "XDG_STATE_HOME", "OPSCTL_LOG"];
        let all = variables.iter().map(|&name| (OsString::from(name), OsString::from("x")));
        let (env, secrets) = chosen(all, &["PG_WRITE".to_owned()].into());
        let names: Vec<&str> = env.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["OPSCTL__poll__fast", "XDG_STATE_HOME"]);
        assert_eq!(secrets.iter().map(|(name, secret)| (name.as_str(), secret.expose())).collect::<Vec<_>>(), [("PG_WRITE", "x")]);
    }

    #[test]
    fn variables_in_which_secrets_of_the_plan_lie_are_named_and_no_other_of_it() {
        use crate::engine::plan::Param;
        let param = |value: &str, secret| Param { kind: "text".to_owned(), value: value.into(), secret };
        let mut plan = crate::app::run::trials::plan(Vec::new());
        plan.params.insert("token".to_owned(), param("env:TOKEN", true));
        plan.params.insert("note".to_owned(), param("env:NOTE", false));
        plan.params.insert("file".to_owned(), param("file:/x", true));
        assert_eq!(named_by(&ClusterSpec::named("lab", "test"), &plan), ["TOKEN".to_owned()].into());
    }
}
