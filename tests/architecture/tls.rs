//! One TLS provider. Two of them abort at run time, so no second one may be in the graph, and `rustls` is built with ours alone.

use super::Violation;
use super::lists::{OTHER_TLS, TLS_CRATE};
use super::tree::root;

const LAW: &str = "tls";

/// Other providers among the packages of a `Cargo.lock`.
fn judge_lock(lock: &str) -> Vec<Violation> {
    let lock: toml::Table = lock.parse().expect("Cargo.lock is TOML");
    let packages = lock.get("package").and_then(toml::Value::as_array).expect("packages in Cargo.lock");
    let names = packages.iter().filter_map(|package| package.get("name")?.as_str());
    let others = names.filter(|name| OTHER_TLS.contains(name));
    others.map(|name| Violation { law: LAW, place: "Cargo.lock".to_owned(), what: format!("`{name}` is a second TLS provider") }).collect()
}

/// What is wrong with the features that `cargo metadata` resolved for the TLS crate.
fn judge_features(metadata: &serde_json::Value) -> Vec<Violation> {
    let (name, ours, others) = TLS_CRATE;
    let nodes = metadata.pointer("/resolve/nodes").and_then(serde_json::Value::as_array).expect("resolved nodes");
    let node = nodes.iter().find(|node| is_package(node, name)).unwrap_or_else(|| panic!("`{name}` is not in the graph"));
    let features: Vec<&str> =
        node.get("features").and_then(serde_json::Value::as_array).expect("features").iter().filter_map(|name| name.as_str()).collect();
    let violation = |what: String| Violation { law: LAW, place: format!("features of {name}"), what };
    let mut found: Vec<Violation> = features
        .iter()
        .filter(|feature| others.contains(feature))
        .map(|feature| violation(format!("`{feature}` is a second TLS provider")))
        .collect();
    if !features.contains(&ours) {
        found.push(violation(format!("`{ours}` is missing")));
    }
    found
}

/// `registry+https://…#rustls@0.23.46`
fn is_package(node: &serde_json::Value, name: &str) -> bool {
    let id = node.get("id").and_then(serde_json::Value::as_str).unwrap_or("");
    id.rsplit_once('#').is_some_and(|(_, tail)| tail.split('@').next() == Some(name))
}

/// The dependency graph as cargo resolves it from `Cargo.lock`, without the network.
pub(super) fn metadata() -> serde_json::Value {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let arguments = ["metadata", "--format-version", "1", "--locked", "--offline", "--filter-platform", "x86_64-unknown-linux-gnu"];
    let output = std::process::Command::new(cargo).args(arguments).current_dir(root()).output().expect("cargo starts");
    assert!(output.status.success(), "cargo metadata: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("cargo metadata prints JSON")
}

#[test]
fn there_is_one_tls_provider() {
    let lock = std::fs::read_to_string(root().join("Cargo.lock")).expect("Cargo.lock");
    let found: Vec<String> = judge_lock(&lock).iter().chain(&judge_features(&metadata())).map(ToString::to_string).collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn a_second_tls_provider_fails_by_name() {
    for name in ["aws-lc-sys", "aws-lc-rs", "openssl-sys", "native-tls"] {
        let lock = std::fs::read_to_string(root().join("Cargo.lock")).expect("Cargo.lock");
        let found = judge_lock(&format!("{lock}\n[[package]]\nname = \"{name}\"\nversion = \"0.1.0\"\n"));
        assert_eq!(found.iter().map(ToString::to_string).collect::<Vec<_>>(), vec![format!("tls: Cargo.lock: `{name}` is a second TLS provider")]);
    }
    let metadata = serde_json::json!({"resolve": {"nodes": [{"id": "registry+x#rustls@0.23.1", "features": ["aws_lc_rs", "std"]}]}});
    let found: Vec<String> = judge_features(&metadata).iter().map(ToString::to_string).collect();
    assert_eq!(found, ["tls: features of rustls: `aws_lc_rs` is a second TLS provider", "tls: features of rustls: `ring` is missing"]);
}
