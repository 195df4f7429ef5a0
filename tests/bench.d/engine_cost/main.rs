//! The Rust half of `tests/bench engine`: what the engine itself costs. A plan of steps that change nothing goes through the real executor, lock, journal and
//! disk; the same bytes are then synced bare, and the journal is read again as a process that takes the run over reads it.
#![allow(
    clippy::cast_precision_loss,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::indexing_slicing,
    unreachable_pub,
    reason = "a bench ends where something is wrong, and says so"
)]

use opsctl::config::state::State;
use opsctl::engine::chain::Disk;
use opsctl::engine::consent::Consent;
use opsctl::engine::digest::sha256;
use opsctl::engine::file_lock::FileLock;
use opsctl::engine::folder::RunFolder;
use opsctl::engine::guards::{Guard, Guards};
use opsctl::engine::journal;
use opsctl::engine::plan::{Actor, Definition, FORMAT, OnCancel, Retry, Risk};
use opsctl::engine::states::OnFailure;
use opsctl::engine::take::exec;
use opsctl::engine::{Changes, Doing, Ending, Expr, Fact, Facts, Hands, Job, Language, Outcome, Plan, RunId, Scope, Step, Task, Truth, Work, World};
use opsctl::model::{Armed, Clock, Gap, Moment};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Steps of the run whose journal is read again; each is refused until there are as many records as wanted.
const REPLAYED_STEPS: usize = 20;
/// Records of an attempt that is refused: what is intended, what came of it, that it is tried again.
const RECORDS_OF_A_REFUSAL: usize = 3;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["steps", folder, count] => steps(Path::new(folder), count.parse().expect("a number")),
        ["replay", folder, count] => replay(Path::new(folder), count.parse().expect("a number")),
        // `cargo bench` without the runner: there is nothing to measure alone
        _ => println!("run it as tests/bench engine"),
    }
}

/// A world in which every step is carried out at once, after it was refused so often.
#[derive(Clone, Default)]
struct Nothing {
    refusals: u32,
    asked: Arc<AtomicU32>,
}

impl Changes for Nothing {
    fn change<'a>(&'a self, _armed: Armed, _doing: &'a Doing) -> Task<'a, Outcome> {
        let refused = self.asked.fetch_add(1, Ordering::Relaxed) % (self.refusals + 1) < self.refusals;
        Box::pin(async move {
            match refused {
                true => Outcome::NoEffect { why: "not now".to_owned(), retryable: true },
                false => Outcome::Ok(json!({ "changed": false })),
            }
        })
    }
}

impl Hands for Nothing {
    fn build(&self, _job: &Job, _body: &Value, _timeout: Duration) -> Result<Work, String> {
        Ok(Work::Changes(Box::new(self.clone())))
    }
}

impl Guards for Nothing {
    fn stand<'a>(&'a self, _step: &'a str, _attempt: u32) -> Task<'a, Result<Box<dyn Guard>, String>> {
        Box::pin(async { Err("nothing is held here".to_owned()) })
    }
}

impl Facts for Nothing {
    fn read<'a>(&'a self, _names: &'a [String], _max_age: Duration) -> Task<'a, BTreeMap<String, Fact>> {
        Box::pin(async { BTreeMap::new() })
    }
}

impl Language for Nothing {
    fn truth(&self, _expr: &Expr, _scope: &Scope) -> Truth {
        Truth::True
    }

    fn value(&self, _expr: &Expr, _scope: &Scope) -> Result<Value, Vec<Gap>> {
        Ok(Value::Null)
    }

    fn fill(&self, body: &Value, _scope: &Scope) -> Result<Value, Vec<Gap>> {
        Ok(body.clone())
    }
}

fn plan(count: usize) -> Plan {
    let text = "name = \"nothing\"";
    let job = || Job {
        kind: "nothing".to_owned(),
        body: Value::Null,
        target: "orders/patroni/pg1".to_owned(),
        call: "nothing at pg1".to_owned(),
        facts: Vec::new(),
    };
    let retry = Retry { attempts: u32::MAX, pause: Duration::ZERO, factor: 1 };
    let steps = (0..count).map(|at| Step { changes: true, idempotent: true, retry, ..Step::new(format!("step-{at}"), job()) }).collect();
    Plan {
        format: FORMAT,
        runbook: Definition { name: "nothing".to_owned(), summary: String::new(), text: text.to_owned(), sha256: sha256(text.as_bytes()) },
        cluster: "orders".to_owned(),
        environment: "test".to_owned(),
        risk: Risk::Low,
        impact: None,
        lock: true,
        params: BTreeMap::new(),
        policy: OnFailure::Stop,
        on_cancel: OnCancel::Pause,
        steps,
        abort_when: Vec::new(),
        spans: Vec::new(),
        bound: BTreeMap::new(),
        approvals: 0,
        phrase: None,
        planned_at: Clock::real().now().wall,
        by: Actor { name: "bench".to_owned(), host: "bench".to_owned(), via: "bench".to_owned() },
    }
}

/// When each sync of the journal had returned, and how many bytes were added before it.
#[derive(Default)]
struct Syncs {
    at: Vec<Moment>,
    bytes: Vec<usize>,
    unsynced: usize,
}

struct Timed {
    disk: Box<dyn Disk>,
    clock: Clock,
    syncs: Arc<Mutex<Syncs>>,
}

impl Disk for Timed {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.disk.append(bytes)?;
        self.syncs.lock().expect("lock").unsynced += bytes.len();
        Ok(())
    }

    fn sync(&mut self) -> io::Result<()> {
        self.disk.sync()?;
        let mut syncs = self.syncs.lock().expect("lock");
        let bytes = std::mem::take(&mut syncs.unsynced);
        syncs.bytes.push(bytes);
        syncs.at.push(self.clock.now());
        Ok(())
    }
}

fn begun(count: usize, root: &Path) -> (RunFolder, State, Plan) {
    let plan = plan(count);
    let state = State { path: root.to_owned(), shared: false };
    let run = RunFolder::create(&state, &RunId::new(plan.planned_at).expect("random"), &plan).expect("made");
    let consent = Consent {
        plan_sha256: plan.sha256(),
        phrase: None,
        by: plan.by.clone(),
        at: plan.planned_at,
        choice: None,
        reason: None,
        across: false,
        said: BTreeMap::new(),
        break_glass: None,
        control_from: 0,
    };
    run.consent(&consent).expect("kept");
    (run, state, plan)
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("runtime")
}

fn processor() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    Duration::new(time.tv_sec.try_into().expect("seconds"), time.tv_nsec.try_into().expect("nanoseconds"))
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

fn median(mut times: Vec<Duration>) -> f64 {
    times.sort_unstable();
    millis(times[times.len() / 2])
}

/// Runs a plan of `count` steps: the processor's time of a step, its length from one result that is on the disk to the next, and that of two bare syncs of as
/// many bytes into a file beside it.
fn steps(root: &Path, count: usize) {
    let (run, state, _plan) = begun(count, root);
    let syncs = Arc::new(Mutex::new(Syncs::default()));
    let clock = Clock::real();
    let between = |disk: Box<dyn Disk>| Box::new(Timed { disk, clock: clock.clone(), syncs: Arc::clone(&syncs) }) as Box<dyn Disk>;
    let nothing = Nothing::default();
    let world = World { clock: clock.clone(), language: &nothing, hands: &nothing, facts: &nothing, guards: &nothing };
    let before = processor();
    let ended = runtime().block_on(exec(&run, &world, &FileLock::new(state), &between)).expect("run");
    let spent = processor().saturating_sub(before);
    assert_eq!(ended, Ending::Done);

    let syncs = syncs.lock().expect("lock");
    // what opens and closes a run is synced too; a step is an intent and its result, and those are the last but one
    let of_steps = &syncs.at[syncs.at.len() - 1 - 2 * count..syncs.at.len() - 1];
    let whole: Vec<Duration> = of_steps.windows(3).step_by(2).map(|three| three[2].since(three[0])).collect();
    let bytes = &syncs.bytes[syncs.at.len() - 1 - 2 * count..syncs.at.len() - 1];

    let mut bare = OpenOptions::new().create_new(true).append(true).open(root.join("bare")).expect("a file");
    let synced = bytes.chunks(2).map(|two| {
        let begin = clock.now();
        for bytes in two {
            bare.write_all(&vec![b'x'; *bytes]).and_then(|()| bare.sync_data()).expect("synced");
        }
        clock.now().since(begin)
    });
    let synced: Vec<Duration> = synced.collect();
    let cpu = millis(spent) / count as f64;
    println!("{}", json!({ "cpu_ms": cpu, "step_ms": median(whole), "bare_ms": median(synced), "bytes": bytes.iter().sum::<usize>() / count }));
}

/// Reads the journal of a run of `count` records as who takes it over does, in turn with reading the file and hashing its lines.
fn replay(root: &Path, count: usize) {
    let (run, state, plan) = begun(REPLAYED_STEPS, root);
    let refusals = u32::try_from(count.div_ceil(REPLAYED_STEPS * RECORDS_OF_A_REFUSAL)).expect("a number");
    let nothing = Nothing { refusals, ..Nothing::default() };
    let world = World { clock: Clock::real(), language: &nothing, hands: &nothing, facts: &nothing, guards: &nothing };
    let unsynced = |disk: Box<dyn Disk>| Box::new(Unsynced(disk)) as Box<dyn Disk>;
    assert_eq!(runtime().block_on(exec(&run, &world, &FileLock::new(state), &unsynced)).expect("run"), Ending::Done);
    let (mut replayed, mut hashed, mut records) = (Vec::new(), Vec::new(), 0);
    for _pair in 0..21 {
        let begin = processor();
        let standing = journal::read(&run.journal(), &plan).expect("the journal fits together");
        replayed.push(processor().saturating_sub(begin));
        assert!(standing.board.run.ended());
        let begin = processor();
        let text = std::fs::read(run.journal()).expect("read");
        // the last line has its end as well
        records = text.split(|byte| *byte == b'\n').map(sha256).filter(|hash| !hash.is_empty()).count() - 1;
        hashed.push(processor().saturating_sub(begin));
    }
    println!("{}", json!({ "records": records, "replay_ms": median(replayed), "hash_ms": median(hashed) }));
}

/// A disk on which nothing waits: only what is written counts here.
struct Unsynced(Box<dyn Disk>);

impl Disk for Unsynced {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.append(bytes)
    }

    fn sync(&mut self) -> io::Result<()> {
        Ok(())
    }
}
