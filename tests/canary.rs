//! A secret, given through every kind of reference (file, environment, command, YAML, pgpass) or lying in the files of psql, is sent to its server and appears nowhere else: no output, log, error, argv or child.

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
    let config = config.to_str().expect("UTF-8");
    look_at(place, &["--config", config], environment);
}

/// The same with these arguments before all others.
fn look_at(place: &Place, how: &[&str], environment: &[(&str, &str)]) {
    let log = place.folder.path().join("log");
    for arguments in
        [&["status"][..], &["status", "-o", "json"], &["doctor", "-o", "wide"], &["explain", "-o", "yaml"], &["status", "--help"], &["--help"]]
    {
        let mut command = crate::support::program();
        command.args(arguments).env("OPSCTL_LOG", &log).env("OPSCTL_LOG_LEVEL", "trace").envs(environment.iter().copied());
        if !arguments.contains(&"--help") {
            command.args(how);
        }
        let output = command.output().expect("the program starts");
        assert_hidden(&format!("{arguments:?}, stdout"), &output.stdout);
        assert_hidden(&format!("{arguments:?}, stderr"), &output.stderr);
        assert_ne!(output.status.code(), Some(2), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    }
    assert_hidden("the log", &std::fs::read(&log).expect("a log was written"));
}

/// A PostgreSQL that asks for the password in plain text, keeps it and refuses it.
struct Asking {
    address: String,
    seen: Arc<Mutex<Vec<String>>>,
}

impl Asking {
    fn start() -> Asking {
        use std::io::{Read, Write};
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address").to_string();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&seen);
        let serve = move |mut stream: std::net::TcpStream| -> std::io::Result<()> {
            let mut length = [0; 4];
            stream.read_exact(&mut length)?;
            let mut startup = vec![0; usize::try_from(u32::from_be_bytes(length)).expect("fits").saturating_sub(4)];
            stream.read_exact(&mut startup)?;
            // AuthenticationCleartextPassword
            stream.write_all(&[b'R', 0, 0, 0, 8, 0, 0, 0, 3])?;
            let mut head = [0; 5];
            stream.read_exact(&mut head)?;
            let mut password = vec![0; usize::try_from(u32::from_be_bytes([head[1], head[2], head[3], head[4]])).expect("fits").saturating_sub(4)];
            stream.read_exact(&mut password)?;
            kept.lock().expect("kept").push(String::from_utf8_lossy(&password).trim_end_matches('\0').to_owned());
            let fields = b"SFATAL\0VFATAL\0C28P01\0Mpassword authentication failed for user \"reader\"\0\0";
            let size = u32::try_from(fields.len() + 4).expect("short").to_be_bytes();
            stream.write_all(&[&b"E"[..], &size, fields].concat())
        };
        // it ends with the process: nothing is left to be told to it
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let _gone = serve(stream);
            }
        });
        Asking { address, seen }
    }

    fn port(&self) -> &str {
        self.address.rsplit(':').next().expect("a port")
    }

    fn assert_was_told(&self) {
        assert!(self.seen.lock().expect("kept").iter().any(|told| told == CANARY), "the secret never reached its server: this test proves nothing");
    }

    fn assert_was_told_nothing(&self) {
        assert!(self.seen.lock().expect("kept").iter().all(|told| !told.contains(CANARY)), "a secret that may not be used was sent");
    }

    /// A configuration with this server, that takes its secret by `reference`.
    fn config(&self, place: &Place, reference: &str) -> PathBuf {
        let text = format!(
            "[[cluster]]\nname = \"c\"\n\n[[cluster.endpoint]]\nsystem = \"postgres\"\nname = \"pg1\"\naddress = \"{}\"\nread = {{ user = \"reader\", password = {reference} }}\n",
            self.address
        );
        place.file("opsctl.toml", &text, 0o600)
    }
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
    // what it is given, by environment and argv, and the argv of who gives it
    let text = "env; echo \"$@\"; tr '\\0' ' ' < /proc/$$/cmdline; tr '\\0' ' ' < /proc/$PPID/cmdline";
    let script = place.file(
        "give",
        &format!("#!/bin/sh\n{{ {text}; }} > {}\nprintf '%s%s\\n' canary- {}\necho noise\n", witness.display(), &CANARY[7..]),
        0o700,
    );
    let reference = format!("{{ cmd = [\"{}\", \"an-argument\"] }}", script.display());
    look(&place, &config(&place, &server.url(), &reference), &[("OPSCTL_TEST_SECRET", CANARY), ("PGPASSWORD", CANARY)]);
    assert_was_sent(&seen);
    let seen = std::fs::read_to_string(&witness).expect("the command ran");
    assert!(seen.contains("an-argument") && seen.contains("--config"), "{seen}");
    assert_hidden("what the command was given", seen.as_bytes());
}

#[test]
fn a_secret_in_a_yaml_file_stays_there() {
    let place = Place { folder: tempfile::tempdir().expect("folder") };
    let server = Asking::start();
    let yaml = place.file("patroni.yml", &format!("postgresql: {{authentication: {{rewind: {{password: {CANARY}}}}}}}\nbroken: {CANARY}\n"), 0o640);
    for (keys, told) in [
        ("postgresql.authentication.rewind.password.x", false),
        ("postgresql.authentication", false),
        ("postgresql.authentication.rewind.password", true),
    ] {
        look(&place, &server.config(&place, &format!("\"yaml:{}#{keys}\"", yaml.display())), &[]);
        if told { server.assert_was_told() } else { server.assert_was_told_nothing() }
    }
}

#[test]
fn a_line_of_pgpass_stays_there_by_whichever_way_it_is_found() {
    let place = Place { folder: tempfile::tempdir().expect("folder") };
    let home = place.folder.path().to_string_lossy().into_owned();
    for way in ["named", "variable", "home"] {
        let server = Asking::start();
        let text = format!("# {CANARY}\nelse.example:*:*:*:{CANARY}-of-another\n127.0.0.1:{}:*:reader:{CANARY}\n", server.port());
        let file = place.file(if way == "home" { ".pgpass" } else { "passwords" }, &text, 0o600).to_string_lossy().into_owned();
        let reference = if way == "named" { format!("\"pgpass:{file}\"") } else { "\"pgpass\"".to_owned() };
        let environment: Vec<(&str, &str)> = match way {
            "variable" => vec![("PGPASSFILE", file.as_str())],
            _ => vec![("HOME", home.as_str())],
        };
        look(&place, &server.config(&place, &reference), &environment);
        server.assert_was_told();
    }
}

#[test]
fn a_pgpass_that_others_read_is_refused_and_not_shown() {
    let place = Place { folder: tempfile::tempdir().expect("folder") };
    let server = Asking::start();
    let file = place.file("passwords", &format!("*:*:*:*:{CANARY}\n"), 0o640);
    let config = server.config(&place, &format!("\"pgpass:{}\"", file.display()));
    look(&place, &config, &[]);
    server.assert_was_told_nothing();
    let (stdout, _, _) = crate::support::opsctl(&["doctor", "-o", "json", "--config", config.to_str().expect("UTF-8")]);
    assert!(stdout.contains("mode 0640"), "the reason is not said: {stdout}");
}

#[test]
fn a_malformed_line_of_pgpass_is_not_quoted() {
    let place = Place { folder: tempfile::tempdir().expect("folder") };
    let server = Asking::start();
    let port = server.port();
    for text in [
        CANARY.to_owned(),
        format!("{CANARY}:"),
        format!("127.0.0.1:{port}:postgres:{CANARY}"),
        format!("127.0.0.1:{port}:postgres:reader\\:{CANARY}"),
        format!("127.0.0.1:{port}:{CANARY}:reader:{CANARY}"),
        format!("127.0.0.1;{port};postgres;reader;{CANARY}"),
        format!(" 127.0.0.1:{port}:postgres:reader:{CANARY}"),
        format!("127.0.0.1:{port}:postgres:reader\n:{CANARY}"),
        format!("{}{CANARY}", "x".repeat(70_000)),
    ] {
        let file = place.file("passwords", &text, 0o600);
        look(&place, &server.config(&place, &format!("\"pgpass:{}\"", file.display())), &[]);
    }
    std::fs::write(place.folder.path().join("passwords"), [b"127.0.0.1:1:a:b:\xff", CANARY.as_bytes()].concat()).expect("written");
    look(&place, &server.config(&place, &format!("\"pgpass:{}\"", place.folder.path().join("passwords").display())), &[]);
    server.assert_was_told_nothing();
}

#[test]
fn a_secret_in_the_files_and_variables_of_psql_stays_there() {
    let place = Place { folder: tempfile::tempdir().expect("folder") };
    let home = place.folder.path().to_string_lossy().into_owned();
    let server = Asking::start();
    let port = server.port();
    let passwords = place.file("passwords", &format!("127.0.0.1:{port}:*:reader:{CANARY}\n"), 0o600).to_string_lossy().into_owned();
    let service = |text: &str| place.file("services", &format!("[orders]\nhost=127.0.0.1\nport={port}\nuser=reader\n{text}\n"), 0o600);
    let read = |text: &str, more: &[(&str, &str)]| {
        let file = service(text).to_string_lossy().into_owned();
        let both = [&[("HOME", home.as_str()), ("PGSERVICE", "orders"), ("PGSERVICEFILE", file.as_str())], more].concat();
        look_at(&place, &[], &both);
    };
    // a password that is written there is never used, well formed or not
    for text in [
        format!("password={CANARY}"),
        format!("password {CANARY}"),
        format!("passwd={CANARY}\n[{CANARY}"),
        format!("sslpassword={CANARY}\n={CANARY}"),
    ] {
        read(&text, &[]);
    }
    for url in [format!("postgres://reader:{CANARY}@127.0.0.1:{port}/x"), format!("postgres://127.0.0.1:{port}/x?user=reader&password={CANARY}")] {
        look_at(&place, &[], &[("HOME", &home), ("DATABASE_URL", &url)]);
    }
    server.assert_was_told_nothing();
    read(&format!("passfile={passwords}"), &[]);
    server.assert_was_told();
    server.seen.lock().expect("kept").clear();
    look_at(&place, &[], &[("HOME", &home), ("PGHOST", "127.0.0.1"), ("PGPORT", port), ("PGUSER", "reader"), ("PGPASSWORD", CANARY)]);
    server.assert_was_told();
    server.seen.lock().expect("kept").clear();
    look_at(&place, &[], &[("HOME", &home), ("PGHOST", "127.0.0.1"), ("PGPORT", port), ("PGUSER", "reader"), ("PGPASSFILE", &passwords)]);
    server.assert_was_told();
}
