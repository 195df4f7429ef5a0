//! Telling somebody outside: a JSON body to a webhook, or to a program on its standard input. A face that writes, to what the configuration names and nowhere
//! else: https, or http on this machine; no redirect, no retry, the deadline of a probe.
//!
//! The URL of a webhook is a secret like a password: no error, log or argv ever holds it.

use super::error::{ProbeError, Trouble};
use super::group;
use super::http::{Kind, build, from_reqwest, no_tls};
use super::{secret, tls};
use crate::model::{Clock, Secret, SecretRef, TlsOptions};
use crate::text::untrusted::visible;
use serde_json::{Map, Value};
use std::io;
use std::process::Stdio;
use std::time::Duration;
use tokio::io::AsyncWriteExt;

/// A program has this time to take a notice.
const COMMAND_DEADLINE: Duration = Duration::from_secs(10);
/// What a program is told of the environment: where programs lie, and how a desktop is reached.
const ENVIRONMENT: [&str; 7] = ["PATH", "HOME", "LANG", "DISPLAY", "WAYLAND_DISPLAY", "XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS"];

/// Where a body goes over HTTP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Webhook {
    /// The target as people call it: `webhook of channel`.
    pub called: String,
    pub url: Url,
    /// A key of the body and the secret that belongs there.
    pub key: Option<(&'static str, SecretRef)>,
}

/// Where a URL is known from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Url {
    Known(&'static str),
    Secret(SecretRef),
}

/// Posts `body`. `Ok` means that the service has taken it.
///
/// # Errors
/// A secret, a URL that is not contacted, the network, the deadline, a status that is no success; never a word of the URL or the key. [`is_unsure`] tells
/// whether the service may have it all the same.
pub async fn post(webhook: &Webhook, mut body: Map<String, Value>, deadline: Duration) -> Result<(), ProbeError> {
    let asked = format!("POST to the {}", webhook.called);
    let url = match &webhook.url {
        Url::Known(url) => Secret::new((*url).to_owned()),
        Url::Secret(reference) => secret::resolve(reference).await?,
    };
    let url = destination(url.expose()).map_err(|why| ProbeError::new(Trouble::NotConfigured, asked.as_str(), why))?;
    if let Some((name, reference)) = &webhook.key {
        body.insert((*name).to_owned(), Value::String(secret::resolve(reference).await?.expose().to_owned()));
    }
    let trust = if url.scheme() == "https" { tls::client(&TlsOptions::default()).await? } else { no_tls()? };
    let client = build(Kind { deadline, in_a_row: false }, trust, None)?;
    let request = client.post(url).header("content-type", "application/json").body(Value::Object(body).to_string());
    let response = request.send().await.map_err(|error| from_reqwest(&error.without_url(), &asked))?;
    let status = response.status();
    if status.is_success() { Ok(()) } else { Err(ProbeError::new(Trouble::Status(status.as_u16()), asked, "")) }
}

/// Starts `argv` with `input` on its standard input and waits for its end. What it prints is not looked at.
///
/// # Errors
/// It does not start, ends with another code than 0, or takes longer than 10 s; it is killed then, with whatever it started.
pub async fn run(called: &str, argv: &[String], input: &str) -> Result<(), ProbeError> {
    let fail = |trouble, why: String| ProbeError::new(trouble, format!("the {called}"), why);
    let (program, arguments) = argv.split_first().ok_or_else(|| fail(Trouble::NotConfigured, "no program is named".to_owned()))?;
    let mut command = tokio::process::Command::new(program);
    command
        .args(arguments)
        .env_clear()
        .envs(ENVIRONMENT.iter().filter_map(|name| std::env::var_os(name).map(|value| (*name, value))))
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true);
    let (mut child, group) = group::start(&mut command).map_err(|error| fail(Trouble::NotConfigured, format!("{}: {error}", visible(program))))?;
    let mut stdin = child.stdin.take();
    let work = async {
        if let Some(mut pipe) = stdin.take() {
            match pipe.write_all(input.as_bytes()).await {
                // one that does not want to read may still have done its work
                Err(error) if error.kind() != io::ErrorKind::BrokenPipe => return Err(error),
                _ => drop(pipe),
            }
        }
        child.wait().await
    };
    let ended = Clock::real().timeout(COMMAND_DEADLINE, work).await.ok_or_else(|| fail(Trouble::AnswerTimeout, "killed after 10 s".to_owned()))?;
    group.leave();
    let status = ended.map_err(|error| fail(Trouble::ServerError, error.to_string()))?;
    if status.success() { Ok(()) } else { Err(fail(Trouble::ServerError, format!("ended with {status}"))) }
}

/// Whether who was told may have it all the same: the answer did not come, or broke off.
#[must_use]
pub const fn is_unsure(error: &ProbeError) -> bool {
    matches!(error.trouble, Trouble::AnswerTimeout | Trouble::Closed)
}

/// Reads the secrets of a target, to see whether they can be read.
///
/// # Errors
/// As [`secret::resolve`]; of a URL, that nothing is sent there.
pub async fn look(references: &[&SecretRef], url: Option<&SecretRef>) -> Result<(), ProbeError> {
    for reference in references {
        let secret = secret::resolve(reference).await?;
        if url == Some(reference) {
            destination(secret.expose()).map_err(|why| ProbeError::new(Trouble::NotConfigured, reference.to_string(), why))?;
        }
    }
    Ok(())
}

/// Reads a URL; says why nothing is sent there, without a word of it.
fn destination(text: &str) -> Result<reqwest::Url, &'static str> {
    let url = reqwest::Url::parse(text.trim()).map_err(|_quotes_the_text| "what lies there is no URL")?;
    let host = url.host_str().unwrap_or("").trim_start_matches('[').trim_end_matches(']');
    let here = host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback());
    match url.scheme() {
        "https" => Ok(url),
        "http" if here => Ok(url),
        "http" => Err("http in plain text goes to this machine only; use https"),
        _ => Err("only https, or http to this machine, is sent to"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transport::group::trial::takes_its_child_along;

    #[test]
    fn plain_text_stays_on_this_machine_and_no_url_is_repeated() {
        for good in ["https://hooks.example.com/canary", "http://127.0.0.1:8080/canary", "http://[::1]/canary", "http://localhost/canary\n"] {
            assert!(destination(good).is_ok(), "{good}");
        }
        for bad in [
            "http://hooks.example.com/canary",
            "http://10.0.0.1/canary",
            "ftp://127.0.0.1/canary",
            "file:///canary",
            "canary",
            "http://127.0.0.1.canary/",
        ] {
            let why = destination(bad).expect_err(bad);
            assert!(!why.contains("canary"), "{why}");
        }
    }

    #[tokio::test]
    async fn a_program_gets_its_input_and_its_failure_is_told() {
        let argv = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect::<Vec<_>>();
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("told").to_string_lossy().into_owned();
        run("command of desk", &argv(&["sh", "-c", "cat > \"$0\"; env > \"$0.env\"", &path]), "{\"title\":\"x\"}").await.expect("told");
        assert_eq!(std::fs::read_to_string(&path).expect("told"), "{\"title\":\"x\"}");
        let environment = std::fs::read_to_string(format!("{path}.env")).expect("told");
        assert!(
            environment.lines().all(|line| ENVIRONMENT.iter().any(|name| line.starts_with(name))
                || line.starts_with("PWD=")
                || line.starts_with("_=")
                || line.starts_with("SHLVL=")),
            "{environment}"
        );
        // one that reads nothing has been told
        run("command of desk", &argv(&["true"]), &"x".repeat(1 << 20)).await.expect("told");
        assert!(run("command of desk", &argv(&["false"]), "").await.expect_err("fails").to_string().contains("the command of desk"));
        assert!(run("command of desk", &argv(&["/nonexistent"]), "").await.is_err());
        assert!(run("command of desk", &[], "").await.is_err());
    }

    #[tokio::test]
    async fn a_program_that_nobody_waits_for_any_more_takes_its_children_along() {
        takes_its_child_along(async |argv: Vec<String>| run("command of desk", &argv, "").await).await;
    }
}
