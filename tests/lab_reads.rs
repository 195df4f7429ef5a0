//! What every reading command prints of the healthy lab: by its schema, with every rule able to judge, and with one server silent.

use crate::support::lab::Lab;
use crate::support::silent::{Silent, Way};
use serde_json::Value;
use std::time::Duration;

/// The commands that read the fleet.
fn views() -> Vec<&'static str> {
    opsctl::app::views::VIEWS.iter().map(|view| view.name).collect()
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

#[test]
fn every_view_keeps_its_committed_schema() {
    let Some(lab) = Lab::shared("lab_reads::every_view_keeps_its_committed_schema") else { return };
    for view in views() {
        let path = crate::support::root().join(format!("tests/golden/schema/{view}.json"));
        let schema = json(&std::fs::read_to_string(&path).expect("the committed schema"));
        let validator = jsonschema::validator_for(&schema).expect("a schema");
        let (stdout, stderr, code) = lab.patiently(&[view, "-o", "json"]);
        assert_eq!(code, 0, "{view}: {stderr}");
        let document = json(&stdout);
        let errors: Vec<String> = validator.iter_errors(&document).map(|error| format!("{}: {error}", error.instance_path())).collect();
        assert!(errors.is_empty(), "{view}: {errors:#?}");
        // yaml carries the same document
        let (yaml, _, _) = lab.patiently(&[view, "-o", "yaml"]);
        let same: Value = serde_saphyr::from_str(&yaml).unwrap_or_else(|error| panic!("{view}: {error}"));
        let keys = |value: &Value| value.as_object().expect("an object").keys().cloned().collect::<Vec<_>>();
        assert_eq!(keys(&same), keys(&document), "{view}");
    }
}

#[test]
fn a_value_that_is_not_known_is_null_and_its_reason_stands_at_its_path() {
    let Some(lab) = Lab::shared("lab_reads::a_value_that_is_not_known_is_null_and_its_reason_stands_at_its_path") else { return };
    // pg_stat_statements is not installed in the lab
    let (stdout, _, _) = lab.patiently(&["queries", "-o", "json"]);
    let document = json(&stdout);
    assert_eq!(document["statements"][0]["calls"], Value::Null);
    let why = &document["unknown"]["statements[0].calls"]["reason"];
    assert!(why.as_str().is_some_and(|reason| reason.contains("pg_stat_statements")), "{why}");
    // the server did answer, so its age is known
    assert!(document["statements"][0]["as_of_seconds"].is_number(), "{}", document["statements"][0]);
}

#[test]
fn on_the_healthy_lab_nothing_is_unknown_but_what_one_look_cannot_tell() {
    let Some(lab) = Lab::shared("lab_reads::on_the_healthy_lab_nothing_is_unknown_but_what_one_look_cannot_tell") else { return };
    let expected = ["not supported: pg_stat_statements is not installed in this database", "takes two answers, and this is the first"];
    for view in views() {
        let (stdout, stderr, _) = lab.patiently(&[view, "-o", "json"]);
        let document = json(&stdout);
        for (path, gap) in document["unknown"].as_object().unwrap_or_else(|| panic!("{view}: {stderr}")) {
            assert!(gap["reason"].as_str().is_some_and(|reason| expected.contains(&reason)), "{view}: {path}: {gap}");
        }
    }
}

#[test]
fn every_rule_knows_its_inputs_on_the_healthy_lab() {
    let Some(lab) = Lab::shared("lab_reads::every_rule_knows_its_inputs_on_the_healthy_lab") else { return };
    let (stdout, _, code) = lab.patiently(&["explain", "-o", "json"]);
    assert_eq!(code, 0);
    let document = json(&stdout);
    let said: Vec<&str> = document["rules"].as_array().expect("rules").iter().filter_map(|rule| rule["rule"].as_str()).collect();
    for rule in opsctl::health::judge::every_rule() {
        assert!(said.contains(&rule.id), "{} is not explained", rule.id);
    }
    for rule in document["rules"].as_array().expect("rules") {
        assert_eq!(rule["state"], "quiet", "{rule}\n{}", document["missing"]);
    }
    assert_eq!(document["missing"], Value::Array(Vec::new()));
}

#[test]
fn with_any_one_endpoint_silent_status_answers_in_time_and_shows_every_member() {
    let Some(lab) = Lab::shared("lab_reads::with_any_one_endpoint_silent_status_answers_in_time_and_shows_every_member") else { return };
    let text = std::fs::read_to_string(&lab.config).expect("the configuration of the lab");
    let (first, _, _) = lab.patiently(&["doctor", "-o", "name"]);
    let all: Vec<&str> = first.lines().collect();
    assert!(all.len() >= 13, "{all:?}");
    for (system, key) in [("etcd", "url"), ("patroni", "url"), ("postgres", "address"), ("pgbouncer", "address"), ("haproxy", "stats")] {
        for way in [Way::Refuses, Way::AcceptsAndKeepsSilent, Way::DropsEverything] {
            let silent = Silent::start(way);
            let config = silent.in_place_of(&text, system, key);
            let arguments = ["status", "-o", "json", "--config", config.path().to_str().expect("UTF-8")];
            // the fastest of three: a machine that is busy with something else is not what is measured
            let runs: Vec<_> = (0..3).map(|_| crate::support::timed(&arguments)).collect();
            let (stdout, stderr, code, took) = runs.into_iter().min_by_key(|run| run.3).expect("three runs");
            assert!(took < Duration::from_secs(2), "{system} {way:?}: {took:?}");
            let document = json(&stdout);
            let rows = document[system].as_array().unwrap_or_else(|| panic!("{system} {way:?}: {stderr}"));
            let asked = all.iter().filter(|name| name.split('/').nth(1) == Some(system)).count();
            assert_eq!(rows.len(), asked, "{system} {way:?}: a configured endpoint is missing");
            let quiet: Vec<&Value> = rows.iter().filter(|row| row["health"] == "silent").collect();
            assert_eq!(quiet.len(), 1, "{system} {way:?}: {stdout}");
            assert!(quiet[0]["error"].as_str().is_some_and(|error| !error.is_empty()), "{system} {way:?}");
            // one etcd of three may go and the cluster is still well; of everything else a fact is missing that somebody needs
            let expected = if system == "etcd" { 0 } else { 3 };
            assert_eq!(code, expected, "{system} {way:?}: {}", document["findings"]);
        }
    }
}

#[test]
fn what_a_person_sees_and_what_a_program_reads_agree() {
    let Some(lab) = Lab::shared("lab_reads::what_a_person_sees_and_what_a_program_reads_agree") else { return };
    let (stdout, _, _) = lab.patiently(&["list", "-o", "json"]);
    let document = json(&stdout);
    let (table, _, _) = lab.patiently(&["list"]);
    let (csv, _, _) = lab.patiently(&["list", "-o", "csv"]);
    let (lines, _, _) = lab.patiently(&["list", "-o", "jsonl"]);
    let members = document["members"].as_array().expect("members");
    assert_eq!((members.len(), lines.lines().count(), csv.lines().count()), (3, 3, 4));
    for member in members {
        let name = member["member"].as_str().expect("a name");
        let role = member["role"].as_str().expect("a role");
        let row = table.lines().find(|line| line.split_whitespace().any(|word| word == name)).unwrap_or_else(|| panic!("{name} is not in\n{table}"));
        assert!(row.contains(role), "{row}");
    }
    assert!(!table.contains('\u{1b}'), "colour in a pipe");
}
