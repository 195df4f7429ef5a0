//! The arguments that every command takes: where the configuration is, which clusters, how to print.

use super::failure::Failure;
use super::output::{Form, Paint};
use crate::app::load::Wanted;
use crate::app::views::Pick;
use crate::config::quantity;
use crate::theme::When;
use clap::{Arg, ArgAction, ArgMatches};
use std::path::PathBuf;
use std::time::Duration;

/// What was said for every command.
#[derive(Clone, Debug)]
pub struct Global {
    pub wanted: Wanted,
    pub clusters: Vec<String>,
    pub form: Form,
    pub columns: Vec<String>,
    pub when: When,
    /// The name of a theme.
    pub theme: Option<String>,
    pub paint: Paint,
    /// Whole time for asking everybody once.
    pub deadline: Duration,
    /// Print again and again at this interval.
    pub watch: Option<Duration>,
    /// Where to log.
    pub log: Option<PathBuf>,
}

/// Time that a command waits for answers unless said.
const DEADLINE: &str = "1500ms";

/// Adds where the configuration is.
#[must_use]
pub fn with_config(command: clap::Command) -> clap::Command {
    command
        .arg(
            Arg::new("config")
                .long("config")
                .value_name("FILE")
                .value_parser(clap::value_parser!(PathBuf))
                .help("Read this configuration and no other file"),
        )
        .arg(
            Arg::new("set")
                .long("set")
                .value_name("KEY=VALUE")
                .action(ArgAction::Append)
                .help("Set one key of the configuration, last of all layers"),
        )
        .arg(Arg::new("patroni").long("patroni").value_name("URL").help("Use this Patroni REST API; no configuration is needed"))
        .arg(
            Arg::new("log")
                .long("log")
                .value_name("FILE")
                .env("OPSCTL_LOG")
                .hide_env_values(true)
                .value_parser(clap::value_parser!(PathBuf))
                .help("Log to this file"),
        )
}

/// Adds which clusters are wanted.
#[must_use]
pub fn with_picking(command: clap::Command) -> clap::Command {
    command
        .arg(Arg::new("cluster").short('c').long("cluster").value_name("NAME").action(ArgAction::Append).help("Only this cluster; may be repeated"))
}

/// Adds what a command takes that reads the fleet.
#[must_use]
pub fn with_reading(command: clap::Command) -> clap::Command {
    with_picking(with_config(command))
        .arg(Arg::new("deadline").long("deadline").value_name("TIME").default_value(DEADLINE).help("Wait no longer than this for answers"))
        .arg(
            Arg::new("watch")
                .long("watch")
                .value_name("EVERY")
                .num_args(0..=1)
                .default_missing_value("2s")
                .help("Print again at this interval, until interrupted"),
        )
}

/// Adds how to print.
#[must_use]
pub fn with_output(command: clap::Command) -> clap::Command {
    command
        .arg(Arg::new("output").short('o').long("output").value_name("FORM").value_parser(Form::NAMES).default_value("table").help("How to print"))
        .arg(
            Arg::new("columns")
                .long("columns")
                .value_name("KEY,..")
                .value_delimiter(',')
                .help("Only these columns of the first table, in this order"),
        )
}

/// Adds when to colour, to a command and to all below it.
#[must_use]
pub fn with_color(command: clap::Command) -> clap::Command {
    let help = "Colour; auto: on a terminal, unless NO_COLOR is set or CLICOLOR is 0, and everywhere where CLICOLOR_FORCE is set";
    let color = Arg::new("color").long("color").value_name("WHEN").value_parser(When::NAMES).default_value("auto");
    command.arg(color.global(true).help(help))
}

impl Global {
    /// Reads what `with_config`, `with_reading` and `with_output` added; what a command does not take keeps its default.
    ///
    /// # Errors
    /// A duration that is none.
    pub fn from_matches(matches: &ArgMatches) -> Result<Self, Failure> {
        let one = |id: &str| matches.try_get_one::<String>(id).ok().flatten().cloned();
        let path = |id: &str| matches.try_get_one::<PathBuf>(id).ok().flatten().cloned();
        let many = |id: &str| matches.try_get_many::<String>(id).ok().flatten().map(|all| all.cloned().collect()).unwrap_or_default();
        let time = |id: &str, text: String| {
            let told = format!("--{id} wants a duration such as 500ms or 2s, not '{text}'");
            quantity::duration(&text).filter(|time| !time.is_zero()).ok_or_else(|| Failure::usage(told, format!("try --{id} 2s")))
        };
        let when = one("color").as_deref().map_or(When::Auto, When::named);
        Ok(Global {
            log: path("log"),
            wanted: Wanted { config: path("config"), set: many("set"), patroni: one("patroni") },
            clusters: many("cluster"),
            form: Form::named(one("output").as_deref().unwrap_or("table")),
            columns: many("columns"),
            when,
            theme: one("theme"),
            paint: Paint::decide(when),
            deadline: time("deadline", one("deadline").unwrap_or_else(|| DEADLINE.to_owned()))?,
            watch: one("watch").map(|text| time("watch", text)).transpose()?,
        })
    }

    /// What was said before the name of the command holds where the command itself was not told otherwise: `opsctl --patroni URL status`.
    #[must_use]
    pub fn or(mut self, before: Global) -> Self {
        let Wanted { config, set, patroni } = before.wanted;
        self.wanted.config = self.wanted.config.or(config);
        self.wanted.patroni = self.wanted.patroni.or(patroni);
        self.theme = self.theme.or(before.theme);
        self.wanted.set.splice(0..0, set);
        self.log = self.log.or(before.log);
        if self.clusters.is_empty() {
            self.clusters = before.clusters;
        }
        self
    }

    #[must_use]
    pub fn pick(&self, argument: Option<String>) -> Pick {
        Pick { clusters: self.clusters.clone(), argument }
    }
}
