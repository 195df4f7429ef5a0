//! A bundle of an incident for people who have no access here: what was observed, what was found, how it is configured, and a manifest of it all.
//!
//! It must never hold a secret or the text of a statement: statements carry what customers typed. Addresses and names stay: without them nothing is told.
//! Everything else in it is made from the recording that was redacted first, so that nothing can get around the redaction.

use super::history::History;
use super::load::{self, Wanted};
use super::record::Recording;
use super::views::{Pick, VIEWS};
use super::{json, settings};
use crate::fleet::record::{Docs, Head, RecordError, Writer};
use crate::model::{Fingerprint, Moment};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs::{DirBuilder, File, OpenOptions};
use std::hash::Hasher;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// What stands where a statement stood.
const LEFT_OUT: &str = "(left out)";
/// Keys of snapshots that hold statements.
const STATEMENTS: &[&str] = &["query"];
/// A text shorter than this, `begin` or `commit`, says nothing of anybody and stands in too many other words.
const TELLING: usize = 12;
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
    #[error("the bundle {} cannot be written: {error}", path.display())]
    Write { path: PathBuf, error: io::Error },
    #[error("what is remembered cannot be read: {0}")]
    Read(#[from] RecordError),
}

/// Writes a new folder below `root`.
///
/// # Errors
/// Nothing is remembered, it cannot be read, or the folder cannot be written.
pub fn write(root: &Path, parts: &Parts<'_>) -> Result<Written, BundleError> {
    let folder = root.join(format!("opsctl-bundle-{}", parts.at.wall.strftime("%Y%m%dT%H%M%SZ")));
    let failed = |error: io::Error| BundleError::Write { path: folder.clone(), error };
    DirBuilder::new().mode(0o700).create(&folder).map_err(failed)?;
    let mut bundle = Bundle { folder: folder.clone(), files: Vec::new() };
    let recording = recording(parts.history)?;
    bundle.file("recording.opr", &recording).map_err(failed)?;
    let replayed = Recording::of(Box::new(recording))?;
    let instants = replayed.stops().len();
    let last = replayed.instant(instants.saturating_sub(1))?;
    for view in VIEWS.iter().filter(|view| PAGES.contains(&view.name)) {
        // a page of everything cannot have been asked for wrongly
        let Ok(page) = (view.page)(&last, &Pick::default()) else { continue };
        bundle.json(&format!("{}.json", view.name), &json::document(&page, last.now)).map_err(failed)?;
    }
    let config = parts.wanted.map(|wanted| match load::config(wanted) {
        Ok(config) => settings::explained(&config, None)
            .map_or_else(|error| json!({ "error": error.to_string() }), |explained| json::document(&settings::page(&explained), last.now)),
        Err(error) => json!({ "error": error.to_string() }),
    });
    if let Some(config) = config {
        bundle.json("config.json", &config).map_err(failed)?;
    }
    if let Some(log) = parts.log.and_then(|log| tail(log).ok()) {
        bundle.file("log.jsonl", &log).map_err(failed)?;
    }
    let files = bundle.files.len() + 1;
    let manifest = json!({
        "apiVersion": json::API_VERSION, "kind": "bundle", "made_by": Head::new(1).made_by, "at": parts.at.wall,
        "left_out": ["texts of statements", "secrets and where they lie"], "files": bundle.files.clone(),
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

/// Everything that is remembered as a recording without statements.
fn recording(history: &dyn History) -> Result<Vec<u8>, RecordError> {
    let mut writer = Writer::default();
    let mut bytes = Writer::begin(&Head::new(1));
    history.each(&mut |stop, docs| {
        bytes.extend(writer.instant(stop.at, stop.marked, &redacted(&docs)).map_err(io::Error::other)?);
        Ok(())
    })?;
    Ok(bytes)
}

/// `docs` without the texts of statements, wherever they stand: a finding repeats them in its words.
fn redacted(docs: &Docs) -> Docs {
    let mut values: Vec<(&String, Option<Value>)> = docs.iter().map(|(name, text)| (name, serde_json::from_slice(text).ok())).collect();
    let mut statements = BTreeSet::new();
    for (_, value) in &mut values {
        if let Some(value) = value {
            take_out(value, &mut statements);
        }
    }
    let statements: Vec<String> = statements.into_iter().filter(|text| text.len() >= TELLING).collect();
    for (_, value) in &mut values {
        if let Some(value) = value {
            replace(value, &statements);
        }
    }
    // what is no JSON is nothing that a recorder wrote, and nothing that anybody could read
    let texts = values.into_iter().filter_map(|(name, value)| Some((name.clone(), value?.to_string().into_bytes().into())));
    texts.collect()
}

fn take_out(value: &mut Value, statements: &mut BTreeSet<String>) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                match value {
                    Value::String(text) if STATEMENTS.contains(&key.as_str()) => {
                        statements.insert(std::mem::replace(text, LEFT_OUT.to_owned()));
                    }
                    value => take_out(value, statements),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| take_out(item, statements)),
        _ => {}
    }
}

/// Words of findings may hold the beginning of a statement: what a rule cuts is looked for as well.
fn replace(value: &mut Value, statements: &[String]) {
    match value {
        Value::Object(map) => map.values_mut().for_each(|value| replace(value, statements)),
        Value::Array(items) => items.iter_mut().for_each(|item| replace(item, statements)),
        Value::String(text) => {
            for statement in statements {
                let beginning: String = statement.chars().take(TELLING).collect();
                while let Some(at) = text.find(&beginning) {
                    let rest = text.get(at..).unwrap_or_default();
                    let same: usize = rest.chars().zip(statement.chars()).take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).sum();
                    text.replace_range(at..at + same, LEFT_OUT);
                }
            }
        }
        _ => {}
    }
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
