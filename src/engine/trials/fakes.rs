//! A world for trials: targets that remember what was done to them, a language of three words, a disk that can be killed at any of its calls.

use crate::config::state::State;
use crate::engine::chain::Disk;
use crate::engine::consent::Consent;
use crate::engine::digest::sha256;
use crate::engine::file_lock::FileLock;
use crate::engine::folder::RunFolder;
use crate::engine::guards::{Guard, Guards};
use crate::engine::lock::{Held, Holder, Known, Lock, LockError, Term};
use crate::engine::plan::{Actor, Definition, Expect, FORMAT, OnCancel, Probe, Risk, Undo};
use crate::engine::states::{Choice, OnFailure};
use crate::engine::take::{Between, ExecError, exec};
use crate::engine::*;
use crate::model::{Armed, Clock, Gap, Reading, Reason, Sample};
use jiff::Timestamp;
use serde_json::{Value, json};
use std::collections::{BTreeMap, VecDeque};
use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tempfile::TempDir;

/// What a target does with the next request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reply {
    Yes,
    No,
    /// It does it, and nobody hears of it.
    Lost,
    /// It does nothing, and nobody hears of it.
    Dropped,
    /// It does it and never answers.
    Hangs,
    /// It does nothing and never answers.
    Stalls,
}

#[derive(Debug, Default)]
pub(super) struct Target {
    pub(super) applied: bool,
    pub(super) effects: u32,
    pub(super) undos: u32,
    pub(super) replies: VecDeque<Reply>,
}

/// Everything outside: targets by name, facts by name, and what happened in which order.
#[derive(Clone, Default)]
pub(super) struct Outside {
    pub(super) targets: Arc<Mutex<BTreeMap<String, Target>>>,
    pub(super) facts: Arc<Mutex<BTreeMap<String, Value>>>,
    /// Targets that cannot be asked.
    hidden: Arc<Mutex<Vec<String>>>,
    pub(super) log: Arc<Mutex<Vec<String>>>,
    /// As long as this, of the time of the day, nothing runs when facts are read next: the host is asleep.
    pub(super) nap: Arc<Mutex<Duration>>,
    /// Where what happened is written down, too, for who outlives this process.
    pub(super) written: Option<PathBuf>,
}

impl Outside {
    /// A world of which another process wrote down what happened.
    pub(super) fn after(written: &Path) -> Outside {
        let outside = Outside::default();
        for line in std::fs::read_to_string(written).unwrap_or_default().lines() {
            let (what, name) = line.split_once(' ').expect("two words");
            let mut targets = outside.targets.lock().unwrap();
            let target = targets.entry(name.to_owned()).or_default();
            target.applied = what == "do";
            *(if target.applied { &mut target.effects } else { &mut target.undos }) += 1;
        }
        outside
    }

    pub(super) fn reply(&self, target: &str, reply: Reply) {
        self.targets.lock().unwrap().entry(target.to_owned()).or_default().replies.push_back(reply);
    }

    pub(super) fn fact(&self, name: &str, value: Value) {
        self.facts.lock().unwrap().insert(name.to_owned(), value);
    }

    /// Nobody can tell any more whether this target is in effect.
    pub(super) fn hide(&self, target: &str) {
        self.hidden.lock().unwrap().push(target.to_owned());
    }

    /// Whether it is in effect, how often it was done, and how often undone.
    pub(super) fn of(&self, target: &str) -> (bool, u32, u32) {
        self.targets.lock().unwrap().get(target).map_or((false, 0, 0), |target| (target.applied, target.effects, target.undos))
    }

    pub(super) fn said(&self) -> Vec<String> {
        self.log.lock().unwrap().clone()
    }

    pub(super) fn note(&self, text: String) {
        if let Some(path) = &self.written {
            let file = OpenOptions::new().append(true).create(true).open(path);
            file.and_then(|mut file| file.write_all(format!("{text}\n").as_bytes())).expect("written");
        }
        self.log.lock().unwrap().push(text);
    }
}

struct Sent {
    outside: Outside,
    target: String,
    undo: bool,
}

impl Changes for Sent {
    fn change<'a>(&'a self, armed: Armed, doing: &'a Doing) -> Task<'a, Outcome> {
        Box::pin(async move {
            assert!(armed.label().contains(&self.target), "{} is not for {}", armed.label(), self.target);
            let reply = {
                let mut targets = self.outside.targets.lock().unwrap();
                let target = targets.entry(self.target.clone()).or_default();
                let reply = target.replies.pop_front().unwrap_or(Reply::Yes);
                if matches!(reply, Reply::Yes | Reply::Lost | Reply::Hangs) {
                    target.applied = !self.undo;
                    *(if self.undo { &mut target.undos } else { &mut target.effects }) += 1;
                    self.outside.note(format!("{} {}", if self.undo { "undo" } else { "do" }, self.target));
                }
                reply
            };
            match reply {
                Reply::Yes => Outcome::Ok(json!({ "done": self.target })),
                Reply::No => Outcome::NoEffect { why: "the server said no".to_owned(), retryable: true },
                Reply::Lost | Reply::Dropped => Outcome::Unclear { why: "the connection was reset".to_owned() },
                Reply::Hangs | Reply::Stalls => {
                    doing.clock.sleep(Duration::from_hours(24)).await;
                    Outcome::Unclear { why: "never".to_owned() }
                }
            }
        })
    }
}

struct Looks(Outside, String);

impl Reads for Looks {
    fn read<'a>(&'a self, _doing: &'a Doing) -> Task<'a, Result<Value, String>> {
        let answer = self.0.facts.lock().unwrap().get(&self.1).cloned();
        Box::pin(async move { answer.ok_or_else(|| format!("{} does not answer", self.1)) })
    }
}

impl Hands for Outside {
    fn build(&self, job: &Job, body: &Value, _timeout: Duration) -> Result<Work, String> {
        let sent = |undo| Ok(Work::Changes(Box::new(Sent { outside: self.clone(), target: job.target.clone(), undo }) as Box<dyn Changes>));
        match job.kind.as_str() {
            "do" => sent(false),
            "undo" => sent(true),
            "look" => Ok(Work::Reads(Box::new(Looks(self.clone(), job.target.clone())))),
            "check" => Ok(Work::Nothing),
            "wait" => Ok(Work::Wait { every: Duration::from_secs(1), within: Duration::from_secs(20), until: expr(body.as_str().unwrap_or("")) }),
            "long wait" => {
                Ok(Work::Wait { every: Duration::from_secs(1), within: Duration::from_hours(1), until: expr(body.as_str().unwrap_or("")) })
            }
            "manual" => Ok(Work::Ask(Question::Manual { instruction: "look at it".to_owned(), evidence: true })),
            other => Err(format!("there is no kind '{other}'")),
        }
    }

    /// Another one leads by the time that all secrets are read, where the trial says so.
    fn ready(&self) -> Task<'_, Result<(), String>> {
        Box::pin(async {
            let by_then = self.facts.lock().unwrap().get("leader by then").cloned();
            if let Some(leader) = by_then {
                self.fact("leader", leader);
            }
            Ok(())
        })
    }
}

impl Facts for Outside {
    fn read<'a>(&'a self, names: &'a [String], _max_age: Duration) -> Task<'a, BTreeMap<String, Fact>> {
        let wakes = Clock::real().now().plus(std::mem::take(&mut *self.nap.lock().unwrap()));
        while Clock::real().now().mono < wakes.mono {
            std::thread::yield_now();
        }
        let facts = self.facts.lock().unwrap().clone();
        let known = |name: &String| match name.strip_suffix(".applied") {
            Some(target) => (!self.hidden.lock().unwrap().iter().any(|hidden| hidden == target)).then(|| json!(self.of(target).0)),
            None => facts.get(name).cloned(),
        };
        let taken_at = Clock::real().now();
        let read = names.iter().filter_map(|name| Some((name.clone(), Reading::Known(Sample { value: known(name)?, taken_at })))).collect();
        Box::pin(async move { read })
    }
}

/// Nobody stands guard here: what a guard does needs processes.
impl Guards for Outside {
    fn stand<'a>(&'a self, _step: &'a str, _attempt: u32) -> Task<'a, Result<Box<dyn Guard>, String>> {
        Box::pin(async { Ok(Box::new(Nobody) as Box<dyn Guard>) })
    }
}

struct Nobody;

impl Guard for Nobody {
    fn leave(self: Box<Self>) -> Task<'static, ()> {
        Box::pin(async {})
    }
}

/// `FACT`, `!FACT`, or `output`.
pub(in crate::engine) fn expr(text: &str) -> Expr {
    let fact = text.trim_start_matches('!').to_owned();
    Expr { text: text.to_owned(), facts: if fact == "output" { Vec::new() } else { vec![fact] } }
}

fn gap(name: &str) -> Vec<Gap> {
    vec![Gap::new(name, Reason::NotReported)]
}

impl Language for Outside {
    fn truth(&self, expr: &Expr, scope: &Scope) -> Truth {
        let wanted = !expr.text.starts_with('!');
        match self.value(expr, scope) {
            Ok(Value::Bool(is)) if is == wanted => Truth::True,
            Ok(Value::Bool(_)) => Truth::False,
            _ => Truth::Unknown(gap(&expr.text)),
        }
    }

    fn value(&self, expr: &Expr, scope: &Scope) -> Result<Value, Vec<Gap>> {
        let name = expr.text.trim_start_matches('!');
        let known = if name == "output" { scope.output.clone() } else { scope.facts.get(name).and_then(|fact| fact.known(name).ok().cloned()) };
        known.ok_or_else(|| gap(name))
    }

    fn fill(&self, body: &Value, _scope: &Scope) -> Result<Value, Vec<Gap>> {
        if body.as_str() == Some("${unknown}") { Err(gap("unknown")) } else { Ok(body.clone()) }
    }
}

pub(in crate::engine) fn job(kind: &str, target: &str) -> Job {
    Job { kind: kind.to_owned(), body: Value::Null, target: target.to_owned(), call: format!("{kind} {target}"), facts: Vec::new() }
}

/// A step called as its target, which changes it and can be undone.
pub(in crate::engine) fn changes(target: &str) -> Step {
    let undo = Some(Undo { job: job("undo", target), timeout: Duration::from_secs(30), idempotent: false });
    Step { changes: true, undo, ..Step::new(target, job("do", target)) }
}

pub(in crate::engine) fn probed(target: &str) -> Step {
    let seconds = Duration::from_secs;
    let (applied, absent) = (expr(&format!("{target}.applied")), expr(&format!("!{target}.applied")));
    Step { probe: Some(Probe { applied, absent, every: seconds(1), within: seconds(20), meanwhile: false, tells: None }), ..changes(target) }
}

pub(in crate::engine) fn held(target: &str, hold: Duration) -> Step {
    let undo = Some(Undo { job: job("undo", target), timeout: Duration::from_secs(5), idempotent: true });
    Step { idempotent: true, finally: true, hold: Some(hold), timeout: Duration::from_secs(10), undo, ..changes(target) }
}

pub(in crate::engine) fn reads(id: &str, expects: &str) -> Step {
    let expect = Some(Expect { that: expr(expects), every: Duration::from_secs(1), within: Duration::ZERO });
    Step { expect, ..Step::new(id, job("check", "")) }
}

pub(in crate::engine) fn ana() -> Actor {
    Actor { name: "ana".to_owned(), host: "jump1".to_owned(), via: "login".to_owned() }
}

pub(in crate::engine) fn plan(steps: Vec<Step>, policy: OnFailure) -> Plan {
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
        policy,
        on_cancel: OnCancel::Pause,
        steps,
        abort_when: Vec::new(),
        spans: Vec::new(),
        bound: BTreeMap::new(),
        approvals: 0,
        phrase: None,
        planned_at: Timestamp::UNIX_EPOCH,
        by: ana(),
    }
}

/// A run in a folder of its own.
pub(super) struct Trial {
    pub(super) outside: Outside,
    pub(super) plan: Plan,
    pub(super) folder: RunFolder,
    pub(super) state: State,
    pub(super) _root: Option<TempDir>,
}

impl Trial {
    pub(super) fn new(plan: Plan) -> Trial {
        let root = tempfile::tempdir().expect("folder");
        let state = State { path: root.path().to_owned(), shared: false };
        let id = RunId::new(Timestamp::UNIX_EPOCH).expect("random");
        let folder = RunFolder::create(&state, &id, &plan).expect("made");
        Trial { outside: Outside::default(), plan, folder, state, _root: Some(root) }
    }

    /// The only run in the state folder at `root`, which another process made.
    pub(super) fn found(root: &Path, plan: Plan) -> Trial {
        let state = State { path: root.to_owned(), shared: false };
        let id = RunFolder::list(&state).expect("read").pop().expect("a run");
        let folder = RunFolder::open(&state, &id).expect("there");
        Trial { outside: Outside::default(), plan, folder, state, _root: None }
    }

    pub(super) fn consent(&self) -> Consent {
        Consent {
            plan_sha256: self.plan.sha256(),
            phrase: None,
            by: ana(),
            at: Timestamp::UNIX_EPOCH,
            choice: None,
            reason: None,
            across: false,
            said: BTreeMap::new(),
            break_glass: None,
            control_from: crate::engine::control::length(&self.folder.control()),
        }
    }

    /// One process of the run, under this consent.
    pub(super) async fn process(&self, consent: &Consent, between: Between<'_>) -> Result<Ending, ExecError> {
        self.process_with(&FileLock::new(self.state.clone()), consent, between).await
    }

    /// As [`Trial::process`], with a lock of another kind.
    pub(super) async fn process_with(&self, lock: &dyn Lock, consent: &Consent, between: Between<'_>) -> Result<Ending, ExecError> {
        self.folder.consent(consent).expect("kept");
        // fast enough not to wait, slow enough that a busy machine does not miss a deadline
        let clock = Clock::at_rate(50);
        let world = World { clock, language: &self.outside, hands: &self.outside, facts: &self.outside, guards: &self.outside };
        exec(&self.folder, &world, lock, between).await
    }

    pub(super) async fn run(&self) -> Ending {
        self.process(&self.consent(), &crate::engine::take::nothing_between).await.expect("run")
    }

    pub(super) async fn go_on(&self, choice: Choice) -> Ending {
        self.process(&Consent { choice: Some(choice), ..self.consent() }, &crate::engine::take::nothing_between).await.expect("run")
    }

    pub(super) fn standing(&self) -> crate::engine::standing::Standing {
        crate::engine::journal::read(&self.folder.journal(), &self.plan).expect("the journal fits together")
    }

    /// The state of each step, in words.
    pub(super) fn states(&self) -> String {
        let standing = self.standing();
        let steps = standing.board.steps.iter().map(|mark| format!("{:?}", mark.state)).collect::<Vec<_>>();
        format!("{:?}: {}", standing.board.run, steps.join(" "))
    }
}

/// A disk whose process is killed at one of its calls, before it or right after.
pub(super) struct Mortal {
    pub(super) disk: Box<dyn Disk>,
    /// The number of the call, from 1.
    pub(super) left: u32,
    pub(super) after: bool,
}

impl Mortal {
    fn call(&mut self, work: impl FnOnce(&mut dyn Disk) -> io::Result<()>) -> io::Result<()> {
        let killed = || io::Error::other("killed");
        let left = self.left;
        self.left = left.saturating_sub(1);
        match (left, self.after) {
            (0, _) | (1, false) => Err(killed()),
            (1, true) => work(self.disk.as_mut()).and_then(|()| Err(killed())),
            _ => work(self.disk.as_mut()),
        }
    }
}

impl Disk for Mortal {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.call(|disk| disk.append(bytes))
    }

    fn sync(&mut self) -> io::Result<()> {
        self.call(|disk| disk.sync())
    }
}

/// A disk that tells when it was synced.
pub(super) struct Told {
    pub(super) disk: Box<dyn Disk>,
    pub(super) outside: Outside,
}

impl Disk for Told {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        let record: Value = serde_json::from_slice(bytes)?;
        let what = record["entry"].as_object().and_then(|entry| entry.keys().next().cloned()).unwrap_or_default();
        self.outside.note(format!("write {what}"));
        self.disk.append(bytes)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.outside.note("sync".to_owned());
        self.disk.sync()
    }
}

/// A lock far away: it may not answer, and it may be lost.
#[derive(Clone, Debug, Default)]
pub(super) struct Far {
    pub(super) silent: bool,
    /// What is written there is not understood.
    pub(super) unclear: bool,
    pub(super) lost: Arc<AtomicBool>,
    pub(super) term: Arc<Mutex<Option<Term>>>,
    /// So often nobody hears that the run is not open any more.
    pub(super) deaf: Arc<AtomicU32>,
    /// Who left a run open.
    pub(super) open: Arc<Mutex<Option<String>>>,
}

impl Lock for Far {
    fn take<'a>(&'a self, _cluster: &'a str, _holder: &'a Holder, _than: u64) -> Task<'a, Result<Box<dyn Held>, LockError>> {
        let taken = if self.silent {
            Err(LockError::NoStore("no member of the store answers".to_owned()))
        } else if self.unclear {
            Err(LockError::Unknown("nobody understands what is written there".to_owned()))
        } else {
            Ok(Box::new(self.clone()) as Box<dyn Held>)
        };
        Box::pin(async { taken })
    }

    fn look<'a>(&'a self, _cluster: &'a str) -> Task<'a, Result<Vec<Known>, LockError>> {
        Box::pin(async { Ok(Vec::new()) })
    }
}

impl Held for Far {
    fn token(&self) -> u64 {
        7
    }

    fn lost(&self) -> Option<String> {
        self.lost.load(Ordering::Relaxed).then(|| "its lease has run out".to_owned())
    }

    fn term(&self) -> Option<Term> {
        *self.term.lock().unwrap()
    }

    fn leave_open<'a>(&'a self, holder: &'a Holder) -> Task<'a, Result<(), LockError>> {
        *self.open.lock().unwrap() = Some(holder.run.clone());
        Box::pin(async { Ok(()) })
    }

    fn close(&self) -> Task<'_, Result<(), LockError>> {
        let deaf = self.deaf.load(Ordering::Relaxed);
        if deaf > 0 {
            self.deaf.store(deaf - 1, Ordering::Relaxed);
            return Box::pin(async { Err(LockError::NoStore("no member of the store answers".to_owned())) });
        }
        *self.open.lock().unwrap() = None;
        Box::pin(async { Ok(()) })
    }
}
