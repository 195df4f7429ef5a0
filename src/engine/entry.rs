//! The entries of a run's journal: what was intended, what became of it, who decided. `jq .entry journal.jsonl` is meant to be read at night.

use super::plan::Actor;
use super::process::Process;
use super::states::{Choice, RunEvent, StepEvent};
use crate::transport::learned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::borrow::Cow;

/// An entry.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Entry {
    /// The first of every journal.
    Opened(Opened),
    /// A process took the run.
    Taken(Taken),
    Run {
        event: RunEvent,
        #[serde(skip_serializing_if = "Option::is_none", default)]
        why: Option<String>,
    },
    /// What happens to a step without a request.
    Step(Happened),
    /// Synced before the first byte leaves.
    Intent(Intent),
    /// What became of it.
    Result(Answer),
}

impl Entry {
    /// The same as it is written down: without the secrets that this process has read, wherever a server or a program told one.
    #[must_use]
    pub fn without_secrets(&self) -> Cow<'_, Entry> {
        if !learned::any() {
            return Cow::Borrowed(self);
        }
        let mut entry = self.clone();
        let sentence = |why: &mut Option<String>| *why = why.take().map(learned::without);
        match &mut entry {
            Entry::Opened(_) | Entry::Taken(_) => {}
            Entry::Run { why, .. } => sentence(why),
            Entry::Step(happened) => {
                sentence(&mut happened.why);
                happened.saved.values_mut().for_each(learned::take_out_of);
            }
            Entry::Intent(intent) => learned::take_out_of(&mut intent.body),
            Entry::Result(answer) => {
                sentence(&mut answer.why);
                learned::take_out_of(&mut answer.output);
            }
        }
        Cow::Owned(entry)
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Opened {
    pub run: String,
    pub runbook: String,
    pub cluster: String,
    pub plan_sha256: String,
    pub definition_sha256: String,
    /// Of this program.
    pub version: String,
    pub by: Actor,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Taken {
    /// Only grows: of two processes the one with the lower number is the stale one.
    pub token: u64,
    /// The number of the consent that it acts upon: each is good for one process.
    pub consent: u32,
    pub process: Process,
    pub by: Actor,
    /// How the run goes on; absent of the first process.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub choice: Option<Choice>,
    /// Back across the point of no return, or away from what cannot be freed, by explicit choice.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub across: bool,
    /// The reason for which the lock was not asked for.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub break_glass: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Happened {
    pub step: String,
    pub event: StepEvent,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub why: Option<String>,
    /// What the step saved, with the event that ends it well.
    #[serde(skip_serializing_if = "Map::is_empty", default)]
    pub saved: Map<String, Value>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Intent {
    pub step: String,
    pub event: StepEvent,
    /// `RUN/STEP/ATTEMPT`, `RUN/STEP/undo/ATTEMPT`: the same for nothing else.
    pub key: String,
    pub target: String,
    pub call: String,
    /// The body with its expressions filled in; secrets as where they lie.
    pub body: Value,
    pub token: u64,
    /// By the monotonic clock of this process's host: no byte leaves later.
    pub send_before_ms: u64,
    /// When the hold that begins with it ends, by the same clock.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub hold_until_ms: Option<u64>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    pub step: String,
    pub event: StepEvent,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub why: Option<String>,
    /// Of a refusal: it may be another answer next time.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub retryable: bool,
    pub took_ms: u64,
    /// What it answered; null where that was too long to keep.
    #[serde(default)]
    pub output: Value,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::SecretRef;
    use crate::transport::secret;
    use serde_json::json;
    use std::os::unix::fs::PermissionsExt;

    #[tokio::test]
    async fn what_was_read_as_a_secret_is_in_no_word_of_an_entry_and_what_it_means_stays() {
        let folder = tempfile::tempdir().expect("a folder");
        let (file, canary) = (folder.path().join("secret"), "canary-of-an-entry");
        std::fs::write(&file, canary).expect("written");
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).expect("private");
        secret::resolve(&SecretRef::File(file.display().to_string())).await.expect("read");
        let why = || Some(format!("401 {canary} is unknown"));
        let told = || json!({ "text": ["a", { "b": format!("x{canary}") }], "rows": 3 });
        let text = |text: &str| text.to_owned();
        let answer = Answer { step: text("a"), event: StepEvent::Refused, why: why(), retryable: true, took_ms: 7, output: told() };
        let saved = [("token".to_owned(), told())].into_iter().collect();
        let intent = Intent {
            step: text("a"),
            event: StepEvent::Begin,
            key: text("k"),
            target: text("t"),
            call: text("c"),
            body: told(),
            token: 1,
            send_before_ms: 2,
            hold_until_ms: None,
        };
        let happened = Happened { step: text("a"), event: StepEvent::Verified, why: why(), saved };
        for entry in [Entry::Run { event: RunEvent::Pause, why: why() }, Entry::Step(happened), Entry::Intent(intent), Entry::Result(answer)] {
            let written = serde_json::to_string(&*entry.without_secrets()).expect("a text");
            let whole = serde_json::to_string(&entry).expect("a text");
            assert_eq!(written, whole.replace(canary, "(hidden)"));
            assert!(whole.contains(canary), "{whole}");
        }
    }
}
