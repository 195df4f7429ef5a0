//! Every fault of the lab, staged on the real servers: the findings that must come within two polls, none that is forbidden while the picture holds, the picture
//! that comes after it where the file tells of one, the exit codes, and healthy again after the fault was cleared, seen by one and the same watching process.

use crate::support::lab::{Lab, Seen, Watcher};
use opsctl::config::quantity;
use serde::Deserialize;
use std::collections::BTreeSet;
use std::time::Duration;

/// The longest that a later picture may be waited for: `wal_sender_timeout` and a half.
const LATER: Duration = Duration::from_secs(90);

/// What a machine that is busy may take beyond the time that a picture needs; how fast a fault is seen is measured by `tests/bench detect`.
const BUSY: Duration = Duration::from_secs(10);

/// What a file in `tests/lab/faults` expects. A key that nobody executes is an expectation that nobody checks: there is none.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Expectation {
    what: String,
    exit: i32,
    must: BTreeSet<String>,
    may: BTreeSet<String>,
    /// Whom the findings are about, for whoever reads a failure.
    subject: String,
    /// How long the picture needs after the fault was staged: the servers until they show it, and what a rule holds before it is sure.
    settle: Option<String>,
    /// How long it then holds; until it is cleared unless said.
    window: Option<String>,
    later: Option<Later>,
}

/// The picture that comes when the window is over.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Later {
    when: String,
    exit: i32,
    must: BTreeSet<String>,
    may: BTreeSet<String>,
}

impl Expectation {
    fn read(name: &str) -> Expectation {
        let text = std::fs::read_to_string(crate::support::root().join(format!("tests/lab/faults/{name}.toml"))).expect("the file of the fault");
        toml::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    fn first(&self) -> Picture<'_> {
        Picture { when: &self.what, exit: self.exit, must: &self.must, may: &self.may }
    }

    fn settle(&self) -> Duration {
        time(self.settle.as_deref())
    }

    fn window(&self) -> Duration {
        time(self.window.as_deref())
    }
}

fn time(text: Option<&str>) -> Duration {
    text.map_or(Duration::ZERO, |text| quantity::duration(text).unwrap_or_else(|| panic!("{text} is no duration")))
}

/// Findings that are there together.
struct Picture<'a> {
    when: &'a str,
    exit: i32,
    must: &'a BTreeSet<String>,
    may: &'a BTreeSet<String>,
}

impl Picture<'_> {
    /// What is missing, and what is there and must not be.
    fn wrong(&self, raised: &BTreeSet<String>) -> Option<String> {
        let missing: Vec<&String> = self.must.difference(raised).collect();
        let forbidden: Vec<&String> = raised.iter().filter(|rule| !self.must.contains(*rule) && !self.may.contains(*rule)).collect();
        (!missing.is_empty() || !forbidden.is_empty()).then(|| format!("not raised: {missing:?}; forbidden: {forbidden:?}"))
    }

    /// What is not as the picture has it.
    fn otherwise(&self, seen: &Seen) -> Option<String> {
        let exit = (seen.exit() != self.exit).then(|| format!("status would exit with {}", seen.exit()));
        self.wrong(&seen.rules()).or(exit)
    }

    #[track_caller]
    fn judge(&self, name: &str, subject: &str, seen: &Seen) {
        if let Some(wrong) = self.otherwise(seen) {
            panic!("{name}: {wrong}\nwhen: {}\nabout: {subject}\n{}", self.when, seen.describe());
        }
    }

    #[track_caller]
    fn judge_exit(&self, name: &str, lab: &Lab) {
        // time enough for a busy machine: how fast `status` is, is measured elsewhere
        let (stdout, stderr, code) = lab.patiently(&["status"]);
        assert_eq!(code, self.exit, "{name}: exit code of status\nwhen: {}\n{stdout}\n{stderr}", self.when);
    }
}

fn stage(name: &str) {
    let Some(lab) = Lab::to_break(&format!("lab_faults::{}", name.replace('-', "_"))) else { return };
    let expected = Expectation::read(name);
    let (first, subject) = (expected.first(), expected.subject.as_str());
    let mut watcher = Watcher::start(&lab);
    watcher.until("healthy before the fault", Duration::from_mins(1), |seen| seen.findings().is_empty() && seen.all_answer());

    let fault = lab.fault(name);
    let staged = watcher.now();
    watcher.polls(2);
    watcher.each(staged, expected.settle(), 0, |_| {});
    watcher.until(&expected.what, BUSY, |seen| first.otherwise(seen).is_none());
    if let Some(later) = &expected.later {
        let end = expected.settle() + expected.window();
        assert!(watcher.now().since(staged) < end, "{name}: two polls took longer than the picture holds");
        watcher.each(staged, end, 0, |seen| first.judge(name, subject, seen));
        let picture = Picture { when: &later.when, exit: later.exit, must: &later.must, may: &later.may };
        watcher.until(&later.when, LATER, |seen| picture.otherwise(seen).is_none());
        let came = watcher.now();
        watcher.each(came, Duration::ZERO, 2, |seen| picture.judge(name, subject, seen));
        picture.judge_exit(name, &lab);
    } else {
        watcher.each(staged, Duration::ZERO, 1, |seen| first.judge(name, subject, seen));
        first.judge_exit(name, &lab);
    }

    fault.clear();
    watcher.until("healthy after the fault was cleared", Duration::from_secs(90), |seen| seen.findings().is_empty() && seen.all_answer());
}

/// Names of the files in `tests/lab/faults`.
fn files() -> BTreeSet<String> {
    let folder = std::fs::read_dir(crate::support::root().join("tests/lab/faults")).expect("faults");
    folder.map(|entry| entry.expect("entry").path().file_stem().expect("a name").to_string_lossy().into_owned()).collect()
}

#[test]
fn every_file_of_a_fault_says_what_can_be_proved() {
    let known: BTreeSet<&str> = opsctl::health::judge::every_rule().iter().map(|rule| rule.id).collect();
    for name in files() {
        let file = Expectation::read(&name);
        assert!(!file.must.is_empty(), "{name}: a fault that must raise nothing proves nothing");
        assert!(!file.subject.is_empty() && !file.what.is_empty(), "{name}");
        let later = file.later.iter().flat_map(|later| later.must.iter().chain(&later.may));
        for rule in file.must.iter().chain(&file.may).chain(later) {
            assert!(known.contains(rule.as_str()), "{name}: there is no rule {rule}");
        }
        assert_eq!(file.window().is_zero(), file.later.is_none(), "{name}: a picture that ends has another after it");
        let Some(later) = file.later else { continue };
        let goes = file.must.iter().any(|rule| !later.must.contains(rule) && !later.may.contains(rule));
        assert!(goes || !later.must.is_subset(&file.must) || later.exit != file.exit, "{name}: the later picture is the first");
    }
}

#[test]
fn a_picture_tells_what_is_missing_and_what_is_too_much() {
    let rules = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<String>>();
    let (must, may) = (rules(&["a", "b"]), rules(&["c"]));
    let picture = Picture { when: "now", exit: 3, must: &must, may: &may };
    assert_eq!(picture.wrong(&rules(&["a", "b"])), None);
    assert_eq!(picture.wrong(&rules(&["a", "b", "c"])), None);
    assert!(picture.wrong(&rules(&["a", "c"])).is_some_and(|wrong| wrong.contains("not raised: [\"b\"]")));
    assert!(picture.wrong(&rules(&["a", "b", "d"])).is_some_and(|wrong| wrong.contains("forbidden: [\"d\"]")));
    assert!(toml::from_str::<Expectation>("what = ''\nexit = 0\nmust = []\nmay = []\nsubject = ''\nlatre = 1").is_err());
}

macro_rules! faults {
    (always: $($test:ident = $name:literal),*; exhaustive: $($more:ident = $rarer:literal),*;) => {
        $(#[test]
        fn $test() {
            stage($name);
        })*

        $(#[test]
        fn $more() {
            if std::env::var_os("OPSCTL_EXHAUSTIVE").is_some() {
                stage($rarer);
            } else {
                println!("SKIPPED {}: it is staged with --exhaustive", $rarer);
            }
        })*

        #[test]
        fn every_fault_of_the_lab_is_staged() {
            let tested = BTreeSet::from([$($name.to_owned(),)* $($rarer.to_owned()),*]);
            assert_eq!(tested, files());
        }
    };
}

// the second five differ from the first in who dies, not in what opsctl has to see: `tests/bench foresee` kills the same
faults! {
    always:
    leader_kill9 = "leader-kill9",
    replica_stop = "replica-stop",
    sync_freeze = "sync-freeze",
    patroni_kill = "patroni-kill",
    etcd_down = "etcd-down",
    etcd_no_quorum = "etcd-no-quorum",
    replica_lag = "replica-lag",
    pooler_pause = "pooler-pause",
    pooler_stop = "pooler-stop",
    haproxy_stop = "haproxy-stop",
    api_starve = "api-starve",
    slow_shutdown = "slow-shutdown",
    archive_failing = "archive-failing",
    lock_tree = "lock-tree";
    exhaustive:
    sync_kill9 = "sync-kill9",
    async_kill9 = "async-kill9",
    zone_kill = "zone-kill",
    etcd_one = "etcd-one",
    pooler_kill9 = "pooler-kill9";
}
