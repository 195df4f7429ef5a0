//! Every fault of the lab, staged on the real servers: the findings that must come within two polls, none that is forbidden, the exit code, and healthy
//! again after the fault was cleared, seen by one and the same watching process.

use crate::support::lab::{Lab, Watcher};
use serde::Deserialize;
use std::collections::BTreeSet;
use std::time::Duration;

/// What a file in `tests/lab/faults` expects.
#[derive(Debug, Deserialize)]
struct Expectation {
    exit: i32,
    must: BTreeSet<String>,
    may: BTreeSet<String>,
}

fn stage(name: &str) {
    let Some(lab) = Lab::to_break(&format!("lab_faults::{}", name.replace('-', "_"))) else { return };
    let text = std::fs::read_to_string(crate::support::root().join(format!("tests/lab/faults/{name}.toml"))).expect("the file of the fault");
    let expected: Expectation = toml::from_str(&text).expect("the expectation");
    assert!(!expected.must.is_empty(), "a fault that must raise nothing proves nothing");
    let mut watcher = Watcher::start(&lab);
    watcher.until("healthy before the fault", Duration::from_mins(1), |seen| seen.findings().is_empty() && seen.all_answer());

    let fault = lab.fault(name);
    watcher.polls(2);
    let raised = watcher.latest().rules();
    let missing: Vec<&String> = expected.must.difference(&raised).collect();
    assert!(missing.is_empty(), "{name}: not raised within two polls: {missing:?}; raised: {raised:?}\n{}", watcher.latest().describe());
    // the steady window: from the second poll to the third of every endpoint
    for _ in 0..2 {
        let seen = watcher.latest();
        let allowed = |rule: &String| expected.must.contains(rule) || expected.may.contains(rule);
        let forbidden: Vec<String> = seen.rules().into_iter().filter(|rule| !allowed(rule)).collect();
        assert!(forbidden.is_empty(), "{name}: forbidden: {forbidden:?}\n{}", seen.describe());
        watcher.polls(0);
    }
    let (stdout, stderr, code) = lab.opsctl(&["status"]);
    assert_eq!(code, expected.exit, "{name}: exit code of status\n{stdout}\n{stderr}");

    fault.clear();
    watcher.until("healthy after the fault was cleared", Duration::from_secs(90), |seen| seen.findings().is_empty() && seen.all_answer());
}

macro_rules! faults {
    ($($test:ident = $name:literal),* $(,)?) => {
        $(#[test]
        fn $test() {
            stage($name);
        })*

        #[test]
        fn every_fault_of_the_lab_is_staged() {
            let tested = BTreeSet::from([$($name.to_owned()),*]);
            let folder = std::fs::read_dir(crate::support::root().join("tests/lab/faults")).expect("faults");
            let files: BTreeSet<String> = folder
                .map(|entry| entry.expect("entry").path().file_stem().expect("a name").to_string_lossy().into_owned())
                .collect();
            assert_eq!(tested, files);
        }
    };
}

faults! {
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
    lock_tree = "lock-tree",
    sync_kill9 = "sync-kill9",
    async_kill9 = "async-kill9",
    zone_kill = "zone-kill",
    etcd_one = "etcd-one",
    pooler_kill9 = "pooler-kill9",
}
