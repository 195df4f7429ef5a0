//! A secret, given through every kind of reference, is sent to its server and appears nowhere else: no output, log, error, argv or child.

use crate::support::http::{Answering, reply};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

const CANARY: &str = "canary-7f3a9c51e2";

struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn file(&self, name: &str, text: &str, mode: u32) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).expect("written");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).expect("mode");
        path
    }
}

/// A configuration with one Patroni and one PostgreSQL that take the secret by `reference`.
fn config(place: &Place, url: &str, reference: &str) -> PathBuf {
    let text = format!(
        "[[cluster]]\nname = \"c\"\n\n[[cluster.endpoint]]\nsystem = \"patroni\"\nname = \"pg1\"\nurl = \"{url}\"\nread = {{ user = \"reader\", password = {reference} }}\n\n\
         [[cluster.endpoint]]\nsystem = \"postgres\"\nname = \"pg1\"\naddress = \"{}\"\nread = {{ user = \"reader\", password = {reference} }}\n",
        url.trim_start_matches("http://")
    );
    place.file("opsctl.toml", &text, 0o600)
}

fn assert_hidden(what: &str, bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    assert!(!text.contains(CANARY), "{what} shows the secret:\n{text}");
}

/// Runs the commands that touch the configuration and the endpoint, and looks at everything they leave.
fn look(place: &Place, config: &Path, environment: &[(&str, &str)]) {
    let log = place.folder.path().join("log");
    let config = config.to_str().expect("UTF-8");
    for arguments in
        [&["status"][..], &["status", "-o", "json"], &["doctor", "-o", "wide"], &["explain", "-o", "yaml"], &["status", "--help"], &["--help"]]
    {
        let mut command = crate::support::program();
        command.args(arguments).env("OPSCTL_LOG", &log).env("OPSCTL_LOG_LEVEL", "trace").envs(environment.iter().copied());
        if !arguments.contains(&"--help") {
            command.args(["--config", config]);
        }
        let output = command.output().expect("the program starts");
        assert_hidden(&format!("{arguments:?}, stdout"), &output.stdout);
        assert_hidden(&format!("{arguments:?}, stderr"), &output.stderr);
        assert_ne!(output.status.code(), Some(2), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    }
    assert_hidden("the log", &std::fs::read(&log).expect("a log was written"));
}

/// A server that refuses everybody and keeps what it was sent.
fn refusing() -> (Answering, Arc<Mutex<Vec<String>>>) {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&seen);
    let server = Answering::start_with_head(move |head| {
        kept.lock().expect("kept").push(head.to_owned());
        reply(401, r#"{"message": "who are you?"}"#)
    });
    (server, seen)
}

fn assert_was_sent(seen: &Mutex<Vec<String>>) {
    use base64::Engine;
    let basic = base64::engine::general_purpose::STANDARD.encode(format!("reader:{CANARY}"));
    assert!(seen.lock().expect("kept").iter().any(|head| head.contains(&basic)), "the secret never reached its server: this test proves nothing");
}

#[test]
fn a_secret_in_a_file_stays_there() {
    let place = Place { folder: tempfile::tempdir().expect("folder") };
    let (server, seen) = refusing();
    let secret = place.file("secret", CANARY, 0o600);
    look(&place, &config(&place, &server.url(), &format!("\"file:{}\"", secret.display())), &[]);
    assert_was_sent(&seen);
}

#[test]
fn a_secret_in_a_file_that_others_read_is_refused_and_not_shown() {
    let place = Place { folder: tempfile::tempdir().expect("folder") };
    let (server, seen) = refusing();
    let secret = place.file("secret", CANARY, 0o644);
    look(&place, &config(&place, &server.url(), &format!("\"file:{}\"", secret.display())), &[]);
    assert!(seen.lock().expect("kept").is_empty(), "a secret that everybody reads was used");
}

#[test]
fn a_secret_in_the_environment_stays_there() {
    let place = Place { folder: tempfile::tempdir().expect("folder") };
    let (server, seen) = refusing();
    look(&place, &config(&place, &server.url(), "\"env:OPSCTL_TEST_SECRET\""), &[("OPSCTL_TEST_SECRET", CANARY)]);
    assert_was_sent(&seen);
}

#[test]
fn a_secret_of_a_command_is_seen_by_no_other_and_the_command_sees_no_environment() {
    let place = Place { folder: tempfile::tempdir().expect("folder") };
    let (server, seen) = refusing();
    let witness = place.folder.path().join("environment");
    let script = place.file("give", &format!("#!/bin/sh\nenv > {}\necho {CANARY}\necho noise\n", witness.display()), 0o700);
    let reference = format!("{{ cmd = [\"{}\"] }}", script.display());
    look(&place, &config(&place, &server.url(), &reference), &[("OPSCTL_TEST_SECRET", CANARY)]);
    assert_was_sent(&seen);
    assert_hidden("the environment of the command", &std::fs::read(&witness).expect("the command ran"));
}
