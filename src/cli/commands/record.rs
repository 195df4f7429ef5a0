//! `record`: keeps what is observed in a file that `replay` shows: `opsctl record incident.opr --for 10m`.

use crate::app::TimeLimit;
use crate::app::load;
use crate::app::observe;
use crate::app::record::{Recorder, Recording};
use crate::app::views::picked;
use crate::cli::command::{Command, Context};
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::global;
use crate::config::quantity::{self, time_text};
use crate::fleet::record::{Head, thin};
use crate::model::Clock;
use clap::{Arg, ArgMatches, value_parser};
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

pub(super) struct Record;

/// At most one instant in this time, unless a verdict changed.
const EVERY: Duration = Duration::from_secs(1);

impl Command for Record {
    fn name(&self) -> &'static str {
        "record"
    }

    fn doc(&self) -> &'static str {
        "Record what is observed into a file, each second, until interrupted; `replay` shows it"
    }

    fn arguments(&self, command: clap::Command) -> clap::Command {
        let file = Arg::new("file").value_name("FILE").required(true).value_parser(value_parser!(PathBuf)).help("A new file; it may hold statements");
        let time = Arg::new("for").long("for").value_name("TIME").help("End after this time");
        let keep = Arg::new("keep")
            .long("keep")
            .value_name("COUNT")
            .value_parser(value_parser!(u16).range(1..))
            .help("Of all instants keep only so many in the end: the last one, and those before it where a verdict changed first");
        global::with_reading(command).mut_arg("watch", |arg| arg.hide(true)).mut_arg("deadline", |arg| arg.hide(true)).arg(file).arg(time).arg(keep)
    }

    fn run(&self, matches: &ArgMatches, context: &mut Context<'_>) -> Result<Exit, Failure> {
        let path = matches.get_one::<PathBuf>("file").cloned().unwrap_or_default();
        let limit = match matches.get_one::<String>("for") {
            Some(text) => {
                let time = quantity::duration(text).filter(|time| !time.is_zero());
                Some(time.ok_or_else(|| Failure::usage(format!("--for wants a duration, not '{text}'"), "try --for 10m"))?)
            }
            None => None,
        };
        let keep = matches.get_one::<u16>("keep").copied();
        let runtime = context.runtime;
        let stopped = runtime.block_on(async {
            let clock = Clock::real();
            let loaded = load::load(&context.global.wanted, &TimeLimit::start(&clock, context.global.deadline))
                .await
                .map_err(|error| Failure::Config(error.to_string()))?;
            crate::cli::note(&loaded.notes);
            let pick = context.global.pick(None);
            let mut inventory = loaded.inventory.clone();
            picked(&observe::Observed::nothing(&inventory, clock.now()), &pick).map_err(|bad| Failure::usage(bad.to_string(), bad.hint))?;
            inventory.clusters.retain(|cluster| pick.clusters.is_empty() || pick.clusters.contains(&cluster.name));
            let mut file = create(&path)?;
            let stop = CancellationToken::new();
            let _stopped_at_the_end = stop.clone().drop_guard();
            let mut seen = observe::watch(&inventory, loaded.polling, &clock, &stop);
            let mut recorder = Recorder::new(EVERY, None);
            file.write_all(&recorder.begin()).map_err(|error| cannot_write(&path, &error))?;
            let mut whole = false;
            let recording = async {
                while seen.changed().await.is_ok() {
                    let observed = seen.borrow_and_update().clone();
                    // an instant at which nobody was asked yet looks like one at which nobody answered
                    whole = whole || is_whole(&observed);
                    if !whole {
                        continue;
                    }
                    if let Some(block) = recorder.take(&observed).map_err(|error| Failure::unexpected(error.to_string()))? {
                        // one write a block: a crash cuts off the last one at most
                        file.write_all(&block.bytes).map_err(|error| cannot_write(&path, &error))?;
                    }
                }
                Ok::<(), Failure>(())
            };
            let stopped = tokio::select! {
                ended = async { match limit { Some(limit) => clock.timeout(limit, recording).await.unwrap_or(Ok(())), None => recording.await } } => {
                    ended.map(|()| false)
                }
                _signal = tokio::signal::ctrl_c() => Ok(true),
                () = terminated() => Ok(true),
            };
            // who stops before that wants what there is
            let last = seen.borrow().clone();
            if !whole
                && last.fleet.rev > 0
                && let Some(block) = recorder.take(&last).map_err(|error| Failure::unexpected(error.to_string()))?
            {
                file.write_all(&block.bytes).map_err(|error| cannot_write(&path, &error))?;
            }
            stopped
        })?;
        if let Some(keep) = keep {
            keep_only(&path, usize::from(keep))?;
        }
        summary(&path, context)?;
        // what was interrupted without a limit has done all that it was asked to
        Ok(if stopped && limit.is_some() { Exit::Interrupted } else { Exit::Done })
    }
}

/// Whether every endpoint has answered or failed.
fn is_whole(observed: &observe::Observed) -> bool {
    observed.fleet.clusters.iter().flat_map(|cluster| &cluster.entries).all(|entry| entry.good.is_some() || entry.failure.is_some())
}

async fn terminated() {
    match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        Ok(mut signal) => {
            signal.recv().await;
        }
        Err(_refused) => std::future::pending().await,
    }
}

fn create(path: &Path) -> Result<File, Failure> {
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => Failure::usage(format!("{} exists", path.display()), "name a new file: nothing is written over"),
        _ => cannot_write(path, &error),
    })
}

fn cannot_write(path: &Path, error: &std::io::Error) -> Failure {
    Failure::unexpected(format!("cannot write {}: {error}", path.display()))
}

fn open(path: &Path) -> Result<Recording, Failure> {
    Recording::open(path)
        .map_err(|error| Failure::Unreadable { what: format!("{} {error}", path.display()), hint: "did any server answer?".to_owned() })
}

fn summary(path: &Path, context: &mut Context<'_>) -> Result<(), Failure> {
    let recording = open(path)?;
    let size = std::fs::metadata(path).map(|meta| meta.len()).unwrap_or_default();
    let Some((first, last)) = recording.span() else { return Ok(()) };
    let day = |at: jiff::Timestamp| at.strftime("%Y-%m-%d %H:%M:%SZ");
    writeln!(
        context.out,
        "{}: {} instants from {} on, {} long, {size} bytes",
        path.display(),
        recording.stops().len(),
        day(first.wall),
        time_text(last.since(first))
    )?;
    Ok(())
}

/// Keeps the last instant and, before it, those where a verdict changed, the newest first; then any.
fn keep_only(path: &Path, keep: usize) -> Result<(), Failure> {
    let recording = open(path)?;
    let stops = recording.stops();
    let last = stops.len().saturating_sub(1);
    let mut numbers: Vec<usize> = (0..stops.len()).collect();
    numbers.sort_by_key(|number| (*number != last, !stops.get(*number).is_some_and(|stop| stop.marked), std::cmp::Reverse(*number)));
    numbers.truncate(keep);
    let part = path.with_added_extension("part");
    let mut out = create(&part)?;
    let told = |error: crate::fleet::record::RecordError| Failure::unexpected(format!("{}: {error}", path.display()));
    thin(recording.reader(), &Head::new(1), |number| numbers.contains(&number), &mut out).map_err(told)?;
    std::fs::rename(&part, path).map_err(|error| cannot_write(path, &error))
}
