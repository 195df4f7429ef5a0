//! A bundle for others holds what was seen and neither statements nor secrets, in any of its files.

use super::{instants, recording};
use opsctl::app::bundle::{self, Parts};
use opsctl::app::load::Wanted;
use opsctl::app::record::Recording;
use opsctl::model::Fingerprint;
use serde_json::Value;
use std::collections::BTreeSet;
use std::hash::Hasher;
use std::os::unix::fs::PermissionsExt;

const CANARY: &str = "canary-51b0c7aa93";

fn statements(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                match value.as_str() {
                    Some(text) if key == "query" => {
                        found.insert(text.to_owned());
                    }
                    _ => statements(value, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| statements(item, found)),
        _ => {}
    }
}

#[test]
fn a_bundle_is_whole_and_holds_no_statement_and_no_secret() {
    let history = recording("fault-lock-tree");
    let mut told = BTreeSet::new();
    for number in 0..history.stops().len() {
        for text in history.reader().docs(number).expect("docs").values() {
            statements(&serde_json::from_slice(text).expect("JSON"), &mut told);
        }
    }
    let told: Vec<String> = told.into_iter().filter(|text| text.len() >= 12).collect();
    assert!(told.iter().any(|text| text.to_lowercase().starts_with("update")), "a recording without statements proves nothing: {told:?}");
    let words =
        |observed: &opsctl::app::Observed| observed.judgement.findings.iter().map(|finding| format!("{finding:?}")).collect::<Vec<_>>().concat();
    let said = instants(&history).iter().map(words).collect::<String>();
    let beginning = |text: &str| text.chars().take(12).collect::<String>();

    let folder = tempfile::tempdir().expect("folder");
    let secret = folder.path().join("secret");
    std::fs::write(&secret, CANARY).expect("written");
    std::fs::set_permissions(&secret, std::fs::Permissions::from_mode(0o600)).expect("mode");
    let config = folder.path().join("opsctl.toml");
    let text = format!(
        "[[cluster]]\nname = \"lab\"\n[[cluster.endpoint]]\nsystem = \"patroni\"\nname = \"pg1\"\nurl = \"http://127.0.0.1:1\"\nread = {{ user = \"u\", password = \"file:{}\" }}\n",
        secret.display()
    );
    std::fs::write(&config, text).expect("written");
    let log = folder.path().join("log");
    let typed = told.iter().max_by_key(|text| text.len()).expect("a statement");
    let line = serde_json::json!({ "level": "INFO", "message": format!("refused: {typed}"), "secret": format!("file:{}", secret.display()) });
    std::fs::write(&log, format!("{line}\n")).expect("written");
    let wanted = Wanted { config: Some(config), ..Wanted::default() };
    let at = history.span().expect("ends").1;
    let parts = Parts { history: &history, wanted: Some(&wanted), log: Some(&log), at };
    let written = bundle::write(folder.path(), &parts).expect("written");
    assert_eq!(written.instants, history.stops().len());

    let manifest: Value = serde_json::from_slice(&std::fs::read(written.folder.join("manifest.json")).expect("a manifest")).expect("JSON");
    let mut names: BTreeSet<String> = BTreeSet::from(["manifest.json".to_owned()]);
    for file in manifest["files"].as_array().expect("files") {
        let name = file["name"].as_str().expect("a name");
        let bytes = std::fs::read(written.folder.join(name)).expect("a file");
        let mut check = Fingerprint::new();
        check.write(&bytes);
        assert_eq!(
            (file["bytes"].as_u64(), file["fnv64"].as_str()),
            (Some(bytes.len() as u64), Some(format!("{:016x}", check.finish()).as_str())),
            "{name}"
        );
        names.insert(name.to_owned());
    }
    let expected = ["config.json", "doctor.json", "findings.json", "log.jsonl", "manifest.json", "recording.opr", "status.json", "topology.json"];
    assert_eq!(names, expected.map(str::to_owned).into());
    assert_eq!(written.files, names.len());

    let mut texts: Vec<(String, String)> = names
        .iter()
        .map(|name| (name.clone(), String::from_utf8_lossy(&std::fs::read(written.folder.join(name)).expect("a file")).into_owned()))
        .collect();
    let replayed = Recording::open(&written.folder.join("recording.opr")).expect("opens");
    for number in 0..replayed.stops().len() {
        for (name, text) in replayed.reader().docs(number).expect("docs") {
            texts.push((format!("recording, instant {number}, {name}"), String::from_utf8_lossy(&text).into_owned()));
        }
        let observed = replayed.instant(number).expect("an instant");
        assert_eq!(observed.fleet.clusters[0].entries.len(), history.instant(number).expect("an instant").fleet.clusters[0].entries.len());
        assert!(observed.fleet.clusters[0].entries.iter().any(|entry| entry.good.is_some()), "a redacted answer is still an answer");
    }
    for (name, text) in &texts {
        assert!(!text.contains(CANARY), "{name} holds the secret");
        assert!(!text.contains(&*secret.to_string_lossy()), "{name} tells where the secret lies");
        for statement in &told {
            assert!(!text.contains(&beginning(statement)), "{name} holds `{}`", beginning(statement));
        }
    }
    // the finding told a statement, or there was nothing to take out of its words
    assert!(told.iter().any(|statement| said.contains(&beginning(statement))), "no finding of this recording repeats a statement");
    let again = bundle::write(folder.path(), &parts).expect("beside the first");
    assert_eq!(again.folder.file_name().expect("a name").to_string_lossy(), "opsctl-bundle-20261121T144810Z-2");
}
