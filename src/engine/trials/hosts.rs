//! Two hosts and what they share: a run whose host dies at any instant is finished by another one that has nothing of it but the copy.

use super::fakes::*;
use crate::config::state::State;
use crate::engine::chain::Disk;
use crate::engine::consent::Consent;
use crate::engine::copier;
use crate::engine::lock::{Held, Holder, Known, Lock, LockError};
use crate::engine::mirror::{Copies, Files, JOURNAL, Mirror, MirrorError, PLAN, Piece, Shelved};
use crate::engine::rebuild::{Level, RebuildError, level, rebuild};
use crate::engine::states::{Choice, OnFailure};
use crate::engine::take::{ExecError, nothing_between};
use crate::engine::*;
use jiff::Timestamp;
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// What two hosts share: the lock, which the last one that asked for it has, and the copies.
#[derive(Debug, Default)]
struct Kept {
    holder: u64,
    open: Option<Holder>,
    runs: BTreeMap<String, Files>,
    /// How many requests for copies are answered from now on.
    answers: Option<u32>,
}

#[derive(Clone, Default)]
struct Team {
    kept: Arc<Mutex<Kept>>,
    outside: Option<Outside>,
}

struct Ours {
    team: Team,
    token: u64,
}

impl std::fmt::Debug for Ours {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.token)
    }
}

impl Team {
    fn files(&self, run: &RunId) -> Files {
        self.kept.lock().unwrap().runs.get(run.as_str()).cloned().unwrap_or_default()
    }

    fn answers(&self, left: Option<u32>) {
        self.kept.lock().unwrap().answers = left;
    }
}

impl Lock for Team {
    fn take<'a>(&'a self, _cluster: &'a str, _holder: &'a Holder, than: u64) -> Task<'a, Result<Box<dyn Held>, LockError>> {
        let mut kept = self.kept.lock().unwrap();
        kept.holder = kept.holder.max(than) + 1;
        let ours = Ours { team: self.clone(), token: kept.holder };
        Box::pin(async { Ok(Box::new(ours) as Box<dyn Held>) })
    }

    fn look<'a>(&'a self, cluster: &'a str) -> Task<'a, Result<Vec<Known>, LockError>> {
        let open = self.kept.lock().unwrap().open.clone();
        let known = open.map(|open| Known { cluster: cluster.to_owned(), place: "team", holder: None, open: Some(open), trouble: None });
        Box::pin(async { Ok(known.into_iter().collect()) })
    }
}

impl Held for Ours {
    fn token(&self) -> u64 {
        self.token
    }

    fn lost(&self) -> Option<String> {
        (self.team.kept.lock().unwrap().holder != self.token).then(|| "somebody else has it".to_owned())
    }

    fn leave_open<'a>(&'a self, holder: &'a Holder) -> Task<'a, Result<(), LockError>> {
        self.team.kept.lock().unwrap().open = Some(holder.clone());
        Box::pin(async { Ok(()) })
    }

    fn close(&self) -> Task<'_, Result<(), LockError>> {
        let mut kept = self.team.kept.lock().unwrap();
        if kept.holder == self.token {
            kept.open = None;
        }
        Box::pin(async { Ok(()) })
    }

    fn copies(&self) -> Option<&dyn Copies> {
        Some(self)
    }
}

impl Mirror for Ours {
    fn runs(&self) -> Task<'_, Result<Vec<Shelved>, MirrorError>> {
        Box::pin(async { Ok(Vec::new()) })
    }

    fn files<'a>(&'a self, run: &'a str) -> Task<'a, Result<Files, MirrorError>> {
        let files = self.team.kept.lock().unwrap().runs.get(run).cloned().unwrap_or_default();
        Box::pin(async { Ok(files) })
    }
}

impl Copies for Ours {
    fn add<'a>(&'a self, run: &'a str, pieces: &'a [Piece]) -> Task<'a, Result<bool, MirrorError>> {
        let mut kept = self.team.kept.lock().unwrap();
        let left = kept.answers;
        kept.answers = left.map(|left| left.saturating_sub(1));
        let added = if left == Some(0) {
            Err(MirrorError::Store("no quorum".to_owned()))
        } else if kept.holder != self.token {
            Err(MirrorError::Lost("somebody else has it".to_owned()))
        } else {
            let files = kept.runs.entry(run.to_owned()).or_default();
            for piece in pieces {
                let file = files.entry(piece.file.clone()).or_default();
                assert_eq!(file.len() as u64, piece.from, "{} has a hole, or is written twice", piece.file);
                file.extend(&piece.bytes);
            }
            if let Some(outside) = &self.team.outside {
                outside.note("copy".to_owned());
            }
            Ok(true)
        };
        Box::pin(async { added })
    }
}

fn switchover() -> Plan {
    let point = Step { point_of_no_return: true, undo: None, ..probed("pg") };
    let hold = Duration::from_mins(1);
    plan(vec![reads("preflight", "healthy"), held("pool", hold), point, reads("verify", "pg.applied")], OnFailure::RollBack)
}

fn healthy(plan: Plan) -> Trial {
    let trial = Trial::new(plan);
    trial.outside.fact("healthy", json!(true));
    trial
}

fn resume(trial: &Trial) -> Consent {
    Consent { choice: Some(Choice::Resume), ..trial.consent() }
}

/// The run of `first` on another host, which has what is copied and nothing else.
fn elsewhere(first: &Trial, files: &Files) -> Result<Trial, RebuildError> {
    let root = tempfile::tempdir().expect("folder");
    let state = State { path: root.path().to_owned(), shared: false };
    let folder = rebuild(&state, &first.folder.id, files)?;
    Ok(Trial { outside: first.outside.clone(), plan: first.plan.clone(), folder, state, _root: Some(root) })
}

#[tokio::test]
async fn an_intent_is_copied_before_its_effect_and_an_effect_costs_two_requests() {
    let trial = Trial::new(plan(vec![changes("a"), changes("b"), changes("c")], OnFailure::Ask));
    let outside = trial.outside.clone();
    let team = Team { outside: Some(outside.clone()), ..Team::default() };
    let between = move |disk| Box::new(Told { disk, outside: outside.clone() }) as Box<dyn Disk>;
    assert_eq!(trial.process_with(&team, &trial.consent(), &between).await.expect("run"), Ending::Done);
    let said = trial.outside.said();
    let begin = said.iter().position(|line| line == "write intent").expect("an intent");
    let one = |name: &str| ["write intent", "sync", "copy", name, "write result", "sync", "copy", "write step"].map(str::to_owned);
    assert_eq!(said[begin..begin + 24], [one("do a"), one("do b"), one("do c")].concat());
    let files = team.files(&trial.folder.id);
    assert_eq!(files.keys().map(String::as_str).collect::<Vec<_>>(), ["consent-1.json", JOURNAL, PLAN]);
    assert_eq!(files[JOURNAL], std::fs::read(trial.folder.journal()).expect("read"));
    assert_eq!(copier::told(trial.folder.path()), Some(copier::Told { behind: None }));
}

/// The host dies at every call to its disk: another one ends the run, what is not idempotent happens once, and the first one, when it is back, sends nothing.
#[tokio::test]
async fn whenever_a_host_dies_another_one_ends_its_run_and_the_first_one_hears_of_it() {
    let (mut taken, mut completed) = (0, 0);
    for (call, after) in (1..).flat_map(|call| [(call, false), (call, true)]) {
        let (team, first) = (Team::default(), healthy(switchover()));
        let mortal = move |disk| Box::new(Mortal { disk, left: call, after }) as Box<dyn Disk>;
        if first.process_with(&team, &first.consent(), &mortal).await.is_ok() {
            completed += 1;
            if completed == 2 {
                break;
            }
            continue;
        }
        let files = team.files(&first.folder.id);
        if files.is_empty() {
            assert_eq!(first.outside.said(), Vec::<String>::new(), "killed at call {call}");
            continue;
        }
        taken += 1;
        let second = elsewhere(&first, &files).expect("it fits");
        let events = std::fs::read_to_string(second.folder.events()).expect("told anew");
        assert!(events.contains("\"process\""), "{events}");
        let ended = second.process_with(&team, &resume(&second), &nothing_between).await;
        let states = second.states();
        let told = format!("killed at call {call}, after: {after}: {states}, {ended:?}, {:?}", first.outside.said());
        if states.starts_with("Refused") {
            assert_eq!(first.outside.said(), Vec::<String>::new(), "{told}");
        } else {
            assert!(states.starts_with("Succeeded") && first.outside.of("pg").1 == 1 && !first.outside.of("pool").0, "{told}");
        }
        let said = first.outside.said();
        let back = first.process_with(&team, &resume(&first), &nothing_between).await;
        assert!(matches!(back, Err(ExecError::Ended(_))), "{told}: {back:?}");
        assert_eq!((first.outside.said(), first.states()), (said, states), "{told}");
    }
    assert!(taken > 30, "only {taken} runs were taken over");
}

#[tokio::test]
async fn one_that_was_taken_over_adds_nothing_and_its_folder_says_by_whom() {
    let slow = Step { timeout: Duration::from_secs(20), ..probed("pg") };
    let (team, first) = (Team::default(), Trial::new(plan(vec![slow, changes("c")], OnFailure::Ask)));
    first.outside.reply("pg", Reply::Hangs);
    let consent = first.consent();
    let run = first.process_with(&team, &consent, &nothing_between);
    tokio::pin!(run);
    let clock = crate::model::Clock::at_rate(50);
    while first.outside.of("pg").1 == 0 {
        assert!(clock.timeout(Duration::from_secs(1), &mut run).await.is_none(), "it ended early");
    }
    let second = elsewhere(&first, &team.files(&first.folder.id)).expect("it fits");
    assert_eq!(second.process_with(&team, &resume(&second), &nothing_between).await.expect("run"), Ending::Done);
    let files = team.files(&first.folder.id);
    // whoever was stopped meanwhile goes on where it was, and is at work on the folder
    assert!(matches!(level(&first.folder, &files), Err(RebuildError::Journal(_))));
    assert_eq!(run.await.expect("run"), Ending::InDoubt);
    assert_eq!(team.files(&first.folder.id), files);
    assert_eq!(first.outside.said(), ["do pg", "do c"]);
    assert!(first.states().starts_with("Interrupted"));
    let Ok(Level::Taken { by, aside: Some(aside) }) = level(&first.folder, &files) else { panic!("it went another way") };
    assert!(by.starts_with(&format!("process {} on ", std::process::id())), "{by}");
    assert!(std::fs::read_to_string(aside).expect("put aside").contains("\"lost\""));
    assert_eq!((first.states(), level(&first.folder, &files).expect("level")), (second.states(), Level::Same));
    let events = std::fs::read_to_string(first.folder.events()).expect("read");
    assert!(events.contains("took the run over"), "{events}");
}

/// The store stops to answer after each number of requests: no effect that is not copied, nobody stays held, and when it is back the run goes on.
#[tokio::test]
async fn without_its_store_a_run_begins_nothing_new_and_frees_whom_it_holds() {
    let (mut paused, mut done) = (0, false);
    for answers in 0..40 {
        let steps = vec![held("pool", Duration::from_mins(1)), changes("a"), changes("b"), changes("c")];
        let (team, trial) = (Team::default(), Trial::new(plan(steps, OnFailure::Ask)));
        team.answers(Some(answers));
        let ending = trial.process_with(&team, &trial.consent(), &nothing_between).await.expect("run");
        let copied = String::from_utf8(team.files(&trial.folder.id).remove(JOURNAL).unwrap_or_default()).expect("text");
        for effect in trial.outside.said().iter().filter_map(|line| line.strip_prefix("do ")) {
            assert!(copied.contains(&format!("\"intent\":{{\"step\":\"{effect}\"")), "after {answers}: {effect} is not in the copy");
        }
        assert!(!trial.outside.of("pool").0, "after {answers}: {}", trial.states());
        let behind = copier::told(trial.folder.path()).and_then(|told| told.behind);
        match ending {
            Ending::Done => done = done || behind.is_none(),
            Ending::NothingSent if trial.states().starts_with("Refused") => assert_eq!((answers, trial.outside.said().len()), (0, 0)),
            _ => {
                paused += 1;
                assert!(trial.states().starts_with("Paused"), "after {answers}: {}", trial.states());
                assert!(behind.is_some_and(|behind| behind.why.contains("no quorum")), "after {answers}");
                assert!(trial.standing().why.is_some_and(|why| why.contains("no quorum")), "after {answers}");
                team.answers(None);
                let again = trial.process_with(&team, &resume(&trial), &nothing_between).await.expect("run");
                assert_eq!(again, Ending::Done, "after {answers}: {}", trial.states());
                assert_eq!(team.files(&trial.folder.id)[JOURNAL], std::fs::read(trial.folder.journal()).expect("read"));
                assert_eq!(copier::told(trial.folder.path()), Some(copier::Told { behind: None }));
            }
        }
        if !trial.states().starts_with("Refused") {
            assert_eq!(["a", "b", "c"].map(|target| trial.outside.of(target).1), [1, 1, 1], "after {answers}");
        }
        if done {
            break;
        }
    }
    assert!(paused >= 6 && done, "paused {paused} times");
}

#[tokio::test]
async fn a_copy_that_does_not_fit_is_not_taken_over() {
    let (team, first) = (Team::default(), healthy(switchover()));
    first.process_with(&team, &first.consent(), &nothing_between).await.expect("run");
    let files = team.files(&first.folder.id);
    let text = |name: &str| String::from_utf8(files[name].clone()).expect("text");
    let with = |name: &str, bytes: String| files.clone().into_iter().chain([(name.to_owned(), bytes.into_bytes())]).collect::<Files>();
    let without = |name: &str| files.clone().into_iter().filter(|(known, _)| known != name).collect::<Files>();
    let lines: Vec<String> = text(JOURNAL).lines().map(str::to_owned).collect();
    let moved = [&lines[..3], &lines[4..]].concat().join("\n") + "\n";
    let broken = [
        (with(JOURNAL, text(JOURNAL).replacen("orders", "0rders", 1)), "does not follow record 1"),
        (with(JOURNAL, moved), "record 4 (line 4) says that it is record 5"),
        (with(JOURNAL, text(JOURNAL).trim_end().to_owned()), "ends in the middle of a line"),
        (with(JOURNAL, String::new()), "has no record"),
        (with(PLAN, text(PLAN).replacen("orders", "billing", 1)), "agrees to another plan"),
        (with("consent-1.json", text("consent-1.json").replace(&first.plan.sha256(), &"0".repeat(64))), "agrees to another plan"),
        (with("consent-1.json", "{".to_owned()), "consent-1.json is not understood"),
        (with("../x", "x".to_owned()), "is no file of a run"),
        (without(PLAN), "plan.json is missing"),
        (without(JOURNAL), "journal.jsonl is missing"),
    ];
    for (files, told) in broken {
        let error = elsewhere(&first, &files).map(|_| ()).expect_err(told).to_string();
        assert!(error.contains(told), "{told}: {error}");
    }
    let root = tempfile::tempdir().expect("folder");
    let state = State { path: root.path().to_owned(), shared: false };
    let other = RunId::new(Timestamp::UNIX_EPOCH).expect("random");
    let error = rebuild(&state, &other, &files).map(|_| ()).expect_err("another run").to_string();
    assert!(error.contains(&format!("is of run {}", first.folder.id)), "{error}");
    assert!(folder::RunFolder::list(&state).expect("read").is_empty(), "nothing is left behind");
    rebuild(&state, &first.folder.id, &files).expect("whole");
    assert!(rebuild(&state, &first.folder.id, &files).is_err(), "it is there already");
}

#[tokio::test]
async fn what_was_done_with_a_broken_glass_is_not_covered_up_by_another_host() {
    let (team, first) = (Team::default(), Trial::new(plan(vec![changes("a"), changes("b")], OnFailure::Ask)));
    team.answers(Some(3));
    assert_eq!(first.process_with(&team, &first.consent(), &nothing_between).await.expect("run"), Ending::Partial);
    let glass = Consent { break_glass: Some("etcd is gone tonight".to_owned()), ..resume(&first) };
    assert_eq!(first.process(&glass, &nothing_between).await.expect("run"), Ending::Done);
    let told = copier::told(first.folder.path()).and_then(|told| told.behind).expect("it is behind");
    assert!(told.why.contains("copies nothing") || told.why.contains("no quorum"), "{told:?}");
    team.answers(None);
    let files = team.files(&first.folder.id);
    assert_eq!(level(&first.folder, &files).expect("this host knows more"), Level::Same);
    let second = elsewhere(&first, &files).expect("it fits");
    let _whatever = second.process_with(&team, &resume(&second), &nothing_between).await;
    let error = level(&first.folder, &team.files(&first.folder.id)).expect_err("two stories").to_string();
    assert!(error.contains("while the glass was broken") && error.contains("neither knows"), "{error}");
    assert!(first.states().starts_with("Succeeded"));
}

#[tokio::test]
async fn a_run_that_another_host_ended_so_long_ago_that_its_copy_is_gone_does_not_go_on() {
    let (team, first) = (Team::default(), Trial::new(plan(vec![changes("a"), changes("b")], OnFailure::Ask)));
    team.answers(Some(3));
    assert_eq!(first.process_with(&team, &first.consent(), &nothing_between).await.expect("run"), Ending::Partial);
    team.answers(None);
    // a day later
    team.kept.lock().unwrap().runs.clear();
    let open = team.kept.lock().unwrap().open.take();
    assert!(open.is_some());
    assert!(matches!(first.process_with(&team, &resume(&first), &nothing_between).await, Err(ExecError::Closed)));
    assert_eq!(first.outside.said(), ["do a"]);
    // and one that nobody ended goes on, and is copied anew as a whole
    team.kept.lock().unwrap().open = open;
    assert_eq!(first.process_with(&team, &resume(&first), &nothing_between).await.expect("run"), Ending::Done);
    assert_eq!(team.files(&first.folder.id)[JOURNAL], std::fs::read(first.folder.journal()).expect("read"));
}
