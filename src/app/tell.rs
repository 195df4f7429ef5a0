//! The step `notify` of a runbook: targets of the configuration are told a sentence.
//!
//! It changes nothing on the platform, so one who cannot be told stops no run. It must never keep quiet about him either: what the step prints and answers says who
//! was told and who was not, and why, and whoever watches the run is told, too.

use super::load::{Wanted, config};
use super::notice::{Besides, Event, Notice, send};
use crate::config::{NoticeTarget, NoticeTo};
use crate::engine::output::Stream;
use crate::engine::work::Task;
use crate::engine::{Doing, Plan, Reads, Work};
use crate::model::{SecretRef, Severity};
use crate::text::untrusted::visible;
use futures_util::future::join_all;
use serde_json::{Value, json};
use std::time::Duration;

/// The kind of step.
pub const KIND: &str = "notify";
/// Longest wait for one target.
const DEADLINE: Duration = Duration::from_secs(10);

/// Who can be told by the steps of one run.
#[derive(Clone, Debug)]
pub struct Teller {
    /// Why nobody can, where nobody can.
    targets: Result<Vec<NoticeTarget>, String>,
    cluster: String,
    run: String,
}

impl Teller {
    /// For `run`, which carries out `plan`: the configuration is read where a step of it tells anybody.
    #[must_use]
    pub fn new(wanted: &Wanted, plan: &Plan, run: &str) -> Teller {
        Teller { targets: named(wanted, plan), cluster: plan.cluster.clone(), run: run.to_owned() }
    }

    /// The work of a step with this body.
    #[must_use]
    pub fn work(&self, body: &Value) -> Work {
        let text = |key: &str| body.get(key).and_then(Value::as_str).unwrap_or("").to_owned();
        let to = body.get("to").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect();
        let severity = match text("severity").as_str() {
            "critical" => Severity::Critical,
            "warning" => Severity::Warning,
            _ => Severity::Info,
        };
        Work::Reads(Box::new(Message { teller: self.clone(), to, text: text("says"), severity }))
    }
}

/// Where secrets of those lie whom steps of `plan` tell; of a configuration that cannot be read none.
#[must_use]
pub fn secrets(wanted: &Wanted, plan: &Plan) -> Vec<SecretRef> {
    let of = |target: NoticeTarget| match target.to {
        NoticeTo::Terminal | NoticeTo::Command(_) => Vec::new(),
        NoticeTo::Slack(url) | NoticeTo::Webhook(url) => vec![url],
        NoticeTo::PagerDuty { key, url } => [Some(key), url].into_iter().flatten().collect(),
    };
    named(wanted, plan).unwrap_or_default().into_iter().flat_map(of).collect()
}

/// The targets that steps of `plan` name.
fn named(wanted: &Wanted, plan: &Plan) -> Result<Vec<NoticeTarget>, String> {
    let lists = plan.steps.iter().filter(|step| step.job.kind == KIND).filter_map(|step| step.job.body.get("to")?.as_array());
    let names: Vec<&str> = lists.flatten().filter_map(Value::as_str).collect();
    if names.is_empty() {
        return Ok(Vec::new());
    }
    let all = config(wanted).map_err(|error| format!("the configuration cannot be read: {error}"))?.notify;
    Ok(all.into_iter().filter(|target| names.contains(&target.name.as_str())).collect())
}

/// A sentence for some of them.
struct Message {
    teller: Teller,
    to: Vec<String>,
    text: String,
    severity: Severity,
}

impl Message {
    async fn tell(&self, name: &str, doing: &Doing) -> Result<(), String> {
        let targets = self.teller.targets.as_ref().map_err(Clone::clone)?;
        let target = targets.iter().find(|target| target.name == name);
        let target = target.ok_or_else(|| "the configuration has no `[[notify]]` of this name".to_owned())?;
        if target.to == NoticeTo::Terminal {
            return Err("a terminal is told by its console alone, and a run has none".to_owned());
        }
        let Teller { cluster, run, .. } = &self.teller;
        let event = Event::Said { cluster: cluster.clone(), run: run.clone(), severity: self.severity, text: self.text.clone() };
        let now = doing.clock.now();
        let limit = doing.deadline.since(now).min(DEADLINE);
        let notice = Notice { event, at: now, besides: Besides::default() };
        let sent = send(target, &notice, limit);
        let sent = doing.clock.timeout(limit, sent).await.ok_or_else(|| format!("no answer within {} s", limit.as_secs_f64()))?;
        sent.map_err(|error| format!("{error}; {}", error.trouble.hint()))
    }
}

impl Reads for Message {
    fn read<'a>(&'a self, doing: &'a Doing) -> Task<'a, Result<Value, String>> {
        Box::pin(async move {
            let all = join_all(self.to.iter().map(|name| async move { (name, self.tell(name, doing).await) })).await;
            let mut failed = Vec::new();
            for (name, outcome) in &all {
                let line = match outcome {
                    Ok(()) => format!("{} is told", visible(name)),
                    Err(why) => {
                        let line = format!("{} is not told: {why}", visible(name));
                        failed.push(line.clone());
                        line
                    }
                };
                let written = doing.output.write(if outcome.is_ok() { Stream::Out } else { Stream::Err }, format!("{line}\n").as_bytes());
                if let Err(error) = written {
                    tracing::warn!(%error, "what became of a notice is not kept beside the journal");
                }
            }
            let note = failed.join("; ");
            Ok(json!({ "told": all.len() - failed.len(), "not_told": failed.len(), "note": note }))
        })
    }
}
