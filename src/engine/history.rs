//! How long runs took on this host: of each definition that succeeded, the time of every step. What a plan expects comes from here.
//!
//! Only runs that succeeded without being taken over count: a wait for a person, or for another process, is no duration, nor is the one for the time for which a
//! run was put off. It is not synced: what is lost was an estimate.

use super::chain::{ChainError, Record, open};
use super::entry::Entry;
use super::states::{RunEvent, StepEvent};
use rustix::fs::OFlags;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io::{self, BufRead, BufReader, Write};
use std::path::Path;
use std::time::Duration;

/// The step by which a run waits for its time: what it takes to run begins behind it.
pub const WAITS: &str = "time";
/// The last runs of a definition that count.
const MOST: usize = 200;

/// How long one run took.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Durations {
    pub definition_sha256: String,
    pub cluster: String,
    pub run_ms: u64,
    /// From intent to proof, by step; skipped steps are not in it.
    pub steps_ms: BTreeMap<String, u64>,
}

/// How long something took in past runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spread {
    pub runs: usize,
    pub p5: Duration,
    pub p50: Duration,
    pub p95: Duration,
}

/// The durations of the run with these records; `None` when it does not count.
#[must_use]
pub fn durations(records: &[Record<Entry>]) -> Option<Durations> {
    let (mut opened, mut takings, mut finished, mut begins) = (None, 0, false, None);
    let (mut begun, mut steps_ms) = (BTreeMap::new(), BTreeMap::new());
    for record in records {
        match &record.entry {
            Entry::Opened(entry) => opened = Some((entry, record.mono_ms)),
            Entry::Taken(_) => takings += 1,
            Entry::Run { event, .. } => finished = *event == RunEvent::Finish,
            // tries of it before are part of what it took
            Entry::Intent(intent) if intent.event == StepEvent::Begin => {
                begun.entry(intent.step.as_str()).or_insert(record.mono_ms);
            }
            Entry::Step(happened) if happened.event == StepEvent::Verified && happened.step == WAITS => begins = Some(record.mono_ms),
            Entry::Step(happened) if happened.event == StepEvent::Verified => {
                let from = begun.get(happened.step.as_str())?;
                steps_ms.insert(happened.step.clone(), record.mono_ms.saturating_sub(*from));
            }
            Entry::Intent(_) | Entry::Step(_) | Entry::Result(_) => {}
        }
    }
    let (entry, from) = opened.filter(|_| finished && takings == 1)?;
    let run_ms = records.last()?.mono_ms.saturating_sub(begins.unwrap_or(from));
    Some(Durations { definition_sha256: entry.definition_sha256.clone(), cluster: entry.cluster.clone(), run_ms, steps_ms })
}

/// Adds `durations` to the history at `path`.
///
/// # Errors
/// It cannot be written.
pub fn add(path: &Path, mode: u32, durations: &Durations) -> Result<(), ChainError> {
    let io = |why: io::Error| ChainError::Io { path: path.to_owned(), what: "add to", why };
    let mut text = serde_json::to_vec(durations).map_err(|why| ChainError::Unwritable { path: path.to_owned(), record: 0, why })?;
    text.push(b'\n');
    let mut file = open(path, OFlags::CREATE, mode)?;
    file.lock().and_then(|()| file.write_all(&text)).map_err(io)
}

/// What past runs of the definition took on `cluster`: the run as a whole, and each step. Empty when there was none.
///
/// # Errors
/// The history cannot be read.
pub fn expected(path: &Path, definition_sha256: &str, cluster: &str) -> io::Result<(Option<Spread>, BTreeMap<String, Spread>)> {
    let file = match super::regular::readable(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok((None, BTreeMap::new())),
        Err(error) => return Err(error),
    };
    let mut runs: Vec<Durations> = Vec::new();
    for line in BufReader::new(file).lines() {
        // half a line of a process that died, or of a newer version, is not an estimate
        let Ok(run) = serde_json::from_str::<Durations>(&line?) else { continue };
        if run.definition_sha256 == definition_sha256 && run.cluster == cluster {
            runs.push(run);
        }
    }
    let runs = runs.get(runs.len().saturating_sub(MOST)..).unwrap_or_default();
    let mut steps: BTreeMap<String, Vec<u64>> = BTreeMap::new();
    for (step, took) in runs.iter().flat_map(|run| &run.steps_ms) {
        steps.entry(step.clone()).or_default().push(*took);
    }
    let whole = spread(runs.iter().map(|run| run.run_ms).collect());
    Ok((whole, steps.into_iter().filter_map(|(step, took)| Some((step, spread(took)?))).collect()))
}

/// By nearest rank; `None` of nothing.
fn spread(mut took_ms: Vec<u64>) -> Option<Spread> {
    took_ms.sort_unstable();
    let rank = |percent: usize| (took_ms.len() * percent).div_ceil(100).max(1) - 1;
    let at = |percent: usize| took_ms.get(rank(percent)).copied().map(Duration::from_millis);
    Some(Spread { runs: took_ms.len(), p5: at(5)?, p50: at(50)?, p95: at(95)? })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(definition: &str, took: u64) -> Durations {
        let steps_ms = [("switch".to_owned(), took / 2)].into();
        Durations { definition_sha256: definition.to_owned(), cluster: "orders".to_owned(), run_ms: took, steps_ms }
    }

    #[test]
    fn what_is_expected_comes_from_runs_of_the_same_definition_on_the_same_cluster() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("history.jsonl");
        assert_eq!(expected(&path, "a", "orders").expect("no history"), (None, BTreeMap::new()));
        for took in 1..=100 {
            add(&path, 0o600, &run("a", took * 10)).expect("added");
        }
        add(&path, 0o600, &run("b", 1)).expect("added");
        add(&path, 0o600, &Durations { cluster: "billing".to_owned(), ..run("a", 1) }).expect("added");
        let mut text = std::fs::read_to_string(&path).expect("read");
        text.push_str("{\"definition");
        std::fs::write(&path, text).expect("written");
        let (whole, steps) = expected(&path, "a", "orders").expect("read");
        let millis = Duration::from_millis;
        assert_eq!(whole, Some(Spread { runs: 100, p5: millis(50), p50: millis(500), p95: millis(950) }));
        assert_eq!(steps["switch"], Spread { runs: 100, p5: millis(25), p50: millis(250), p95: millis(475) });
        assert_eq!(spread(vec![7]), Some(Spread { runs: 1, p5: millis(7), p50: millis(7), p95: millis(7) }));
    }
}
