//! A copy of the project with one system more, built with the crates that the project itself is built with.

use crate::architecture::tree::Tree;
use crate::support::root;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

const PROGRAM: &str = "opsctl-with-beacon";
/// What the copy is not made of: the crate does not read it when it is built.
const LEFT_OUT: [&str; 3] = ["target", "tests", "completions"];

/// The files of the fixture under the names that they have in the copy.
pub fn files_of_the_beacon() -> BTreeMap<String, String> {
    let fixture = root().join("tests/fixtures/systems/beacon");
    let mut files = BTreeMap::new();
    read(&fixture, &fixture, &mut files);
    files.into_iter().map(|(file, text)| (format!("src/systems/beacon/{file}"), text)).collect()
}

/// The lines that a new system needs outside of its folder.
pub fn edits(tree: &Tree) -> BTreeMap<String, String> {
    let edit = |file: &str, before: &str, line: &str| {
        let text = tree.files.get(file).unwrap_or_else(|| panic!("{file}"));
        assert_eq!(text.matches(before).count(), 1, "{file} has `{before}` once");
        (file.to_owned(), text.replacen(before, &format!("{line}\n{before}"), 1))
    };
    BTreeMap::from([
        edit("src/systems/mod.rs", "pub mod check;", "pub mod beacon;"),
        edit("src/systems/registry.rs", "];", "    &Erased::<super::beacon::Beacon>::new(),"),
    ])
}

/// The program built from the copy. Several tests may ask at once: one builds, the others wait.
pub fn program() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("with-beacon");
    std::fs::create_dir_all(&folder).expect("folder");
    let lock = std::fs::File::create(folder.join(".lock")).expect("lock");
    lock.lock().expect("locked");
    write(&folder);
    build(&folder)
}

/// Writes what differs and removes what is left over: what stayed is not built again.
fn write(folder: &Path) {
    let mut wanted = BTreeMap::new();
    for entry in std::fs::read_dir(root()).expect("the project") {
        let path = entry.expect("entry").path();
        let name = path.file_name().expect("name").to_string_lossy().into_owned();
        if !LEFT_OUT.contains(&name.as_str()) && !name.starts_with('.') {
            read(root(), &path, &mut wanted);
        }
    }
    wanted.extend(edits(&Tree::real()));
    wanted.extend(files_of_the_beacon());
    for (file, turn) in [("Cargo.toml", renamed as fn(&str) -> String), ("Cargo.lock", renamed_lock)] {
        let text = turn(wanted.get(file).expect(file));
        wanted.insert(file.to_owned(), text);
    }
    wanted.insert("tests/main.rs".to_owned(), "//! Asks for the crates in the form that tests need, so that none is built twice.\n".to_owned());

    let mut there = BTreeMap::new();
    read(folder, folder, &mut there);
    for (file, text) in &wanted {
        if there.get(file) != Some(text) {
            let path = folder.join(file);
            std::fs::create_dir_all(path.parent().expect("parent")).expect("folder");
            std::fs::write(&path, text).expect("written");
        }
    }
    let kept: BTreeSet<&String> = wanted.keys().collect();
    for file in there.keys().filter(|file| !kept.contains(file) && *file != ".lock") {
        std::fs::remove_file(folder.join(file)).expect("removed");
    }
}

/// The manifest with another name of the package. Cargo tells two packages apart by name and version, not by their folders: under one name the copy
/// would overwrite the library and the program of the project, for both are built in one folder.
fn renamed(manifest: &str) -> String {
    let (name, dependencies) = ("\nname = \"opsctl\"\nversion", "\n[dependencies]\n");
    for place in [name, dependencies] {
        assert_eq!(manifest.matches(place).count(), 1, "Cargo.toml has `{}` once", place.trim());
    }
    let manifest = manifest.replacen(name, &format!("\nname = \"{PROGRAM}\"\nversion"), 1);
    manifest.replacen(dependencies, &format!("\n[lib]\nname = \"opsctl\"\n\n[workspace]\n{dependencies}"), 1)
}

fn renamed_lock(lock: &str) -> String {
    let name = "\nname = \"opsctl\"\n";
    assert_eq!(lock.matches(name).count(), 1, "Cargo.lock has the package once");
    lock.replacen(name, &format!("\nname = \"{PROGRAM}\"\n"), 1)
}

fn build(folder: &Path) -> PathBuf {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("the target folder");
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    // what cargo tells a test of its own package is an input of build scripts: with it everything would be built again, each time
    let own =
        |name: &str| ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_", "CARGO_CRATE_", "CARGO_PRIMARY_"].iter().any(|begin| name.starts_with(begin));
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_str().is_some_and(own)) {
        command.env_remove(name);
    }
    let output = command
        .args(["test", "--no-run", "--locked", "--offline", "--quiet", "--test", "opsctl", "--target-dir"])
        .arg(target)
        .current_dir(folder)
        .output()
        .expect("cargo starts");
    assert!(output.status.success(), "the tree with the beacon does not compile:\n{}", String::from_utf8_lossy(&output.stderr));
    let program = target.join("debug").join(PROGRAM);
    assert!(program.is_file(), "{} was not built", program.display());
    program
}

/// Every text file at `path` or below, named from `base`.
fn read(base: &Path, path: &Path, files: &mut BTreeMap<String, String>) {
    if path.is_dir() {
        for entry in std::fs::read_dir(path).expect("a folder") {
            read(base, &entry.expect("entry").path(), files);
        }
    } else {
        let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        files.insert(path.strip_prefix(base).expect("below").to_string_lossy().into_owned(), text);
    }
}
