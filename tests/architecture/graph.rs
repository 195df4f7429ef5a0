//! The dependency graph as it is built: `cargo tree` knows which features are really on, `Cargo.lock` and `cargo metadata` know only which could be.

use super::tree::root;
use std::collections::BTreeSet;
use std::process::Command;

/// A crate of the graph.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Package {
    pub name: String,
    pub version: String,
    /// An SPDX expression; some old crates write `/` for `OR`.
    pub licence: String,
    pub features: Vec<String>,
}

impl Package {
    /// A line `name vVERSION (...)|LICENCE|feature,feature`; a trailing `(*)` says that the crate was named before.
    fn parse(line: &str) -> Option<Package> {
        let mut parts = line.trim_end_matches(" (*)").split('|');
        let mut words = parts.next()?.split(' ');
        let (name, version) = (words.next()?.to_owned(), words.next()?.trim_start_matches('v').to_owned());
        let licence = parts.next()?.to_owned();
        let features = parts.next()?.split(',').map(str::to_owned).collect();
        Some(Package { name, version, licence, features })
    }
}

/// The crates on `edges` (`normal,build`, with or without `dev`) of the platform that is shipped, ours left out; without the network.
pub fn packages(edges: &str) -> BTreeSet<Package> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let arguments = ["tree", "--locked", "--offline", "--target", "x86_64-unknown-linux-gnu", "--prefix", "none", "-f", "{p}|{l}|{f}", "-e", edges];
    let output = Command::new(cargo).args(arguments).current_dir(root()).output().expect("cargo starts");
    assert!(output.status.success(), "cargo tree: {}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    let found: BTreeSet<Package> = text.lines().filter_map(Package::parse).filter(|package| package.name != "opsctl").collect();
    assert!(found.len() > 100, "only {} crates were read from cargo tree", found.len());
    found
}

/// The names in `Cargo.lock`: every crate that any platform or feature could bring in.
pub fn locked(lock: &str) -> BTreeSet<String> {
    let lock: toml::Table = lock.parse().expect("Cargo.lock is TOML");
    let packages = lock.get("package").and_then(toml::Value::as_array).expect("packages in Cargo.lock");
    packages.iter().filter_map(|package| package.get("name")?.as_str().map(str::to_owned)).collect()
}

/// `Cargo.lock` of the project.
pub fn lock_text() -> String {
    std::fs::read_to_string(root().join("Cargo.lock")).expect("Cargo.lock")
}
