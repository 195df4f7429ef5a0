//! Trials of the executor: whole runs against targets that remember, killed at every call to the disk, cancelled, held, refused.

mod before;
pub(super) mod fakes;
mod guards;
mod hosts;
mod locks;
mod waits;

use super::consent::{Consent, Said};
use super::control::{Order, Ordered, give};
use super::plan::{OnCancel, Retry, Watch};
use super::process::Process;
use super::states::{Choice, OnFailure, RunState};
use super::take::{ExecError, nothing_between};
use super::*;
use crate::engine::file_lock::FileLock;
use crate::engine::lock::{Holder, Lock, Term};
use fakes::*;
use jiff::Timestamp;
use serde_json::json;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);

fn switchover() -> Plan {
    let point = Step { point_of_no_return: true, undo: None, ..probed("pg") };
    plan(vec![reads("preflight", "healthy"), held("pool", 60 * SECOND), point, reads("verify", "pg.applied")], OnFailure::RollBack)
}

fn healthy(plan: Plan) -> Trial {
    let trial = Trial::new(plan);
    trial.outside.fact("healthy", json!(true));
    trial
}

#[tokio::test]
async fn a_run_is_done_step_by_step_and_what_is_owed_is_undone() {
    let trial = healthy(switchover());
    assert_eq!(trial.run().await, Ending::Done);
    assert_eq!(trial.outside.said(), ["do pool", "do pg", "undo pool"]);
    assert_eq!(trial.states(), "Succeeded: Done Undone Done Done");
    let records = chain::read::<entry::Entry>(&trial.folder.journal()).expect("whole").records;
    let took = history::durations(&records).expect("it counts");
    assert_eq!(took.steps_ms.keys().collect::<Vec<_>>(), ["pg", "pool", "preflight", "verify"]);
    assert_eq!(history::durations(&records[..records.len() - 1]), None, "it had not succeeded yet");
    // eight hours until its time are not what a switchover takes
    let put_off = healthy(plan(vec![Step { id: history::WAITS.to_owned(), ..reads("x", "healthy") }, changes("a")], OnFailure::Ask));
    assert_eq!(put_off.run().await, Ending::Done);
    let mut records = chain::read::<entry::Entry>(&put_off.folder.journal()).expect("whole").records;
    let waited = |record: &chain::Record<entry::Entry>| matches!(&record.entry, entry::Entry::Step(happened) if happened.step == history::WAITS);
    let at = records.iter().position(waited).expect("it was waited for");
    records[at..].iter_mut().for_each(|record| record.mono_ms += 8 * 3600 * 1000);
    let took = history::durations(&records).expect("it counts");
    assert!(took.run_ms < 3600 * 1000 && took.steps_ms.keys().eq(["a"]), "{took:?}");
    let lock = FileLock::new(trial.state.clone());
    assert_eq!(lock.open_run("orders").expect("read"), None);
}

#[tokio::test]
async fn every_intent_is_synced_before_its_effect_and_an_effect_costs_two_syncs() {
    let steps = vec![changes("a"), changes("b"), changes("c")];
    let trial = Trial::new(plan(steps, OnFailure::Ask));
    let outside = trial.outside.clone();
    let between = move |disk| Box::new(Told { disk, outside: outside.clone() }) as Box<dyn chain::Disk>;
    assert_eq!(trial.process(&trial.consent(), &between).await.expect("run"), Ending::Done);
    let said = trial.outside.said();
    let begin = said.iter().position(|line| line == "write intent").expect("an intent");
    let one = |name: &str| ["write intent", "sync", name, "write result", "sync", "write step"].map(str::to_owned);
    assert_eq!(said[begin..begin + 18], [one("do a"), one("do b"), one("do c")].concat());
}

/// Killed at every call to the disk, and killed once more on the way on: what is not idempotent happens once, and the end is right.
#[tokio::test]
async fn killed_at_any_instant_it_goes_on_and_does_nothing_twice() {
    let (mut killed, mut completed) = (0, 0);
    for (call, after) in (1..).flat_map(|call| [(call, false), (call, true)]) {
        let trial = healthy(switchover());
        let mortal = move |disk| Box::new(Mortal { disk, left: call, after }) as Box<dyn chain::Disk>;
        if trial.process(&trial.consent(), &mortal).await.is_ok() {
            completed += 1;
            if completed == 2 {
                break;
            }
            continue;
        }
        killed += 1;
        let again = move |disk| Box::new(Mortal { disk, left: call % 7 + 1, after }) as Box<dyn chain::Disk>;
        let resume = Consent { choice: Some(Choice::Resume), ..trial.consent() };
        let mut ended = trial.process(&resume, &again).await;
        if ended.is_err() && !trial.standing().board.run.ended() {
            ended = trial.process(&resume, &nothing_between).await;
        }
        let (_, effects, _) = trial.outside.of("pg");
        let states = trial.states();
        // before the run went on nothing was sent, and it is refused instead
        if states.starts_with("Refused") {
            assert_eq!(trial.outside.said(), Vec::<String>::new(), "killed at call {call}");
            continue;
        }
        assert!(
            effects == 1 && !trial.outside.of("pool").0,
            "killed at call {call}, after: {after}: {states}, {ended:?}, {:?}",
            trial.outside.said()
        );
        assert!(states.starts_with("Succeeded"), "killed at call {call}, after: {after}: {states}, {ended:?}");
    }
    assert!(killed > 40, "only {killed} kills");
}

/// Who held the clients is gone: they are freed first, and held anew before the run goes on.
#[tokio::test]
async fn nobody_relies_on_the_hold_of_a_process_that_is_gone() {
    let mut seen = 0;
    for call in 1..60 {
        let trial = healthy(switchover());
        let mortal = move |disk| Box::new(Mortal { disk, left: call, after: true }) as Box<dyn chain::Disk>;
        let dead = trial.process(&trial.consent(), &mortal).await.is_err();
        if dead && trial.states() == "Running: Done Done Pending Pending" {
            seen += 1;
            assert_eq!(trial.go_on(Choice::Resume).await, Ending::Done);
            assert_eq!(trial.outside.said(), ["do pool", "undo pool", "do pool", "do pg", "undo pool"]);
        }
    }
    assert!(seen > 0, "it was never killed while it held the pool alone");
}

#[tokio::test]
async fn what_was_confirmed_and_is_not_so_any_more_is_refused_and_nothing_is_sent() {
    for (now, told) in [(Some(json!("pg2")), "leader is \"pg2\", and was \"pg1\""), (None, "leader is not known")] {
        let mut plan = switchover();
        plan.bound.insert("leader".to_owned(), json!("pg1"));
        let trial = healthy(plan);
        if let Some(now) = now {
            trial.outside.fact("leader", now);
        }
        assert_eq!(trial.run().await, Ending::NothingSent);
        assert_eq!(trial.outside.said(), Vec::<String>::new());
        assert!(trial.standing().why.expect("a reason").contains(told));
    }
    // what happens while secrets are read is no less a change
    let mut plan = switchover();
    plan.bound.insert("leader".to_owned(), json!("pg1"));
    let trial = healthy(plan);
    trial.outside.fact("leader", json!("pg1"));
    trial.outside.fact("leader by then", json!("pg2"));
    assert_eq!((trial.run().await, trial.outside.said().len()), (Ending::NothingSent, 0));
}

#[tokio::test]
async fn nothing_is_run_without_a_consent_of_its_own() {
    let trial = healthy(switchover());
    let other = Consent { plan_sha256: "0".repeat(64), ..trial.consent() };
    assert!(matches!(trial.process(&other, &nothing_between).await, Err(ExecError::OtherPlan)));
    assert_eq!(trial.run().await, Ending::Done);
    assert!(matches!(trial.process(&trial.consent(), &nothing_between).await, Err(ExecError::Ended(_))));
    let mut wants = switchover();
    wants.phrase = Some("orders".to_owned());
    let trial = healthy(wants);
    assert!(matches!(trial.process(&trial.consent(), &nothing_between).await, Err(ExecError::Phrase)));
    assert_eq!(trial.outside.said(), Vec::<String>::new());
    let mut wants = switchover();
    wants.approvals = 1;
    let trial = healthy(wants);
    assert_eq!((trial.run().await, trial.outside.said().len()), (Ending::NothingSent, 0));
}

#[tokio::test]
async fn a_cluster_that_somebody_else_changes_or_left_open_is_left_alone() {
    let trial = healthy(switchover());
    let lock = FileLock::new(trial.state.clone());
    let other = Holder {
        run: "other".to_owned(),
        runbook: "drill".to_owned(),
        process: Process::own(),
        by: ana(),
        since: Timestamp::UNIX_EPOCH,
        folder: None,
    };
    let held = lock.take("orders", &other, 0).await.expect("free");
    assert_eq!(trial.run().await, Ending::Locked);
    assert!(trial.standing().why.expect("a reason").contains("run other of drill"));
    held.leave_open(&other).await.expect("written");
    drop(held);
    let trial = Trial {
        folder: folder::RunFolder::create(&trial.state, &RunId::new(Timestamp::UNIX_EPOCH).expect("random"), &trial.plan).expect("made"),
        ..trial
    };
    assert_eq!((trial.run().await, trial.outside.said().len()), (Ending::Locked, 0));
    assert!(trial.standing().why.expect("a reason").contains("left open by ana"));
}

#[tokio::test]
async fn without_a_lock_nothing_is_sent_and_with_a_lost_one_only_what_is_owed() {
    let trial = healthy(switchover());
    let silent = Far { silent: true, ..Far::default() };
    assert_eq!(trial.process_with(&silent, &trial.consent(), &nothing_between).await.expect("run"), Ending::Locked);
    assert!(trial.standing().why.expect("a reason").contains("cannot be asked for: no member of the store answers"));
    let slow = Step { timeout: 20 * SECOND, ..probed("pg") };
    let trial = Trial::new(plan(vec![held("pool", 60 * SECOND), slow, changes("c")], OnFailure::RollBack));
    trial.outside.reply("pg", Reply::Hangs);
    let (far, consent) = (Far::default(), trial.consent());
    let run = trial.process_with(&far, &consent, &nothing_between);
    tokio::pin!(run);
    while trial.outside.of("pg").1 == 0 {
        assert!(crate::model::Clock::at_rate(50).timeout(SECOND, &mut run).await.is_none(), "it ended early");
    }
    far.lost.store(true, std::sync::atomic::Ordering::Relaxed);
    assert_eq!(run.await.expect("run"), Ending::InDoubt);
    assert_eq!(trial.states(), "Interrupted: Undone InDoubt Pending");
    assert_eq!(trial.outside.said(), ["do pool", "do pg", "undo pool"]);
    assert!(trial.standing().why.expect("a reason").contains("its lease has run out"));
}

#[tokio::test]
async fn under_a_lock_that_may_be_somebody_elses_by_now_nothing_is_sent_not_even_what_is_owed() {
    let slow = Step { timeout: 20 * SECOND, ..probed("pg") };
    let trial = Trial::new(plan(vec![held("pool", 60 * SECOND), slow, changes("c")], OnFailure::RollBack));
    trial.outside.reply("pg", Reply::Hangs);
    let (far, consent) = (Far::default(), trial.consent());
    let begin = crate::model::Clock::real().now().mono;
    *far.term.lock().expect("term") = Some(Term { effects: begin + 3600 * SECOND, owed: begin + 3600 * SECOND });
    let run = trial.process_with(&far, &consent, &nothing_between);
    tokio::pin!(run);
    while trial.outside.of("pg").1 == 0 {
        assert!(crate::model::Clock::at_rate(50).timeout(SECOND, &mut run).await.is_none(), "it ended early");
    }
    // as one finds it that was stopped and wakes: the lock has not said a word
    *far.term.lock().expect("term") = Some(Term { effects: begin, owed: begin });
    assert_eq!(run.await.expect("run"), Ending::InDoubt);
    assert_eq!(trial.states(), "Interrupted: Done InDoubt Pending");
    assert_eq!(trial.outside.said(), ["do pool", "do pg"]);
}

#[tokio::test]
async fn under_a_lock_that_nobody_renews_nothing_new_is_begun() {
    let trial = Trial::new(plan(vec![held("pool", 60 * SECOND), changes("c")], OnFailure::RollBack));
    let (far, begin) = (Far::default(), crate::model::Clock::real().now().mono);
    *far.term.lock().expect("term") = Some(Term { effects: begin, owed: begin + 3600 * SECOND });
    assert_eq!(trial.process_with(&far, &trial.consent(), &nothing_between).await.expect("run"), Ending::NothingSent);
    assert_eq!((trial.states(), trial.outside.said().len()), ("Interrupted: Pending Pending".to_owned(), 0));
    assert!(trial.standing().why.expect("a reason").contains("not renewed in time"));
}

#[tokio::test]
async fn what_is_in_doubt_is_asked_about_and_never_sent_again_blindly() {
    let retried = || Step { retry: Retry { attempts: 2, pause: SECOND, factor: 1 }, ..probed("pg") };
    let trial = Trial::new(plan(vec![retried()], OnFailure::Ask));
    trial.outside.reply("pg", Reply::Lost);
    assert_eq!((trial.run().await, trial.outside.of("pg").1), (Ending::Done, 1));
    let trial = Trial::new(plan(vec![retried()], OnFailure::Ask));
    trial.outside.reply("pg", Reply::Dropped);
    assert_eq!((trial.run().await, trial.outside.of("pg").1), (Ending::Done, 1));
    // nobody can be asked: a person says what became of it
    let trial = Trial::new(plan(vec![changes("pg")], OnFailure::Ask));
    trial.outside.reply("pg", Reply::Lost);
    assert_eq!(trial.run().await, Ending::InDoubt);
    assert_eq!(trial.states(), "Paused: NeedsHuman");
    let said = [("pg".to_owned(), Said { applied: true, reason: "seen in its log".to_owned() })].into();
    let resume = Consent { choice: Some(Choice::Resume), said, ..trial.consent() };
    assert_eq!(trial.process(&resume, &nothing_between).await.expect("run"), Ending::Done);
    assert_eq!(trial.outside.of("pg").1, 1);
}

#[tokio::test]
async fn what_fails_is_undone_in_reverse_and_what_was_refused_is_not() {
    let trial = Trial::new(plan(vec![changes("a"), changes("b"), changes("c")], OnFailure::RollBack));
    trial.outside.reply("c", Reply::No);
    assert_eq!(trial.run().await, Ending::Unchanged);
    assert_eq!(trial.outside.said(), ["do a", "do b", "undo b", "undo a"]);
    assert_eq!(trial.states(), "RolledBack: Undone Undone FailedNoEffect");
    // an undo that is refused is tried again, and then a person is needed
    let trial = Trial::new(plan(vec![changes("a"), changes("b")], OnFailure::RollBack));
    trial.outside.reply("b", Reply::No);
    trial.outside.reply("a", Reply::Yes);
    (0..3).for_each(|_| trial.outside.reply("a", Reply::No));
    assert_eq!((trial.run().await, trial.states()), (Ending::Partial, "Stuck: UndoFailed FailedNoEffect".to_owned()));
    assert_eq!((trial.go_on(Choice::RollBack).await, trial.states()), (Ending::Unchanged, "RolledBack: Undone FailedNoEffect".to_owned()));
}

#[tokio::test]
async fn nobody_goes_back_across_the_point_of_no_return_without_a_second_choice() {
    let point = Step { point_of_no_return: true, ..probed("pg") };
    let trial = Trial::new(plan(vec![point, reads("verify", "healthy")], OnFailure::RollBack));
    trial.outside.fact("healthy", json!(false));
    assert_eq!((trial.run().await, trial.states()), (Ending::Partial, "Paused: Done FailedNoEffect".to_owned()));
    assert_eq!((trial.go_on(Choice::RollBack).await, trial.outside.of("pg")), (Ending::Partial, (true, 1, 0)));
    let across = Consent { choice: Some(Choice::RollBack), across: true, ..trial.consent() };
    assert_eq!(trial.process(&across, &nothing_between).await.expect("run"), Ending::Unchanged);
    assert_eq!(trial.outside.of("pg"), (false, 1, 1));
}

#[tokio::test]
async fn a_hold_ends_at_its_deadline_while_another_step_hangs() {
    let hangs = Step { timeout: 120 * SECOND, ..probed("pg") };
    let trial = Trial::new(plan(vec![held("pool", 20 * SECOND), hangs, changes("c")], OnFailure::Ask));
    trial.outside.reply("pg", Reply::Hangs);
    let run = trial.run();
    tokio::pin!(run);
    let clock = crate::model::Clock::at_rate(50);
    while trial.outside.of("pool").2 == 0 {
        assert!(clock.timeout(SECOND, &mut run).await.is_none(), "it ended before the pool was freed: {}", trial.states());
    }
    assert!(!trial.outside.of("pool").0);
    // it was applied, and clients are not held any more: it does not go on as if they were
    assert_eq!((run.await, trial.states()), (Ending::Partial, "Paused: Undone Done Pending".to_owned()));
}

#[tokio::test]
async fn a_cancel_waits_for_what_is_in_flight_and_a_stop_does_not() {
    let order = |trial: &Trial, order: Order| {
        let ordered = Ordered { at: Timestamp::UNIX_EPOCH, by: ana(), order };
        give(&trial.folder.control(), 0o600, &ordered).expect("given");
    };
    let clock = crate::model::Clock::at_rate(50);
    for (orders, expected) in [
        (vec![Order::Cancel { then: OnCancel::Pause }], (Ending::Partial, "Paused: Done Pending".to_owned())),
        (vec![Order::Cancel { then: OnCancel::RollBack }], (Ending::Unchanged, "RolledBack: Undone Pending".to_owned())),
        (vec![Order::Cancel { then: OnCancel::Pause }, Order::Stop], (Ending::InDoubt, "Paused: InDoubt Pending".to_owned())),
    ] {
        let slow = Step { timeout: 30 * SECOND, ..probed("a") };
        let trial = Trial::new(plan(vec![slow, changes("b")], OnFailure::Ask));
        trial.outside.reply("a", Reply::Hangs);
        let run = trial.run();
        tokio::pin!(run);
        while trial.outside.of("a").1 == 0 {
            assert!(clock.timeout(SECOND, &mut run).await.is_none(), "it ended early");
        }
        for given in orders {
            order(&trial, given);
        }
        assert_eq!((run.await, trial.states()), expected);
        assert_eq!(trial.outside.of("b").1, 0);
    }
}

#[tokio::test]
async fn what_is_not_known_is_neither_true_nor_false() {
    let when = Step { when: Some(expr("nobody")), ..changes("a") };
    let filled = Step { job: Job { body: json!("${unknown}"), ..job("do", "a") }, ..changes("a") };
    for step in [when, filled, reads("check", "nobody")] {
        let trial = Trial::new(plan(vec![step], OnFailure::RollBack));
        assert_eq!((trial.run().await, trial.states()), (Ending::NothingSent, "Paused: Pending".to_owned()));
        assert!(trial.standing().why.expect("a reason").contains("not known"));
    }
    let expects = Step { expect: reads("x", "nobody").expect, ..changes("a") };
    let trial = Trial::new(plan(vec![expects], OnFailure::Ask));
    assert_eq!((trial.run().await, trial.states()), (Ending::InDoubt, "Paused: NeedsHuman".to_owned()));
    let waits = Step::new("wait", Job { body: json!("nobody"), ..job("wait", "") });
    let trial = Trial::new(plan(vec![waits], OnFailure::Stop));
    assert_eq!((trial.run().await, trial.states()), (Ending::NothingSent, "Failed: FailedNoEffect".to_owned()));
    let skipped = Step { when: Some(expr("!healthy")), ..changes("a") };
    let trial = healthy(plan(vec![skipped], OnFailure::Ask));
    assert_eq!((trial.run().await, trial.states()), (Ending::Done, "Succeeded: Skipped".to_owned()));
}

#[tokio::test]
async fn a_run_ends_when_what_it_must_not_meet_comes_about() {
    let slow = Step { timeout: 30 * SECOND, ..probed("b") };
    for (fact, expected) in [(Some(json!(true)), "RolledBack: Undone Undone Pending"), (None, "Paused: Done Done Pending")] {
        let mut aborted = plan(vec![changes("a"), slow.clone(), changes("c")], OnFailure::RollBack);
        aborted.abort_when.push(Watch { when: expr("on_fire"), why: "it burns".to_owned(), every: SECOND });
        let trial = Trial::new(aborted);
        trial.outside.fact("on_fire", json!(false));
        trial.outside.reply("b", Reply::Hangs);
        let run = trial.run();
        tokio::pin!(run);
        while trial.outside.of("b").1 == 0 {
            assert!(crate::model::Clock::at_rate(50).timeout(SECOND, &mut run).await.is_none(), "it ended early");
        }
        match fact {
            Some(fact) => trial.outside.fact("on_fire", fact),
            None => drop(trial.outside.facts.lock().expect("facts").remove("on_fire")),
        }
        run.await;
        assert_eq!(trial.states(), expected);
    }
}

#[tokio::test]
async fn a_person_answers_by_the_control_file_and_what_he_saw_is_saved() {
    let manual = Step { save: [("seen".to_owned(), expr("output"))].into(), ..Step::new("look", job("manual", "")) };
    let trial = Trial::new(plan(vec![manual, changes("a")], OnFailure::Ask));
    let run = trial.run();
    tokio::pin!(run);
    let clock = crate::model::Clock::at_rate(50);
    let asked = || std::fs::read_to_string(trial.folder.events()).is_ok_and(|text| text.contains("\"asked\""));
    while !asked() {
        assert!(clock.timeout(SECOND, &mut run).await.is_none(), "nobody was asked");
    }
    let answer = |evidence: Option<&str>| Order::Answer { step: "look".to_owned(), accept: true, evidence: evidence.map(str::to_owned) };
    for evidence in [None, Some("lag is 0")] {
        give(&trial.folder.control(), 0o600, &Ordered { at: Timestamp::UNIX_EPOCH, by: ana(), order: answer(evidence) }).expect("given");
    }
    assert_eq!(run.await, Ending::Done);
    assert_eq!(trial.standing().saved["look"]["seen"], json!({ "by": "ana", "evidence": "lag is 0" }));
}

#[tokio::test]
async fn neighbours_of_a_group_run_side_by_side() {
    let beside = |step: Step| Step { group: Some("both".to_owned()), timeout: 10 * SECOND, ..step };
    let trial = Trial::new(plan(vec![beside(probed("a")), beside(probed("b")), changes("c")], OnFailure::Ask));
    trial.outside.reply("a", Reply::Hangs);
    assert_eq!(trial.run().await, Ending::Done);
    assert_eq!(trial.outside.said(), ["do a", "do b", "do c"]);
    let journal = std::fs::read_to_string(trial.folder.journal()).expect("read");
    let at = |text: &str| journal.find(text).unwrap_or_else(|| panic!("no {text}"));
    assert!(at("\"intent\":{\"step\":\"b\"") < at("\"result\":{\"step\":\"a\""), "b did not begin while a hung");
}

/// In the child of the trial below: where its run is.
const CHILD: &str = "OPSCTL_TRIAL_OF_A_KILL";

/// The process that runs it is killed by the operating system, in the middle of a request that was applied.
#[tokio::test]
async fn a_process_that_is_killed_leaves_a_run_that_another_one_ends() {
    if let Some(root) = std::env::var_os(CHILD) {
        let mut trial = Trial::found(Path::new(&root), switchover());
        trial.outside.written = Some(Path::new(&root).join("outside"));
        trial.outside.fact("healthy", json!(true));
        trial.outside.reply("pg", Reply::Hangs);
        trial.run().await;
        return;
    }
    let trial = healthy(switchover());
    let (root, written) = (trial.state.path.clone(), trial.state.path.join("outside"));
    let name = "engine::trials::a_process_that_is_killed_leaves_a_run_that_another_one_ends";
    let program = std::env::current_exe().expect("this program");
    let mut child = std::process::Command::new(program).args([name, "--exact"]).env(CHILD, &root).stdout(Stdio::null()).spawn().expect("started");
    while !std::fs::read_to_string(&written).is_ok_and(|text| text.contains("do pg")) {
        assert!(child.try_wait().expect("a child").is_none(), "it ended by itself");
        std::thread::yield_now();
    }
    // it has the run, and nobody else gets it
    let resume = Consent { choice: Some(Choice::Resume), ..trial.consent() };
    assert!(matches!(trial.process(&resume, &nothing_between).await, Err(ExecError::Locked(_))));
    child.kill().expect("killed");
    child.wait().expect("waited");
    let trial = Trial { outside: Outside::after(&written), ..trial };
    trial.outside.fact("healthy", json!(true));
    assert_eq!(trial.standing().board.run, RunState::Running);
    assert_eq!(trial.go_on(Choice::Resume).await, Ending::Done);
    assert_eq!((trial.outside.of("pg"), trial.outside.of("pool")), ((true, 1, 0), (false, 1, 1)));
}
