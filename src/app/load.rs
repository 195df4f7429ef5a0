//! From what was said (flags, environment, files) to what is operated. The only way to a configuration: `config` reads and merges, the systems check
//! what is theirs, and where nothing is configured the files of other tools are looked at.

use super::TimeLimit;
use super::discover::{self, Surroundings};
use crate::config::{ClusterSpec, Config, Console, Diagnostic, Inventory, NoticeTarget, Poll, Ring, Sources, UserCommand, diagnostic, draft};
use crate::fleet::poll::Polling;
use crate::fleet::schedule::Pace;
use crate::health::rules::RULES;
use crate::systems::check;
use crate::systems::contract::{AnySystem, RuleInfo};
use crate::systems::registry::SYSTEMS;
use crate::text::untrusted::visible;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// A configured endpoint that fails is asked at least this often.
const SLOWEST: Duration = Duration::from_secs(5);

/// What a person asked for on the command line.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// `--config FILE`
    pub config: Option<PathBuf>,
    /// `--set KEY=VALUE`
    pub set: Vec<String>,
    /// `--patroni URL`: no configuration needed.
    pub patroni: Option<String>,
}

/// What will be operated, and how it is asked.
#[derive(Clone, Debug)]
pub struct Loaded {
    pub inventory: Inventory,
    pub polling: Polling,
    pub console: Console,
    pub ring: Ring,
    pub notify: Vec<NoticeTarget>,
    /// Commands of one's own for the console.
    pub commands: Vec<UserCommand>,
    /// What a person should know and need not act on: `no configuration; found ...`.
    pub notes: Vec<String>,
}

/// The configuration cannot be used. The text is whole, escaped, and names file, line and column.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{0}")]
pub struct LoadError(pub String);

impl LoadError {
    fn of(found: &[Diagnostic]) -> Self {
        LoadError(diagnostic::render(found))
    }
}

/// Loads; where servers have to be asked for it, they take no more than their part of `limit`.
///
/// # Errors
/// Everything that is wrong with the configuration, at once; exit code 2.
pub async fn load(wanted: &Wanted, limit: &TimeLimit) -> Result<Loaded, LoadError> {
    if let Some(url) = &wanted.patroni {
        return by_patroni(url, wanted, limit).await;
    }
    let config = config(wanted)?;
    if !config.inventory.clusters.is_empty() {
        let Config { inventory, poll, console, ring, notify, commands, .. } = config;
        return Ok(Loaded { polling: polling(poll), console, ring, notify, commands, inventory, notes: Vec::new() });
    }
    let (clusters, mut notes) = discover::clusters(discover::look(&Surroundings::standard()), limit.clock(), limit.for_looking()).await;
    if clusters.is_empty() {
        return Err(nothing(wanted, &notes));
    }
    let places: BTreeSet<&str> = clusters.iter().map(|cluster| cluster.found_in.as_str()).collect();
    notes.insert(0, format!("no cluster is configured; found in {}", places.into_iter().collect::<Vec<_>>().join(", ")));
    Ok(found(config, clusters, notes))
}

/// Clusters that no configuration has: what it says for all clusters holds for them too, and what nobody says is told.
fn found(config: Config, mut clusters: Vec<ClusterSpec>, mut notes: Vec<String>) -> Loaded {
    let (environment, assumed) = config.environment();
    for cluster in &mut clusters {
        (cluster.environment, cluster.environment_assumed) = (environment, assumed);
    }
    if assumed {
        let names: Vec<&str> = clusters.iter().map(|cluster| cluster.name.as_str()).collect();
        notes.push(format!(
            "nobody says which environment {} is: {} is assumed, the careful choice; --set defaults.environment=staging says otherwise",
            names.join(", "),
            environment.word()
        ));
    }
    let clusters = clusters.into_iter().map(Arc::new).collect();
    let Config { poll, console, ring, notify, commands, .. } = config;
    Loaded { polling: polling(poll), console, ring, notify, commands, inventory: Inventory { clusters }, notes }
}

/// One member is enough; files are not looked at, so that a broken one cannot be in the way.
async fn by_patroni(url: &str, wanted: &Wanted, limit: &TimeLimit) -> Result<Loaded, LoadError> {
    check::url(url).map_err(|why| {
        LoadError::of(&[Diagnostic::new(format!("--patroni: {why}")).hint("the REST API of any member: --patroni http://10.0.0.1:8008")])
    })?;
    let sources = Sources { set: wanted.set.clone(), ..Sources::default() };
    let config = checked(SYSTEMS, &rules(), &sources).map_err(|found| LoadError::of(&found))?;
    let mut notes = Vec::new();
    let cluster = discover::named::by_patroni(url, limit.clock(), limit.for_looking(), false, &mut notes).await;
    Ok(found(config, vec![cluster], notes))
}

fn nothing(wanted: &Wanted, notes: &[String]) -> LoadError {
    let place = wanted.config.as_ref().map(|path| format!(" in {}", visible(&path.to_string_lossy()))).unwrap_or_default();
    let said: Vec<String> = notes.iter().map(|note| format!("note: {}\n", visible(note))).collect();
    let error = Diagnostic::new(format!("no cluster is configured{place}, and no file or variable of patronictl, psql or etcdctl names one"))
        .hint("`opsctl status --patroni http://HOST:8008` needs no configuration; `opsctl init --patroni http://HOST:8008` writes one");
    LoadError(format!("{}{}", said.concat(), error.render()))
}

/// The configuration alone, without looking for anything else: for `config check` and `config explain`.
///
/// # Errors
/// As [`load`].
pub fn config(wanted: &Wanted) -> Result<Config, LoadError> {
    checked(SYSTEMS, &rules(), &Sources::standard(wanted.config.clone(), wanted.set.clone())).map_err(|found| LoadError::of(&found))
}

/// The rules that no single system owns.
pub(super) fn rules() -> Vec<&'static RuleInfo> {
    RULES.iter().map(|rule| &rule.info).collect()
}

/// The two steps, for these systems and these rules that no single system owns.
///
/// # Errors
/// All errors of all files at once.
pub fn checked(systems: &[&dyn AnySystem], rules: &[&RuleInfo], sources: &Sources) -> Result<Config, Vec<Diagnostic>> {
    let (draft, mut found) = draft::read(sources);
    found.extend(check::check(systems, rules, &draft));
    draft.finish(found)
}

fn polling(poll: Poll) -> Polling {
    let pace = Pace { fast: poll.fast, slow: poll.slow, rare: poll.rare, slowest: SLOWEST.max(poll.fast) };
    Polling { pace, deadline: poll.deadline }
}
