//! `wait`: returns when something has become true, for scripts: `opsctl wait --for healthy --timeout 5m`. Exit 124 when the time passed first.

use crate::app::observe::{self, Observed};
use crate::app::views::picked;
use crate::app::{TimeLimit, load};
use crate::cli::command::{Command, Context};
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::global;
use crate::config::quantity::{self, time_text};
use crate::health::Standing;
use crate::model::Clock;
use crate::text::untrusted::visible;
use clap::{Arg, ArgMatches};
use std::io::Write;
use tokio_util::sync::CancellationToken;

pub(super) struct Wait;

/// What can be waited for.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Goal {
    /// No critical finding and every required fact known.
    Up,
    /// As `up`, and no warning either.
    Healthy,
    /// Every endpoint answers.
    Answers,
    /// This rule has raised nothing, and its inputs are known.
    Quiet(String),
    /// This rule has raised something.
    Raised(String),
}

impl Command for Wait {
    fn name(&self) -> &'static str {
        "wait"
    }

    fn doc(&self) -> &'static str {
        "Wait until a cluster is up, healthy, or a rule is quiet; exit 124 when the time passed"
    }

    fn arguments(&self, command: clap::Command) -> clap::Command {
        let goal = Arg::new("for")
            .long("for")
            .value_name("WHAT")
            .default_value("up")
            .help("up (nothing critical, required facts known), healthy (no warning either), answers (every endpoint), quiet:RULE, raised:RULE");
        let timeout = Arg::new("timeout").long("timeout").value_name("TIME").default_value("5m").help("Give up after this time");
        global::with_reading(command).mut_arg("watch", |arg| arg.hide(true)).arg(goal).arg(timeout)
    }

    fn run(&self, matches: &ArgMatches, context: &mut Context<'_>) -> Result<Exit, Failure> {
        let text = |id: &str| matches.get_one::<String>(id).cloned().unwrap_or_default();
        let goal = Goal::parse(&text("for"))?;
        let timeout = quantity::duration(&text("timeout"));
        let timeout = timeout.ok_or_else(|| Failure::usage(format!("--timeout wants a duration, not '{}'", text("timeout")), "try --timeout 5m"))?;
        let runtime = context.runtime;
        runtime.block_on(async {
            let clock = Clock::real();
            let limit = TimeLimit::start(&clock, context.global.deadline);
            let loaded = load::load(&context.global.wanted, &limit).await.map_err(|error| Failure::Config(error.to_string()))?;
            let pick = context.global.pick(None);
            picked(&Observed::nothing(&loaded.inventory, clock.now()), &pick).map_err(|bad| Failure::usage(bad.to_string(), bad.hint))?;
            let stop = CancellationToken::new();
            let _stopped_at_the_end = stop.clone().drop_guard();
            let mut seen = observe::watch(&loaded.inventory, loaded.polling, &clock, &stop);
            let begin = clock.now();
            let reached = async {
                while seen.changed().await.is_ok() {
                    let observed = seen.borrow_and_update().clone();
                    if goal.holds(&observed, &pick.clusters) {
                        return true;
                    }
                }
                false
            };
            tokio::select! {
                reached = clock.timeout(timeout, reached) => {
                    if reached == Some(true) {
                        writeln!(context.out, "{} after {}", visible(&text("for")), time_text(clock.now().since(begin)))?;
                        return Ok(Exit::Done);
                    }
                    let last = seen.borrow().clone();
                    for finding in last.judgement.findings.iter().take(5) {
                        writeln!(context.out, "still: {}", finding.sentence.shown())?;
                    }
                    Ok(Exit::Deadline)
                }
                _signal = tokio::signal::ctrl_c() => Ok(Exit::Interrupted),
            }
        })
    }
}

impl Goal {
    fn parse(text: &str) -> Result<Goal, Failure> {
        let rule = |name: &str| {
            let rules = crate::health::judge::every_rule();
            if rules.iter().any(|rule| rule.id == name) {
                return Ok(name.to_owned());
            }
            let near = crate::text::suggest::nearest(name, rules.iter().map(|rule| rule.id));
            let hint = near.map_or_else(|| "`opsctl explain` lists them".to_owned(), |near| format!("did you mean '{near}'?"));
            Err(Failure::usage(format!("there is no rule called '{name}'"), hint))
        };
        match text.split_once(':') {
            None if text == "up" => Ok(Goal::Up),
            None if text == "healthy" => Ok(Goal::Healthy),
            None if text == "answers" => Ok(Goal::Answers),
            Some(("quiet", name)) => Ok(Goal::Quiet(rule(name)?)),
            Some(("raised", name)) => Ok(Goal::Raised(rule(name)?)),
            _ => Err(Failure::usage(format!("cannot wait for '{text}'"), "try up, healthy, answers, quiet:RULE or raised:RULE")),
        }
    }

    fn holds(&self, observed: &Observed, clusters: &[String]) -> bool {
        let wanted = |name: &str| clusters.is_empty() || clusters.iter().any(|cluster| cluster == name);
        let mut entries = observed.fleet.clusters.iter().filter(|cluster| wanted(&cluster.spec.name)).flat_map(|cluster| &cluster.entries);
        // nothing is concluded from a fleet that was not asked yet
        if entries.clone().any(|entry| entry.polls == 0) {
            return false;
        }
        let standing = |most: Standing| observed.judgement.standings.iter().filter(|(name, _)| wanted(name)).all(|(_, standing)| *standing <= most);
        let outcomes = |id: &str| {
            let mine = observed.judgement.outcomes.iter().filter(|outcome| outcome.rule.id == id && wanted(&outcome.subject.cluster));
            mine.map(|outcome| outcome.found.clone()).collect::<Vec<_>>()
        };
        match self {
            Goal::Up => standing(Standing::Warning),
            Goal::Healthy => standing(Standing::Healthy),
            Goal::Answers => entries.all(|entry| entry.current(observed.now).is_ok()),
            // a rule that judges nothing here is not quiet, it is absent
            Goal::Quiet(rule) => !outcomes(rule).is_empty() && outcomes(rule).iter().all(|found| matches!(found, Ok(0))),
            Goal::Raised(rule) => outcomes(rule).iter().any(|found| matches!(found, Ok(count) if *count > 0)),
        }
    }
}
