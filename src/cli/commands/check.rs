//! `check NAME [-w RANGE] [-c RANGE]`: one check for a monitoring system. Exit 0 ok, 1 warning, 2 critical, 3 unknown, whatever happens.

use crate::app::checks::{self, Limits, State, range::Range};
use crate::app::views::picked;
use crate::app::{TimeLimit, load, observe};
use crate::cli::command::{Command, Context};
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::global;
use crate::model::Clock;
use clap::{Arg, ArgMatches};
use std::io::Write;

pub(super) struct Check;

impl Command for Check {
    fn name(&self) -> &'static str {
        "check"
    }

    fn doc(&self) -> &'static str {
        "One check for a monitoring system: every rule, and the checks of check_patroni, by name"
    }

    fn arguments(&self, command: clap::Command) -> clap::Command {
        let command = global::with_reading(command).mut_arg("watch", |arg| arg.hide(true));
        command
            .arg(Arg::new("name").value_name("NAME").help("A check or a rule; the names without one"))
            .arg(
                Arg::new("warning")
                    .short('w')
                    .long("warning")
                    .value_name("RANGE")
                    .allow_hyphen_values(true)
                    .help("Warn when the value is outside: 10, 10:, ~:10, 10:20, @10:20"),
            )
            .arg(Arg::new("critical").long("critical").value_name("RANGE").allow_hyphen_values(true).help("Critical when the value is outside"))
            .arg(Arg::new("member").short('m').long("member").value_name("NAME").help("Only this member"))
            .arg(Arg::new("expected").long("expected").value_name("VALUE").help("What to compare with: a hash, a version, a timeline"))
            .mut_arg("cluster", |arg| arg.short('C'))
            .mut_arg("critical", |arg| arg.short('c'))
            .after_help("Exit codes: 0 ok, 1 warning, 2 critical, 3 unknown.")
    }

    fn run(&self, matches: &ArgMatches, context: &mut Context<'_>) -> Result<Exit, Failure> {
        let Some(name) = matches.get_one::<String>("name") else {
            for (name, doc) in checks::names() {
                writeln!(context.out, "{name:34} {doc}")?;
            }
            return Ok(Exit::Done);
        };
        match said(name, matches, context) {
            Ok(exit) => Ok(exit),
            // a monitoring system reads the first line of standard output and the code
            Err(failure) => {
                let text = failure.render();
                let told = |mark: &str| text.lines().find_map(|line| line.strip_prefix(mark));
                let hint = told("hint: ").map(|hint| format!("; {hint}")).unwrap_or_default();
                writeln!(context.out, "{} UNKNOWN - {}{hint}", title(name), told("error: ").unwrap_or("no reason was given"))?;
                Ok(Exit::Check(State::Unknown))
            }
        }
    }
}

fn said(name: &str, matches: &ArgMatches, context: &mut Context<'_>) -> Result<Exit, Failure> {
    let text = |id: &str| matches.get_one::<String>(id).cloned();
    let range = |id: &str| {
        let parsed = text(id).map(|text| {
            Range::parse(&text).ok_or_else(|| {
                Failure::usage(
                    format!("--{id} wants a range, not '{text}'"),
                    if id == "critical" {
                        "try 10, 10:, ~:10, 10:20 or @10:20; here -c is the critical range, and the cluster is named with -C"
                    } else {
                        "try 10, 10:, ~:10, 10:20 or @10:20"
                    },
                )
            })
        });
        parsed.transpose()
    };
    let limits = Limits { warning: range("warning")?, critical: range("critical")?, member: text("member"), expected: text("expected") };
    let runtime = context.runtime;
    runtime.block_on(async {
        let clock = Clock::real();
        let limit = TimeLimit::start(&clock, context.global.deadline);
        let loaded = load::load(&context.global.wanted, &limit).await.map_err(|error| Failure::Config(error.to_string()))?;
        let observed = observe::once(&loaded.inventory, &clock, limit.left()).await;
        let clusters = picked(&observed, &context.global.pick(None)).map_err(|bad| Failure::usage(bad.to_string(), bad.hint))?;
        let [cluster] = clusters.as_slice() else {
            return Err(Failure::usage(format!("a check is about one cluster, and there are {}", clusters.len()), "name it with --cluster"));
        };
        let said = checks::run(name, &observed, cluster, &limits).map_err(|bad| Failure::usage(bad.to_string(), bad.hint))?;
        writeln!(context.out, "{}", said.line(name, &limits))?;
        Ok(Exit::Check(said.state))
    })
}

/// The name on the line of a plugin; what is no name of a check is not repeated there.
fn title(name: &str) -> String {
    let known = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_') && !name.is_empty();
    if known { name.to_uppercase().replace('-', "_") } else { "CHECK".to_owned() }
}
