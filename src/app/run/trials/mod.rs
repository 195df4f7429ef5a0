//! Runs in processes of their own, with a small world of files: a step writes a line, one hangs, one fails. What holds for them holds for every kind.

use super::cancel::{Stage, cancel};
use super::exec;
use super::follow::{self, Events, Last};
use super::found::{Found, Life, named};
use super::guard::{self, Own};
use super::runner::Runner;
use super::start::{Agreed, Begun, Chosen, StartError, go_on, in_the_way, start};
use crate::config::state::State;
use crate::engine::digest::sha256;
use crate::engine::ending::Ending;
use crate::engine::event::Told;
use crate::engine::file_lock::FileLock;
use crate::engine::folder::RunFolder;
use crate::engine::hold;
use crate::engine::lock::{Holder, Lock};
use crate::engine::output::Stream;
use crate::engine::plan::{Actor, Definition, FORMAT, OnCancel, Probe, Risk, Undo};
use crate::engine::process::Process;
use crate::engine::states::{Choice, OnFailure, RunState};
use crate::engine::{Changes, Doing, Expr, Fact, Facts, Hands, Job, Language, Outcome, Plan, RunId, Scope, Step, Task, Truth, Work, World};
use crate::model::{Armed, Clock, Gap, Reading, Reason, Sample, Secret, SecretRef};
use crate::transport::secret;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tempfile::TempDir;

mod boots;
mod holds;
mod persons;

/// In the child: where the state folder is, and what it is to do.
const ROOT: &str = "OPSCTL__TRIAL_ROOT";
const WORDS: &str = "OPSCTL__TRIAL_WORDS";
/// A variable in which a secret lies.
const CANARY: &str = "TRIAL_CANARY";

/// A world of files below a folder: `effects` has a line for everything that was done, a file `hang` lets the next step hang, a file `no` refuses it.
#[derive(Clone)]
struct Files(PathBuf);

impl Files {
    fn effects(&self) -> Vec<String> {
        fs::read_to_string(self.0.join("effects")).unwrap_or_default().lines().map(str::to_owned).collect()
    }

    fn there(&self, name: &str) -> bool {
        self.0.join(name).exists()
    }

    fn put(&self, name: &str) {
        fs::write(self.0.join(name), "").expect("written");
    }

    /// Waits as long as there is a file called `point`, and says that it was reached.
    async fn rest(&self, point: &str, clock: &Clock) {
        while self.there(point) {
            self.put(&format!("reached {point}"));
            clock.sleep(Duration::from_millis(5)).await;
        }
    }

    fn reached(&self, point: &str) -> bool {
        self.there(&format!("reached {point}"))
    }
}

struct Writes(Files, String);

impl Changes for Writes {
    fn change<'a>(&'a self, armed: Armed, doing: &'a Doing) -> Task<'a, Outcome> {
        Box::pin(async move {
            assert!(armed.label().contains('#') && doing.may_send(), "{}", armed.label());
            if self.0.there("no") {
                doing.output.write(Stream::Out, b"x").expect("written");
                return Outcome::NoEffect { why: "there is a file called no".to_owned(), retryable: true };
            }
            self.0.rest(&format!("before {}", self.1), &doing.clock).await;
            let file = fs::OpenOptions::new().append(true).create(true).open(self.0.0.join("effects"));
            file.and_then(|mut file| file.write_all(format!("{}\n", self.1).as_bytes())).expect("written");
            self.0.rest(&format!("hang {}", self.1), &doing.clock).await;
            Outcome::Ok(Value::Null)
        })
    }
}

impl Hands for Files {
    fn build(&self, job: &Job, _body: &Value, _timeout: Duration) -> Result<Work, String> {
        Ok(Work::Changes(Box::new(Writes(self.clone(), job.call.clone()))))
    }

    fn ready(&self) -> Task<'_, Result<(), String>> {
        Box::pin(async { if self.there("no secret") { Err("params.token cannot be read".to_owned()) } else { Ok(()) } })
    }

    fn keep<'a>(&'a self, _job: &'a Job) -> Task<'a, Result<(), String>> {
        Box::pin(async { if self.there("no secret for a guard") { Err("params.token cannot be read".to_owned()) } else { Ok(()) } })
    }
}

impl Facts for Files {
    fn read<'a>(&'a self, names: &'a [String], _max_age: Duration) -> Task<'a, BTreeMap<String, Fact>> {
        let effects = self.effects();
        let taken_at = Clock::real().now();
        let known = |name: &String| {
            let last = effects.iter().rev().find(|line| line.ends_with(&format!(" {name}")));
            let value = json!(last.is_some_and(|line| line.starts_with("do ")));
            (name.clone(), Reading::Known(Sample { value, taken_at }))
        };
        let read = names.iter().map(known).collect();
        Box::pin(async move { read })
    }
}

/// `FACT` and `!FACT`.
struct Words;

impl Language for Words {
    fn truth(&self, expr: &Expr, scope: &Scope) -> Truth {
        let is = |fact: &str| scope.facts.get(fact).and_then(|fact| fact.known("x").ok().cloned()) == Some(json!(true));
        let truth = expr.text.strip_prefix('!').map_or_else(|| is(&expr.text), |fact| !is(fact));
        if truth { Truth::True } else { Truth::False }
    }

    fn value(&self, expr: &Expr, _scope: &Scope) -> Result<Value, Vec<Gap>> {
        Err(vec![Gap::new(expr.text.as_str(), Reason::NotReported)])
    }

    fn fill(&self, body: &Value, _scope: &Scope) -> Result<Value, Vec<Gap>> {
        Ok(body.clone())
    }
}

fn job(verb: &str, name: &str) -> Job {
    Job { kind: "file".to_owned(), body: Value::Null, target: name.to_owned(), call: format!("{verb} {name}"), facts: Vec::new() }
}

fn step(name: &str) -> Step {
    let (applied, absent) =
        (Expr { text: name.to_owned(), facts: vec![name.to_owned()] }, Expr { text: format!("!{name}"), facts: vec![name.to_owned()] });
    let second = Duration::from_secs(1);
    Step {
        changes: true,
        timeout: Duration::from_mins(1),
        undo: Some(Undo { job: job("undo", name), timeout: Duration::from_secs(10), idempotent: true }),
        probe: Some(Probe { applied, absent, every: second, within: 5 * second, meanwhile: false, tells: None }),
        ..Step::new(name, job("do", name))
    }
}

pub(in crate::app) fn plan(steps: Vec<Step>) -> Plan {
    let text = "name = \"trial\"";
    Plan {
        format: FORMAT,
        runbook: Definition { name: "trial".to_owned(), summary: String::new(), text: text.to_owned(), sha256: sha256(text.as_bytes()) },
        cluster: "orders".to_owned(),
        environment: "test".to_owned(),
        risk: Risk::Low,
        impact: None,
        lock: true,
        params: BTreeMap::new(),
        policy: OnFailure::Ask,
        on_cancel: OnCancel::Pause,
        steps,
        abort_when: Vec::new(),
        spans: Vec::new(),
        bound: BTreeMap::new(),
        approvals: 0,
        phrase: None,
        planned_at: jiff::Timestamp::UNIX_EPOCH,
        by: Actor { name: "ana".to_owned(), host: "jump1".to_owned(), via: "login".to_owned() },
    }
}

/// The process of a run, or the guard of what it holds, when this test program is started as one; a test that does nothing otherwise.
#[tokio::test]
async fn child() {
    let (Some(root), Some(words)) = (std::env::var_os(ROOT), std::env::var_os(WORDS)) else { return };
    let words = words.to_string_lossy().into_owned();
    let words: Vec<&str> = words.split_ascii_whitespace().collect();
    exec::apart();
    // what it needs came over its pipe, and does not lie in its environment
    Runner::take().expect("handed over");
    let canary = secret::resolve(&SecretRef::Env(CANARY.to_owned())).await.expect("there");
    assert!(canary.expose() == "canary" && std::env::var_os(CANARY).is_none());
    let (state, files) = (state(Path::new(&root)), Files(PathBuf::from(&root)));
    let id = RunId::try_from((*words.get(1).expect("a run")).to_owned()).expect("a name");
    let folder = RunFolder::open(&state, &id).expect("a run");
    let guards = Own { runner: runner(Path::new(&root)), folder: folder.clone(), clock: Clock::real() };
    let world = World { clock: Clock::real(), language: &Words, hands: &files, facts: &files, guards: &guards };
    if let ["hold", _, step, attempt] = words.as_slice() {
        assert!(!files.there("no guard"));
        // what this test program itself prints must not be taken for an answer
        let mut answers = fs::OpenOptions::new().write(true).open("/proc/self/fd/3").expect("a pipe");
        let ready = || guard::ready(&mut answers);
        hold::stand(&folder, step, attempt.parse().expect("a number"), &world, guard::gone(), ready).await.expect("it stood");
    } else {
        exec::exec(&state, &folder, &world, &FileLock::new(state.clone())).await.expect("carried out");
    }
}

/// A process of this host that is gone, as the one that had the run called `run`.
fn gone(run: &str) -> Holder {
    let by = Actor { name: "ana".to_owned(), host: "jump1".to_owned(), via: "login".to_owned() };
    let since = jiff::Timestamp::UNIX_EPOCH;
    let process = Process { started: Process::own().started + 1, ..Process::own() };
    Holder { run: run.to_owned(), runbook: "trial".to_owned(), process, by, since, folder: None }
}

/// This test program in the place of `opsctl run exec ID`.
fn runner(root: &Path) -> Runner {
    let program = std::env::current_exe().expect("this program");
    let script = format!("export {WORDS}=\"$3 $4 $5 $6\"; exec \"$1\" app::run::trials::child --exact --nocapture 3>&1 >/dev/null");
    let argv = ["sh", "-c", &script, "sh", program.to_str().expect("UTF-8")].map(str::to_owned).to_vec();
    let canary = (CANARY.to_owned(), Secret::new("canary".to_owned()));
    Runner { argv, env: vec![(ROOT.to_owned(), root.to_str().expect("UTF-8").to_owned())], secrets: vec![canary] }
}

fn state(root: &Path) -> State {
    State { path: root.join("state"), shared: false }
}

struct Host {
    root: TempDir,
    clock: Clock,
}

impl Host {
    fn new() -> Host {
        Host { root: tempfile::tempdir().expect("a folder"), clock: Clock::real() }
    }

    fn state(&self) -> State {
        state(self.root.path())
    }

    fn files(&self) -> Files {
        Files(self.root.path().to_owned())
    }

    fn lock(&self) -> FileLock {
        FileLock::new(self.state())
    }

    fn runner(&self) -> Runner {
        runner(self.root.path())
    }

    async fn start(&self, plan: &Plan) -> Begun {
        start(&self.state(), &self.clock, &self.lock(), plan, &Agreed::default(), &self.runner()).await.expect("begun")
    }

    fn look(&self, id: &RunId) -> Found {
        Found::look(&self.state(), id).expect("a run")
    }

    fn choose(&self, id: &RunId, choice: Choice) -> Result<Begun, StartError> {
        let chosen = Chosen { choice, reason: Some("a trial".to_owned()), across: false, said: BTreeMap::new(), phrase: None, break_glass: None };
        go_on(&self.state(), &self.clock, self.look(id), &chosen, &self.runner())
    }

    /// Until what `begun` started says how it ended.
    async fn watch(&self, begun: &mut Begun) -> (Last, Vec<Told>) {
        let mut all = Vec::new();
        let mut events = Events::later(&begun.folder);
        // one that was quick has written already
        if events.read().expect("read").is_empty() && !matches!(begun.folder.last_consent(), Ok(Some((2.., _)))) {
            events = Events::from(&begun.folder, 0);
        }
        let mut tell = |told: &Told| {
            all.push(told.clone());
            Ok(())
        };
        let last = follow::child(&mut events, &mut begun.running, &begun.log, &self.clock, &mut tell).await.expect("followed");
        (last, all)
    }

    /// Until this is so.
    async fn until(&self, what: &str, so: impl Fn() -> bool) {
        let waited = async {
            while !so() {
                self.clock.sleep(Duration::from_millis(5)).await;
            }
        };
        assert!(self.clock.timeout(Duration::from_mins(1), waited).await.is_some(), "never: {what}");
    }
}

fn ends(events: &[Told]) -> String {
    events
        .iter()
        .map(super::words::line)
        .map(|line| line.split_once(' ').map_or(String::new(), |(_, text)| text.to_owned()))
        .collect::<Vec<_>>()
        .join("\n")
}

#[tokio::test]
async fn a_run_is_a_process_of_its_own_and_its_folder_tells_it_all() {
    let host = Host::new();
    let mut begun = host.start(&plan(vec![step("a"), step("b")])).await;
    let id = begun.folder.id.clone();
    let (last, events) = host.watch(&mut begun).await;
    assert_eq!(last, Last::Ended(Ending::Done), "{}", ends(&events));
    assert_eq!(host.files().effects(), ["do a", "do b"]);
    let found = host.look(&id);
    assert_eq!((found.state(), found.life()), (RunState::Succeeded, Life::Nobody));
    let audit = super::audit::audit(&host.state());
    let acts: Vec<String> = audit.records().expect("read").iter().map(|record| super::words::word(&record.entry.what)).collect();
    assert_eq!(acts, ["confirmed", "ended"]);
    assert_eq!(
        crate::engine::history::expected(&exec::history_path(&host.state()), &found.plan.runbook.sha256, "orders")
            .expect("read")
            .0
            .map(|spread| spread.runs),
        Some(1)
    );
    // who comes later sees the same
    let mut again = Vec::new();
    let mut tell = |told: &Told| {
        again.push(told.clone());
        Ok(())
    };
    assert_eq!(follow::attach(&host.state(), found, &host.clock, &mut tell).await.expect("followed"), Last::Ended(Ending::Done));
    assert_eq!(again, events);
    // its last letters are enough
    assert_eq!(named(&host.state(), &id.as_str()[20..].to_ascii_lowercase()).expect("found"), id);
    assert!(named(&host.state(), "nono").is_err());
}

#[tokio::test]
async fn a_run_outlives_the_session_that_started_it_and_ends_in_its_own() {
    let host = Host::new();
    host.files().put("hang do a");
    let begun = host.start(&plan(vec![step("a")])).await;
    let id = begun.folder.id.clone();
    host.until("it works", || host.files().effects() == ["do a"]).await;
    let stat = fs::read_to_string(format!("/proc/{}/stat", begun.running.pid())).expect("it runs");
    let session: u32 =
        stat.rsplit(')').next().and_then(|rest| rest.split_ascii_whitespace().nth(3)).and_then(|text| text.parse().ok()).expect("a session");
    assert_eq!(session, begun.running.pid(), "it leads its own session");
    // the signal that a terminal leaves behind is nothing to it
    begun.running.signal(rustix::process::Signal::HUP);
    drop(begun);
    fs::remove_file(host.root.path().join("hang do a")).expect("removed");
    let last = follow::attach(&host.state(), host.look(&id), &host.clock, &mut |_| Ok(())).await.expect("followed");
    assert_eq!((last, host.look(&id).state()), (Last::Ended(Ending::Done), RunState::Succeeded));
}

#[tokio::test]
async fn one_that_was_killed_keeps_others_off_until_it_is_ended() {
    for (choice, ending, effects, state) in [
        (Choice::Resume, Ending::Done, vec!["do a", "do b", "do c"], RunState::Succeeded),
        (Choice::RollBack, Ending::Unchanged, vec!["do a", "do b", "undo b", "undo a"], RunState::RolledBack),
        (Choice::Abandon, Ending::InDoubt, vec!["do a", "do b"], RunState::Abandoned),
    ] {
        let host = Host::new();
        host.files().put("hang do b");
        let begun = host.start(&plan(vec![step("a"), step("b"), step("c")])).await;
        let id = begun.folder.id.clone();
        host.until("it works", || host.files().effects().len() == 2).await;
        // while it is at work
        match host.choose(&id, choice) {
            Err(StartError::Locked { what, .. }) => assert!(what.contains("is at work"), "{what}"),
            other => panic!("{other:?}"),
        }
        cancel(&host.state(), &host.clock, &host.look(&id), Stage::Kill).expect("killed");
        host.until("it is gone", || host.look(&id).life() == Life::Nobody).await;
        assert_eq!(host.look(&id).state(), RunState::Interrupted);
        fs::remove_file(host.root.path().join("hang do b")).expect("removed");
        // any other start shows it first, and sends nothing
        let other = start(&host.state(), &host.clock, &host.lock(), &plan(vec![step("x")]), &Agreed::default(), &host.runner()).await;
        match other {
            Err(StartError::Locked { what, hint }) => {
                assert!(what.contains(id.as_str()) && what.contains("interrupted"), "{what}");
                assert!(hint.contains(&format!("opsctl run resume {id}")), "{hint}");
            }
            other => panic!("{other:?}"),
        }
        let mut begun = host.choose(&id, choice).expect("goes on");
        let (last, events) = host.watch(&mut begun).await;
        assert_eq!((last, host.look(&id).state()), (Last::Ended(ending), state), "{}", ends(&events));
        assert_eq!(host.files().effects(), effects);
        assert!(in_the_way(&host.state(), &host.clock, &host.lock(), "orders").await.expect("read").is_none());
        // nothing follows, and where its end was not heard of there is one way on
        host.until("its process is gone", || host.look(&id).life() == Life::Nobody).await;
        assert!(matches!(host.choose(&id, choice), Err(StartError::Refused { hint, .. }) if hint.contains("run unlock orders")));
        let me = gone(id.as_str());
        host.lock().take("orders", &me, 0).await.expect("free").leave_open(&me).await.expect("written");
        match in_the_way(&host.state(), &host.clock, &host.lock(), "orders").await {
            Ok(Some(StartError::Locked { hint, .. })) => assert!(hint.contains("run unlock orders") && !hint.contains("resume"), "{hint}"),
            other => panic!("{other:?}"),
        }
        super::locks::unlock(&host.state(), &host.clock, &host.lock(), "orders", "it is ended", false).await.expect("unlocked");
        assert_eq!(host.lock().open_run("orders").expect("read"), None);
    }
}

#[tokio::test]
async fn it_is_cancelled_in_three_stages() {
    for (stages, state) in [
        (vec![Stage::NoFurther], RunState::Paused),
        (vec![Stage::NoFurther, Stage::Stop], RunState::Paused),
        (vec![Stage::NoFurther, Stage::Stop, Stage::Kill], RunState::Interrupted),
    ] {
        let host = Host::new();
        host.files().put("hang do a");
        let begun = host.start(&plan(vec![step("a"), step("b")])).await;
        let id = begun.folder.id.clone();
        host.until("it works", || host.files().effects().len() == 1).await;
        for stage in &stages {
            cancel(&host.state(), &host.clock, &host.look(&id), *stage).expect("cancelled");
        }
        if stages.len() == 1 {
            fs::remove_file(host.root.path().join("hang do a")).expect("removed");
        }
        host.until("it is gone", || host.look(&id).life() == Life::Nobody).await;
        assert_eq!(host.look(&id).state(), state);
        assert_eq!(host.files().effects(), ["do a"]);
        assert!(cancel(&host.state(), &host.clock, &host.look(&id), Stage::NoFurther).is_err());
    }
}

#[tokio::test]
async fn a_process_that_cannot_begin_says_why() {
    let host = Host::new();
    let mut begun = host.start(&plan(vec![step("a")])).await;
    let id = begun.folder.id.clone();
    host.watch(&mut begun).await;
    // a second process for an ended run
    let (_, consent) = begun.folder.last_consent().expect("read").expect("a consent");
    begun.folder.consent(&consent).expect("kept");
    let printed = fs::OpenOptions::new().append(true).open(&begun.log).expect("the log");
    let mut running = host.runner().start(&Runner::exec(&id), &printed).expect("started");
    let last = follow::child(&mut Events::later(&begun.folder), &mut running, &begun.log, &host.clock, &mut |_| Ok(())).await.expect("followed");
    match last {
        Last::NotBegun { code, printed } => assert!(code != 0 && printed.contains("Ended(Succeeded)"), "{code}: {printed}"),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn what_has_to_be_typed_or_approved_is() {
    let host = Host::new();
    let refused = |plan: Plan, phrase: Option<&str>| {
        let agreed = Agreed { phrase: phrase.map(str::to_owned), ..Agreed::default() };
        let (state, clock, lock, runner) = (host.state(), host.clock.clone(), host.lock(), host.runner());
        async move { start(&state, &clock, &lock, &plan, &agreed, &runner).await.expect_err("refused") }
    };
    let typed = Plan { phrase: Some("orders".to_owned()), ..plan(vec![step("a")]) };
    for phrase in [None, Some("order"), Some("Orders")] {
        assert!(matches!(refused(typed.clone(), phrase).await, StartError::Refused { .. }));
    }
    let approved = Plan { approvals: 2, ..plan(vec![step("a")]) };
    assert!(matches!(refused(approved, None).await, StartError::Approval { .. }));
    assert!(RunFolder::list(&host.state()).expect("read").is_empty(), "nothing was made for it");
}
