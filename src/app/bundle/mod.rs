//! A bundle of an incident for people who have no access here: what was observed, what was found, how it is configured, and a manifest of it all.
//!
//! It must never hold a secret, where one lies, or the text of a statement: statements carry what customers typed. Addresses and names stay: without them
//! nothing is told. The pages are made from the recording that was redacted first; the log and the configuration go through the same redaction. What it
//! cannot know is said in the manifest: a statement is known by the readings that held it, in any instant, and short ones are not looked for in words.

mod redact;

use self::redact::{Redaction, TELLING, unreferenced};
use super::history::History;
use super::load::{self, Wanted};
use super::record::Recording;
use super::views::{Pick, VIEWS};
use super::{json, settings};
use crate::fleet::record::{Head, RecordError, Writer};
use crate::model::{Fingerprint, Moment};
use serde_json::{Value, json};
use std::fs::{DirBuilder, File, OpenOptions};
use std::hash::Hasher;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// The end of the log that is taken along, in bytes.
const LOG: u64 = 256 * 1024;
/// The views that are written as JSON.
const PAGES: &[&str] = &["status", "findings", "topology", "doctor"];

/// What a bundle is made of.
pub struct Parts<'a> {
    pub history: &'a dyn History,
    /// The configuration to explain; its secrets are hidden.
    pub wanted: Option<&'a Wanted>,
    pub log: Option<&'a Path>,
    pub at: Moment,
}

/// What was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    pub folder: PathBuf,
    pub files: usize,
    pub instants: usize,
}

/// Why no bundle was written.
#[derive(Debug, thiserror::Error)]
pub enum BundleError {
    #[error("there is no folder {} to write a bundle into ({error}); `bundle FOLDER` takes one that exists, `bundle` alone the one that opsctl was started in", path.display())]
    NoFolder { path: PathBuf, error: io::Error },
    #[error("the bundle {} cannot be written: {error}; `bundle FOLDER` writes it elsewhere", path.display())]
    Write { path: PathBuf, error: io::Error },
    #[error("what is remembered cannot be read: {0}")]
    Read(#[from] RecordError),
}

/// Bundles of one second, one beside the other.
const MOST: usize = 100;

/// Writes a new folder below `asked`, which exists; nothing that is there already is touched. What came of a bundle that fails is removed again.
///
/// # Errors
/// There is no such folder, nothing is remembered, it cannot be read, or the bundle cannot be written.
pub fn write(asked: &Path, parts: &Parts<'_>) -> Result<Written, BundleError> {
    // the whole way: a person has to find it, and hands it on
    let root = asked.canonicalize().and_then(|found| if found.is_dir() { Ok(found) } else { Err(io::ErrorKind::NotADirectory.into()) });
    let root = root.map_err(|error| BundleError::NoFolder { path: asked.to_owned(), error })?;
    let folder = new_folder(&root, parts.at)?;
    let written = fill(&folder, parts);
    if written.is_err() {
        // it was made here and holds nothing else
        let _left = std::fs::remove_dir_all(&folder);
    }
    written
}

/// Makes a folder for a bundle of `at` in `root`.
fn new_folder(root: &Path, at: Moment) -> Result<PathBuf, BundleError> {
    let name = format!("opsctl-bundle-{}", at.wall.strftime("%Y%m%dT%H%M%SZ"));
    let names = std::iter::once(name.clone()).chain((2..MOST).map(|number| format!("{name}-{number}")));
    let mut taken = None;
    for path in names.map(|name| root.join(name)) {
        match DirBuilder::new().mode(0o700).create(&path) {
            Ok(()) => return Ok(path),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => taken = Some(BundleError::Write { path, error }),
            Err(error) => return Err(BundleError::Write { path, error }),
        }
    }
    Err(taken.unwrap_or_else(|| BundleError::Write { path: root.to_owned(), error: io::ErrorKind::AlreadyExists.into() }))
}

/// Writes the files of a bundle into `folder`, which is new.
fn fill(folder: &Path, parts: &Parts<'_>) -> Result<Written, BundleError> {
    let folder = folder.to_owned();
    let failed = |error: io::Error| BundleError::Write { path: folder.clone(), error };
    let mut bundle = Bundle { folder: folder.clone(), files: Vec::new() };
    let (recording, redaction) = recording(parts.history)?;
    bundle.file("recording.opr", &recording).map_err(failed)?;
    let replayed = Recording::of(Box::new(recording))?;
    let instants = replayed.stops().len();
    let last = replayed.instant(instants.saturating_sub(1))?;
    for view in VIEWS.iter().filter(|view| PAGES.contains(&view.name)) {
        // a page of everything cannot have been asked for wrongly
        let Ok(page) = (view.page)(&last, &Pick::default()) else { continue };
        let mut page = json::document(&page, last.now);
        unreferenced(&mut page);
        bundle.json(&format!("{}.json", view.name), &page).map_err(failed)?;
    }
    let config = parts.wanted.map(|wanted| match load::config(wanted) {
        Ok(config) => settings::explained(&config, None)
            .map_or_else(|error| json!({ "error": error.to_string() }), |explained| json::document(&settings::page(&explained), last.now)),
        Err(error) => json!({ "error": error.to_string() }),
    });
    if let Some(mut config) = config {
        redaction.replace(&mut config);
        unreferenced(&mut config);
        bundle.json("config.json", &config).map_err(failed)?;
    }
    if let Some(log) = parts.log.and_then(|log| tail(log).ok()) {
        bundle.file("log.jsonl", &redaction.log(&log)).map_err(failed)?;
    }
    let files = bundle.files.len() + 1;
    let manifest = json!({
        "apiVersion": json::API_VERSION, "kind": "bundle", "made_by": Head::new(1).made_by, "at": parts.at.wall,
        "left_out": [
            "texts of statements that a reading of any instant holds, also where findings or the log repeat them",
            "evidence of lock-tree and long-transaction that could no longer be confirmed",
            "secrets and where they lie",
        ],
        "kept": [
            "names, addresses and paths",
            format!("in words of findings and of the log: statements of less than {TELLING} bytes, and those that no reading holds"),
        ],
        "files": bundle.files.clone(),
    });
    bundle.json("manifest.json", &manifest).map_err(failed)?;
    Ok(Written { folder, files, instants })
}

struct Bundle {
    folder: PathBuf,
    files: Vec<Value>,
}

impl Bundle {
    fn json(&mut self, name: &str, value: &Value) -> io::Result<()> {
        self.file(name, format!("{value:#}\n").as_bytes())
    }

    fn file(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(self.folder.join(name))?;
        file.write_all(bytes)?;
        let mut check = Fingerprint::new();
        check.write(bytes);
        self.files.push(json!({ "name": name, "bytes": bytes.len(), "fnv64": format!("{:016x}", check.finish()) }));
        Ok(())
    }
}

/// Everything that is remembered as a recording without statements, and what was left out.
fn recording(history: &dyn History) -> Result<(Vec<u8>, Redaction), RecordError> {
    let mut redaction = Redaction::default();
    // a finding repeats a statement after its reading is gone, a rule may look back: all are known before the first is replaced
    history.each(&mut |_stop, docs| {
        redaction.learn(&docs);
        Ok(())
    })?;
    let mut writer = Writer::default();
    let mut bytes = Writer::begin(&Head::new(1));
    history.each(&mut |stop, docs| {
        // what was observed meanwhile was not learnt yet
        redaction.learn(&docs);
        bytes.extend(writer.instant(stop.at, stop.marked, &redaction.redacted(&docs)).map_err(io::Error::other)?);
        Ok(())
    })?;
    Ok((bytes, redaction))
}

fn tail(log: &Path) -> io::Result<Vec<u8>> {
    let mut file = File::open(log)?;
    let begin = file.metadata()?.len().saturating_sub(LOG);
    file.seek(SeekFrom::Start(begin))?;
    let mut bytes = Vec::new();
    file.take(LOG).read_to_end(&mut bytes)?;
    // a line that was cut in two is left out
    let whole = if begin == 0 { 0 } else { bytes.iter().position(|byte| *byte == b'\n').map_or(bytes.len(), |at| at + 1) };
    bytes.drain(..whole);
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::history::{Found, Step};
    use crate::fleet::record::{Docs, Reader, Stop};
    use crate::model::Clock;

    /// Readings of a moment, one document each.
    #[derive(Debug)]
    struct Told(Reader);

    impl Told {
        fn of(instants: &[Value]) -> Told {
            let mut writer = Writer::default();
            let mut bytes = Writer::begin(&Head::new(1));
            for instant in instants {
                let docs = Docs::from([("doc".to_owned(), instant.to_string().into_bytes().into())]);
                bytes.extend(writer.instant(Clock::real().now(), false, &docs).expect("written"));
            }
            Told(Reader::open(Box::new(bytes)).expect("opens"))
        }
    }

    impl History for Told {
        fn span(&self) -> Option<(Moment, Moment)> {
            None
        }

        fn near(&self, _from: Moment, _step: Step) -> Result<Found, String> {
            Ok(Found::Newest)
        }

        fn each(&self, take: &mut dyn FnMut(&Stop, Docs) -> io::Result<()>) -> Result<(), RecordError> {
            for (number, stop) in self.0.stops().iter().enumerate() {
                take(stop, self.0.docs(number)?)?;
            }
            Ok(())
        }
    }

    /// What has seen nothing yet.
    #[derive(Debug)]
    struct Nothing;

    impl History for Nothing {
        fn span(&self) -> Option<(Moment, Moment)> {
            None
        }

        fn near(&self, _from: Moment, _step: Step) -> Result<Found, String> {
            Ok(Found::Newest)
        }

        fn each(&self, _take: &mut dyn FnMut(&Stop, Docs) -> io::Result<()>) -> Result<(), RecordError> {
            Ok(())
        }
    }

    #[test]
    fn a_bundle_goes_into_a_new_folder_of_one_that_exists_and_over_nothing() {
        let place = tempfile::tempdir().expect("folder");
        let file = place.path().join("file");
        std::fs::write(&file, "of somebody").expect("written");
        let parts = Parts { history: &Nothing, wanted: None, log: None, at: Clock::real().now() };
        for (asked, why) in [(place.path().join("gone"), "No such file"), (file.clone(), "not a directory")] {
            let error = write(&asked, &parts).expect_err("refused").to_string();
            assert!(
                error.starts_with(&format!("there is no folder {}", asked.display())) && error.contains(why) && error.contains("one that exists"),
                "{error}"
            );
        }
        // the names of this second are taken, by a file and by a link to somebody's folder
        let name = format!("opsctl-bundle-{}", parts.at.wall.strftime("%Y%m%dT%H%M%SZ"));
        let elsewhere = tempfile::tempdir().expect("folder");
        std::fs::write(place.path().join(&name), "of somebody").expect("written");
        std::os::unix::fs::symlink(elsewhere.path(), place.path().join(format!("{name}-2"))).expect("linked");
        let made = new_folder(&place.path().canonicalize().expect("there"), parts.at).expect("made");
        assert_eq!(made.file_name(), Some(format!("{name}-3").as_ref()));
        // nothing is remembered: what was begun is gone
        write(place.path(), &parts).expect_err("nothing is remembered");
        let mut left: Vec<_> =
            std::fs::read_dir(place.path()).expect("read").map(|entry| entry.expect("entry").file_name().to_string_lossy().into_owned()).collect();
        left.sort();
        assert_eq!(left, ["file".to_owned(), name.clone(), format!("{name}-2"), format!("{name}-3")]);
        assert_eq!(std::fs::read_dir(elsewhere.path()).expect("read").count(), 0);
        assert_eq!(std::fs::read_to_string(place.path().join(&name)).expect("read"), "of somebody");
    }

    #[test]
    fn a_statement_is_left_out_before_and_after_the_instant_that_holds_it() {
        let typed = "update accounts set iban = 'DE02'";
        let repeated = json!({ "fact": format!("last statement: {typed}") });
        let told = Told::of(&[repeated.clone(), json!({ "query": typed }), repeated]);
        let (bytes, _) = recording(&told).expect("written");
        let reader = Reader::open(Box::new(bytes)).expect("opens");
        let texts: Vec<String> = (0..3).map(|number| String::from_utf8_lossy(&reader.docs(number).expect("docs")["doc"]).into_owned()).collect();
        let without = r#"{"fact":"last statement: (left out)"}"#;
        assert_eq!(texts, [without, r#"{"query":"(left out)"}"#, without]);
    }
}
