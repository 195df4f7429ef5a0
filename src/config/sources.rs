//! Where the configuration is read from, and whether a file may be believed: owner, modes, size.

use super::diagnostic::Diagnostic;
use super::parse;
use super::path;
use super::place::{Layer, Origin, Trust};
use super::tree::Node;
use crate::text::untrusted::visible;
use std::io::Read;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// Prefix of variables that set one key: `OPSCTL__poll__fast=2s`.
const VARIABLE: &str = "OPSCTL__";
/// Largest file that is read, in bytes.
const LARGEST: u64 = 4 * 1024 * 1024;
/// The file that a working directory may have.
pub const PROJECT_FILE: &str = ".opsctl.toml";

/// All that the configuration may come from.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    /// Folder of the host: `/etc/opsctl`.
    pub system: Option<PathBuf>,
    /// Folder of the user: `$XDG_CONFIG_HOME/opsctl`.
    pub user: Option<PathBuf>,
    /// File of the working directory.
    pub project: Option<PathBuf>,
    /// A file, or a folder with `config.toml` and `clusters.d`, that stands in for the three above.
    pub chosen: Option<PathBuf>,
    /// Environment variables, name and value.
    pub variables: Vec<(String, String)>,
    /// `key=value` of each `--set`.
    pub set: Vec<String>,
}

impl Sources {
    /// The sources of this process. `config` and `set` come from the command line; `OPSCTL_CONFIG` is used when `config` is not given.
    #[must_use]
    pub fn standard(config: Option<PathBuf>, set: Vec<String>) -> Self {
        let named = || std::env::var_os("OPSCTL_CONFIG").filter(|name| !name.is_empty()).map(PathBuf::from);
        let home = || etcetera::home_dir().ok().map(|home| home.join(".config"));
        let xdg = std::env::var_os("XDG_CONFIG_HOME").map(PathBuf::from).filter(|path| path.is_absolute()).or_else(home);
        let variables = std::env::vars_os().filter_map(|(name, value)| {
            let name = name.into_string().ok().filter(|name| name.starts_with(VARIABLE))?;
            Some((name, value.to_string_lossy().into_owned()))
        });
        Sources {
            system: Some(PathBuf::from("/etc/opsctl")),
            user: xdg.map(|folder| folder.join("opsctl")),
            project: Some(PathBuf::from(PROJECT_FILE)),
            chosen: config.or_else(named),
            variables: variables.collect(),
            set,
        }
    }

    /// The folders called `name` beside the configuration, the strongest first.
    #[must_use]
    pub fn beside(&self, name: &str) -> Vec<PathBuf> {
        match &self.chosen {
            Some(chosen) if chosen.is_dir() => vec![chosen.join(name)],
            Some(chosen) => chosen.parent().map(|folder| folder.join(name)).into_iter().collect(),
            None => [&self.user, &self.system].into_iter().flatten().map(|folder| folder.join(name)).collect(),
        }
    }

    /// One file and nothing else.
    #[must_use]
    pub fn only(file: impl Into<PathBuf>) -> Self {
        Sources { chosen: Some(file.into()), ..Sources::default() }
    }
}

/// What was read, the weakest layer first.
#[derive(Default)]
pub(super) struct Gathered {
    pub(super) trees: Vec<Node>,
    pub(super) files: Vec<PathBuf>,
    pub(super) found: Vec<Diagnostic>,
}

/// Reads all sources.
pub(super) fn gather(sources: &Sources) -> Gathered {
    let mut all = Gathered::default();
    match parse::file(include_str!("builtin.toml").to_owned(), Layer::BuiltIn, Origin::BuiltIn, Trust::Whole, false) {
        Ok(tree) => all.trees.push(tree),
        Err(found) => all.found.extend(found),
    }
    match &sources.chosen {
        Some(chosen) if chosen.is_dir() => {
            all.folder(Layer::Chosen, chosen);
            if all.files.is_empty() && all.found.is_empty() {
                let error = Diagnostic::new(format!(
                    "{} is a folder without a configuration: it has neither config.toml nor clusters.d/*.toml",
                    chosen.display()
                ));
                let hint = format!(
                    "name a file or another folder with --config or OPSCTL_CONFIG; `opsctl init {}/config.toml` writes one",
                    chosen.display()
                );
                all.found.push(error.hint(hint));
            }
        }
        Some(chosen) => {
            if !all.file(Layer::Chosen, chosen, false) {
                all.found.push(
                    Diagnostic::new(format!("there is no file {}", chosen.display())).hint("look at --config and at the variable OPSCTL_CONFIG"),
                );
            }
        }
        None => {
            for (layer, folder) in [(Layer::System, &sources.system), (Layer::User, &sources.user)] {
                if let Some(folder) = folder {
                    all.folder(layer, folder);
                }
            }
            if let Some(project) = &sources.project {
                all.file(Layer::Project, project, false);
            }
        }
    }
    let mut variables: Vec<&(String, String)> = sources.variables.iter().collect();
    variables.sort();
    for (name, value) in variables {
        all.variable(name, value);
    }
    for text in &sources.set {
        all.argument(text);
    }
    all
}

impl Gathered {
    fn folder(&mut self, layer: Layer, folder: &Path) {
        self.file(layer, &folder.join("config.toml"), false);
        let groups = folder.join("clusters.d");
        let listing = match std::fs::read_dir(&groups) {
            Ok(listing) => listing,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return,
            Err(error) => return self.found.push(unreadable(&groups, &error)),
        };
        let mut files: Vec<PathBuf> = Vec::new();
        for item in listing {
            match item {
                Ok(item) if item.path().extension().is_some_and(|extension| extension == "toml") => files.push(item.path()),
                Ok(_) => {}
                Err(error) => self.found.push(unreadable(&groups, &error)),
            }
        }
        files.sort();
        for file in files {
            self.file(layer, &file, true);
        }
    }

    /// Reads one file. `false`: there is none.
    fn file(&mut self, layer: Layer, path: &Path, group: bool) -> bool {
        let (text, trust) = match read(layer, path) {
            Ok(Some(read)) => read,
            Ok(None) => return false,
            Err(error) => {
                self.found.push(error);
                return true;
            }
        };
        self.files.push(path.to_owned());
        match parse::file(text, layer, Origin::File(path.to_owned()), trust, group) {
            Ok(tree) => self.trees.push(tree),
            Err(found) => self.found.extend(found),
        }
        true
    }

    fn variable(&mut self, name: &str, value: &str) {
        let mut at = VARIABLE.len();
        let mut parts = Vec::new();
        for part in name.get(at..).unwrap_or("").split("__") {
            // shells write variables in capitals; no key has any
            let key = if part.chars().any(char::is_lowercase) { part.to_owned() } else { part.to_lowercase() };
            parts.push((key, at..at + part.len()));
            at += part.len() + 2;
        }
        if parts.iter().any(|(part, _)| part.is_empty()) {
            let error = Diagnostic::new(format!("{} names no key", visible(name)));
            return self.found.push(error.hint("the form is OPSCTL__section__key=value: OPSCTL__poll__fast=2s"));
        }
        let text = format!("{name}={value}");
        self.trees.push(parse::setting(text, Layer::Environment, &Origin::Variable(name.to_owned()), &parts, name.len() + 1));
    }

    fn argument(&mut self, text: &str) {
        let form = "the form is --set KEY=VALUE: --set poll.fast=2s";
        // a name in quotes may have the sign in it
        let mut quoted = false;
        let at = text.find(|c: char| {
            quoted ^= c == '"';
            c == '=' && !quoted
        });
        let Some((key, _)) = at.and_then(|at| text.split_at_checked(at)) else {
            return self.found.push(Diagnostic::new("--set without a value").hint(form));
        };
        match path::split(key) {
            Ok(parts) => self.trees.push(parse::setting(text.to_owned(), Layer::Flag, &Origin::Argument, &parts, key.len() + 1)),
            Err((what, _)) => self.found.push(Diagnostic::new(format!("--set {}: {what}", visible(key))).hint(form)),
        }
    }
}

/// The text of a file that is no layer of the configuration, such as a runbook. `named`: a person named it, and it may belong to somebody else.
///
/// # Errors
/// It is not there, cannot be read, or others can change it.
pub fn text(path: &Path, named: bool) -> Result<String, Diagnostic> {
    let layer = if named { Layer::Chosen } else { Layer::User };
    read(layer, path)?.map(|(text, _)| text).ok_or_else(|| Diagnostic::new(format!("there is no file {}", path.display())))
}

/// The text of one file, and how much it may decide; `None`: there is none.
///
/// # Errors
/// It cannot be read, or may not be believed.
pub(super) fn read(layer: Layer, path: &Path) -> Result<Option<(String, Trust)>, Diagnostic> {
    let fail = |what: &str| Diagnostic::new(format!("{} {what}", path.display()));
    let opened = std::fs::OpenOptions::new()
        .read(true)
        // a named pipe must not hang the start
        .custom_flags(i32::try_from(rustix::fs::OFlags::NONBLOCK.bits()).unwrap_or(0))
        .open(path);
    let file = match opened {
        Ok(file) => file,
        Err(error) if matches!(error.kind(), std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory) => return Ok(None),
        Err(error) => return Err(unreadable(path, &error)),
    };
    let meta = file.metadata().map_err(|error| unreadable(path, &error))?;
    if !meta.is_file() {
        return Err(fail("is not a regular file").hint("name a file, or a folder with config.toml or clusters.d/*.toml in it"));
    }
    let trust = believe(layer, meta.mode(), meta.uid(), rustix::process::geteuid().as_raw())
        .map_err(|(what, cure)| fail(&what).hint(format!("{cure} {}", path.display())))?;
    let mut bytes = Vec::new();
    file.take(LARGEST + 1).read_to_end(&mut bytes).map_err(|error| unreadable(path, &error))?;
    if bytes.len() as u64 > LARGEST {
        return Err(fail("is larger than 4 MiB").hint("is it a configuration? Clusters may be spread over files in clusters.d"));
    }
    let not_utf8 = |error: std::string::FromUtf8Error| fail(&format!("is not UTF-8 from byte {} on", error.utf8_error().valid_up_to() + 1));
    let text = String::from_utf8(bytes).map_err(|error| not_utf8(error).hint("write it in UTF-8; TOML knows no other"))?;
    Ok(Some((text, trust)))
}

fn unreadable(path: &Path, error: &std::io::Error) -> Diagnostic {
    let shown = path.display();
    let said = Diagnostic::new(format!("{shown} cannot be read: {error}"));
    match error.kind() {
        std::io::ErrorKind::PermissionDenied => {
            said.hint(format!("look at owner and mode of it and of each folder above: `namei -l {shown}`; --config names another file"))
        }
        _ => said.hint("look at the file system it lies on; --config names another file"),
    }
}

/// How much a file of this mode and owner may decide, or why it is not read at all and what cures that.
fn believe(layer: Layer, mode: u32, owner: u32, me: u32) -> Result<Trust, (String, &'static str)> {
    if mode & 0o022 != 0 {
        return Err((format!("has mode {:04o}: others can change it", mode & 0o7777), "chmod go-w"));
    }
    let ours = owner == me || owner == 0;
    match layer {
        Layer::Chosen if !ours => Ok(Trust::NoPrograms),
        _ if !ours => Err(("belongs to somebody else".to_owned(), "look at the owner of")),
        Layer::Project if owner != me || mode & 0o077 != 0 => Ok(Trust::Looks),
        _ => Ok(Trust::Whole),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_may_not_be_read_says_where_to_look() {
        let error = unreadable(Path::new("/etc/opsctl/config.toml"), &std::io::Error::from(std::io::ErrorKind::PermissionDenied)).render();
        assert!(
            error.contains("/etc/opsctl/config.toml cannot be read: permission denied") && error.contains("namei -l /etc/opsctl/config.toml"),
            "{error}"
        );
    }

    #[test]
    fn a_file_is_believed_by_owner_and_mode() {
        let me = 1_000;
        for (layer, mode, owner, expected) in [
            (Layer::User, 0o644, me, Some(Trust::Whole)),
            (Layer::System, 0o644, 0, Some(Trust::Whole)),
            (Layer::User, 0o664, me, None),
            (Layer::Chosen, 0o602, me, None),
            (Layer::User, 0o600, 1_001, None),
            (Layer::Chosen, 0o600, 1_001, Some(Trust::NoPrograms)),
            (Layer::Project, 0o600, me, Some(Trust::Whole)),
            (Layer::Project, 0o640, me, Some(Trust::Looks)),
            (Layer::Project, 0o644, 0, Some(Trust::Looks)),
            (Layer::Project, 0o600, 1_001, None),
        ] {
            assert_eq!(believe(layer, mode, owner, me).ok(), expected, "{layer:?} {mode:o} {owner}");
        }
    }
}
