//! A small host: a runbook beside the configuration, a state folder, and a cluster whose one server refuses every connection.

use super::order::LONGEST;
use super::question::{Now, Verdict};
use super::{Operator, Order, Outcome, Own, Question, Told, Wish};
use crate::app::load::{Wanted, config};
use crate::app::plan::Planned;
use crate::app::run::actor::actor;
use crate::app::run::cancel::Stage;
use crate::app::run::trials;
use crate::config::state::{self, State};
use crate::engine::chain::Chain;
use crate::engine::entry::{Entry, Intent, Opened, Taken};
use crate::engine::folder::RunFolder;
use crate::engine::journal::Journal;
use crate::engine::plan::Undo;
use crate::engine::process::Process;
use crate::engine::states::{Asked, Choice, RunEvent, StepEvent};
use crate::engine::{Job, RunId, Step};
use crate::model::Clock;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use tokio::runtime::Runtime;

const QUIET: &str = "opsctl = 1\nname = \"quiet\"\nsummary = \"Nothing\"\nrisk = \"low\"\nlock = \"none\"\n\n[[step]]\nid = \"one\"\nwhy = \"a trial\"\ntimeout = \"5s\"\n\
                     exec = { argv = [\"true\"] }\n";
const ASKS: &str = "opsctl = 1\nname = \"asks\"\nsummary = \"Of the store\"\nrisk = \"low\"\n\n[params.to]\ntype = \"member\"\n\n[params.level]\ntype = \"enum\"\n\
                    values = [\"low\", \"high\"]\ndefault = \"low\"\n\n[[step]]\nid = \"gate\"\nwhy = \"a trial\"\ncheck = [ { that = \"cluster.dcs_answers\", \
                    says = \"the store answers\" } ]\n";
const STORE: &str = "opsctl = 1\nname = \"store\"\nsummary = \"Of the store\"\nrisk = \"low\"\n\n[[step]]\nid = \"gate\"\nwhy = \"a trial\"\n\
                     check = [ { that = \"cluster.dcs_answers\", says = \"the store answers\" } ]\n";

/// Nobody listens there.
const ETCD: &str = "[[cluster.endpoint]]\nsystem = \"etcd\"\nname = \"e1\"\nurl = \"http://127.0.0.1:1\"\n";
const LOCKS: &str = "opsctl = 1\nname = \"locks\"\nsummary = \"Nothing\"\nrisk = \"low\"\nlock = \"cluster\"\n\n[[step]]\nid = \"one\"\nwhy = \"a trial\"\n\
                     timeout = \"5s\"\nexec = { argv = [\"true\"] }\n";

fn host() -> (TempDir, Runtime, Own) {
    host_with("")
}

/// A host whose cluster has the endpoints in `more`, too.
fn host_with(more: &str) -> (TempDir, Runtime, Own) {
    let root = tempfile::tempdir().expect("a folder");
    let put = |name: &str, text: &str| std::fs::write(root.path().join(name), text).expect("written");
    std::fs::create_dir(root.path().join("runbooks")).expect("a folder");
    for (name, text) in [("quiet", QUIET), ("locks", LOCKS), ("asks", ASKS), ("store", STORE), ("wrong", "opsctl = 1\nname = 3\n")] {
        put(&format!("runbooks/{name}.toml"), text);
    }
    let endpoint = "[[cluster.endpoint]]\nsystem = \"patroni\"\nname = \"pg1\"\nurl = \"http://127.0.0.1:9\"\n";
    put("config.toml", &format!("[[cluster]]\nname = \"orders\"\nenvironment = \"dev\"\n{endpoint}{more}"));
    let wanted = Wanted { config: Some(root.path().join("config.toml")), ..Wanted::default() };
    let inventory = config(&wanted).expect("a configuration").inventory;
    let home = root.path().as_os_str().to_owned();
    let state = state::folder(Path::new("/nowhere"), |name| (name == "XDG_STATE_HOME").then(|| home.clone()));
    let runtime = Runtime::new().expect("a runtime");
    let own = Own::new(&wanted, &inventory, state, &Clock::real(), runtime.handle().clone());
    (root, runtime, own)
}

#[test]
fn each_runbook_says_whether_it_could_be_run_now_and_why_not() {
    let (_root, _runtime, own) = host();
    let told = own.ask(&Question::Runbooks { cluster: "orders".to_owned() }).expect("told");
    let Told::Runbooks(shelf) = told else { panic!("{told:?}") };
    let now = |name: &str| &shelf.iter().find(|one| one.name == name).unwrap_or_else(|| panic!("{name}")).now;
    assert_eq!(*now("quiet"), Now::Ready(String::new()));
    assert!(matches!(now("wrong"), Now::Broken(_)), "{:?}", now("wrong"));
    // nobody answers: that is no yes, and no no
    for name in ["asks", "store"] {
        assert!(matches!(now(name), Now::Unknown(_)), "{name}: {:?}", now(name));
    }
    assert!(own.ask(&Question::Runbooks { cluster: "billing".to_owned() }).is_err());
}

#[test]
fn a_plan_comes_with_what_it_may_be_told() {
    let (_root, _runtime, own) = host();
    let plan = |runbook: &str, given: &[(&str, &str)]| {
        let given: BTreeMap<String, String> = given.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let told = own.ask(&Question::Plan(Wish { cluster: "orders".to_owned(), runbook: runbook.to_owned(), given, fill: true })).expect("told");
        let Told::Plan(drawn) = told else { panic!("{told:?}") };
        drawn
    };
    let asks = plan("asks", &[]);
    assert_eq!(asks.missing().map(|param| param.name.as_str()).collect::<Vec<_>>(), ["to"]);
    assert!(asks.made.is_err());
    let level = asks.params.iter().find(|param| param.name == "level").expect("a parameter");
    assert_eq!((level.default.as_deref(), level.choices.len()), (Some("low"), 2));
    assert!(plan("quiet", &[]).made.is_ok());
    let near = plan("quite", &[]).made.expect_err("none");
    assert!(near.hint.contains("quiet"), "{near:?}");
}

fn planned(own: &Own, runbook: &str) -> Arc<Planned> {
    let told = own.ask(&Question::Plan(Wish { cluster: "orders".to_owned(), runbook: runbook.to_owned(), ..Wish::default() })).expect("told");
    let Told::Plan(drawn) = told else { panic!("{told:?}") };
    drawn.made.expect("a plan")
}

#[test]
fn a_plan_says_whom_its_lock_does_not_keep_off() {
    for (more, runbook, alone, lock) in [
        ("", "locks", true, "of this host alone (no etcd is configured for it)"),
        (ETCD, "locks", false, "nobody else may change the cluster meanwhile"),
        ("", "quiet", false, "none"),
    ] {
        let (_root, _runtime, own) = host_with(more);
        let planned = planned(&own, runbook);
        assert_eq!(planned.alone.is_some(), alone, "{runbook}: {planned:?}");
        let page = crate::app::plan::show(&planned);
        let told = page.facts.iter().find(|(column, _)| column.key == "lock").map(|(_, cell)| format!("{cell:?}")).expect("a lock");
        assert!(told.contains(lock), "{runbook}: {told}");
    }
}

#[test]
fn nothing_is_begun_or_gone_on_with_that_nobody_unlocked() {
    let (root, _runtime, own) = host();
    let told = own.ask(&Question::Plan(Wish { cluster: "orders".to_owned(), runbook: "quiet".to_owned(), ..Wish::default() })).expect("told");
    let Told::Plan(drawn) = told else { panic!("{told:?}") };
    let planned = drawn.made.expect("a plan");
    let start = |unlock| Order::Start { planned: Arc::clone(&planned), phrase: None, unlock };
    let Err(refused) = own.order(&start(None)) else { panic!("begun") };
    assert!(refused.what.contains("only reads") && refused.hint.contains(":write 15m"), "{refused:?}");
    assert!(!root.path().join("opsctl/runs").exists());
    // an unlock is written down, is of one cluster, and ends
    let unlock = |cluster: &str, time: Duration| own.order(&Order::Unlock { cluster: cluster.to_owned(), time }).map(|done| done.outcome);
    assert!(unlock("billing", Duration::from_mins(1)).is_err());
    let Ok(Outcome::Unlocked(long)) = unlock("orders", Duration::from_hours(100)) else { panic!("locked") };
    let now = Clock::real().now();
    assert!(long.left("orders", now).is_some_and(|left| left <= LONGEST) && long.left("billing", now).is_none());
    let Ok(Outcome::Unlocked(over)) = unlock("orders", Duration::ZERO) else { panic!("locked") };
    assert!(own.order(&start(Some(over))).is_err());
    let told = own.ask(&Question::Audit).expect("told");
    let Told::Audit(audited) = told else { panic!("{told:?}") };
    assert!(matches!(audited.verdict, Verdict::Whole { records: 2, .. }), "{:?}", audited.verdict);
    assert_eq!(audited.records.rows.len(), 2);
    // runs that are not there
    let run = "01ARZ3NDEKTSV4RRFFQ69G5FAV".to_owned();
    let orders = [
        Order::Cancel { run: run.clone(), stage: Stage::NoFurther },
        Order::Answer { run: run.clone(), step: "one".to_owned(), accept: true, evidence: None },
        Order::GoOn { run: run.clone(), choice: Choice::Resume, reason: None, unlock: Some(long) },
    ];
    for order in orders {
        assert!(own.order(&order).is_err(), "{order:?}");
    }
    assert!(own.ask(&Question::Run { id: run }).is_err());
}

/// A run whose process and guard are gone in the middle of what holds somebody.
fn left_holding(state: &State) -> String {
    let job = |verb: &str| Job { kind: "exec".to_owned(), body: Value::Null, target: String::new(), call: verb.to_owned(), facts: Vec::new() };
    let undo = Some(Undo { job: job("undo"), timeout: Duration::from_secs(5), idempotent: true });
    let (changes, finally, hold) = (true, true, Some(Duration::from_mins(1)));
    let door = Step { changes, finally, hold, undo, idempotent: true, ..Step::new("door", job("do")) };
    let plan = trials::plan(vec![door]);
    let (now, by) = (Clock::real().now(), actor());
    let id = RunId::new(now.wall).expect("a name");
    let folder = RunFolder::create(state, &id, &plan).expect("made");
    let mut journal = Journal::begin(Chain::create(&folder.journal(), 0o600).expect("made"), &plan);
    let text = |text: &str| text.to_owned();
    let opened = Opened {
        run: id.to_string(),
        runbook: text("trial"),
        cluster: text("orders"),
        plan_sha256: plan.sha256(),
        definition_sha256: plan.runbook.sha256.clone(),
        version: text("1"),
        by: by.clone(),
    };
    let process = Process { pid: 1, started: u64::MAX, ..Process::own() };
    let taken = Taken { token: 1, consent: 1, process, by, choice: None, across: false, break_glass: None };
    let intent = Intent {
        step: text("door"),
        event: StepEvent::Begin,
        key: text("1"),
        target: text(""),
        call: text("do"),
        body: Value::Null,
        token: 1,
        send_before_ms: 1,
        hold_until_ms: Some(1),
    };
    let run = |event| Entry::Run { event, why: None };
    for entry in
        [Entry::Opened(opened), run(RunEvent::Approve), Entry::Taken(taken), run(RunEvent::Locked), run(RunEvent::Passed), Entry::Intent(intent)]
    {
        journal.write(now, &entry, Asked { token: true, ..Asked::default() }, true).expect("it fits");
    }
    id.to_string()
}

#[test]
fn a_run_that_holds_somebody_goes_on_in_no_way_that_nobody_unlocked() {
    let (root, _runtime, own) = host();
    let state = State { path: root.path().join("opsctl"), shared: false };
    let run = left_holding(&state);
    for choice in [Choice::Resume, Choice::RollBack, Choice::Abandon] {
        let order = Order::GoOn { run: run.clone(), choice, reason: Some("a trial".to_owned()), unlock: None };
        let Err(refused) = own.order(&order) else { panic!("{choice:?}: begun") };
        assert!(refused.what.contains("only reads") && refused.hint.contains(":write 15m"), "{choice:?}: {refused:?}");
    }
    let consents = std::fs::read_dir(state.runs().join(&run)).expect("the run").flatten();
    assert!(consents.into_iter().all(|entry| !entry.file_name().to_string_lossy().starts_with("consent")), "nobody agreed to anything");
}

#[test]
fn where_the_lock_cannot_be_asked_for_it_is_said_how_the_glass_is_broken_and_nothing_of_a_disk() {
    let (root, _runtime, own) = host_with(ETCD);
    let planned = planned(&own, "locks");
    let Ok(Outcome::Unlocked(unlock)) =
        own.order(&Order::Unlock { cluster: "orders".to_owned(), time: Duration::from_mins(1) }).map(|done| done.outcome)
    else {
        panic!("locked")
    };
    let Err(refused) = own.order(&Order::Start { planned, phrase: None, unlock: Some(unlock) }) else { panic!("begun") };
    assert!(refused.what.contains("connection refused"), "{refused:?}");
    assert!(refused.hint.contains("on the command line --break-glass") && !refused.hint.contains("state folder"), "{refused:?}");
    assert!(!root.path().join("opsctl/runs").exists());
}

#[test]
fn a_host_without_a_place_for_runs_says_so() {
    let (root, runtime, _own) = host();
    let wanted = Wanted { config: Some(root.path().join("config.toml")), ..Wanted::default() };
    let inventory = config(&wanted).expect("a configuration").inventory;
    let own = Own::new(&wanted, &inventory, None, &Clock::real(), runtime.handle().clone());
    for question in [Question::Runs, Question::Audit] {
        assert!(own.ask(&question).expect_err("nowhere").contains("no place for runs"), "{question:?}");
    }
}
