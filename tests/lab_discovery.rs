//! The lab found without its opsctl configuration: through the files of Patroni, through its store, through one member; then written down by `init`.

use crate::support::lab::Lab;
use crate::support::program;
use serde_json::Value;
use std::path::{Path, PathBuf};

fn node(lab: &Lab) -> PathBuf {
    lab.config.parent().expect("the folder of the lab").join("etc/patroni-pg1.yml")
}

fn run(arguments: &[&str], variables: &[(&str, &str)]) -> (String, String, i32) {
    let output = program().args(arguments).envs(variables.iter().copied()).output().expect("starts");
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("UTF-8");
    (text(&output.stdout), text(&output.stderr), output.status.code().unwrap_or(-1))
}

/// Names of the members of Patroni in a status, sorted.
fn members(status: &str) -> Vec<String> {
    let status: Value = serde_json::from_str(status).expect("JSON");
    let rows = status["patroni"].as_array().expect("a table of Patroni");
    let mut names: Vec<String> = rows.iter().filter_map(|row| row["name"].as_str().map(str::to_owned)).collect();
    names.sort();
    names
}

/// The required rules that lack what they judge by.
fn unasked(status: &str) -> Vec<String> {
    let status: Value = serde_json::from_str(status).expect("JSON");
    status["missing"].as_array().expect("a table").iter().filter_map(|row| row["rule"].as_str().map(str::to_owned)).collect()
}

/// URLs of the store, as the lab's own configuration has them.
fn store(lab: &Lab) -> String {
    let table: toml::Table = std::fs::read_to_string(&lab.config).expect("the configuration of the lab").parse().expect("TOML");
    let endpoints = table["cluster"][0]["endpoint"].as_array().expect("endpoints");
    let urls = endpoints.iter().filter(|endpoint| endpoint["system"].as_str() == Some("etcd")).filter_map(|endpoint| endpoint["url"].as_str());
    urls.collect::<Vec<_>>().join(",")
}

fn password_of(node: &Path) -> String {
    let text = std::fs::read_to_string(node).expect("the configuration of a node");
    let yaml: Value = serde_json::from_str(&text).expect("the lab writes JSON, which is YAML");
    yaml["restapi"]["authentication"]["password"].as_str().expect("a password").to_owned()
}

#[test]
fn every_source_leads_to_the_three_members() {
    let Some(lab) = Lab::shared("lab_discovery::every_source_leads_to_the_three_members") else { return };
    let node = node(&lab);
    let yaml = node.to_string_lossy().into_owned();
    let store = store(&lab);
    for (variable, value) in [("PATRONICTL_CONFIG_FILE", yaml.as_str()), ("ETCDCTL_ENDPOINTS", store.as_str())] {
        let (stdout, stderr, code) = run(&["status", "-o", "json"], &[(variable, value)]);
        // the servers themselves are not configured, and Patroni cannot tell all that has to be known
        assert_eq!(code, 3, "{variable}: {stderr}");
        assert_eq!(unasked(&stdout), ["syncrep-stall"], "{variable}");
        assert_eq!(members(&stdout), ["pg1", "pg2", "pg3"], "{variable}");
        assert!(stderr.contains("no cluster is configured; found in"), "{stderr}");
        assert!(!format!("{stdout}{stderr}").contains(&password_of(&node)), "{variable} shows a password");
    }
}

#[test]
fn init_writes_a_configuration_that_status_takes() {
    let Some(lab) = Lab::shared("lab_discovery::init_writes_a_configuration_that_status_takes") else { return };
    let folder = tempfile::tempdir().expect("folder");
    let file = folder.path().join("config.toml").to_string_lossy().into_owned();
    let (_, stderr, code) = run(&["init", "--etcd", &store(&lab), &file], &[]);
    assert_eq!((code, stderr.as_str()), (0, ""));
    let (stdout, stderr, code) = run(&["status", "-o", "json", "--config", &file], &[]);
    assert_eq!((code, unasked(&stdout)), (3, vec!["syncrep-stall".to_owned()]), "{stderr}");
    assert_eq!(members(&stdout), ["pg1", "pg2", "pg3"]);
    let yaml = node(&lab).to_string_lossy().into_owned();
    let (stdout, stderr, code) = run(&["init", "-"], &[("PATRONICTL_CONFIG_FILE", &yaml)]);
    assert_eq!(code, 0, "{stderr}");
    assert!(stdout.contains(&format!("yaml:{yaml}#restapi.authentication.password")) && !stdout.contains(&password_of(&node(&lab))), "{stdout}");
}

#[test]
fn every_value_of_the_labs_configuration_names_its_line() {
    let Some(lab) = Lab::shared("lab_discovery::every_value_of_the_labs_configuration_names_its_line") else { return };
    let (stdout, stderr, code) = lab.opsctl(&["config", "explain", "-o", "json"]);
    assert_eq!(code, 0, "{stderr}");
    let page: Value = serde_json::from_str(&stdout).expect("JSON");
    let keys = page["keys"].as_array().expect("keys");
    assert!(keys.len() > 40, "{}", keys.len());
    for key in keys.iter().filter(|key| key["layer"] != "built-in") {
        let place = key["place"].as_str().expect("a place");
        assert!(place.starts_with(&format!("{}:", lab.config.display())), "{key}");
    }
}
