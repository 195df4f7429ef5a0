//! A new system is one folder and its line: the beacon of `tests/fixtures/systems`, put into a copy of the tree, is built, breaks no law, and shows in
//! `status`, in JSON, in `explain`, in `privileges` and on the console without another edit. Taken away again, what is left is the project itself.

mod console;
mod copy;
mod server;

use crate::support::empty_home;
use console::Console;
use serde_json::{Value, json};
use server::Server;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A folder with a configuration that names one beacon at `url`; it goes with the value.
struct Configured {
    folder: tempfile::TempDir,
    program: PathBuf,
}

impl Configured {
    fn at(url: &str) -> Configured {
        let folder = tempfile::tempdir().expect("folder");
        let text = format!(
            "[[cluster]]\nname = \"coast\"\nenvironment = \"dev\"\n\n[[cluster.endpoint]]\nsystem = \"beacon\"\nname = \"north\"\nurl = \"{url}\"\n"
        );
        std::fs::write(folder.path().join("opsctl.toml"), text).expect("written");
        Configured { folder, program: copy::program() }
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("opsctl.toml")
    }

    /// Runs the program: standard output, standard error, exit code.
    fn opsctl(&self, arguments: &[&str]) -> (String, String, i32) {
        let output = command(&self.program).args(arguments).arg("--config").arg(self.file()).output().expect("the program starts");
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("UTF-8");
        (text(&output.stdout), text(&output.stderr), output.status.code().unwrap_or(-1))
    }

    fn json(&self, arguments: &[&str]) -> (Value, i32) {
        let (stdout, stderr, code) = self.opsctl(&[arguments, &["-o", "json"]].concat());
        (serde_json::from_str(&stdout).unwrap_or_else(|error| panic!("{error}: {stdout}{stderr}")), code)
    }
}

/// The program with an environment that holds nothing of the person who runs the tests.
fn command(program: &Path) -> Command {
    let mut command = Command::new(program);
    command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default()).env("HOME", empty_home()).stdin(Stdio::null());
    command
}

#[test]
fn a_new_system_is_in_json_and_in_the_table() {
    let server = Server::answering(r#"{"state": "lit", "ships": 3}"#);
    let configured = Configured::at(&server.url());
    let (status, code) = configured.json(&["status"]);
    assert_eq!(code, 0, "{status:#}");
    let row = status.pointer("/beacon/0").unwrap_or_else(|| panic!("no beacon in {status:#}"));
    let cell = |key: &str| row.get(key).unwrap_or_else(|| panic!("no {key} in {row:#}"));
    assert_eq!([cell("name"), cell("health"), cell("lamp"), cell("ships")], [&json!("north"), &json!("ok"), &json!("lit"), &json!(3)]);
    // what the server left out is null, and said to be unknown with its reason
    assert_eq!(cell("range_seconds"), &Value::Null);
    assert!(status.pointer("/unknown/beacon[0].range_seconds/reason").is_some_and(Value::is_string), "{status:#}");
    assert!(status.pointer("/as_of/coast~1beacon~1north/taken_at").is_some_and(Value::is_string), "{status:#}");

    let (table, _, _) = configured.opsctl(&["status"]);
    for word in ["Beacon", "LAMP", "SHIPS", "north", "lit"] {
        assert!(table.contains(word), "no {word} in\n{table}");
    }
}

#[test]
fn its_rule_is_judged_and_explained() {
    let server = Server::answering(r#"{"state": "dark", "ships": 0, "range_seconds": 0.5}"#);
    let configured = Configured::at(&server.url());
    let (findings, _) = configured.json(&["findings"]);
    let rules: Vec<&Value> = findings.get("findings").and_then(Value::as_array).into_iter().flatten().filter_map(|row| row.get("rule")).collect();
    assert_eq!(rules, [&json!("beacon-dark")], "{findings:#}");
    let (_, code) = configured.json(&["status"]);
    assert_eq!(code, 3);
    let (explained, _) = configured.json(&["explain", "beacon-dark"]);
    assert!(explained.to_string().contains("light the lamp"), "{explained:#}");
    let privileges = command(&configured.program).arg("privileges").output().expect("the program starts").stdout;
    let privileges = String::from_utf8_lossy(&privileges);
    assert!(privileges.contains("GET /beacon"), "{privileges}");
}

#[test]
fn a_new_system_is_on_the_console() {
    let server = Server::answering(r#"{"state": "dark", "ships": 3}"#);
    let configured = Configured::at(&server.url());
    let file = configured.file();
    let mut console = Console::open(&configured.program, &["--config", file.to_str().expect("UTF-8")], &empty_home());
    console.until(&["coast", "Beacon", "LAMP", "north", "dark", "beacon-dark"]);
    assert_eq!(console.quit(), 0);
}

#[test]
fn a_panic_while_asking_is_a_finding_and_the_console_lives() {
    let lit = r#"{"state": "lit", "ships": 41}"#.to_owned();
    let fire = r#"{"state": "on fire"}"#.to_owned();
    let server = Server::turning(vec![lit.clone(), fire.clone(), fire.clone(), lit.replace("41", "42")]);
    let configured = Configured::at(&server.url());
    let file = configured.file();
    let mut console = Console::open(&configured.program, &["--config", file.to_str().expect("UTF-8")], &empty_home());
    console.until(&["poller-restarted", "asking beacon north failed inside", "on fire\\x1b]0;pwned"]);
    // the task was started again, twice
    console.until(&["poller-restarted", "lit", "42"]);
    assert_eq!(console.quit(), 0);
    // one answer alone: the command ends with what it knows
    let server = Server::answering(&fire);
    let (findings, code) = Configured::at(&server.url()).json(&["findings"]);
    assert!(findings.to_string().contains("poller-restarted"), "{findings:#}");
    assert_ne!(code, 0, "nobody knows how a beacon stands that was not read");
}

#[test]
fn a_word_of_next_year_and_a_page_are_not_healthy() {
    for (answer, rule) in [(r#"{"state": "blinking"}"#, "beacon-dark"), ("<html>login</html>", "endpoint-unreachable")] {
        let server = Server::answering(answer);
        let (findings, _) = Configured::at(&server.url()).json(&["findings"]);
        assert!(findings.to_string().contains(rule), "{answer}: {findings:#}");
    }
}

#[test]
fn a_key_that_the_new_system_does_not_know_is_an_error_with_its_place() {
    let configured = Configured::at("http://127.0.0.1:1");
    let text = std::fs::read_to_string(configured.file()).expect("read").replace("url =", "ulr =");
    std::fs::write(configured.file(), text).expect("written");
    let (_, stderr, code) = configured.opsctl(&["status"]);
    assert!(code == 2 && stderr.contains("opsctl.toml:8:1") && stderr.contains("url"), "{code} {stderr}");
}

/// The laws hold in the copy too: the folder asks for no exception.
#[test]
fn the_new_system_breaks_no_law() {
    let files = copy::files_of_the_beacon();
    let rust = files.iter().filter(|(file, _)| !file.ends_with("privileges.txt"));
    let files: Vec<(&str, &str)> = rust.map(|(file, text)| (file.as_str(), text.as_str())).collect();
    assert!(files.len() > 5, "the fixture is gone");
    assert_eq!(crate::architecture::broken_by(&files), Vec::<String>::new());
}

/// Without the folder, its `mod` line and its line in the registry nothing of the beacon is left: the rest is the project, which compiles.
#[test]
fn taken_away_nothing_is_left_of_it() {
    let before = crate::architecture::tree::Tree::real();
    for (file, text) in &before.files {
        assert!(!file.starts_with("src/") || !text.contains("beacon"), "{file} names the beacon");
    }
    let added: Vec<(String, String)> = copy::edits(&before).into_iter().collect();
    assert_eq!(added.iter().map(|(file, _)| file.as_str()).collect::<Vec<_>>(), ["src/systems/mod.rs", "src/systems/registry.rs"]);
    for (file, text) in added {
        let without: Vec<&str> = text.lines().filter(|line| !line.contains("beacon")).collect();
        let original: Vec<&str> = before.files.get(&file).expect("the file").lines().collect();
        assert_eq!(without, original, "{file}");
        assert_eq!(text.lines().count(), original.len() + 1, "{file} needs more than one line");
    }
    let (_, stderr, code) = crate::support::opsctl(&["privileges", "beacon"]);
    assert!(code == 2 && stderr.contains("beacon"), "the program of the project knows the beacon: {code} {stderr}");
}
