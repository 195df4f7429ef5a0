//! What several test modules share: running the program, golden files.

pub(crate) mod console;
pub(crate) mod elsewhere;
pub(crate) mod http;
pub(crate) mod judging;
pub(crate) mod lab;
pub(crate) mod pty;
pub(crate) mod silent;
pub(crate) mod tee;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The root of the project.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Whether golden files are written anew instead of compared.
pub(crate) fn blessing() -> bool {
    std::env::var_os("OPSCTL_BLESS").is_some()
}

/// Compares `actual` with the golden file at `path` below the root.
pub(crate) fn golden(path: &str, actual: &[u8]) {
    let full = root().join(path);
    if blessing() {
        std::fs::create_dir_all(full.parent().expect("a folder")).expect("folder");
        std::fs::write(&full, actual).expect("written");
        return;
    }
    let expected = std::fs::read(&full).unwrap_or_else(|error| panic!("{path}: {error}; write it with OPSCTL_BLESS=1"));
    if expected != actual {
        let (old, new) = (String::from_utf8_lossy(&expected).into_owned(), String::from_utf8_lossy(actual).into_owned());
        let at = old.lines().zip(new.lines()).position(|(a, b)| a != b).unwrap_or_else(|| old.lines().count().min(new.lines().count()));
        let line = |text: &str| text.lines().nth(at).unwrap_or("(end)").to_owned();
        panic!("{path} is old at line {}:\n  file: {}\n  now:  {}\nwrite it with OPSCTL_BLESS=1", at + 1, line(&old), line(&new));
    }
}

/// Fails when `folder` holds files besides `names`; a blessing removes them.
pub(crate) fn nothing_else(folder: &str, names: impl Iterator<Item = String>) {
    let names: Vec<String> = names.collect();
    for entry in std::fs::read_dir(root().join(folder)).expect("folder") {
        let entry = entry.expect("entry");
        let name = entry.file_name().to_string_lossy().into_owned();
        if names.contains(&name) {
            continue;
        }
        assert!(blessing(), "{folder}/{name} is not generated any more; OPSCTL_BLESS=1 removes it");
        std::fs::remove_file(entry.path()).expect("removed");
    }
}

/// The program, with an environment that holds nothing of the person who runs the tests.
pub(crate) fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_opsctl"));
    command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default()).env("HOME", empty_home()).stdin(Stdio::null());
    command
}

/// A home directory without any configuration.
pub(crate) fn empty_home() -> PathBuf {
    let home = Path::new(env!("CARGO_TARGET_TMPDIR")).join("empty-home");
    std::fs::create_dir_all(&home).expect("home");
    home
}

/// Runs the program: standard output, standard error, exit code.
pub(crate) fn opsctl(arguments: &[&str]) -> (String, String, i32) {
    let output = program().args(arguments).output().expect("the program starts");
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("UTF-8");
    (text(&output.stdout), text(&output.stderr), output.status.code().unwrap_or(-1))
}

/// As [`opsctl`], with the time it took.
pub(crate) fn timed(arguments: &[&str]) -> (String, String, i32, std::time::Duration) {
    #[expect(clippy::disallowed_methods, reason = "the time of a process, measured from outside")]
    let begin = std::time::Instant::now();
    let (stdout, stderr, code) = opsctl(arguments);
    (stdout, stderr, code, begin.elapsed())
}
