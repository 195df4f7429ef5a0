//! The corpus of runbooks: each bad one gives its expected message, with line and column, and exit code 2; each good one is taken, with the warnings
//! it deserves.
//!
//! `tests/runbook_bad/NAME.toml` has its whole message in `NAME.expected`; `OPSCTL_BLESS=1` writes it anew. Read it then as somebody on call would.

use crate::support::{golden, nothing_else, opsctl, program, root};
use opsctl::runbook::format::schema::SCHEMA;
use std::path::{Path, PathBuf};

fn corpus(folder: &str) -> Vec<PathBuf> {
    let listing = std::fs::read_dir(root().join(folder)).expect("folder");
    let mut files: Vec<PathBuf> =
        listing.map(|entry| entry.expect("entry").path()).filter(|path| path.extension().is_some_and(|e| e == "toml")).collect();
    files.sort();
    files
}

/// Copies that only their owner may change, whatever the mode of the working tree, and the messages about all of them by name.
fn validated(files: &[PathBuf], arguments: &[&str]) -> Vec<(String, String, String, i32)> {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().expect("folder");
    let check = |file: &PathBuf| {
        let name = file.file_name().expect("name").to_string_lossy().into_owned();
        std::fs::copy(file, folder.path().join(&name)).expect("copied");
        std::fs::set_permissions(folder.path().join(&name), std::fs::Permissions::from_mode(0o600)).expect("chmod");
        let output = program().current_dir(folder.path()).args(["runbook", "validate", &name]).args(arguments).output().expect("starts");
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("UTF-8");
        (name, text(&output.stdout), text(&output.stderr), output.status.code().unwrap_or(-1))
    };
    files.iter().map(check).collect()
}

#[test]
fn each_bad_runbook_gives_its_message_and_exit_2() {
    let files = corpus("tests/runbook_bad");
    assert!(files.len() >= 40, "{}", files.len());
    for (name, stdout, stderr, code) in validated(&files, &[]) {
        assert_eq!(code, 2, "{name}: {stdout}{stderr}");
        assert!(stdout.starts_with("1 runbook: ") && !stdout.contains(": 0 errors"), "{name}: {stdout}");
        let first = stderr.lines().find(|line| line.starts_with("  --> ")).unwrap_or_else(|| panic!("{name} has no place:\n{stderr}"));
        let numbers: Vec<&str> = first.rsplit(':').take(2).collect();
        assert!(first.contains(&name) && numbers.iter().all(|number| number.parse::<u32>().is_ok_and(|number| number > 0)), "{name}: {first}");
        assert!(stderr.starts_with("error: ") && stderr.contains('^') && !stderr.contains("hunter2"), "{name}:\n{stderr}");
        golden(&format!("tests/runbook_bad/{}", name.replace(".toml", ".expected")), stderr.as_bytes());
    }
    let names = files.iter().flat_map(|file| {
        let stem = file.file_stem().expect("stem").to_string_lossy().into_owned();
        [format!("{stem}.toml"), format!("{stem}.expected")]
    });
    nothing_else("tests/runbook_bad", names);
}

#[test]
fn each_good_runbook_is_taken_with_the_warnings_it_deserves() {
    let files = corpus("tests/runbook_good");
    assert!(files.len() >= 5, "{}", files.len());
    for (name, stdout, stderr, code) in validated(&files, &[]) {
        assert_eq!(code, 0, "{name}: {stdout}{stderr}");
        let warned = matches!(name.as_str(), "with-warnings.toml" | "long-ago.toml");
        assert_eq!(stderr.contains("warning: "), warned, "{name}: {stderr}");
    }
}

/// Days pass, so the message about the day is looked at by its words.
#[test]
fn each_lint_speaks_and_only_strict_makes_it_count() {
    let files: Vec<PathBuf> =
        corpus("tests/runbook_good").into_iter().filter(|file| file.ends_with("with-warnings.toml") || file.ends_with("long-ago.toml")).collect();
    let told: String = validated(&files, &["--strict"])
        .into_iter()
        .map(|(name, _, stderr, code)| {
            assert_eq!(code, 3, "{name}");
            stderr
        })
        .collect();
    for words in [
        "was never rehearsed",
        "was last rehearsed",
        "the confirmation is bound to nothing",
        "10 checks at one gate",
        "cannot be taken back",
        "nobody can tell whether it happened",
        "it does not say why",
        "it says no timeout",
        "it is never done",
        "it is never reached",
        "up to its release it may take",
    ] {
        assert!(told.contains(words), "nothing says `{words}`:\n{told}");
    }
}

#[test]
fn the_schema_agrees_with_the_checks() {
    let validator = jsonschema::validator_for(&SCHEMA).expect("a schema");
    let read = |file: &Path| -> Option<serde_json::Value> {
        let table: toml::Table = std::fs::read_to_string(file).expect("text").parse().ok()?;
        serde_json::to_value(table).ok()
    };
    let shipped = corpus("runbooks");
    for file in corpus("tests/runbook_good").iter().chain(&shipped) {
        let errors: Vec<String> = validator.iter_errors(&read(file).expect("TOML")).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{}: {errors:?}", file.display());
    }
    // what the schema can see at all, it refuses
    let refused: Vec<String> = corpus("tests/runbook_bad")
        .iter()
        .filter(|file| read(file).is_some_and(|value| !validator.is_valid(&value)))
        .map(|file| file.file_stem().expect("stem").to_string_lossy().into_owned())
        .collect();
    for name in [
        "top-key-misspelled",
        "risk-unknown",
        "step-key-misspelled",
        "step-without-id",
        "step-does-nothing",
        "step-does-two-things",
        "timeout-as-number",
        "param-type-unknown",
        "probe-half",
        "undo-by-waiting",
        "wait-without-an-end",
        "exec-as-a-text",
        "condition-as-a-flag",
    ] {
        assert!(refused.iter().any(|refused| refused == name), "{name} is good to the schema");
    }
}

#[test]
fn the_schema_and_the_reference_page_are_what_the_tables_say() {
    for (arguments, file) in
        [(&["runbook", "schema"][..], "tests/golden/schema/runbook.json"), (&["runbook", "reference"], "tests/golden/runbook-reference.md")]
    {
        let (stdout, stderr, code) = opsctl(arguments);
        assert_eq!((code, stderr.as_str()), (0, ""), "{arguments:?}");
        golden(file, stdout.as_bytes());
    }
}

#[test]
fn lists_shows_and_says_what_is_wrong_in_every_form() {
    let (table, _, code) = opsctl(&["runbook", "list"]);
    assert!(code == 0 && table.contains("switchover") && table.contains("failover") && table.contains("warned"), "{table}");
    let (json, _, code) = opsctl(&["runbook", "show", "switchover", "-o", "json"]);
    let page: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!((code, page["kind"].as_str(), page["risk"].as_str()), (0, Some("Runbook"), Some("high")));
    let steps = page["steps"].as_array().expect("steps");
    let switch = steps.iter().find(|step| step["id"] == "switch").expect("a step");
    assert_eq!(switch["does"], "changes");
    assert!(switch["call"].as_str().is_some_and(|call| call.contains("POST /switchover")), "{switch}");
    assert_eq!(steps.iter().filter(|step| step["call"].as_str().is_some_and(|call| call.contains("POST"))).count(), 1);
    let (source, _, code) = opsctl(&["runbook", "source", "switchover"]);
    assert_eq!((code, source), (0, std::fs::read_to_string(root().join("runbooks/switchover.toml")).expect("text")));
    let (_, stderr, code) = opsctl(&["runbook", "show", "switchver"]);
    assert!(code == 2 && stderr.contains("did you mean 'switchover'?"), "{stderr}");
    let file = root().join("tests/runbook_bad/many-errors-at-once.toml");
    let (json, _, code) = opsctl(&["runbook", "validate", &file.to_string_lossy(), "-o", "json"]);
    let page: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!((code, page["errors"].as_u64()), (2, page["problems"].as_array().map(|all| all.len() as u64)));
    assert!(page["problems"][0]["line"].is_u64() && page["problems"][0]["column"].is_u64(), "{page}");
}
