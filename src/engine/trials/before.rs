//! What becomes of a run before its first step: rows of the table that the exploration leaves out, each walked here by processes that do it.

use super::fakes::*;
use super::{chain, entry};
use crate::engine::consent::Consent;
use crate::engine::file_lock::FileLock;
use crate::engine::lock::{Holder, Lock};
use crate::engine::process::Process;
use crate::engine::standing::Standing;
use crate::engine::states::explore::{BEFORE, RunRow};
use crate::engine::states::{Choice, OnFailure};
use crate::engine::take::nothing_between;
use jiff::Timestamp;
use serde_json::json;
use std::collections::BTreeSet;

/// The rows that the journal of `trial` tells of.
fn rows(trial: &Trial) -> BTreeSet<RunRow> {
    let records = chain::read::<entry::Entry>(&trial.folder.journal()).map(|chained| chained.records).unwrap_or_default();
    let mut standing = Standing::new(&trial.plan);
    let walked = records.iter().filter_map(|record| {
        let from = standing.board.run;
        standing.replay(&record.entry).expect("it fits");
        if let entry::Entry::Run { event, .. } = &record.entry { Some((from, *event, standing.board.run)) } else { None }
    });
    walked.collect()
}

#[tokio::test]
async fn every_row_before_the_first_step_is_walked_and_nothing_is_sent() {
    let mut walked = BTreeSet::new();
    let mut done = |trial: &Trial| {
        assert_eq!(trial.outside.said(), Vec::<String>::new());
        walked.extend(rows(trial));
    };
    let mut approved = plan(vec![changes("a")], OnFailure::Ask);
    approved.approvals = 1;
    let trial = Trial::new(approved);
    trial.run().await;
    done(&trial);

    let mut bound = plan(vec![changes("a")], OnFailure::Ask);
    bound.bound.insert("leader".to_owned(), json!("pg1"));
    let trial = Trial::new(bound);
    trial.run().await;
    done(&trial);

    // somebody else has the cluster, and then nobody can tell who has it
    let trial = Trial::new(plan(vec![changes("a")], OnFailure::Ask));
    let (run, runbook) = ("other".to_owned(), "drill".to_owned());
    let other = Holder { run, runbook, process: Process::own(), by: ana(), since: Timestamp::UNIX_EPOCH, folder: None };
    let lock = FileLock::new(trial.state.clone());
    let held = lock.take("orders", &other, 0).await.expect("free");
    trial.run().await;
    done(&trial);
    held.give_back().await;
    let trial = Trial::new(plan(vec![changes("a")], OnFailure::Ask));
    let unclear = Far { unclear: true, ..Far::default() };
    trial.process_with(&unclear, &trial.consent(), &nothing_between).await.expect("run");
    done(&trial);

    // killed at each word before the first intent, and found by who takes it over
    for call in 1..20 {
        let trial = Trial::new(plan(vec![changes("a")], OnFailure::Ask));
        let mortal = move |disk| Box::new(Mortal { disk, left: call, after: true }) as Box<dyn chain::Disk>;
        let ended = trial.process(&trial.consent(), &mortal).await;
        let begun = trial.standing().board.steps.iter().any(|mark| mark.attempt > 0);
        if ended.is_ok() || begun {
            break;
        }
        let _refused = trial.process(&Consent { choice: Some(Choice::Resume), ..trial.consent() }, &nothing_between).await;
        // one that was killed before it had said that anything begins is begun anew
        if !trial.states().starts_with("Succeeded") {
            done(&trial);
        }
    }
    let missing: Vec<&RunRow> = BEFORE.iter().filter(|row| !walked.contains(row)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}
