//! The keymap file: `keys.toml` beside the configuration of a person, a line for each command: `sort = ["S", "ctrl-o"]`, `freeze = []`.

use super::Binding;
use crate::config::regular;
use crate::text::caret::position;
use crate::text::untrusted::visible;
use crate::tui::command::Command;
use serde::Deserialize;
use std::fmt::Write;
use std::path::PathBuf;
use toml::Spanned;

/// Its name.
pub const NAME: &str = "keys.toml";

/// A keymap is a few kilobytes.
const LARGEST: u64 = 256 * 1_024;

/// What the file of this person says; nothing when there is none.
///
/// # Errors
/// It cannot be read, or is no such file: where, and what is wrong.
pub fn load(env: &impl Fn(&str) -> Option<String>) -> Result<Vec<Binding>, String> {
    let folder = env("XDG_CONFIG_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    let home = || env("HOME").map(PathBuf::from).filter(|path| path.is_absolute()).map(|home| home.join(".config"));
    let Some(path) = folder.or_else(home).map(|folder| folder.join("opsctl").join(NAME)) else { return Ok(Vec::new()) };
    match regular::text(&path, LARGEST) {
        Ok(text) => parse(&path.to_string_lossy(), &text),
        Err(error) if error.kind() == Some(std::io::ErrorKind::NotFound) => Ok(Vec::new()),
        Err(error) => {
            Err(visible(&format!("{}: {error}; the keys of the console are read from it, move it away to have the default ones", path.display())))
        }
    }
}

/// What the file says.
///
/// # Errors
/// It is no such file: where, and what is wrong.
pub fn parse(name: &str, text: &str) -> Result<Vec<Binding>, String> {
    #[derive(Deserialize)]
    struct Entry(#[serde(deserialize_with = "one_or_more")] Vec<String>);
    type Document = std::collections::BTreeMap<Spanned<String>, Spanned<Entry>>;
    let document: Document = toml::from_str(text).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start);
        format!("{}: {}; a line of it reads: sort = [\"S\"]", written(name, text, at), visible(error.message()))
    })?;
    let binding = |(id, entry): (Spanned<String>, Spanned<Entry>)| Binding {
        written: written(name, text, id.span().start),
        id: id.into_inner(),
        keys: entry.into_inner().0,
    };
    Ok(document.into_iter().map(binding).collect())
}

fn one_or_more<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged, expecting = "expected a key or a list of keys")]
    enum Keys {
        One(String),
        More(Vec<String>),
    }
    Ok(match Keys::deserialize(deserializer)? {
        Keys::One(key) => vec![key],
        Keys::More(keys) => keys,
    })
}

/// `keys.toml:4:8`
fn written(name: &str, text: &str, at: usize) -> String {
    let at = position(text, at);
    format!("{name}:{}:{}", at.line, at.column)
}

/// The file as it would have to be for the keys that `commands` have: every command with what it does.
#[must_use]
pub fn template(commands: &[Command]) -> String {
    let mut text = String::from(
        "# Keys of the console, in $XDG_CONFIG_HOME/opsctl/keys.toml. A line takes the place of the keys that a command has; [] leaves it to the palette alone.\n",
    );
    for command in commands {
        let keys: Vec<String> = command.keys.iter().map(|key| format!("{key:?}")).collect();
        let _infallible = write!(text, "\n# {}\n# {} = [{}]\n", command.doc, command.id, keys.join(", "));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_a_command_with_its_keys() {
        let bindings = parse("keys.toml", "# mine\nsort = [\"S\", \"ctrl-o\"]\nfreeze = []\nquit = \"Q\"\n").expect("a keymap");
        let mut told: Vec<String> = bindings.iter().map(|binding| format!("{} {} {}", binding.written, binding.id, binding.keys.join(","))).collect();
        told.sort_unstable();
        assert_eq!(told, ["keys.toml:2:1 sort S,ctrl-o", "keys.toml:3:1 freeze ", "keys.toml:4:1 quit Q"]);
    }

    #[test]
    fn a_pipe_in_its_place_is_not_waited_for_and_a_flood_is_not_read() {
        let home = tempfile::tempdir().expect("folder");
        std::fs::create_dir(home.path().join("opsctl")).expect("made");
        let path = home.path().join("opsctl").join(NAME);
        let said = || load(&|name| (name == "XDG_CONFIG_HOME").then(|| home.path().display().to_string())).expect_err("no keymap");
        rustix::fs::mknodat(rustix::fs::CWD, &path, rustix::fs::FileType::Fifo, rustix::fs::Mode::RWXU, 0).expect("a pipe");
        assert!(said().contains("keys.toml: it is a pipe, not a regular file; "), "{}", said());
        std::fs::remove_file(&path).expect("removed");
        std::fs::write(&path, "# \n".repeat(100_000)).expect("written");
        assert!(said().contains("keys.toml: it is larger than 256 KiB; "), "{}", said());
    }

    #[test]
    fn what_is_none_says_where() {
        let told = |text: &str| parse("keys.toml", text).expect_err("a flaw");
        assert!(told("sort = [\"S\"\n").starts_with("keys.toml:"), "{}", told("sort = [\"S\"\n"));
        assert!(told("a = 1\nsort = 5\n").starts_with("keys.toml:1:5: "), "{}", told("a = 1\nsort = 5\n"));
        assert!(told("sort = 5").contains("expected a key or a list of keys"), "{}", told("sort = 5"));
    }
}
