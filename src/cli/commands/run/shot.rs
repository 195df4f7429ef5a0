//! Shipped runbooks by a word of their own: `opsctl switchover --to pg2` is `opsctl run start switchover --param to=pg2` with the flags that people know.
//!
//! It must never have a way of its own to plan, to ask or to send: all of that is `run start`.

use super::begin::{Wish, begin};
use super::{Asked, beginning, state};
use crate::cli::command::{Command, Context};
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::global;
use crate::model::Clock;
use clap::{Arg, ArgAction, ArgMatches};
use std::collections::BTreeMap;

/// A parameter of the runbook as a flag.
struct Told {
    /// As the runbook calls it.
    param: &'static str,
    flag: &'static str,
    /// What stands behind the flag; `None`: nothing, it is there or not.
    value: Option<&'static str>,
    /// The runbook has no value of its own for it.
    needed: bool,
    /// As patronictl calls it.
    also: &'static [&'static str],
    help: &'static str,
}

/// A runbook as a command.
pub(in crate::cli::commands) struct Shot {
    name: &'static str,
    doc: &'static str,
    told: &'static [Told],
}

const TO: Told =
    Told { param: "to", flag: "to", value: Some("MEMBER"), needed: true, also: &["candidate"], help: "The member that leads afterwards" };
const SETTLED: Told = Told {
    param: "settled",
    flag: "settled",
    value: Some("TIME"),
    needed: false,
    also: &[],
    help: "How long ago the last change of leader has to be; 60s unless said",
};
const FENCED: Told = Told {
    param: "fenced_by_hand",
    flag: "fenced-by-hand",
    value: None,
    needed: false,
    also: &[],
    help: "You have seen for yourself that the old primary cannot come back: powered off, or its volume taken away",
};
const KILL: Told = Told {
    param: "kill",
    flag: "kill",
    value: None,
    needed: false,
    also: &[],
    help: "In the end the leader is killed by `opsctl-drill-kill` of your PATH; only where the environment is dev",
};
const MEMBER: Told =
    Told { param: "member", flag: "member", value: Some("MEMBER"), needed: true, also: &[], help: "The member whose PostgreSQL is restarted" };

/// All of them, in the order of the help.
static SHOTS: &[Shot] = &[
    Shot {
        name: "switchover",
        doc: "Move the primary to another member: clients wait at the poolers, and every step is proven",
        told: &[TO, SETTLED],
    },
    Shot { name: "failover", doc: "Make a member the primary when there is none; what may be lost is said first", told: &[TO, FENCED] },
    Shot {
        name: "drill",
        doc: "Move the primary to another member and back again, and measure both ways; in a lab its leader may be killed in the end",
        told: &[Told { help: "The member that leads in between", ..TO }, SETTLED, KILL],
    },
    Shot { name: "restart", doc: "Restart PostgreSQL of one member; where it leads, clients wait at the poolers", told: &[MEMBER] },
    Shot { name: "pause", doc: "Take Patroni's hands off the cluster: it promotes, restarts and demotes nobody", told: &[] },
    Shot { name: "resume", doc: "Give the cluster back to Patroni; a run is resumed by `opsctl run resume`", told: &[] },
];

/// The commands.
pub(in crate::cli::commands) fn shots() -> impl Iterator<Item = Box<dyn Command>> {
    SHOTS.iter().map(|shot| Box::new(shot) as Box<dyn Command>)
}

impl Told {
    fn argument(&self) -> Arg {
        let argument = Arg::new(self.param).long(self.flag).visible_aliases(self.also.iter().copied()).help(self.help);
        match self.value {
            Some(value) => argument.value_name(value).required(self.needed),
            None => argument.action(ArgAction::SetTrue),
        }
    }

    /// As `--param` would have it; `None`: it was not said.
    fn said(&self, matches: &ArgMatches) -> Option<String> {
        match self.value {
            Some(_) => matches.get_one::<String>(self.param).cloned(),
            None => matches.get_flag(self.param).then(|| "true".to_owned()),
        }
    }
}

impl Command for &Shot {
    fn name(&self) -> &'static str {
        self.name
    }

    fn doc(&self) -> &'static str {
        self.doc
    }

    fn arguments(&self, command: clap::Command) -> clap::Command {
        let command = command.args(self.told.iter().map(Told::argument));
        beginning(global::with_output(global::with_picking(global::with_config(command))), "").after_help(format!(
            "Nothing is sent before the plan was shown and confirmed. `opsctl runbook show {}` tells what it does, step by step.",
            self.name
        ))
    }

    fn run(&self, matches: &ArgMatches, context: &mut Context<'_>) -> Result<Exit, Failure> {
        let asked = Asked { matches, state: state()?, clock: Clock::real() };
        let said = |told: &Told| Some((told.param.to_owned(), told.said(matches)?));
        let given: BTreeMap<String, String> = self.told.iter().filter_map(said).collect();
        begin(&asked, &Wish { runbook: self.name, given, typed: format!("opsctl {}", self.name) }, context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runbook::Library;
    use crate::runbook::format::ParamType;

    #[test]
    fn every_shipped_runbook_has_its_word_and_each_parameter_its_flag() {
        let library = Library::shipped();
        let mut names: Vec<&str> = SHOTS.iter().map(|shot| shot.name).collect();
        names.sort_unstable();
        assert_eq!(names, library.entries().iter().map(|entry| entry.name.as_str()).collect::<Vec<_>>());
        for shot in SHOTS {
            let runbook = library.find(shot.name).and_then(|entry| entry.parsed.as_ref().ok()).expect("shipped");
            let wanted = runbook.params.iter().map(|param| (param.name.value.as_str(), param.default.is_none(), param.of.value == ParamType::Flag));
            let flags = shot.told.iter().map(|told| (told.param, told.needed, told.value.is_none()));
            assert!(shot.told.iter().all(|told| told.flag == told.param.replace('_', "-")), "{}", shot.name);
            assert_eq!(flags.collect::<Vec<_>>(), wanted.collect::<Vec<_>>(), "{}", shot.name);
        }
    }

    #[test]
    fn what_is_typed_is_what_the_runbook_is_told() {
        let matches = |words: &[&str]| {
            let shot = SHOTS.iter().find(|shot| shot.name == words[0]).expect("a word");
            let matches = shot.arguments(clap::Command::new(shot.name)).try_get_matches_from(words).map_err(|error| error.to_string())?;
            let given = shot.told.iter().filter_map(|told| Some(format!("{}={}", told.param, told.said(&matches)?)));
            Ok::<_, String>(given.collect::<Vec<_>>().join(" "))
        };
        assert_eq!(matches(&["switchover", "--to", "pg2"]), Ok("to=pg2".to_owned()));
        assert_eq!(matches(&["switchover", "--candidate", "pg2", "--settled", "5s"]), Ok("to=pg2 settled=5s".to_owned()));
        assert_eq!(matches(&["failover", "--to", "pg2", "--fenced-by-hand"]), Ok("to=pg2 fenced_by_hand=true".to_owned()));
        assert_eq!(matches(&["pause"]), Ok(String::new()));
        assert!(matches(&["switchover"]).expect_err("nobody is named").contains("--to <MEMBER>"));
    }
}
