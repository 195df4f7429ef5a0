//! Watches the verdicts for each target and has it told what its policy says next. One task a target: one that hangs holds up no other.
//!
//! It must never tell of a failure with more than the name of the target and what went wrong: its URL is a secret.

use super::policy::Outcome;
use super::{Besides, Event, Notice, Policy, Sender, body, memory};
use crate::app::Observed;
use crate::config::{NoticeTarget, NoticeTo};
use crate::fleet::supervise::supervise;
use crate::model::{Clock, Moment};
use crate::text::untrusted::visible;
use crate::transport::ProbeError;
use crate::transport::notify::{self, Url, Webhook};
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;

/// Where PagerDuty takes events, unless the configuration names another place.
const PAGERDUTY: &str = "https://events.pagerduty.com/v2/enqueue";
/// Verdicts are looked at this far apart: a revision comes many times a second.
const APART: Duration = Duration::from_millis(200);
/// Longer than any wait.
const NEVER: Duration = Duration::from_hours(24);

/// What comes back from telling, for whoever has a terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// To be announced by the terminal itself; plain text.
    Announce { title: String, text: String },
    /// A target could not be told, or can again; plain text, told once for each kind of trouble.
    Trouble(String),
}

/// Tells `targets` of what changes in `seen`, until `stop`. `deadline` is that of a probe.
#[must_use]
pub fn deliver(
    targets: &[NoticeTarget],
    seen: &watch::Receiver<Arc<Observed>>,
    sender: Sender,
    deadline: Duration,
    clock: &Clock,
    stop: &CancellationToken,
) -> mpsc::UnboundedReceiver<Heard> {
    // at most `per_hour` of each target, and one for each change of its trouble
    let (report, heard) = mpsc::unbounded_channel();
    let sender = Arc::new(sender);
    for target in targets {
        let round =
            Round { target: target.clone(), seen: seen.clone(), sender: Arc::clone(&sender), deadline, clock: clock.clone(), report: report.clone() };
        let _detached = supervise(format!("notices of {}", target.name), clock.clone(), stop.clone(), move || round.clone().run());
    }
    heard
}

/// Sends `target` a notice that says that it is a test.
///
/// # Errors
/// As [`notify::post`] and [`notify::run`].
pub async fn test(target: &NoticeTarget, deadline: Duration, at: Moment) -> Result<(), ProbeError> {
    send(target, &Notice { event: Event::Test { target: target.name.clone() }, at, besides: Besides::default() }, deadline).await
}

/// What the task of one target is started with.
#[derive(Clone)]
struct Round {
    target: NoticeTarget,
    seen: watch::Receiver<Arc<Observed>>,
    sender: Arc<Sender>,
    deadline: Duration,
    clock: Clock,
    report: mpsc::UnboundedSender<Heard>,
}

impl Round {
    async fn run(mut self) {
        let mut policy = Policy::new(&self.target);
        let mut begun = !self.sender.is_watched();
        let mut trouble: Option<String> = None;
        let mut unkept: Option<String> = None;
        let mut mine = BTreeSet::new();
        loop {
            let observed = Arc::clone(&self.seen.borrow_and_update());
            self.restore(&mut policy, &observed, &mut mine);
            policy.see(&observed, |cluster| self.sender.tells(&self.target.to, cluster));
            if !begun {
                policy.knows_all();
                begun = is_asked(&observed);
            }
            if let Some(notice) = policy.next(self.clock.now()) {
                let told = self.tell(&notice).await;
                let outcome = match &told {
                    Ok(()) => Outcome::Delivered,
                    Err(error) if notify::is_unsure(error) => Outcome::Unsure,
                    Err(_) => Outcome::Failed,
                };
                policy.done(&notice, outcome, self.clock.now());
                let failed = if outcome == Outcome::Failed { unkept.clone() } else { self.keep(&policy, &notice).err() };
                if let Some(why) = failed.as_ref().filter(|_| failed != unkept) {
                    self.say(why.clone());
                }
                unkept = failed;
                let now = told.err().map(|error| error.to_string());
                if now != trouble {
                    self.complain(now.as_deref());
                    trouble = now;
                }
                continue;
            }
            self.clock.sleep(APART).await;
            let due = policy.due(self.clock.now()).unwrap_or(NEVER);
            tokio::select! {
                changed = self.seen.changed() => if changed.is_err() { return },
                () = self.clock.sleep(due) => {}
            }
        }
    }

    async fn tell(&self, notice: &Notice) -> Result<(), ProbeError> {
        if self.target.to == NoticeTo::Terminal {
            // whoever had a terminal is gone
            let _heard = self.report.send(Heard::Announce { title: body::title(notice), text: body::text(notice) });
            return Ok(());
        }
        send(&self.target, notice, self.deadline).await
    }

    /// Goes on from what was told before of each cluster that is now this process's to tell of: by another process, or by this one before a panic.
    fn restore(&self, policy: &mut Policy, observed: &Observed, mine: &mut BTreeSet<String>) {
        for cluster in observed.fleet.clusters.iter().map(|cluster| &cluster.spec.name) {
            if !self.sender.tells(&self.target.to, cluster) {
                mine.remove(cluster);
                continue;
            }
            if !mine.insert(cluster.clone()) {
                continue;
            }
            let Some(path) = self.sender.memory(&self.target, cluster) else { continue };
            match memory::load(&path) {
                Ok(kept) => policy.restore(cluster, kept, self.clock.now()),
                Err(why) => self.say(why),
            }
        }
    }

    /// Keeps what `notice` changed.
    fn keep(&self, policy: &Policy, notice: &Notice) -> Result<(), String> {
        let Some(cluster) = notice.cluster() else { return Ok(()) };
        let Some(path) = self.sender.memory(&self.target, cluster) else { return Ok(()) };
        self.sender.keep(&path, policy.kept(cluster)).map_err(|error| {
            visible(&format!("what {} was told is not kept in {}: {error}; after a restart it is told again", self.target.name, path.display()))
        })
    }

    fn complain(&self, trouble: Option<&str>) {
        let name = visible(&self.target.name);
        let told = match trouble {
            Some(why) => format!("notices do not reach {name}: {why}; it is tried again"),
            None => format!("notices reach {name} again"),
        };
        self.say(told);
    }

    fn say(&self, told: String) {
        tracing::warn!(target = visible(&self.target.name), "{told}");
        let _heard = self.report.send(Heard::Trouble(told));
    }
}

/// Whether every endpoint was asked: until then what is found has only not been seen before.
fn is_asked(observed: &Observed) -> bool {
    let mut entries = observed.fleet.clusters.iter().flat_map(|cluster| &cluster.entries);
    entries.all(|entry| entry.good.is_some() || entry.failure.is_some())
}

/// Sends `target` this notice, now and once. A terminal is announced to by its console alone: nothing is sent.
///
/// # Errors
/// As [`notify::post`] and [`notify::run`].
pub async fn send(target: &NoticeTarget, notice: &Notice, deadline: Duration) -> Result<(), ProbeError> {
    let form: fn(&Notice) -> Map<String, Value> = match &target.to {
        NoticeTo::Terminal | NoticeTo::Command(_) | NoticeTo::Webhook(_) => body::generic,
        NoticeTo::Slack(_) => body::slack,
        NoticeTo::PagerDuty { .. } => body::pagerduty,
    };
    let body = form(notice);
    if let NoticeTo::Command(argv) = &target.to {
        return notify::run(&format!("command of {}", visible(&target.name)), argv, &Value::Object(body).to_string()).await;
    }
    match webhook(target) {
        Some(webhook) => notify::post(&webhook, body, deadline).await,
        None => Ok(()),
    }
}

/// Where a target takes notices over HTTP, if it does.
fn webhook(target: &NoticeTarget) -> Option<Webhook> {
    let called = format!("webhook of {}", visible(&target.name));
    match &target.to {
        NoticeTo::Terminal | NoticeTo::Command(_) => None,
        NoticeTo::Slack(url) | NoticeTo::Webhook(url) => Some(Webhook { called, url: Url::Secret(url.clone()), key: None }),
        NoticeTo::PagerDuty { key, url } => {
            let url = url.clone().map_or(Url::Known(PAGERDUTY), Url::Secret);
            Some(Webhook { called, url, key: Some(("routing_key", key.clone())) })
        }
    }
}
