//! Themes of one's own: files `NAME.toml` in the folder `themes` beside the configuration. One that has the name of a theme of this program stands before it.

use super::diagnostic::Diagnostic;
use super::keys::Shape;
use super::place::{Layer, Origin, Place, Source};
use super::sources::{self, Sources};
use super::tree::{Entry, Node, Table};
use super::values;
use crate::theme::{self, AUTO, Depth, Theme, ThemeError};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::SystemTime;

/// The folder beside `config.toml`.
const FOLDER: &str = "themes";

/// Where themes are found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Themes {
    /// The strongest first.
    folders: Vec<PathBuf>,
}

/// By which a changed file is known: where it is, when it was changed, how long it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stamp(PathBuf, Option<SystemTime>, u64);

impl Themes {
    /// Beside the configuration that `sources` name.
    #[must_use]
    pub fn of(sources: &Sources) -> Self {
        Themes { folders: sources.beside(FOLDER) }
    }

    /// The names of themes of one's own, in their order.
    #[must_use]
    pub fn own(&self) -> Vec<String> {
        let files = self.folders.iter().filter_map(|folder| std::fs::read_dir(folder).ok()).flatten().flatten();
        let named = files.filter_map(|file| Some(file.file_name().to_str()?.strip_suffix(".toml")?.to_owned()));
        let mut names: Vec<String> = named.filter(|name| values::check(Shape::Name, name).is_ok()).collect();
        names.sort();
        names.dedup();
        names
    }

    /// The file of the theme called `name`; `None`: it is one of this program, or none.
    #[must_use]
    pub fn file(&self, name: &str) -> Option<PathBuf> {
        values::check(Shape::Name, name).ok()?;
        self.folders.iter().map(|folder| folder.join(format!("{name}.toml"))).find(|path| path.is_file())
    }

    /// Changes when the file of the theme called `name` does.
    #[must_use]
    pub fn stamp(&self, name: &str) -> Option<Stamp> {
        let path = self.file(name)?;
        let meta = std::fs::metadata(&path).ok()?;
        Some(Stamp(path, meta.modified().ok(), meta.len()))
    }

    /// Whether there is a theme called `name`.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        theme::names().any(|known| known == name) || self.file(name).is_some()
    }

    /// The theme called `name`.
    ///
    /// # Errors
    /// There is none, or its file cannot be read or used: where, and what was perhaps meant.
    pub fn read(&self, name: &str, depth: Depth) -> Result<Theme, Diagnostic> {
        let Some(path) = self.file(name) else {
            let broken = |error: ThemeError| Diagnostic::new(format!("theme {name}: {error}"));
            return theme::builtin(name, depth).ok_or_else(|| self.unknown(name))?.map_err(broken);
        };
        let (text, trust) = sources::read(Layer::User, &path)?.ok_or_else(|| self.unknown(name))?;
        Theme::parse(&text, depth).map_err(|ThemeError { what, at, meant }| {
            let source = Source { layer: Layer::User, origin: Origin::File(path), trust, group: false, text, hidden: Vec::new() };
            let said = Diagnostic::at(&Place::new(&Arc::new(source), at.unwrap_or(0..0)), what);
            match meant {
                Some((word, known)) => said.meant(&word, known.iter().map(String::as_str)),
                None => said,
            }
        })
    }

    fn unknown(&self, name: &str) -> Diagnostic {
        self.hinted(Diagnostic::new(format!("there is no theme called '{name}'")), name)
    }

    /// With what was perhaps meant, or what there is.
    fn hinted(&self, said: Diagnostic, name: &str) -> Diagnostic {
        let own = self.own();
        let mut all: Vec<&str> = theme::names().collect();
        all.push(AUTO);
        all.extend(own.iter().map(String::as_str));
        said.meant(name, all)
    }

    /// Says which themes the configuration names that there are not.
    pub(super) fn check(&self, root: &Table, found: &mut Vec<Diagnostic>) {
        let console = root.node("console").and_then(Node::table);
        let of_environments = console.and_then(|console| console.node("by_environment")).and_then(Node::table);
        let base = console.and_then(|console| console.node("theme")).map(|node| ("console.theme".to_owned(), node));
        let entries = of_environments.map(Table::entries).unwrap_or_default();
        let all = entries.iter().map(|Entry { name, node, .. }| (format!("console.by_environment.{name}"), node));
        for (key, node) in base.into_iter().chain(all) {
            if let Some(name) = node.text().filter(|name| *name != AUTO && !self.has(name)) {
                found.push(self.hinted(Diagnostic::at(&node.place, format!("{key}: there is no theme called '{name}'")), name));
            }
        }
    }
}
