//! The shared lab: where it is, its faults, and a process that watches it as the console does.

use opsctl::app::TimeLimit;
use opsctl::app::load::{self, Wanted};
use opsctl::app::observe::{self, Observed};
use opsctl::health::Standing;
use opsctl::model::{Clock, Finding, Moment, Severity};
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// The lab that the test runner has started.
pub(crate) struct Lab {
    pub(crate) config: PathBuf,
}

impl Lab {
    /// `None`, and said, when no lab was started for this run.
    pub(crate) fn shared(test: &str) -> Option<Lab> {
        let config = std::env::var_os("OPSCTL_LAB_CONFIG").map(PathBuf::from);
        if config.is_none() {
            println!("SKIPPED {test}: no lab; tests/run starts one, or set OPSCTL_LAB_CONFIG to the configuration that tests/lab/up prints");
        }
        config.map(|config| Lab { config })
    }

    /// A lab that may be broken: said apart, so that nobody breaks the one he looks at by a filter that matched too much.
    pub(crate) fn to_break(test: &str) -> Option<Lab> {
        let lab = Lab::shared(test)?;
        if std::env::var_os("OPSCTL_LAB_FAULTS").is_none() {
            println!("SKIPPED {test}: faults are staged only where OPSCTL_LAB_FAULTS is set; tests/run sets it for the lab it starts");
            return None;
        }
        Some(lab)
    }

    /// Runs the program against the lab.
    pub(crate) fn opsctl(&self, arguments: &[&str]) -> (String, String, i32) {
        let mut all = arguments.to_vec();
        let config = self.config.to_str().expect("a path in UTF-8");
        all.extend(["--config", config]);
        super::opsctl(&all)
    }

    /// As [`Lab::opsctl`], with time enough for a busy machine: for tests of what is said, not of how fast.
    pub(crate) fn patiently(&self, arguments: &[&str]) -> (String, String, i32) {
        self.opsctl(&[arguments, &["--deadline", "30s"]].concat())
    }

    /// Stages a fault; it is cleared when the guard goes, whatever became of the test.
    pub(crate) fn fault(&self, name: &str) -> Staged<'_> {
        let staged = Staged { lab: self, cleared: false };
        self.command("fault", &[name]);
        staged
    }

    /// Whatever the test itself does to the servers is mended when the guard goes, as after a fault.
    pub(crate) fn broken_by_hand(&self) -> Staged<'_> {
        Staged { lab: self, cleared: false }
    }

    fn command(&self, command: &str, arguments: &[&str]) {
        let folder = self.config.parent().expect("the folder of the lab");
        let output = Command::new(super::root().join("tests/lab").join(command))
            .args(arguments)
            .arg("--dir")
            .arg(folder)
            .output()
            .expect("the command of the lab starts");
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "tests/lab/{command} {arguments:?}: {text}");
    }
}

/// A fault that is staged.
pub(crate) struct Staged<'a> {
    lab: &'a Lab,
    cleared: bool,
}

impl Staged<'_> {
    /// Another fault on top of it.
    pub(crate) fn also(&self, name: &str) {
        self.lab.command("fault", &[name, "--also"]);
    }

    pub(crate) fn clear(mut self) {
        self.cleared = true;
        self.lab.command("fault", &["clear"]);
    }
}

impl Drop for Staged<'_> {
    fn drop(&mut self) {
        if !self.cleared {
            // the next test needs a healthy lab; the failure of this one has its own message
            let folder = self.lab.config.parent().expect("the folder of the lab");
            let _cleared = Command::new(super::root().join("tests/lab/fault")).arg("clear").arg("--dir").arg(folder).output();
        }
    }
}

/// Watches the lab from within the test, by the code path of the console.
pub(crate) struct Watcher {
    runtime: tokio::runtime::Runtime,
    seen: tokio::sync::watch::Receiver<Arc<Observed>>,
    clock: Clock,
    _stop: tokio_util::sync::DropGuard,
}

impl Watcher {
    pub(crate) fn start(lab: &Lab) -> Watcher {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("runtime");
        let clock = Clock::real();
        let stop = CancellationToken::new();
        let wanted = Wanted { config: Some(lab.config.clone()), ..Wanted::default() };
        let seen = runtime.block_on(async {
            let loaded =
                load::load(&wanted, &TimeLimit::start(&clock, std::time::Duration::from_secs(2))).await.expect("the configuration of the lab");
            observe::watch(&loaded.inventory, loaded.polling, &clock, &stop)
        });
        Watcher { runtime, seen, clock, _stop: stop.drop_guard() }
    }

    pub(crate) fn latest(&self) -> Seen {
        Seen(Arc::clone(&self.seen.borrow()))
    }

    /// Waits until `condition` holds in a revision.
    pub(crate) fn until(&mut self, what: &str, deadline: Duration, condition: impl Fn(&Seen) -> bool) {
        let seen = &mut self.seen;
        let clock = &self.clock;
        let reached = self.runtime.block_on(clock.timeout(deadline, async {
            loop {
                if condition(&Seen(Arc::clone(&seen.borrow_and_update()))) {
                    return;
                }
                seen.changed().await.expect("the watch goes on");
            }
        }));
        assert!(reached.is_some(), "not {what} within {deadline:?}\n{}", self.latest().describe());
    }

    pub(crate) fn now(&self) -> Moment {
        self.clock.now()
    }

    /// Waits until every configured endpoint has completed `count` polls that began after now.
    pub(crate) fn polls(&mut self, count: u64) {
        self.each(self.now(), Duration::ZERO, count, |_| {});
    }

    /// Shows `look` the newest revision and every one that follows, until `time` has passed since `from` and every configured endpoint has completed `count`
    /// polls that began after now; without polls, by the time alone.
    pub(crate) fn each(&mut self, from: Moment, time: Duration, count: u64, mut look: impl FnMut(&Seen)) {
        let polls = |seen: &Seen| seen.0.fleet.clusters.iter().flat_map(|cluster| &cluster.entries).map(|entry| entry.polls).collect::<Vec<_>>();
        let before = polls(&self.latest());
        let until = (from.mono + time).max(self.now().mono);
        let longest = until + if count == 0 { Duration::ZERO } else { Duration::from_mins(1) };
        loop {
            let seen = Seen(Arc::clone(&self.seen.borrow_and_update()));
            look(&seen);
            let now = self.now().mono;
            // one more: the poll under way may have begun before
            let polled = count == 0 || polls(&seen).iter().zip(&before).all(|(now, before)| *now > before + count);
            if polled && now >= until {
                return;
            }
            let left = if polled { until } else { longest }.saturating_sub(now);
            assert!(!left.is_zero(), "not polled within a minute\n{}", self.latest().describe());
            let changed = self.runtime.block_on(self.clock.timeout(left, self.seen.changed()));
            assert!(!matches!(changed, Some(Err(_))), "the watch has ended");
        }
    }
}

/// One observation.
pub(crate) struct Seen(pub(crate) Arc<Observed>);

impl Seen {
    /// Findings that are confirmed and more than worth knowing.
    pub(crate) fn findings(&self) -> Vec<&Finding> {
        self.0.judgement.findings.iter().filter(|finding| finding.confirmed && finding.severity > Severity::Info).collect()
    }

    pub(crate) fn rules(&self) -> BTreeSet<String> {
        self.findings().iter().map(|finding| finding.rule.clone()).collect()
    }

    /// What `status` would exit with.
    pub(crate) fn exit(&self) -> i32 {
        let worst = self.0.judgement.clusters.iter().map(|judged| judged.standing).max();
        if worst.is_some_and(|standing| standing > Standing::Warning) { 3 } else { 0 }
    }

    pub(crate) fn all_answer(&self) -> bool {
        self.0.fleet.clusters.iter().flat_map(|cluster| &cluster.entries).all(|entry| entry.current(self.0.now).is_ok())
    }

    pub(crate) fn describe(&self) -> String {
        let findings = self.0.judgement.findings.iter().map(|finding| {
            format!(
                "  {} {} {}{}",
                finding.severity.word(),
                finding.rule,
                finding.sentence.shown(),
                if finding.confirmed { "" } else { " (unconfirmed)" }
            )
        });
        let silent = self
            .0
            .fleet
            .clusters
            .iter()
            .flat_map(|cluster| &cluster.entries)
            .filter_map(|entry| entry.current(self.0.now).err().map(|gap| format!("  silent: {}: {}", entry.spec.id, gap.reason.phrase())));
        findings.chain(silent).collect::<Vec<_>>().join("\n")
    }
}
