//! Each runbook as it stands for a cluster now: planned with what the servers say this moment, for whichever member it could be run with. Nothing is sent.

use super::order::Refusal;
use super::question::{Asked, Drawn, Last, Now, OnShelf, Wish};
use crate::app::facts::Live;
use crate::app::plan::{self, Planned, Stopped};
use crate::app::run::exec::history_path;
use crate::app::run::lock;
use crate::app::run::pages::{Listed, standing};
use crate::app::run::start::in_the_way;
use crate::app::runbooks;
use crate::config::ClusterSpec;
use crate::config::state::State;
use crate::engine::digest::sha256;
use crate::engine::history::{self, Spread};
use crate::engine::plan::Actor;
use crate::model::{Clock, Reading};
use crate::runbook::format::ParamType;
use crate::runbook::library::Entry;
use crate::runbook::{Library, Runbook};
use crate::text::suggest::nearest;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// No fact that a choice is judged by is older.
const MAX_AGE: Duration = Duration::from_secs(2);

/// Where it is looked.
pub(super) struct Shelf<'a> {
    pub(super) library: &'a Library,
    pub(super) cluster: &'a ClusterSpec,
    pub(super) live: &'a Live,
    pub(super) clock: &'a Clock,
    pub(super) state: Option<&'a State>,
    pub(super) by: Actor,
}

/// How long past runs took, and each of their steps.
type Took = (Option<Spread>, BTreeMap<String, Spread>);

impl Shelf<'_> {
    /// All of them; `runs` are those of this host, the newest first.
    pub(super) async fn all(&self, runs: &[Listed]) -> Vec<OnShelf> {
        let mut all = Vec::new();
        let held_off = match self.state {
            Some(state) => {
                let lock = lock::of(state, self.cluster, self.clock, false);
                let found = in_the_way(state, self.clock, lock.as_ref(), &self.cluster.name).await;
                found.map_or_else(|error| Some(error.to_string()), |error| error.map(|error| error.to_string()))
            }
            None => None,
        };
        for entry in self.library.entries() {
            let (now, sha256) = match self.runnable(entry) {
                Ok(runbook) => {
                    let (now, sha256) = self.now(runbook).await;
                    (held_off.as_ref().filter(|_| runbook.lock).map_or(now, |why| Now::Blocked(why.clone())), sha256)
                }
                Err(why) => (Now::Broken(why.what), None),
            };
            let runbook = entry.parsed.as_ref().ok();
            let (took, _) = self.took(&sha256.unwrap_or_else(|| self::sha256(entry.text.as_bytes())));
            all.push(OnShelf {
                name: entry.name.clone(),
                summary: runbook.map(|runbook| runbook.summary.clone()).unwrap_or_default(),
                why: runbook.and_then(|runbook| runbook.why.clone()),
                impact: runbook.and_then(|runbook| runbook.impact.clone()),
                risk: runbook.map(|runbook| runbook.risk.value.word()),
                now,
                last: last(runs, &entry.name, &self.cluster.name),
                took,
            });
        }
        all
    }

    /// The plan that is wanted, or why there is none.
    pub(super) async fn plan(&self, wish: &Wish) -> Drawn {
        let none = |made: Refusal| Drawn { params: Vec::new(), given: wish.given.clone(), made: Err(made), took: None, steps_took: BTreeMap::new() };
        let Some(entry) = self.library.find(&wish.runbook) else {
            let near = nearest(&wish.runbook, self.library.entries().iter().map(|entry| entry.name.as_str()));
            let hint = near.map_or_else(|| "the page of runbooks lists them".to_owned(), |near| format!("did you mean '{near}'?"));
            return none(Refusal::new(format!("there is no runbook called '{}'", wish.runbook), hint));
        };
        let runbook = match self.runnable(entry) {
            Ok(runbook) => runbook,
            Err(why) => return none(why),
        };
        let mut given = wish.given.clone();
        let missing: Vec<&str> = needed(runbook).into_iter().filter(|name| !given.contains_key(*name)).collect();
        let mut params = self.params(runbook).await;
        let member = runbook.params.iter().find(|param| param.of.value == ParamType::Member && missing == [param.name.value.as_str()]);
        if let Some(member) = member.map(|param| param.name.value.as_str()) {
            let candidates = self.candidates(runbook, member, &given).await;
            let good = candidates.iter().find(|(_, now)| matches!(now, Now::Ready(_))).map(|(name, _)| name.clone());
            if let Some(param) = params.iter_mut().find(|param| param.name == member) {
                // the best one stands first
                param.choices = candidates.iter().map(|(name, now)| (name.clone(), said(now))).collect();
                param.choices.sort_by_key(|(name, _)| Some(name) != good.as_ref());
            }
            if let Some(good) = good.filter(|_| wish.fill) {
                given.insert(member.to_owned(), good);
            }
        }
        let about = plan::Asked { library: self.library, runbook, cluster: self.cluster, given: &given, by: self.by.clone() };
        let made = plan::plan(&about, self.live, self.clock).await.map(Arc::new).map_err(|why| {
            let (what, hint) = plan::refusal(&why);
            Refusal { what, hint }
        });
        let (took, steps_took) = made.as_ref().map(|made| self.took(&made.plan.runbook.sha256)).unwrap_or_default();
        Drawn { params, given, made, took, steps_took }
    }

    fn runnable<'e>(&self, entry: &'e Entry) -> Result<&'e Runbook, Refusal> {
        let judged = self.library.judge(entry, runbooks::day(self.clock.now().wall));
        match (&entry.parsed, judged.errors.first()) {
            (Ok(runbook), None) => Ok(runbook),
            (_, error) => {
                let what = error.map_or_else(|| "it cannot be read".to_owned(), crate::config::Diagnostic::sentence);
                Err(Refusal::new(format!("{}: {what}", entry.name), format!("`opsctl runbook validate {}` says where", entry.name)))
            }
        }
    }

    /// Whether it could be run now, and the definition that it would be.
    async fn now(&self, runbook: &Runbook) -> (Now, Option<String>) {
        let needed = needed(runbook);
        let one_member = |name: &&str| runbook.params.iter().any(|param| param.name.value == **name && param.of.value == ParamType::Member);
        match needed.as_slice() {
            [] => {
                let (now, planned) = self.verdict(runbook, &BTreeMap::new()).await;
                (now, planned.map(|planned| planned.plan.runbook.sha256))
            }
            [only] if one_member(only) => {
                let mut candidates = self.candidates(runbook, only, &BTreeMap::new()).await;
                // ready before what cannot be told, that before what is refused
                candidates.sort_by_key(|(_, now)| match now {
                    Now::Ready(_) => 0,
                    Now::Unknown(_) => 1,
                    Now::Blocked(_) | Now::Broken(_) => 2,
                });
                let now = match candidates.into_iter().next() {
                    Some((name, Now::Ready(_))) => Now::Ready(format!("{only}={name}")),
                    Some((name, Now::Unknown(why))) => Now::Unknown(format!("{only}={name}: {why}")),
                    Some((name, Now::Blocked(why) | Now::Broken(why))) => Now::Blocked(format!("{only}={name}: {why}")),
                    None => Now::Unknown("nobody says which members there are".to_owned()),
                };
                (now, None)
            }
            several => (Now::Unknown(format!("it has to be told {} first", several.join(", "))), None),
        }
    }

    /// Each member, and whether the runbook could be run with it as the parameter `name`; those first whom a person would try first.
    async fn candidates(&self, runbook: &Runbook, name: &str, given: &BTreeMap<String, String>) -> Vec<(String, Now)> {
        let known = self.live.known(MAX_AGE).await;
        let mut members: Vec<String> = known.members().map(str::to_owned).collect();
        let facts = self.live.of(&["cluster.leader.name", "members"].map(str::to_owned), MAX_AGE).await;
        let told = |name: &str| facts.get(name).and_then(Reading::value);
        members.sort_by_key(|member| standing_of(member, told("cluster.leader.name").and_then(Value::as_str), told("members")));
        let mut all = Vec::new();
        for member in members {
            let mut given = given.clone();
            given.insert(name.to_owned(), member.clone());
            all.push((member, self.verdict(runbook, &given).await.0));
        }
        all
    }

    async fn verdict(&self, runbook: &Runbook, given: &BTreeMap<String, String>) -> (Now, Option<Planned>) {
        let about = plan::Asked { library: self.library, runbook, cluster: self.cluster, given, by: self.by.clone() };
        match plan::plan(&about, self.live, self.clock).await {
            Ok(planned) => {
                let now = judge(&planned);
                (now, Some(planned))
            }
            Err(why @ plan::NoPlan::Unknown(_)) => (Now::Unknown(plan::refusal(&why).0), None),
            Err(why) => (Now::Blocked(plan::refusal(&why).0), None),
        }
    }

    async fn params(&self, runbook: &Runbook) -> Vec<Asked> {
        let wants_members = runbook.params.iter().any(|param| param.of.value == ParamType::Member);
        let members: Vec<String> = if wants_members { self.live.known(MAX_AGE).await.members().map(str::to_owned).collect() } else { Vec::new() };
        let plain = |words: &[String]| words.iter().map(|word| (word.clone(), String::new())).collect();
        let asked = runbook.params.iter().map(|param| Asked {
            name: param.name.value.clone(),
            of: param.of.value.word(),
            doc: param.doc.clone(),
            default: param.default.as_ref().map(|default| default.value.as_str().map_or_else(|| default.value.to_string(), str::to_owned)),
            choices: match param.of.value {
                ParamType::Member => plain(&members),
                ParamType::Enum => plain(&param.values),
                ParamType::Flag => plain(&["true".to_owned(), "false".to_owned()]),
                _ => Vec::new(),
            },
        });
        asked.collect()
    }

    fn took(&self, sha256: &str) -> Took {
        let path = self.state.map(history_path);
        let read = path.map(|path| history::expected(&path, sha256, &self.cluster.name));
        read.transpose()
            .unwrap_or_else(|error| {
                tracing::warn!(%error, "how long past runs took cannot be read");
                None
            })
            .unwrap_or_default()
    }
}

/// Where a member stands among those who could be meant: who confirms commits, who streams, the others, and last the leader.
fn standing_of(member: &str, leader: Option<&str>, members: Option<&Value>) -> u8 {
    let is = |field: &str| members.and_then(|all| all.get(member)?.get(field)?.as_bool()) == Some(true);
    match leader {
        Some(leader) if leader == member => 3,
        _ if is("sync") || is("confirms_commits") => 0,
        _ if is("streaming") => 1,
        _ => 2,
    }
}

/// The parameters without which there is no plan.
fn needed(runbook: &Runbook) -> Vec<&str> {
    runbook.params.iter().filter(|param| param.default.is_none()).map(|param| param.name.value.as_str()).collect()
}

fn said(now: &Now) -> String {
    if now.why().is_empty() { now.word().to_owned() } else { format!("{}: {}", now.word(), now.why()) }
}

/// What the checks of a plan say.
fn judge(planned: &Planned) -> Now {
    match plan::stopped(planned) {
        None => Now::Ready(String::new()),
        Some(Stopped::Refused(told)) => Now::Blocked(format!("not so: {told}")),
        Some(Stopped::Unjudged(told)) => Now::Unknown(format!("cannot be judged: {told}")),
    }
}

fn last(runs: &[Listed], runbook: &str, cluster: &str) -> Option<Last> {
    let found = runs
        .iter()
        .filter_map(|listed| listed.found.as_ref().ok())
        .find(|found| found.plan.runbook.name == runbook && found.plan.cluster == cluster)?;
    let (word, tone) = standing(found);
    Some(Last { word, tone, at: found.span?.1 })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn who_confirms_commits_is_tried_first_and_the_leader_last() {
        let members = json!({
            "pg1": { "streaming": false, "writable": true },
            "pg2": { "streaming": true },
            "pg3": { "streaming": true, "sync": true },
            "pg4": {},
        });
        let order = |leader: Option<&str>, members: Option<&Value>| {
            let mut names = vec!["pg1", "pg2", "pg3", "pg4"];
            names.sort_by_key(|name| standing_of(name, leader, members));
            names
        };
        assert_eq!(order(Some("pg1"), Some(&members)), ["pg3", "pg2", "pg4", "pg1"]);
        // nobody knows more than their names
        assert_eq!(order(None, None), ["pg1", "pg2", "pg3", "pg4"]);
        assert_eq!(order(Some("pg1"), None), ["pg2", "pg3", "pg4", "pg1"]);
    }
}
