//! `init`: writes a first configuration from one Patroni URL, from an etcd, or from what other tools have here.

use crate::app::init::{self, From, Outcome};
use crate::cli::command::{Command, Context};
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::model::Clock;
use crate::systems::check;
use crate::text::untrusted::visible;
use clap::{Arg, ArgAction, ArgMatches};
use std::io::Write;
use std::path::PathBuf;

pub(super) struct Init;

impl Command for Init {
    fn name(&self) -> &'static str {
        "init"
    }

    fn doc(&self) -> &'static str {
        "Write a first configuration from what is found"
    }

    fn arguments(&self, command: clap::Command) -> clap::Command {
        let etcd = Arg::new("etcd").long("etcd").value_name("URL,..").value_delimiter(',').help("Write down every Patroni cluster in this etcd");
        command
            .arg(Arg::new("patroni").long("patroni").value_name("URL").conflicts_with("etcd").help("Ask this Patroni REST API for its cluster"))
            .arg(etcd)
            .arg(Arg::new("prefix").long("prefix").value_name("PREFIX").requires("etcd").help("Patroni's namespace in etcd [default: /service/]"))
            .arg(Arg::new("force").long("force").action(ArgAction::SetTrue).help("Overwrite a file that says something else"))
            .arg(
                Arg::new("file")
                    .value_name("FILE")
                    .value_parser(clap::value_parser!(PathBuf))
                    .help("The file to write, - for the standard output [default: the user's config.toml]"),
            )
    }

    fn run(&self, matches: &ArgMatches, context: &mut Context<'_>) -> Result<Exit, Failure> {
        let from = from(matches)?;
        let proposed = context.runtime.block_on(init::propose(&from, &Clock::real()));
        crate::cli::note(&proposed.notes);
        if proposed.clusters == 0 {
            return Err(Failure::usage(
                "no file or variable of patronictl, psql or etcdctl names a cluster",
                "try `opsctl init --patroni http://HOST:8008` or `opsctl init --etcd http://HOST:2379`",
            ));
        }
        let named = matches.get_one::<PathBuf>("file").cloned();
        if named.as_deref().is_some_and(|path| path.as_os_str() == "-") {
            context.out.write_all(proposed.text.as_bytes())?;
            return Ok(Exit::Done);
        }
        let path = named.or_else(init::default_path);
        let path = path.ok_or_else(|| Failure::usage("there is no home directory to write to", "name a file: `opsctl init FILE`"))?;
        let shown = visible(&path.to_string_lossy());
        match init::save(&path, &proposed.text, matches.get_flag("force")).map_err(|error| {
            Failure::usage(error, "name a file that you may write: `opsctl init FILE`, or `opsctl init -` for the standard output")
        })? {
            Outcome::Written => writeln!(context.out, "{shown}: {} clusters, {} endpoints", proposed.clusters, proposed.endpoints)?,
            Outcome::Same => writeln!(context.out, "{shown} says this already")?,
            Outcome::Differs(difference) => {
                write!(context.out, "{difference}")?;
                context.out.flush()?;
                return Err(Failure::usage(format!("{shown} says something else; it was left as it is"), "--force overwrites it"));
            }
        }
        Ok(Exit::Done)
    }
}

fn from(matches: &ArgMatches) -> Result<From, Failure> {
    let good = |option: &str, url: &String, example: &str| {
        check::url(url).map_err(|why| Failure::usage(format!("--{option}: {why}"), format!("such as --{option} {example}")))
    };
    if let Some(url) = matches.get_one::<String>("patroni") {
        good("patroni", url, "http://10.0.0.1:8008")?;
        return Ok(From::Patroni(url.clone()));
    }
    let Some(urls) = matches.get_many::<String>("etcd") else { return Ok(From::Here) };
    let urls: Vec<String> = urls.cloned().collect();
    for url in &urls {
        good("etcd", url, "http://10.0.0.1:2379")?;
    }
    Ok(From::Etcd { urls, namespace: matches.get_one::<String>("prefix").cloned() })
}
