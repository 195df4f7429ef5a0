//! The journal of one run: every entry is held against the tables before it is written, and the sum of what was written is where the run stands.
//!
//! It must never write an entry that the tables do not allow, nor a secret that somebody told.

use super::chain::{self, Chain, ChainError, Disk};
use super::entry::Entry;
use super::plan::Plan;
use super::standing::{Standing, Unfitting};
use super::states::Asked;
use crate::model::Moment;
use std::path::{Path, PathBuf};

/// Why an entry was not written, or a journal not read.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    #[error(transparent)]
    Chain(#[from] ChainError),
    #[error("{}: record {record} (line {record}) does not fit: {why}", path.display())]
    Unfitting { path: PathBuf, record: u64, why: Unfitting },
    /// A mistake of this program: nothing was written.
    #[error("this would not fit into the journal: {0}")]
    Refused(Unfitting),
    #[error("{} belongs to another plan", path.display())]
    OtherPlan { path: PathBuf },
}

/// A journal that this process alone adds to.
pub struct Journal {
    chain: Chain,
    standing: Standing,
}

impl Journal {
    /// A journal on a chain that has no record yet.
    #[must_use]
    pub fn begin(chain: Chain, plan: &Plan) -> Journal {
        Journal { chain, standing: Standing::new(plan) }
    }

    /// The journal at `path`, of a run of `plan`.
    ///
    /// # Errors
    /// It cannot be read, is being written by another process, was changed, or belongs to another plan.
    pub fn open(path: &Path, plan: &Plan) -> Result<Journal, JournalError> {
        let (chain, chained) = Chain::open(path)?;
        Ok(Journal { chain, standing: sum(path, plan, &chained.records)? })
    }

    /// The same journal, with something between it and the disk.
    #[must_use]
    pub fn through(self, between: &dyn Fn(Box<dyn Disk>) -> Box<dyn Disk>) -> Journal {
        Journal { chain: self.chain.through(between), ..self }
    }

    #[must_use]
    pub fn standing(&self) -> &Standing {
        &self.standing
    }

    /// Adds `entry`, without the secrets that this process knows, and syncs everything so far where `synced` says so.
    ///
    /// # Errors
    /// The tables do not allow it, or the disk fails.
    pub fn write(&mut self, now: Moment, entry: &Entry, asked: Asked, synced: bool) -> Result<(), JournalError> {
        let entry: &Entry = &entry.without_secrets();
        self.standing.check(entry, asked).map_err(JournalError::Refused)?;
        self.chain.append(now, entry)?;
        if synced {
            self.chain.sync()?;
        }
        self.standing.apply(entry, asked).map_err(JournalError::Refused)
    }
}

/// Where the run of `plan` stands whose journal is at `path`. It may be written meanwhile.
///
/// # Errors
/// It cannot be read, was changed, or belongs to another plan.
pub fn read(path: &Path, plan: &Plan) -> Result<Standing, JournalError> {
    sum(path, plan, &chain::read(path)?.records)
}

/// Where the run of `plan` stands that has these `records`.
pub(super) fn sum(path: &Path, plan: &Plan, records: &[chain::Record<Entry>]) -> Result<Standing, JournalError> {
    let mut standing = Standing::new(plan);
    for record in records {
        standing.replay(&record.entry).map_err(|why| JournalError::Unfitting { path: path.to_owned(), record: record.n, why })?;
    }
    let planned = standing.opened.as_ref().is_none_or(|opened| opened.plan_sha256 == plan.sha256());
    if planned { Ok(standing) } else { Err(JournalError::OtherPlan { path: path.to_owned() }) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::chain::NOTHING;
    use crate::engine::digest::sha256;
    use crate::engine::entry::{Answer, Happened, Intent, Opened, Taken};
    use crate::engine::process::Process;
    use crate::engine::states::{OnFailure, RunEvent, RunState, StepEvent, StepState};
    use crate::engine::trials::fakes::{ana, plan, probed};
    use crate::model::Clock;
    use serde_json::{Map, Value};

    const ASKED: Asked = Asked { token: true, stopping: false, settled: true };

    fn opened(plan: &Plan) -> Entry {
        let text = |text: &str| text.to_owned();
        let plan_sha256 = plan.sha256();
        Entry::Opened(Opened {
            run: text("01"),
            runbook: text("trial"),
            cluster: text("orders"),
            plan_sha256,
            definition_sha256: text(""),
            version: text("0"),
            by: ana(),
        })
    }

    fn taken(token: u64) -> Entry {
        Entry::Taken(Taken { token, consent: 1, process: Process::own(), by: ana(), choice: None, across: false, break_glass: None })
    }

    fn run(event: RunEvent) -> Entry {
        Entry::Run { event, why: None }
    }

    fn step(event: StepEvent) -> Entry {
        Entry::Step(Happened { step: "pg".to_owned(), event, why: None, saved: Map::new() })
    }

    fn intent() -> Entry {
        let text = |text: &str| text.to_owned();
        let (event, send_before_ms) = (StepEvent::Begin, 1);
        Entry::Intent(Intent {
            step: text("pg"),
            event,
            key: text("01/pg/1"),
            target: text("pg"),
            call: text(""),
            body: Value::Null,
            token: 1,
            send_before_ms,
            hold_until_ms: None,
        })
    }

    fn unclear() -> Entry {
        let (why, output) = (Some("reset".to_owned()), Value::Null);
        Entry::Result(Answer { step: "pg".to_owned(), event: StepEvent::Unclear, why, retryable: true, took_ms: 5, output })
    }

    fn begun(folder: &Path, plan: &Plan) -> (PathBuf, Journal) {
        let path = folder.join("journal.jsonl");
        let mut journal = Journal::begin(Chain::create(&path, 0o600).expect("made"), plan);
        let entries = [opened(plan), run(RunEvent::Approve), taken(1), run(RunEvent::Locked), run(RunEvent::Passed), intent(), unclear()];
        for entry in entries {
            journal.write(Clock::real().now(), &entry, ASKED, true).expect("written");
        }
        (path, journal)
    }

    #[test]
    fn what_the_tables_do_not_allow_is_not_written() {
        let folder = tempfile::tempdir().expect("folder");
        let plan = plan(vec![probed("pg")], OnFailure::Ask);
        let (path, mut journal) = begun(folder.path(), &plan);
        let before = std::fs::read(&path).expect("read");
        let other = Entry::Step(Happened { step: "nobody".to_owned(), event: StepEvent::Skip, why: None, saved: Map::new() });
        for entry in [opened(&plan), taken(1), run(RunEvent::Finish), step(StepEvent::Verified), step(StepEvent::Begin), intent(), unclear(), other] {
            assert!(matches!(journal.write(Clock::real().now(), &entry, ASKED, true), Err(JournalError::Refused(_))), "{entry:?}");
        }
        let unsettled = Asked { settled: false, ..ASKED };
        assert!(matches!(journal.write(Clock::real().now(), &step(StepEvent::Probe), unsettled, true), Err(JournalError::Refused(_))));
        assert_eq!(std::fs::read(&path).expect("read"), before);
        journal.write(Clock::real().now(), &step(StepEvent::Probe), ASKED, true).expect("allowed");
    }

    #[test]
    fn what_was_never_possible_is_refused_by_its_record_though_the_chain_fits() {
        let folder = tempfile::tempdir().expect("folder");
        let plan = plan(vec![probed("pg")], OnFailure::Ask);
        let (path, journal) = begun(folder.path(), &plan);
        drop(journal);
        let (mut chain, _) = Chain::open::<Entry>(&path).expect("opened");
        chain.append(Clock::real().now(), &run(RunEvent::Finish)).expect("added");
        let told = read(&path, &plan).expect_err("refused").to_string();
        assert!(told.contains("record 8 (line 8) does not fit: a run that is Running cannot Finish"), "{told}");
        let mut other = plan.clone();
        other.cluster = "billing".to_owned();
        std::fs::write(&path, &std::fs::read(&path).expect("read")[..0]).expect("emptied");
        drop(chain);
        let (mut chain, _) = Chain::open::<Entry>(&path).expect("opened");
        chain.append(Clock::real().now(), &opened(&plan)).expect("added");
        assert!(matches!(read(&path, &other), Err(JournalError::OtherPlan { .. })));
    }

    #[test]
    fn ten_thousand_records_come_to_the_same_standing() {
        let folder = tempfile::tempdir().expect("folder");
        let plan = plan(vec![probed("pg")], OnFailure::Ask);
        let (path, mut journal) = begun(folder.path(), &plan);
        let now = Clock::real().now();
        for _ in 0..5_000 {
            for event in [StepEvent::Probe, StepEvent::Inconclusive] {
                journal.write(now, &step(event), ASKED, false).expect("written");
            }
        }
        let expected = (journal.standing().board.clone(), journal.standing().stories.clone());
        assert_eq!((expected.0.run, expected.0.steps[0].state), (RunState::Running, StepState::InDoubt));
        drop(journal);
        let again = Journal::open(&path, &plan).expect("whole");
        assert_eq!((again.standing().board.clone(), again.standing().stories.clone()), expected);
        let chained = chain::read::<Entry>(&path).expect("whole");
        assert_eq!(chained.records.len(), 10_007);
        assert_eq!((chained.records[0].prev.as_str(), chained.head.len()), (NOTHING, sha256(b"").len()));
    }
}
