//! The corpus of configurations: each bad one gives its expected message and exit code 2, each good one is taken; nothing panics.
//!
//! `tests/config_bad/NAME.toml` has its whole message in `NAME.expected`; `OPSCTL_BLESS=1` writes it anew. Read it then as somebody on call would.

use crate::support::{golden, nothing_else, program, root};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

fn corpus(folder: &str) -> Vec<PathBuf> {
    let listing = std::fs::read_dir(root().join(folder)).expect("folder");
    let mut files: Vec<PathBuf> =
        listing.map(|entry| entry.expect("entry").path()).filter(|path| path.extension().is_some_and(|e| e == "toml")).collect();
    files.sort();
    files
}

/// A copy of `file` that only its owner may touch, whatever the mode of the working tree.
fn private(folder: &Path, file: &Path) -> String {
    let name = file.file_name().expect("name").to_string_lossy().into_owned();
    std::fs::copy(file, folder.join(&name)).expect("copied");
    std::fs::set_permissions(folder.join(&name), std::fs::Permissions::from_mode(0o600)).expect("chmod");
    name
}

fn check(folder: &Path, name: &str) -> (String, String, i32) {
    let output = program().current_dir(folder).args(["config", "check", "--config", name]).output().expect("starts");
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("UTF-8");
    (text(&output.stdout), text(&output.stderr), output.status.code().unwrap_or(-1))
}

#[test]
fn each_bad_configuration_gives_its_message_and_exit_2() {
    let folder = tempfile::tempdir().expect("folder");
    let files = corpus("tests/config_bad");
    assert!(files.len() >= 40, "{}", files.len());
    for file in &files {
        let name = private(folder.path(), file);
        let (stdout, stderr, code) = check(folder.path(), &name);
        assert_eq!(code, 2, "{name}: {stdout}{stderr}");
        assert!(stdout.is_empty(), "{name}: {stdout}");
        for raw in ["hunter2", "hun:ter2", "12345678", "\u{1b}", "\u{202e}"] {
            assert!(!stderr.contains(raw), "{name} shows {raw:?}:\n{stderr}");
        }
        golden(&format!("tests/config_bad/{}", name.replace(".toml", ".expected")), stderr.as_bytes());
    }
    let names = files.iter().flat_map(|file| {
        let stem = file.file_stem().expect("stem").to_string_lossy().into_owned();
        [format!("{stem}.toml"), format!("{stem}.expected")]
    });
    nothing_else("tests/config_bad", names);
}

#[test]
fn each_good_configuration_is_taken() {
    let folder = tempfile::tempdir().expect("folder");
    let files = corpus("tests/config_good");
    assert!(files.len() >= 8, "{}", files.len());
    for file in &files {
        let name = private(folder.path(), file);
        let (stdout, stderr, code) = check(folder.path(), &name);
        // the secrets that some of them name do not lie here
        let others: Vec<&str> = stderr.lines().filter(|line| !(line.starts_with("warning: ") && line.contains(": needed by "))).collect();
        assert_eq!((code, others), (0, Vec::new()), "{name}: {stdout}");
    }
}

#[test]
fn the_schema_and_the_reference_page_are_what_the_tables_say() {
    for (arguments, file) in
        [(&["schema", "config"][..], "tests/golden/schema/config.json"), (&["config", "reference"], "tests/golden/config-reference.md")]
    {
        let (stdout, stderr, code) = crate::support::opsctl(arguments);
        assert_eq!((code, stderr.as_str()), (0, ""), "{arguments:?}");
        assert!(!stdout.contains("BLESS"), "{arguments:?} tells people of a variable of the tests");
        golden(file, stdout.as_bytes());
    }
}

#[test]
fn the_schema_takes_every_good_configuration_and_refuses_misspelled_ones() {
    let schema = opsctl::app::settings::json_schema();
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let read = |file: &Path| {
        let table: toml::Table = std::fs::read_to_string(file).expect("text").parse().expect("TOML");
        serde_json::to_value(table).expect("JSON")
    };
    for file in corpus("tests/config_good") {
        let errors: Vec<String> = validator.iter_errors(&read(&file)).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{}: {errors:?}", file.display());
    }
    for name in
        ["unknown-poll-key", "unknown-system", "unknown-rule", "environment-unknown", "secret-in-plain-text", "via-not-yet", "url-without-scheme"]
    {
        let file = root().join(format!("tests/config_bad/{name}.toml"));
        assert!(!validator.is_valid(&read(&file)), "{name}");
    }
}
