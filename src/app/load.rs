//! From what was said (flags, environment, files) to what is operated. The only way to a configuration: `config` reads and merges, the systems check
//! what is theirs, and where nothing is configured the files of other tools are looked at.

use crate::config::{Config, Diagnostic, Inventory, Poll, Sources, diagnostic, draft};
use crate::fleet::poll::Polling;
use crate::fleet::schedule::Pace;
use crate::health::rules::RULES;
use crate::systems::check;
use crate::systems::contract::{AnySystem, RuleInfo};
use crate::systems::registry::SYSTEMS;
use std::path::PathBuf;
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

/// Loads.
///
/// # Errors
/// Everything that is wrong with the configuration, at once; exit code 2.
#[expect(clippy::unused_async, reason = "members are read through etcd")]
pub async fn load(wanted: &Wanted) -> Result<Loaded, LoadError> {
    let config = config(wanted)?;
    Ok(Loaded { polling: polling(config.poll), inventory: config.inventory, notes: Vec::new() })
}

/// The configuration alone, without looking for anything else: for `config show` and `config explain`.
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
