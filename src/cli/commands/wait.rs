//! `wait`: returns when something has become true, for scripts: `opsctl wait --for healthy --timeout 5m`. Exit 124 when the time passed first.

use crate::app::observe::{self, Observed};
use crate::app::views::picked;
use crate::app::{TimeLimit, load};
use crate::cli::command::{Command, Context};
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::global;
use crate::config::quantity::{self, time_text};
use crate::health::{Outcome, Standing, silence};
use crate::model::{Clock, Finding, Severity, Subject};
use crate::text::untrusted::visible;
use clap::{Arg, ArgMatches};
use std::collections::BTreeSet;
use std::io::Write;
use tokio_util::sync::CancellationToken;

pub(super) struct Wait;

/// Most lines about what is still missing.
const MOST: usize = 8;

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
                    for line in goal.lacks(&last.at(clock.now()), &pick.clusters) {
                        writeln!(context.out, "still: {line}")?;
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
            _ => {
                let (word, rest) = text.split_once(':').map_or((text, ""), |(word, _)| (word, ":RULE"));
                let near = crate::text::suggest::nearest(word, ["up", "healthy", "answers", "quiet", "raised"]);
                let meant = near.map(|near| format!("did you mean '{near}{}'? ", if matches!(near, "quiet" | "raised") { ":RULE" } else { rest }));
                let hint = format!("{}there are up, healthy, answers, quiet:RULE and raised:RULE", meant.unwrap_or_default());
                Err(Failure::usage(format!("cannot wait for '{text}'"), hint))
            }
        }
    }

    /// What keeps it from being true, each once and the worst first, safe to show.
    fn lacks(&self, observed: &Observed, clusters: &[String]) -> Vec<String> {
        let wanted = |name: &str| clusters.is_empty() || clusters.iter().any(|cluster| cluster == name);
        let entries = || observed.fleet.clusters.iter().filter(|cluster| wanted(&cluster.spec.name)).flat_map(|cluster| &cluster.entries);
        let findings = |keeps: &dyn Fn(&Finding) -> bool| {
            // what two witnesses say of one thing is one state
            let mut told = BTreeSet::new();
            let mine = observed.judgement.findings.iter().filter(|finding| wanted(&finding.subject.cluster) && keeps(finding));
            let mine = mine.filter(move |finding| {
                let Subject { cluster, member, object, .. } = &finding.subject;
                told.insert((cluster, &finding.rule, member, object))
            });
            mine.map(|finding| finding.sentence.shown()).collect::<Vec<_>>()
        };
        let unknown = |keeps: &dyn Fn(&Outcome) -> bool| {
            let mine = observed.judgement.outcomes().filter(|outcome| wanted(&outcome.subject.cluster) && keeps(outcome));
            let gaps = mine.filter_map(|outcome| outcome.found.as_ref().err());
            gaps.map(|gap| format!("not known: {}: {}", visible(&gap.fact), visible(&gap.reason.phrase()))).collect::<Vec<_>>()
        };
        let mut lines = match self {
            Goal::Up => [findings(&|finding| finding.severity == Severity::Critical), unknown(&|outcome| outcome.rule.required)].concat(),
            Goal::Healthy => [findings(&|finding| finding.severity >= Severity::Warning), unknown(&|outcome| outcome.rule.required)].concat(),
            Goal::Answers => Vec::new(),
            Goal::Quiet(rule) => [findings(&|finding| finding.rule == *rule), unknown(&|outcome| outcome.rule.id == rule)].concat(),
            Goal::Raised(rule) => unknown(&|outcome| outcome.rule.id == rule),
        };
        if let Goal::Quiet(rule) | Goal::Raised(rule) = self
            && !observed.judgement.outcomes().any(|outcome| outcome.rule.id == rule && wanted(&outcome.subject.cluster))
        {
            lines.push(format!("{rule} cannot be judged: no endpoint that it is about is configured, or none was asked yet"));
        }
        if *self == Goal::Answers || lines.is_empty() {
            let silent = entries().filter_map(|entry| Some((entry, entry.current(observed.now).err()?)));
            lines.extend(silent.map(|(entry, gap)| {
                let id = visible(&entry.spec.id.to_string());
                let failed = entry.failure.as_ref().map(|failure| silence::said(&failure.error));
                failed.map_or_else(|| format!("{id}: {}", visible(&gap.reason.phrase())), |said| format!("{id} {}", visible(&said)))
            }));
        }
        if let (Goal::Raised(rule), true) = (self, lines.is_empty()) {
            lines.push(format!("{rule} finds nothing"));
        }
        let mut said = BTreeSet::new();
        lines.retain(|line| said.insert(line.clone()));
        let more = lines.len().saturating_sub(MOST);
        lines.truncate(MOST);
        lines.extend((more > 0).then(|| format!("{more} more: `opsctl findings` and `opsctl explain` show them")));
        lines
    }

    fn holds(&self, observed: &Observed, clusters: &[String]) -> bool {
        let wanted = |name: &str| clusters.is_empty() || clusters.iter().any(|cluster| cluster == name);
        let mut entries = observed.fleet.clusters.iter().filter(|cluster| wanted(&cluster.spec.name)).flat_map(|cluster| &cluster.entries);
        // nothing is concluded from a fleet that was not asked yet
        if entries.clone().any(|entry| entry.polls == 0) {
            return false;
        }
        let standing =
            |most: Standing| observed.judgement.clusters.iter().filter(|judged| wanted(judged.name())).all(|judged| judged.standing <= most);
        let outcomes = |id: &str| {
            let mine = observed.judgement.outcomes().filter(|outcome| outcome.rule.id == id && wanted(&outcome.subject.cluster));
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Inventory;
    use crate::health::Judgement;
    use crate::model::{Cure, Since};
    use std::sync::Arc;

    fn finding(member: &str, severity: Severity, sentence: &str) -> Finding {
        let now = Clock::real().now();
        Finding {
            rule: "replica-not-streaming".to_owned(),
            severity,
            subject: Subject { cluster: "lab".to_owned(), system: Some(sentence.to_owned()), member: Some(member.to_owned()), object: None },
            sentence: sentence.into(),
            evidence: Vec::new(),
            since: Since::FirstSeen(now.wall),
            cure: Cure::Procedure(String::new()),
            members: Vec::new(),
            confirmed: true,
        }
    }

    #[test]
    fn what_is_still_so_is_said_once_and_only_what_keeps_the_goal() {
        let now = Clock::real().now();
        let findings = vec![
            finding("pg1", Severity::Critical, "nothing accepts writes"),
            finding("pg2", Severity::Critical, "nothing accepts writes"),
            finding("pg3", Severity::Warning, "pg3 streams from nobody"),
            finding("pg3", Severity::Warning, "pg3 receives WAL from nobody"),
            finding("pg3", Severity::Info, "pg3 is tagged"),
        ];
        let judgement = Arc::new(Judgement { findings, ..Judgement::none(now) });
        let observed = Observed { judgement, ..Observed::nothing(&Inventory::default(), now) };
        assert_eq!(Goal::Up.lacks(&observed, &[]), ["nothing accepts writes"]);
        assert_eq!(Goal::Healthy.lacks(&observed, &[]), ["nothing accepts writes", "pg3 streams from nobody"]);
        assert_eq!(Goal::Healthy.lacks(&observed, &["other".to_owned()]), Vec::<String>::new());
        assert_eq!(Goal::Answers.lacks(&observed, &[]), Vec::<String>::new());
        let unjudged = ["split-brain cannot be judged: no endpoint that it is about is configured, or none was asked yet"];
        for goal in [Goal::Quiet("split-brain".to_owned()), Goal::Raised("split-brain".to_owned())] {
            assert_eq!(goal.lacks(&observed, &[]), unjudged, "nobody was asked");
        }
    }
}
