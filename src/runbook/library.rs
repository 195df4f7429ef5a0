//! The runbooks that there are: those of this program, and those of one's own in the folder `runbooks` beside the configuration, which stand before
//! the shipped ones of the same name.
//!
//! It must never leave a broken file out: it is listed with what is wrong with it, and nobody falls back to the shipped one by accident.

use super::format::{Judged, Runbook};
use super::parse::parse;
use super::validate::{Others, validate};
use crate::config::{Diagnostic, Sources, diagnostic, sources};
use jiff::civil::Date;
use std::path::{Path, PathBuf};

/// The folder beside `config.toml`.
const FOLDER: &str = "runbooks";

/// Those of this program.
static SHIPPED: &[(&str, &str)] = &[
    ("drill", include_str!("../../runbooks/drill.toml")),
    ("failover", include_str!("../../runbooks/failover.toml")),
    ("pause", include_str!("../../runbooks/pause.toml")),
    ("restart", include_str!("../../runbooks/restart.toml")),
    ("resume", include_str!("../../runbooks/resume.toml")),
    ("switchover", include_str!("../../runbooks/switchover.toml")),
];

/// Where a runbook comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Part of this program.
    Shipped,
    File(PathBuf),
}

/// One runbook, or what keeps it from being one.
#[derive(Debug)]
pub struct Entry {
    /// As its file is called.
    pub name: String,
    pub origin: Origin,
    /// Whether it stands before a shipped one.
    pub overrides: bool,
    pub text: String,
    pub parsed: Result<Runbook, Vec<Diagnostic>>,
}

/// All of them, by name.
#[derive(Debug, Default)]
pub struct Library {
    entries: Vec<Entry>,
}

impl Library {
    /// Those of this program and those beside the configuration that `sources` name.
    #[must_use]
    pub fn of(sources: &Sources) -> Library {
        let mut library = Library::shipped();
        // the strongest first, so it is put in last
        for folder in sources.beside(FOLDER).iter().rev() {
            for path in files(folder) {
                library.take(Entry::read(&path, false));
            }
        }
        library
    }

    /// Those of this program.
    #[must_use]
    pub fn shipped() -> Library {
        let entry = |(name, text): &(&str, &str)| Entry {
            name: (*name).to_owned(),
            origin: Origin::Shipped,
            overrides: false,
            text: (*text).to_owned(),
            parsed: parse(text, PathBuf::from(format!("built-in/{name}.toml"))),
        };
        Library { entries: SHIPPED.iter().map(entry).collect() }
    }

    /// Puts `entry` in; it stands before another of its name.
    pub fn take(&mut self, mut entry: Entry) {
        entry.overrides = entry.origin != Origin::Shipped && SHIPPED.iter().any(|(name, _)| *name == entry.name);
        self.entries.retain(|other| other.name != entry.name);
        self.entries.push(entry);
        self.entries.sort_by(|one, other| one.name.cmp(&other.name));
    }

    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    #[must_use]
    pub fn find(&self, name: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.name == name)
    }

    /// What is wrong with `entry`, which may be one of these or a file of its own.
    #[must_use]
    pub fn judge(&self, entry: &Entry, today: Date) -> Judged {
        match &entry.parsed {
            Ok(runbook) => validate(runbook, self, today),
            Err(found) => Judged { errors: found.clone(), warnings: Vec::new() },
        }
    }
}

impl Others for Library {
    fn runbook(&self, name: &str) -> Option<&Runbook> {
        self.find(name)?.parsed.as_ref().ok()
    }

    fn names(&self) -> Vec<String> {
        self.entries.iter().map(|entry| entry.name.clone()).collect()
    }
}

impl Entry {
    /// Reads a file; one that cannot be read is an entry that says so. `named`: a person named it, and it may belong to somebody else.
    #[must_use]
    pub fn read(path: &Path, named: bool) -> Entry {
        let name = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let (text, parsed) = match sources::text(path, named) {
            Err(error) => (String::new(), Err(vec![error])),
            Ok(text) => {
                let parsed = parse(&text, path.to_owned());
                (text, parsed)
            }
        };
        Entry { name, origin: Origin::File(path.to_owned()), overrides: false, text, parsed }
    }

    /// Where it comes from, in words.
    #[must_use]
    pub fn place(&self) -> String {
        match &self.origin {
            Origin::Shipped => "shipped".to_owned(),
            Origin::File(path) => path.to_string_lossy().into_owned(),
        }
    }
}

/// The files `*.toml` of a folder, in order. A folder that is not there has none.
fn files(folder: &Path) -> Vec<PathBuf> {
    let listing = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut files: Vec<PathBuf> =
        listing.map(|entry| entry.path()).filter(|path| path.extension().is_some_and(|extension| extension == "toml")).collect();
    files.sort();
    files
}

/// All that is wrong, as one text: errors, then warnings.
#[must_use]
pub fn render(judged: &Judged) -> String {
    let warnings = judged.warnings.iter().map(|warning| warning.render_as("warning"));
    let errors = (!judged.errors.is_empty()).then(|| diagnostic::render(&judged.errors));
    errors.into_iter().chain(warnings).collect::<Vec<_>>().join("\n\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn today() -> Date {
        jiff::civil::date(2026, 11, 22)
    }

    #[test]
    fn every_shipped_runbook_is_whole_and_warns_only_that_nobody_has_rehearsed_it_yet() {
        let library = Library::shipped();
        assert_eq!(library.entries().len(), SHIPPED.len());
        for entry in library.entries() {
            let judged = library.judge(entry, today());
            let rehearsal = |said: &str| said.contains("was never rehearsed");
            let others = judged.warnings.iter().filter(|warning| !rehearsal(&warning.render_as("warning"))).count();
            assert!(judged.errors.is_empty() && others == 0, "{}:\n{}", entry.name, render(&judged));
        }
    }

    #[test]
    fn a_file_of_ones_own_stands_before_the_shipped_one_even_when_it_is_broken() {
        let folder = tempfile::tempdir().expect("folder");
        std::fs::create_dir(folder.path().join(FOLDER)).expect("folder");
        for (name, text) in [("switchover.toml", "broken"), ("mine.toml", "opsctl = 1"), ("notes.md", "no runbook")] {
            std::fs::write(folder.path().join(FOLDER).join(name), text).expect("written");
        }
        let library = Library::of(&Sources::only(folder.path()));
        let names: Vec<(&str, bool, bool)> =
            library.entries().iter().map(|entry| (entry.name.as_str(), entry.overrides, entry.parsed.is_ok())).collect();
        assert_eq!(
            names,
            [
                ("drill", false, true),
                ("failover", false, true),
                ("mine", false, false),
                ("pause", false, true),
                ("restart", false, true),
                ("resume", false, true),
                ("switchover", true, false)
            ]
        );
    }
}
