//! `watch`: prints what changes in the verdicts, one line each, until interrupted. With `--headless` it keeps the rings that a console can look back into.

use crate::app::TimeLimit;
use crate::app::load::{self, Loaded};
use crate::app::notice::{self, Heard, Sender};
use crate::app::observe::{self, Observed};
use crate::app::ring::Limits;
use crate::app::service::{Service, ServiceError};
use crate::app::turns::Turn;
use crate::app::verdict::{Change, changes, moves};
use crate::app::views::picked;
use crate::cli::command::{Command, Context};
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::global;
use crate::config::{Ring, state};
use crate::health::{Judgement, Standing};
use crate::model::{Clock, Finding, Moment};
use crate::text::untrusted::visible;
use clap::{Arg, ArgAction, ArgMatches};
use serde_json::{Value, json};
use std::io::Write;
use std::sync::Arc;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

pub(super) struct Watch;

impl Command for Watch {
    fn name(&self) -> &'static str {
        "watch"
    }

    fn doc(&self) -> &'static str {
        "Print what changes in the verdicts, until interrupted; --headless keeps the rings that a console looks back into, and tells those of [[notify]]"
    }

    fn arguments(&self, command: clap::Command) -> clap::Command {
        let headless = Arg::new("headless")
            .long("headless")
            .action(ArgAction::SetTrue)
            .help("Be the service: keep a ring of recordings of each cluster in the state directory, and tell the targets of [[notify]]");
        let size = Arg::new("ring-size")
            .long("ring-size")
            .value_name("SIZE")
            .help("Bytes of the ring of one cluster, in the place of `ring.size` of the configuration");
        let form = Arg::new("output").short('o').long("output").value_name("FORM").value_parser(["lines", "jsonl"]).default_value("lines");
        let command = global::with_reading(command).mut_arg("watch", |arg| arg.hide(true)).mut_arg("deadline", |arg| arg.hide(true));
        command.arg(headless).arg(size).arg(form.help("How to print"))
    }

    fn run(&self, matches: &ArgMatches, context: &mut Context<'_>) -> Result<Exit, Failure> {
        let size = matches.get_one::<String>("ring-size").map(|text| Ring::size_of(text)).transpose();
        let size = size.map_err(|(what, hint)| Failure::usage(format!("--ring-size: {what}"), hint))?;
        let json = matches.get_one::<String>("output").is_some_and(|form| form == "jsonl");
        let runtime = context.runtime;
        runtime.block_on(async {
            let clock = Clock::real();
            let mut loaded = load::load(&context.global.wanted, &TimeLimit::start(&clock, context.global.deadline))
                .await
                .map_err(|error| Failure::Config(error.to_string()))?;
            crate::cli::note(&loaded.notes);
            let pick = context.global.pick(None);
            picked(&Observed::nothing(&loaded.inventory, clock.now()), &pick).map_err(|bad| Failure::usage(bad.to_string(), bad.hint))?;
            loaded.inventory.clusters.retain(|cluster| pick.clusters.is_empty() || pick.clusters.contains(&cluster.name));
            let Ring { size: configured, keep } = loaded.ring;
            let limits = Limits { size: size.unwrap_or(configured), keep, ..Limits::default() };
            let mut service = if matches.get_flag("headless") { Some(serve(&loaded, limits, clock.now())?) } else { None };
            let stop = CancellationToken::new();
            let _stopped_at_the_end = stop.clone().drop_guard();
            let mut seen = observe::watch(&loaded.inventory, loaded.polling, &clock, &stop);
            let targets = if service.is_some() { loaded.notify.as_slice() } else { &[] };
            let mut heard = notice::deliver(targets, &seen, Sender::Service(state::standard()), loaded.polling.deadline, &clock, &stop);
            let mut terminated = signal(SignalKind::terminate()).map_err(|error| Failure::unexpected(format!("no handler of SIGTERM: {error}")))?;
            // made once: a new listener does not hear what came while nobody listened
            let mut interrupted = signal(SignalKind::interrupt()).map_err(|error| Failure::unexpected(format!("no handler of SIGINT: {error}")))?;
            let mut former = Arc::new(Judgement::none(clock.now()));
            let mut turns: Arc<Vec<Turn>> = Arc::default();
            loop {
                tokio::select! {
                    changed = seen.changed() => if changed.is_err() { return Ok(Exit::Done) },
                    Some(told) = heard.recv() => {
                        // a service has no terminal to announce on
                        if let Heard::Trouble(told) = told {
                            crate::cli::note(&[told]);
                        }
                        continue;
                    }
                    _signal = interrupted.recv() => return Ok(Exit::Interrupted),
                    _signal = terminated.recv() => return Ok(Exit::Terminated),
                }
                let observed = seen.borrow_and_update().clone();
                if let Some(service) = &mut service {
                    crate::cli::note(&service.take(&observed));
                }
                let news = [changes(&former, &observed.judgement), moves(&turns, &observed.turns)].concat();
                match print(&news, observed.now, json, &mut context.out) {
                    // whoever looks back and whoever is paged need no standard output
                    Err(error) if service.is_some() => {
                        crate::cli::note(&[format!(
                            "cannot write the output: {error}; nothing more is printed, rings are kept and notices sent as before; see where the output goes"
                        )]);
                        context.out = Box::new(std::io::sink());
                    }
                    printed => printed?,
                }
                former = Arc::clone(&observed.judgement);
                turns = Arc::clone(&observed.turns);
            }
        })
    }
}

fn print(news: &[Change], now: Moment, json: bool, out: &mut dyn Write) -> std::io::Result<()> {
    for change in news {
        let line = if json { value(change, now).to_string() } else { line(change, now) };
        writeln!(out, "{line}")?;
    }
    if news.is_empty() { Ok(()) } else { out.flush() }
}

fn serve(loaded: &Loaded, limits: Limits, now: Moment) -> Result<Service, Failure> {
    let state = state::standard().ok_or_else(|| {
        Failure::usage("there is no folder to keep rings in: neither /var/lib/opsctl nor XDG_STATE_HOME nor HOME", "make /var/lib/opsctl, or set one")
    })?;
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let who = format!(
        "process {} of user {} on {} since {}",
        std::process::id(),
        rustix::process::geteuid().as_raw(),
        host.trim(),
        now.wall.strftime("%Y-%m-%d %H:%M:%SZ")
    );
    let clusters = loaded.inventory.clusters.iter().map(|cluster| cluster.name.as_str());
    let service = Service::begin(&state, clusters, limits, &who).map_err(|error| match error {
        ServiceError::Held { .. } => {
            Failure::Locked { what: error.to_string(), hint: "one service is enough: a console looks back into its rings all the same".to_owned() }
        }
        ServiceError::Io { .. } => Failure::unexpected(error.to_string()),
    })?;
    let alone = if state.shared { "" } else { "; they are yours alone: a folder /var/lib/opsctl would share them" };
    crate::cli::note(&[format!("rings are kept in {}{alone}", state.rings().display())]);
    Ok(service)
}

fn subject(finding: &Finding) -> String {
    let subject = &finding.subject;
    let object = subject.object.as_ref().map(|object| object.raw().to_owned());
    let parts = [subject.system.clone(), subject.member.clone(), object];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

fn line(change: &Change, now: Moment) -> String {
    let about = |word: &str, finding: &Finding| {
        let on = subject(finding);
        let on = if on.is_empty() { String::new() } else { format!(" ({on})") };
        format!("{word} {} {}{on}: {}", finding.severity.word(), finding.rule, finding.sentence.raw())
    };
    let said = match change {
        Change::Stands { before: None, now, .. } => format!("is {}", now.word()),
        Change::Stands { before: Some(before), now, .. } => format!("is {}, was {}", now.word(), before.word()),
        Change::Raised(finding) => about("raised", finding),
        Change::Doubtful(finding) => about("no longer known", finding),
        Change::Cleared(finding) => about("cleared", finding),
        Change::Moved(turn) => format!("moved {}", turn.finding.sentence.raw()),
    };
    let at = if let Change::Moved(turn) = change { turn.at } else { now.wall };
    visible(&format!("{} {} {said}", at.strftime("%H:%M:%SZ"), change.cluster()))
}

fn value(change: &Change, now: Moment) -> Value {
    let finding = |word: &str, finding: &Finding| {
        json!({
            "at": now.wall.to_string(), "change": word, "cluster": finding.subject.cluster, "rule": finding.rule, "severity": finding.severity.word(),
            "system": finding.subject.system, "member": finding.subject.member, "object": finding.subject.object, "sentence": finding.sentence,
            "since": finding.since.at().to_string(), "confirmed": finding.confirmed,
        })
    };
    match change {
        Change::Stands { cluster, before, now: stands } => json!({
            "at": now.wall.to_string(), "change": "standing", "cluster": cluster, "standing": stands.word(), "before": before.map(Standing::word),
        }),
        Change::Raised(one) => finding("raised", one),
        Change::Doubtful(one) => finding("doubtful", one),
        Change::Cleared(one) => finding("cleared", one),
        Change::Moved(turn) => finding("moved", &turn.finding),
    }
}
