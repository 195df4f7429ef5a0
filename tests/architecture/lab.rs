//! A test that needs the lab is in a module called `lab_…`: by that name the runner knows whom to run on the lab. Another one would be skipped in every run.

use super::tree::Tree;

/// The ways to a lab; each gives none, and the test passes by, where no lab was started.
const WAYS: [&str; 2] = ["Lab::shared(", "Lab::to_break("];

/// Files that ask for the lab and are not named for it.
fn misnamed(tree: &Tree) -> Vec<&str> {
    let tests = tree.files.iter().filter(|(file, _)| file.starts_with("tests/") && !file.starts_with("tests/support/"));
    let asks = tests.filter(|(file, text)| !file.starts_with("tests/architecture/") && WAYS.iter().any(|way| text.contains(way)));
    asks.map(|(file, _)| file.as_str()).filter(|file| !file.starts_with("tests/lab_")).collect()
}

#[test]
fn a_test_that_needs_the_lab_is_named_for_it() {
    let real = Tree::real();
    assert_eq!(misnamed(&real), Vec::<&str>::new());
    let evil = real.with("tests/patroni_lost.rs", "fn f() { let Some(lab) = Lab::shared(\"patroni_lost::f\") else { return }; }");
    assert_eq!(misnamed(&evil), ["tests/patroni_lost.rs"]);
}
