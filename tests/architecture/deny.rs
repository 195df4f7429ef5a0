//! What `deny.toml` says, held without cargo-deny: licences, bans, and duplicates with a reason each. No line of it may be dead.

use super::graph::{Package, lock_text, locked, packages};
use super::licence;
use super::lists::{MOST_CRATES, OTHER_TLS};
use super::tree::root;
use std::collections::{BTreeMap, BTreeSet};

struct Deny {
    licences: Vec<String>,
    /// Name of each banned crate.
    banned: Vec<String>,
    /// Name and beginning of the version.
    skipped: Vec<(String, String)>,
}

impl Deny {
    fn read() -> Deny {
        let text = std::fs::read_to_string(root().join("deny.toml")).expect("deny.toml");
        let file: toml::Table = text.parse().expect("deny.toml is TOML");
        let list =
            |room: &str, key: &str| file.get(room).and_then(|room| room.get(key)?.as_array()).unwrap_or_else(|| panic!("{room}.{key}")).clone();
        let named = |key: &str| -> Vec<String> {
            let with_reason = |entry: &toml::Value| {
                let reason = entry.get("reason").and_then(toml::Value::as_str).unwrap_or("");
                assert!(reason.len() > 3, "bans.{key} has an entry without a reason: {entry}");
                entry.get("crate").and_then(toml::Value::as_str).expect("crate").to_owned()
            };
            list("bans", key).iter().map(with_reason).collect()
        };
        Deny {
            licences: list("licenses", "allow").iter().filter_map(|name| name.as_str().map(str::to_owned)).collect(),
            banned: named("deny"),
            skipped: named("skip")
                .iter()
                .map(|name| name.split_once('@').map(|(name, version)| (name.to_owned(), version.to_owned())).expect("name@version"))
                .collect(),
        }
    }
}

/// Versions of one crate without a reason to stand beside another.
fn doubles(packages: &BTreeSet<Package>, skipped: &[(String, String)]) -> Vec<String> {
    let mut versions: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for package in packages {
        versions.entry(&package.name).or_default().insert(&package.version);
    }
    let excused = |name: &str, version: &str| skipped.iter().any(|(skip, begin)| skip == name && version.starts_with(&format!("{begin}.")));
    let several = versions.iter().filter(|(_, versions)| versions.len() > 1);
    let left = several.map(|(name, versions)| (name, versions.iter().filter(|version| !excused(name, version)).copied().collect::<Vec<_>>()));
    left.filter(|(_, left)| left.len() > 1).map(|(name, left)| format!("{name}: {}", left.join(", "))).collect()
}

#[test]
fn every_licence_is_allowed_and_every_allowed_one_is_used() {
    let deny = Deny::read();
    let licences: Vec<&str> = deny.licences.iter().map(String::as_str).collect();
    let packages = packages("normal,build,dev");
    let wrong: Vec<String> = packages
        .iter()
        .filter(|package| !licence::allowed(&package.licence, &licences))
        .map(|package| format!("{} {}: {}", package.name, package.version, package.licence))
        .collect();
    assert!(wrong.is_empty(), "not allowed by deny.toml: {wrong:#?}");
    for name in &licences {
        let others: Vec<&str> = licences.iter().copied().filter(|other| other != name).collect();
        let used = packages.iter().any(|package| !licence::allowed(&package.licence, &others));
        // the two licences of the project itself stay, whoever uses them
        assert!(used || ["MIT", "Apache-2.0"].contains(name), "deny.toml allows {name}, which nobody needs");
    }
}

#[test]
fn nothing_banned_is_in_the_graph_and_the_bans_name_every_other_tls() {
    let deny = Deny::read();
    let locked = locked(&lock_text());
    let found: Vec<&String> = deny.banned.iter().filter(|name| locked.contains(*name)).collect();
    assert!(found.is_empty(), "banned by deny.toml and in Cargo.lock: {found:?}");
    for name in OTHER_TLS {
        assert!(deny.banned.iter().any(|banned| banned == name), "deny.toml does not ban {name}");
    }
}

#[test]
fn every_double_has_a_reason_and_every_reason_a_double() {
    let deny = Deny::read();
    let packages = packages("normal,build,dev");
    let found = doubles(&packages, &deny.skipped);
    assert!(found.is_empty(), "in more than one version, without a reason in deny.toml: {found:#?}");
    for (name, begin) in &deny.skipped {
        let less: Vec<(String, String)> = deny.skipped.iter().filter(|skip| **skip != (name.clone(), begin.clone())).cloned().collect();
        assert!(!doubles(&packages, &less).is_empty(), "deny.toml excuses {name}@{begin}, which stands alone");
    }
}

#[test]
fn a_double_without_a_reason_is_seen() {
    let package = |version: &str| Package { name: "x".to_owned(), version: version.to_owned(), licence: String::new(), features: Vec::new() };
    let both = BTreeSet::from([package("1.2.3"), package("12.0.0")]);
    assert_eq!(doubles(&both, &[]), ["x: 1.2.3, 12.0.0"]);
    assert_eq!(doubles(&both, &[("x".to_owned(), "1".to_owned())]), Vec::<String>::new());
    assert_eq!(doubles(&both, &[("x".to_owned(), "2".to_owned())]), ["x: 1.2.3, 12.0.0"]);
}

#[test]
fn the_graph_stays_within_its_size() {
    let names = packages("normal,build");
    let crates: BTreeSet<(&str, &str)> = names.iter().map(|package| (package.name.as_str(), package.version.as_str())).collect();
    assert!(crates.len() <= MOST_CRATES, "{} crates are linked or build them, {MOST_CRATES} are the limit", crates.len());
    println!("report: {} crates of at most {MOST_CRATES}", crates.len());
}

#[test]
fn the_manifest_says_what_it_needs() {
    let text = std::fs::read_to_string(root().join("Cargo.toml")).expect("Cargo.toml");
    let manifest: toml::Table = text.parse().expect("Cargo.toml is TOML");
    let said =
        |key: &str| manifest.get("package").and_then(|package| package.get(key)?.as_str()).unwrap_or_else(|| panic!("package.{key}")).to_owned();
    assert!(said("rust-version").starts_with("1."), "rust-version is a version");
    assert_eq!(said("license"), "MIT OR Apache-2.0");
    for name in ["LICENSE-MIT", "LICENSE-APACHE", "Cargo.lock"] {
        assert!(root().join(name).is_file(), "{name} is missing");
    }
    for name in ["rust-toolchain", "rust-toolchain.toml"] {
        assert!(!root().join(name).exists(), "{name} would choose a toolchain for everybody");
    }
}
