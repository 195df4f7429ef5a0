//! Asks and orders for the console of this host. Everything here may wait: for a file, for a server, for the process of a run.

use super::order::{LONGEST, Order, Outcome, Refusal, Unlock};
use super::question::{Audited, Question, Told, Verdict, Wish};
use super::shelf::Shelf;
use super::watch::Watched;
use super::{Done, Operator, Watch};
use crate::app::facts::Live;
use crate::app::load::Wanted;
use crate::app::plan::{self, Planned};
use crate::app::run::actor::actor;
use crate::app::run::cancel::{CancelError, Stage, cancel};
use crate::app::run::follow::{self, Events, Last};
use crate::app::run::found::{Found, named};
use crate::app::run::kept::{Kept, Runs};
use crate::app::run::runner::Runner;
use crate::app::run::start::{Agreed, Begun, Chosen, StartError, go_on, start};
use crate::app::run::{answer, audit, lock, pages, writing};
use crate::app::runbooks;
use crate::config::state::State;
use crate::config::{ClusterSpec, Inventory, Sources};
use crate::engine::audit as chain;
use crate::engine::chain::ChainError;
use crate::engine::states::Choice;
use crate::engine::{Plan, RunId};
use crate::model::Clock;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::runtime::Handle;

/// Most records of the audit that are shown; `opsctl audit list` has all.
const RECORDS: usize = 500;

/// What it works with.
pub struct Own {
    wanted: Wanted,
    clusters: Vec<Arc<ClusterSpec>>,
    /// `None`: this host has no place for runs.
    state: Option<State>,
    clock: Clock,
    runtime: Handle,
    /// The servers of the clusters that were asked about, with their sessions.
    live: Mutex<BTreeMap<String, Arc<Live>>>,
    runs: Runs,
    watched: Watched,
    audited: Kept<(), Audited>,
}

impl std::fmt::Debug for Own {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Own").field("clusters", &self.clusters.len()).finish_non_exhaustive()
    }
}

impl Own {
    /// For the clusters of `inventory`, as they were loaded by `wanted`; `runtime` carries what is asked of servers. Contacts nobody.
    #[must_use]
    pub fn new(wanted: &Wanted, inventory: &Inventory, state: Option<State>, clock: &Clock, runtime: Handle) -> Own {
        Own {
            wanted: wanted.clone(),
            clusters: inventory.clusters.clone(),
            state,
            clock: clock.clone(),
            runtime,
            live: Mutex::default(),
            runs: Runs::default(),
            watched: Watched::default(),
            audited: Kept::default(),
        }
    }

    fn state(&self) -> Result<&State, Refusal> {
        let none =
            || Refusal::new("there is no place for runs: neither /var/lib/opsctl nor a home", "set HOME, or XDG_STATE_HOME to a folder of its own");
        self.state.as_ref().ok_or_else(none)
    }

    fn cluster(&self, name: &str) -> Result<&Arc<ClusterSpec>, Refusal> {
        let none =
            || Refusal::new(format!("the configuration has no cluster {name}"), "a cluster that was only discovered has to be configured first");
        self.clusters.iter().find(|cluster| cluster.name == name).ok_or_else(none)
    }

    fn live(&self, cluster: &Arc<ClusterSpec>) -> Arc<Live> {
        let mut known = self.live.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(known.entry(cluster.name.clone()).or_insert_with(|| Arc::new(Live::new(cluster, &self.clock))))
    }

    fn found(&self, run: &str) -> Result<Found, Refusal> {
        let wrong = |why: String| Refusal::new(why, "`opsctl run list` lists the runs of this host");
        let id = RunId::try_from(run.to_owned()).map_err(|error| wrong(error.to_string()))?;
        Found::look(self.state()?, &id).map_err(|error| wrong(error.to_string()))
    }

    fn runbooks(&self, name: &str) -> Result<Told, Refusal> {
        let cluster = self.cluster(name)?;
        let runs = match &self.state {
            Some(state) => self.runs.all(state).map_err(|error| Refusal::new(error.to_string(), ""))?,
            None => Vec::new(),
        };
        let live = self.live(cluster);
        Ok(Told::Runbooks(self.on_shelf(cluster, &live, async |shelf| shelf.all(&runs).await)))
    }

    fn plan(&self, wish: &Wish) -> Result<Told, Refusal> {
        let cluster = self.cluster(&wish.cluster)?;
        let live = self.live(cluster);
        Ok(Told::Plan(Box::new(self.on_shelf(cluster, &live, async |shelf| shelf.plan(wish).await))))
    }

    fn on_shelf<T>(&self, cluster: &ClusterSpec, live: &Live, look: impl AsyncFnOnce(Shelf<'_>) -> T) -> T {
        let library = runbooks::library(&Sources::standard(self.wanted.config.clone(), self.wanted.set.clone()));
        let shelf = Shelf { library: &library, cluster, live, clock: &self.clock, state: self.state.as_ref(), by: actor() };
        self.runtime.block_on(look(shelf))
    }

    fn runs(&self) -> Result<Told, Refusal> {
        let mut all = self.runs.all(self.state()?).map_err(|error| Refusal::new(error.to_string(), ""))?;
        // what cannot be read may be open
        all.sort_by_key(|listed| listed.found.as_ref().is_ok_and(|found| found.state().ended()));
        let table = pages::list(&all).tables.into_iter().next();
        table.map(Told::Runs).ok_or_else(|| Refusal::new("there is no list of runs", ""))
    }

    fn audit(&self) -> Result<Told, Refusal> {
        let kept = audit::audit(self.state()?);
        let audited = self.audited.of((), &[&kept.path(), &kept.head_path()], || audited(&kept))?;
        Ok(Told::Audit(audited.as_ref().clone()))
    }

    fn run(&self, run: &str) -> Result<Told, Refusal> {
        let id = named(self.state()?, run).map_err(|error| Refusal::new(error.to_string(), ""))?;
        // of a cluster that is not configured any more no run goes on
        let alone = |cluster: &str| self.cluster(cluster).ok().and_then(|cluster| lock::alone(cluster, &self.clock, false));
        let sight =
            self.watched.sight(self.state()?, &self.runs, &id, self.clock.now(), alone).map_err(|error| Refusal::new(error.to_string(), ""))?;
        Ok(Told::Run(Box::new(sight)))
    }

    fn unlocked(&self, cluster: &str, unlock: Option<&Unlock>) -> Result<(), Refusal> {
        let open = unlock.and_then(|unlock| unlock.left(cluster, self.clock.now()));
        open.map(|_| ()).ok_or_else(|| {
            Refusal::new(format!("this console only reads, unless writing to {cluster} is unlocked"), ":write 15m unlocks it; nothing was sent")
        })
    }

    fn unlock(&self, cluster: &str, time: Duration) -> Result<Outcome, Refusal> {
        let (cluster, time) = (self.cluster(cluster)?, time.min(LONGEST));
        let unwritten =
            |error: ChainError| Refusal::new(format!("it cannot be written down, so nothing is unlocked: {error}"), "look at the state folder");
        writing::from_console(self.state()?, &self.clock, &cluster.name, time).map_err(unwritten)?;
        let now = self.clock.now();
        Ok(Outcome::Unlocked(Unlock { cluster: cluster.name.clone(), until: now.plus(time) }))
    }

    fn start(&self, planned: &Planned, phrase: Option<String>, unlock: Option<&Unlock>) -> Result<Done, Refusal> {
        let (state, plan) = (self.state()?, &planned.plan);
        self.unlocked(&plan.cluster, unlock)?;
        if let Some(stopped) = plan::stopped(planned) {
            return Err(Refusal::new(stopped.words(), "nothing was sent"));
        }
        let lock = lock::of(state, self.cluster(&plan.cluster)?, &self.clock, false);
        let runner = self.runner(plan)?;
        let agreed = Agreed { phrase, break_glass: None };
        let begun = self.runtime.block_on(start(state, &self.clock, lock.as_ref(), plan, &agreed, &runner)).map_err(refused)?;
        let events = Events::from(&begun.folder, 0);
        Ok(self.begun(begun, events, Some(plan.sha256())))
    }

    fn go_on(&self, run: &str, choice: Choice, reason: Option<String>, unlock: Option<&Unlock>) -> Result<Done, Refusal> {
        let found = self.found(run)?;
        let reason = reason.map(|reason| reason.trim().to_owned()).filter(|reason| !reason.is_empty());
        if choice == Choice::Abandon && reason.is_none() {
            return Err(Refusal::new("to abandon a run wants a reason", "abandon WHY; it is kept in the audit"));
        }
        // to let go of something that holds nobody needs no more than a reason
        if found.sends(choice) {
            self.unlocked(&found.plan.cluster, unlock)?;
        }
        let runner = self.runner(&found.plan)?;
        let chosen = Chosen { choice, reason, across: false, said: BTreeMap::new(), phrase: None, break_glass: None };
        let events = Events::later(&found.folder);
        let begun = go_on(self.state()?, &self.clock, found, &chosen, &runner).map_err(refused)?;
        Ok(self.begun(begun, events, None))
    }

    fn runner(&self, plan: &Plan) -> Result<Runner, Refusal> {
        Runner::own(&self.wanted, self.cluster(&plan.cluster)?, plan)
            .map_err(|why| Refusal::new(format!("it is not known where this program lies: {why}"), "nothing was sent"))
    }

    /// A process has it: whoever calls for it waits for its end beside everything else.
    fn begun(&self, begun: Begun, events: Events, plan: Option<String>) -> Done {
        let Begun { folder, running, log } = begun;
        let run = folder.id.to_string();
        let (clock, runtime, id) = (self.clock.clone(), self.runtime.clone(), run.clone());
        let wait = move || {
            let (mut events, mut running) = (events, running);
            let last = runtime.block_on(async { follow::child(&mut events, &mut running, &log, &clock, &mut |_| Ok(())).await });
            match last {
                Ok(Last::Ended(_)) => None,
                Ok(Last::NotBegun { code, printed }) => Some(format!("run {id} did not begin, code {code}: {printed}")),
                Ok(Last::Gone { how }) => Some(format!("the process of run {id} is gone: {how}")),
                Ok(Last::Silent) => Some(format!("run {id} does not say that it works; its page shows what comes")),
                Err(error) => Some(format!("the events of run {id} cannot be read: {error}")),
            }
        };
        Done { outcome: Outcome::Began { run, plan }, watch: Some(Box::new(wait) as Watch) }
    }

    fn cancel(&self, run: &str, stage: Stage) -> Result<Outcome, Refusal> {
        cancel(self.state()?, &self.clock, &self.found(run)?, stage).map_err(|error| unordered(&error))?;
        let told = match stage {
            Stage::NoFurther => "no further step begins; what goes on is waited for",
            Stage::Stop => "what goes on is told to end, and killed ten seconds later",
            Stage::Kill => "its process is killed",
        };
        Ok(Outcome::Said(told.to_owned()))
    }
}

/// Whether the audit is whole, and its last records.
fn audited(kept: &chain::Audit) -> Result<Audited, Refusal> {
    let verdict = match kept.verify() {
        chain::Verdict::Whole { records, head } => Verdict::Whole { records, head },
        chain::Verdict::Missing => Verdict::Missing,
        chain::Verdict::Broken(error) => {
            let record = if let ChainError::Broken { record, .. } = &error { Some(*record) } else { None };
            Verdict::Broken { record, why: error.to_string() }
        }
    };
    // of a broken chain what can be read is not shown as if it could be trusted
    let whole = matches!(verdict, Verdict::Whole { .. });
    let records = if whole { kept.records().map_err(|error| Refusal::new(error.to_string(), ""))? } else { Vec::new() };
    let newest: Vec<_> = records.into_iter().rev().take(RECORDS).collect();
    let table = audit::list(&newest).tables.into_iter().next();
    let records = table.ok_or_else(|| Refusal::new("there is no list of records", ""))?;
    Ok(Audited { verdict, records })
}

/// Why nothing was begun.
fn refused(error: StartError) -> Refusal {
    let (what, hint) = error.told();
    Refusal { what, hint }
}

fn unordered(error: &CancelError) -> Refusal {
    Refusal::new(error.to_string(), if matches!(error, CancelError::Nobody(_)) { "" } else { "nothing was ordered" })
}

impl Operator for Own {
    fn ask(&self, question: &Question) -> Result<Told, String> {
        let told = match question {
            Question::Runbooks { cluster } => self.runbooks(cluster),
            Question::Runs => self.runs(),
            Question::Audit => self.audit(),
            Question::Plan(wish) => self.plan(wish),
            Question::Run { id } => self.run(id),
        };
        told.map_err(|Refusal { what, hint }| if hint.is_empty() { what } else { format!("{what}; {hint}") })
    }

    fn order(&self, order: &Order) -> Result<Done, Refusal> {
        let only = |outcome: Outcome| Done { outcome, watch: None };
        match order {
            Order::Unlock { cluster, time } => self.unlock(cluster, *time).map(only),
            Order::Start { planned, phrase, unlock } => self.start(planned, phrase.clone(), unlock.as_ref()),
            Order::Cancel { run, stage } => self.cancel(run, *stage).map(only),
            Order::Answer { run, step, accept, evidence } => {
                let found = self.found(run)?;
                answer::answer(self.state()?, &self.clock, &found, step, *accept, evidence.clone()).map_err(|error| unordered(&error))?;
                Ok(only(Outcome::Said(format!("{step} is answered with {}", if *accept { "yes" } else { "no" }))))
            }
            Order::GoOn { run, choice, reason, unlock } => self.go_on(run, *choice, reason.clone(), unlock.as_ref()),
        }
    }
}
