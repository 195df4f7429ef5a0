//! The folder of a run out of what is kept of it elsewhere: made anew where this host never had it, brought level where another host went on with the run.
//!
//! It must never take over what does not fit together, and never throw away what this host wrote itself: that is put aside.

use super::chain::{self, Chain, ChainError, Record};
use super::consent::Consent;
use super::entry::Entry;
use super::event::{Event, Events, derive};
use super::folder::{FolderError, RunFolder};
use super::journal::{self, JournalError};
use super::mirror::{Files, JOURNAL, MirrorError, PLAN, is_kept};
use super::plan::Plan;
use super::regular;
use super::run_id::RunId;
use super::standing::Standing;
use crate::config::state::State;
use crate::model::Moment;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Why the folder of a run is left as it is.
#[derive(Debug, thiserror::Error)]
pub enum RebuildError {
    #[error(transparent)]
    Mirror(#[from] MirrorError),
    #[error(transparent)]
    Folder(#[from] FolderError),
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// What this host did without the lock nobody else knows of.
    #[error(
        "this host went on with the run while the glass was broken, from record {record} on, and {other} went on with it as well: neither knows what the other one did"
    )]
    Apart { record: u64, other: String },
}

impl From<ChainError> for RebuildError {
    fn from(error: ChainError) -> Self {
        RebuildError::Journal(error.into())
    }
}

/// What was done to a folder that was there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Level {
    /// Nothing: this host knows all that is kept, or more.
    Same,
    /// The process that has it on another host went on.
    Grown,
    /// Another process took the run: who, and where this host's own records lie from which it went another way.
    Taken { by: String, aside: Option<PathBuf> },
}

/// What is kept of a run, proven.
struct Proven {
    plan: Plan,
    records: Vec<Record<Entry>>,
}

fn unfitting<T>(why: String) -> Result<T, RebuildError> {
    Err(MirrorError::Unfitting(why).into())
}

/// Holds `files` against each other: names, plan, consents, the chain of the journal and what the tables allow.
fn proven(id: &RunId, files: &Files) -> Result<Proven, RebuildError> {
    if let Some(name) = files.keys().find(|name| !is_kept(name)) {
        return unfitting(format!("{name:?} is no file of a run"));
    }
    let file = |name: &str| files.get(name).ok_or_else(|| MirrorError::Unfitting(format!("{name} is missing")));
    let plan: Plan = serde_json::from_slice(file(PLAN)?).map_err(|why| MirrorError::Unfitting(format!("{PLAN} is not understood: {why}")))?;
    plan.check().map_err(|why| MirrorError::Unfitting(format!("{PLAN}: {why}")))?;
    let sha256 = plan.sha256();
    for (name, bytes) in files.iter().filter(|(name, _)| name.starts_with("consent-")) {
        let consent: Consent = serde_json::from_slice(bytes).map_err(|why| MirrorError::Unfitting(format!("{name} is not understood: {why}")))?;
        if consent.plan_sha256 != sha256 {
            return unfitting(format!("{name} agrees to another plan"));
        }
    }
    let bytes = file(JOURNAL)?;
    let chained = chain::parse::<Entry>(Path::new(JOURNAL), bytes)?;
    if chained.torn > 0 {
        return unfitting(format!("{JOURNAL} ends in the middle of a line"));
    }
    let standing = journal::sum(Path::new(JOURNAL), &plan, &chained.records)?;
    match &standing.opened {
        Some(opened) if opened.run == id.as_str() => Ok(Proven { plan, records: chained.records }),
        Some(opened) => unfitting(format!("{JOURNAL} is of run {}", opened.run)),
        None => unfitting(format!("{JOURNAL} has no record")),
    }
}

/// Makes the folder of the run `id`, which this host does not have, of `files`.
///
/// # Errors
/// They do not fit together, or the folder cannot be made, or is there by now.
pub fn rebuild(state: &State, id: &RunId, files: &Files) -> Result<RunFolder, RebuildError> {
    let Proven { plan, records } = proven(id, files)?;
    let folder = RunFolder::made_of(state, id, files)?;
    retell(&folder, &plan, &records, 0)?;
    Ok(folder)
}

/// Brings the journal and the consents of `folder` to what is kept of its run.
///
/// # Errors
/// A process of this host is at work on it, `files` do not fit together or are of another plan, or what this host did without the lock is not in them.
pub fn level(folder: &RunFolder, files: &Files) -> Result<Level, RebuildError> {
    let Some(kept) = files.get(JOURNAL) else { return Ok(Level::Same) };
    let path = folder.journal();
    let own = if path.exists() { regular::read(&path).map_err(|why| ChainError::Io { path: path.clone(), what: "read", why })? } else { Vec::new() };
    if own.starts_with(kept) {
        return Ok(Level::Same);
    }
    let Proven { plan, records } = proven(&folder.id, files)?;
    if folder.plan()?.sha256() != plan.sha256() {
        return unfitting(format!("{PLAN} is not the one of this host"));
    }
    // whoever writes it has the run
    let _alone = if path.exists() { Some(Chain::open::<Entry>(&path)?.0) } else { None };
    let own = chain::parse::<Entry>(&path, &own)?.records;
    let common = own.iter().zip(&records).take_while(|(one, other)| one == other).count();
    let by = records.iter().skip(common).rev().find_map(|record| match &record.entry {
        Entry::Taken(taken) => Some(format!("process {} on {}", taken.process.pid, taken.process.host)),
        _ => None,
    });
    let apart = own.iter().skip(common);
    let broke = apart.clone().find(|record| matches!(&record.entry, Entry::Taken(taken) if taken.break_glass.is_some()));
    if let Some(record) = broke {
        return Err(RebuildError::Apart { record: record.n, other: by.unwrap_or_else(|| "another host".to_owned()) });
    }
    let aside = if common < own.len() { Some(folder.put_aside(JOURNAL)?) } else { None };
    for (name, bytes) in files.iter().filter(|(name, _)| name.starts_with("consent-")) {
        folder.agree(name, bytes)?;
    }
    folder.replace(JOURNAL, kept)?;
    retell(folder, &plan, &records, common)?;
    let by = match (by, &aside) {
        (Some(by), _) => by,
        (None, Some(_)) => "another process".to_owned(),
        (None, None) => return Ok(Level::Grown),
    };
    let own = aside.as_ref().map(|aside| format!("; what this host wrote after record {common} counts for nothing and is in {}", aside.display()));
    tell(folder, Event::Note { text: format!("{by} took the run over{}", own.unwrap_or_default()) })?;
    Ok(Level::Taken { by, aside })
}

/// Tells faces of this host what `records` say from the one behind `from` on.
fn retell(folder: &RunFolder, plan: &Plan, records: &[Record<Entry>], from: usize) -> Result<(), RebuildError> {
    let mut standing = Standing::new(plan);
    let mut events = Events::open(&folder.events(), folder.file_mode())?;
    for (at, record) in records.iter().enumerate() {
        let unfit = |why| JournalError::Unfitting { path: folder.journal(), record: record.n, why };
        standing.replay(&record.entry).map_err(unfit)?;
        if let Some(event) = derive(&record.entry, &standing).filter(|_| at >= from) {
            let then = Moment { wall: record.at, mono: Duration::from_millis(record.mono_ms) };
            events.tell(then, event).map_err(|why| ChainError::Io { path: folder.events(), what: "add to", why })?;
        }
    }
    Ok(())
}

fn tell(folder: &RunFolder, event: Event) -> Result<(), RebuildError> {
    let last = chain::read::<Entry>(&folder.journal())?.records.last().map(|record| (record.at, record.mono_ms));
    let (wall, mono) = last.map_or((jiff::Timestamp::UNIX_EPOCH, 0), |last| last);
    let now = Moment { wall, mono: Duration::from_millis(mono) };
    let told = Events::open(&folder.events(), folder.file_mode())?.tell(now, event);
    Ok(told.map_err(|why| ChainError::Io { path: folder.events(), what: "add to", why })?)
}
