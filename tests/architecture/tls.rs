//! One TLS provider. Two of them abort at run time, so no second one may be in the graph, and `rustls` is built with ours alone.

use super::Violation;
use super::graph::{Package, lock_text, locked, packages};
use super::lists::{OTHER_TLS, TLS_CRATE};

const LAW: &str = "tls";

/// Other providers among the packages of a `Cargo.lock`.
fn judge_lock(lock: &str) -> Vec<Violation> {
    let names = locked(lock).into_iter().filter(|name| OTHER_TLS.contains(&name.as_str()));
    names.map(|name| Violation { law: LAW, place: "Cargo.lock".to_owned(), what: format!("`{name}` is a second TLS provider") }).collect()
}

/// What is wrong with the features that the TLS crate is built with.
fn judge_features<'a>(packages: impl IntoIterator<Item = &'a Package>) -> Vec<Violation> {
    let (name, ours, others) = TLS_CRATE;
    let violation = |what: String| Violation { law: LAW, place: format!("features of {name}"), what };
    let mut found = Vec::new();
    let mut seen = false;
    for package in packages.into_iter().filter(|package| package.name == name) {
        seen = true;
        let wrong = package.features.iter().filter(|feature| others.contains(&feature.as_str()));
        found.extend(wrong.map(|feature| violation(format!("`{feature}` is a second TLS provider"))));
        if !package.features.iter().any(|feature| feature == ours) {
            found.push(violation(format!("`{ours}` is missing")));
        }
    }
    assert!(seen, "`{name}` is not in the graph");
    found
}

#[test]
fn there_is_one_tls_provider() {
    let found: Vec<String> = judge_lock(&lock_text()).iter().chain(&judge_features(&packages("normal,build"))).map(ToString::to_string).collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn a_second_tls_provider_fails_by_name() {
    for name in ["aws-lc-sys", "aws-lc-rs", "openssl-sys", "native-tls"] {
        let lock = format!("{}\n[[package]]\nname = \"{name}\"\nversion = \"0.1.0\"\n", lock_text());
        let found: Vec<String> = judge_lock(&lock).iter().map(ToString::to_string).collect();
        assert_eq!(found, [format!("tls: Cargo.lock: `{name}` is a second TLS provider")]);
    }
    let rustls = Package {
        name: "rustls".to_owned(),
        version: "0.23.0".to_owned(),
        licence: "MIT".to_owned(),
        features: vec!["aws_lc_rs".to_owned(), "std".to_owned()],
    };
    let found: Vec<String> = judge_features(&[rustls]).iter().map(ToString::to_string).collect();
    assert_eq!(found, ["tls: features of rustls: `aws_lc_rs` is a second TLS provider", "tls: features of rustls: `ring` is missing"]);
}
