//! References to secrets as they are written: `file:PATH`, `env:NAME`, `pgpass`, `pgpass:PATH`, `yaml:PATH#KEY.KEY`, `cmd:["argv0", "argv1"]`, `{ cmd = [..] }`.
//!
//! An error of this file never repeats what was written: it may be the secret itself.

use super::place::Source;
use super::tree::{Node, Value};
use crate::model::SecretRef;
use std::path::Path;

/// All forms, for a hint.
pub(super) const FORMS: &str =
    "write where the secret lies: \"file:PATH\", \"env:NAME\", \"pgpass\", \"pgpass:PATH\" or { cmd = [\"PROGRAM\", \"ARGUMENT\"] }";

/// Reads the text form.
///
/// # Errors
/// What is wrong, without the text.
pub fn parse(text: &str) -> Result<SecretRef, &'static str> {
    if text == "pgpass" {
        return Ok(SecretRef::Pgpass(None));
    }
    let plain = "a secret in plain text; only a reference may stand here";
    let (scheme, rest) = text.split_once(':').ok_or(plain)?;
    let filled = |missing| if rest.trim().is_empty() { Err(missing) } else { Ok(rest.to_owned()) };
    match scheme {
        "file" => filled("`file:` without a path").map(SecretRef::File),
        "env" if rest.is_empty() || !rest.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') => {
            Err("`env:` takes the name of a variable: letters, digits and _")
        }
        "env" => Ok(SecretRef::Env(rest.to_owned())),
        "pgpass" => filled("`pgpass:` without a path").map(|path| SecretRef::Pgpass(Some(path))),
        "yaml" => match rest.split_once('#') {
            Some((file, keys)) if !file.trim().is_empty() && keys.split('.').all(|key| !key.is_empty()) => {
                Ok(SecretRef::Yaml { file: file.to_owned(), keys: keys.split('.').map(str::to_owned).collect() })
            }
            _ => Err("`yaml:` takes a path and the keys below it, yaml:PATH#KEY.KEY"),
        },
        "cmd" => match serde_json::from_str::<Vec<String>>(rest) {
            Ok(argv) => command(argv),
            Err(_quotes_the_text) => Err("`cmd:` needs a list of texts, [\"PROGRAM\", \"ARGUMENT\"]; no shell reads it"),
        },
        _ => Err(plain),
    }
}

fn command(argv: Vec<String>) -> Result<SecretRef, &'static str> {
    match argv.first() {
        Some(program) if !program.trim().is_empty() => Ok(SecretRef::Cmd(argv)),
        _ => Err("`cmd` names no program"),
    }
}

/// Reads a reference in either form; paths become absolute as seen from the file that names them.
///
/// # Errors
/// As [`parse`].
pub(super) fn of(node: &Node) -> Result<SecretRef, &'static str> {
    let reference = match &node.value {
        Value::Table(table) => match table.entries() {
            [entry] if entry.name == "cmd" => match &entry.node.value {
                Value::List(items) => {
                    let argv: Option<Vec<String>> = items.iter().map(|item| item.text().map(str::to_owned)).collect();
                    command(argv.ok_or("`cmd` is a list of texts: [\"PROGRAM\", \"ARGUMENT\"]")?)
                }
                _ => Err("`cmd` is a list of texts: [\"PROGRAM\", \"ARGUMENT\"]"),
            },
            _ => Err("a reference as a table has the one key `cmd`"),
        },
        _ => parse(node.text().ok_or("a reference is a text or { cmd = [..] }")?),
    }?;
    Ok(match reference {
        SecretRef::File(path) => SecretRef::File(absolute(&path, &node.place.source)),
        SecretRef::Pgpass(Some(path)) => SecretRef::Pgpass(Some(absolute(&path, &node.place.source))),
        SecretRef::Yaml { file, keys } => SecretRef::Yaml { file: absolute(&file, &node.place.source), keys },
        other => other,
    })
}

/// `path` as seen from the folder of `source`; `~/` is the home directory.
#[must_use]
pub(super) fn absolute(path: &str, source: &Source) -> String {
    if let (Some(below), Ok(home)) = (path.strip_prefix("~/"), etcetera::home_dir()) {
        return home.join(below).to_string_lossy().into_owned();
    }
    let joined = source.folder().unwrap_or(Path::new("")).join(path);
    std::path::absolute(&joined).unwrap_or(joined).to_string_lossy().into_owned()
}
