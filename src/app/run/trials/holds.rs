//! What a step holds is freed whatever becomes of the process that holds it: by its guard, or, where both were killed, by whoever goes on with the run.

use super::{Host, ends, job, plan, step};
use crate::app::run::follow::Last;
use crate::app::run::found::Life;
use crate::app::run::start::{Agreed, StartError, start};
use crate::engine::RunId;
use crate::engine::Step;
use crate::engine::ending::Ending;
use crate::engine::guard_log::{GuardEntry, Report, path, report};
use crate::engine::plan::{Plan, Undo};
use crate::engine::states::Choice;
use rustix::process::{Pid, Signal, kill_process};
use std::fs;
use std::time::Duration;

/// Every instant around an effect of the runner.
const POINTS: [&str; 8] =
    ["before do pool", "hang do pool", "before do a", "hang do a", "before do b", "hang do b", "before undo pool", "hang undo pool"];

fn held(hold: Duration, timeout: Duration) -> Plan {
    let undo = Some(Undo { job: job("undo", "pool"), timeout: Duration::from_secs(10), idempotent: true });
    let pool = Step { idempotent: true, finally: true, hold: Some(hold), timeout, undo, probe: None, ..step("pool") };
    plan(vec![pool, step("a"), step("b")])
}

impl Host {
    fn guard(&self, id: &RunId) -> Report {
        report(&self.look(id).folder.holds(), "pool").expect("read").expect("a guard")
    }

    /// The last thing that was done to the pool; nothing was when it is empty.
    fn pool(&self) -> String {
        self.files().effects().into_iter().rfind(|line| line.ends_with(" pool")).unwrap_or_default()
    }

    fn done(&self, what: &str) -> usize {
        self.files().effects().iter().filter(|line| *line == what).count()
    }
}

fn kill(pid: u32, signal: Signal) {
    let pid = i32::try_from(pid).ok().and_then(Pid::from_raw).expect("a number");
    kill_process(pid, signal).expect("sent");
}

#[tokio::test]
async fn killed_at_any_instant_a_runner_leaves_nobody_held_and_a_resumed_run_does_nothing_twice() {
    for point in POINTS {
        let host = Host::new();
        host.files().put(point);
        let begun = host.start(&held(Duration::from_mins(1), Duration::from_secs(50))).await;
        let id = begun.folder.id.clone();
        host.until(point, || host.files().reached(point)).await;
        assert_eq!(host.guard(&id).process.runs(), Some(true), "{point}: no guard stood");
        begun.running.signal(Signal::KILL);
        host.until("it is gone", || host.look(&id).life() == Life::Nobody).await;
        fs::remove_file(host.root.path().join(point)).expect("removed");
        // nobody goes on with it, and clients are free
        host.until(&format!("{point}: freed"), || host.guard(&id).freed.is_some()).await;
        assert_eq!(host.pool(), "undo pool", "{point}");
        assert!(host.guard(&id).freed.is_some_and(|why| why.contains("its runner is gone")), "{point}");
        let mut begun = host.choose(&id, Choice::Resume).expect("goes on");
        let (last, events) = host.watch(&mut begun).await;
        assert_eq!(last, Last::Ended(Ending::Done), "{point}: {}", ends(&events));
        assert_eq!((host.done("do a"), host.done("do b"), host.pool()), (1, 1, "undo pool".to_owned()), "{point}: {:?}", host.files().effects());
    }
}

#[tokio::test]
async fn where_runner_and_guard_are_killed_together_whoever_goes_on_frees_first_and_others_are_told() {
    for (point, choice) in
        POINTS.iter().zip([Choice::Resume, Choice::RollBack, Choice::Abandon].into_iter().cycle()).map(|(point, choice)| (*point, choice))
    {
        let host = Host::new();
        host.files().put(point);
        let begun = host.start(&held(Duration::from_mins(1), Duration::from_secs(50))).await;
        let id = begun.folder.id.clone();
        host.until(point, || host.files().reached(point)).await;
        kill(host.guard(&id).process.pid, Signal::KILL);
        begun.running.signal(Signal::KILL);
        host.until("both are gone", || host.look(&id).life() == Life::Nobody && host.guard(&id).process.runs() == Some(false)).await;
        fs::remove_file(host.root.path().join(point)).expect("removed");
        let before = host.files().effects();
        match start(&host.state(), &host.clock, &host.lock(), &plan(vec![step("x")]), &Agreed::default(), &host.runner()).await {
            Err(StartError::Locked { what, .. }) => assert!(what.contains("may still hold pool"), "{point}: {what}"),
            other => panic!("{point}: {other:?}"),
        }
        assert_eq!(host.files().effects(), before, "{point}: something was sent");
        let mut begun = host.choose(&id, choice).expect("goes on");
        let (_, events) = host.watch(&mut begun).await;
        assert_eq!(host.pool(), "undo pool", "{point}, {choice:?}: {}", ends(&events));
        assert!(host.done("do a") <= 1 && host.done("do b") <= 1, "{point}: {:?}", host.files().effects());
        assert!(host.look(&id).state().ended(), "{point}, {choice:?}: {}", ends(&events));
        let after = host.files().effects().split_off(before.len());
        assert!(
            choice != Choice::Resume || after.first().is_none_or(|first| first == "undo pool" || point.ends_with("undo pool")),
            "{point}: {after:?}"
        );
    }
}

#[tokio::test]
async fn a_runner_that_is_stopped_holds_nobody_longer_than_it_may() {
    let host = Host::new();
    host.files().put("hang do a");
    let mut begun = host.start(&held(Duration::from_secs(4), Duration::from_secs(3))).await;
    let id = begun.folder.id.clone();
    host.until("it works", || host.files().reached("hang do a")).await;
    begun.running.signal(Signal::STOP);
    host.until("freed", || host.guard(&id).freed.is_some()).await;
    assert_eq!(host.pool(), "undo pool");
    assert!(host.guard(&id).freed.is_some_and(|why| why.contains("at its deadline")));
    begun.running.signal(Signal::CONT);
    fs::remove_file(host.root.path().join("hang do a")).expect("removed");
    let (last, events) = host.watch(&mut begun).await;
    // it does not go on as if clients were still held
    assert!(last == Last::Ended(Ending::Partial) && host.done("do b") == 0, "{last:?}: {}", ends(&events));
    assert_eq!(host.done("undo pool"), 1, "{:?}", host.files().effects());
    assert!(ends(&events).contains("freed by its guard"), "{}", ends(&events));
}

#[tokio::test]
async fn a_step_that_no_guard_stands_over_does_not_begin() {
    // one that does not begin, and one that could not free what it guards
    for trouble in ["no guard", "no secret for a guard"] {
        let host = Host::new();
        host.files().put(trouble);
        let mut begun = host.start(&held(Duration::from_mins(1), Duration::from_secs(50))).await;
        let (last, events) = host.watch(&mut begun).await;
        assert_eq!((last, host.files().effects()), (Last::Ended(Ending::NothingSent), Vec::<String>::new()), "{trouble}");
        assert!(ends(&events).contains("does not stand"), "{}", ends(&events));
    }
}

#[tokio::test]
async fn a_guard_that_is_told_to_end_frees_first_whatever_becomes_of_its_runner() {
    // one that ends all processes of a login tells both, and kills what is left after a while
    for signal in [Signal::TERM, Signal::HUP, Signal::INT] {
        let host = Host::new();
        host.files().put("hang do a");
        let begun = host.start(&held(Duration::from_mins(1), Duration::from_secs(50))).await;
        let id = begun.folder.id.clone();
        host.until("it works", || host.files().reached("hang do a")).await;
        kill(host.guard(&id).process.pid, signal);
        host.until(&format!("{signal:?}: freed or gone"), || host.guard(&id).freed.is_some() || host.guard(&id).process.runs() == Some(false)).await;
        begun.running.signal(Signal::KILL);
        assert_eq!(host.pool(), "undo pool", "{signal:?}");
        assert!(host.guard(&id).freed.is_some_and(|why| why.contains("told to end")), "{signal:?}");
        host.until("the guard ends", || host.guard(&id).process.runs() == Some(false)).await;
    }
}

#[tokio::test]
async fn a_runner_whose_guard_alone_is_told_to_end_does_not_go_on_as_if_clients_were_held() {
    let host = Host::new();
    host.files().put("hang do a");
    let mut begun = host.start(&held(Duration::from_mins(1), Duration::from_secs(50))).await;
    let id = begun.folder.id.clone();
    host.until("it works", || host.files().reached("hang do a")).await;
    kill(host.guard(&id).process.pid, Signal::TERM);
    let freed = |line: &str| line.contains("clients are not held any more");
    let told = || fs::read_to_string(begun.folder.events()).unwrap_or_default();
    host.until("the runner says so while it is at work", || told().lines().any(freed)).await;
    fs::remove_file(host.root.path().join("hang do a")).expect("removed");
    let (last, events) = host.watch(&mut begun).await;
    assert!(last == Last::Ended(Ending::Partial) && host.done("do b") == 0, "{last:?}: {}", ends(&events));
    assert_eq!(host.done("undo pool"), 1, "{:?}", host.files().effects());
}

#[tokio::test]
async fn a_guard_whose_server_refuses_for_long_says_so_once_and_goes_on() {
    let host = Host::new();
    host.files().put("hang do a");
    let begun = host.start(&held(Duration::from_mins(1), Duration::from_secs(50))).await;
    let (id, output) = (begun.folder.id.clone(), begun.folder.output());
    host.until("it works", || host.files().reached("hang do a")).await;
    host.files().put("no");
    begun.running.signal(Signal::KILL);
    let tries = || fs::read_to_string(output.join("pool.guard.out")).unwrap_or_default().len();
    host.until("it tried three times", || tries() >= 3).await;
    fs::remove_file(host.root.path().join("no")).expect("removed");
    host.until("freed", || host.guard(&id).freed.is_some()).await;
    let records = crate::engine::chain::read::<GuardEntry>(&path(&begun.folder.holds(), "pool")).expect("read").records;
    let words = records.iter().map(|record| super::super::words::word(&record.entry)).collect::<Vec<_>>();
    assert_eq!(records.len(), 4, "{words:?}");
    let printed =
        fs::read_dir(&output).expect("read").filter(|file| file.as_ref().is_ok_and(|file| file.file_name().to_string_lossy().contains(".guard.")));
    assert_eq!(printed.count(), 1);
}

#[tokio::test]
async fn a_link_in_the_place_of_the_log_of_a_guard_is_not_followed() {
    let host = Host::new();
    // the process of the run waits before it sets a guard
    host.files().put("before do a");
    let pool = held(Duration::from_mins(1), Duration::from_secs(50)).steps.swap_remove(0);
    let begun = host.start(&plan(vec![step("a"), pool])).await;
    let other = host.root.path().join("other");
    std::os::unix::fs::symlink(&other, begun.folder.output().join("guard.log")).expect("linked");
    host.until("it works", || host.files().reached("before do a")).await;
    fs::remove_file(host.root.path().join("before do a")).expect("removed");
    let mut begun = begun;
    let (_, events) = host.watch(&mut begun).await;
    assert!(!other.exists() && host.done("do pool") == 0, "{}", ends(&events));
    assert!(ends(&events).contains("guard.log"), "{}", ends(&events));
}
