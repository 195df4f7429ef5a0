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
        if let Some(url) = matches.get_one::<PathBuf>("file").and_then(|file| file.to_str()).filter(|text| is_url(text)) {
            return Err(no_file(url));
        }
        let from = from(matches)?;
        let proposed = context.runtime.block_on(init::propose(&from, &Clock::real()));
        crate::cli::note(&proposed.notes);
        if proposed.clusters == 0 {
            return Err(nothing_found(&from));
        }
        let named = matches.get_one::<PathBuf>("file").cloned();
        if named.as_deref().is_some_and(|path| path.as_os_str() == "-") {
            context.out.write_all(proposed.text.as_bytes())?;
            return Ok(Exit::Done);
        }
        let path = named.or_else(init::default_path);
        let path = path.ok_or_else(|| Failure::usage("there is no home directory to write to", "name a file: `opsctl init FILE`"))?;
        let shown = visible(&path.to_string_lossy());
        let saved = init::save(&path, &proposed.text, matches.get_flag("force")).map_err(|error| Failure::unwritten(error.what, error.hint))?;
        match saved {
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

/// Nothing is written where nothing was learned: a file of guesses would be taken for what was found.
fn nothing_found(from: &From) -> Failure {
    let told_nothing = |named: &str, hint: &str| Failure::Unreadable {
        what: format!("{named} told of no cluster, so nothing is written; what came back stands in the note above"),
        hint: hint.to_owned(),
    };
    match from {
        From::Patroni(url) => told_nothing(url, "name the REST API of a member that runs, as `curl URL/patroni` shows it"),
        From::Etcd { urls, .. } => {
            told_nothing(&urls.join(", "), "name a member of etcd that runs, and `--prefix` if Patroni's namespace is not /service/")
        }
        From::Here => Failure::usage(
            "no file or variable of patronictl, psql or etcdctl names a cluster",
            "try `opsctl init --patroni http://HOST:8008` or `opsctl init --etcd http://HOST:2379`",
        ),
    }
}

/// Whether somebody means a server: `http://HOST`, `HOST:8008`. No file is written by such a name without a folder before it.
fn is_url(text: &str) -> bool {
    let with_port = || text.rsplit_once(':').is_some_and(|(host, port)| !host.is_empty() && !host.contains('/') && port.parse::<u16>().is_ok());
    text.contains("://") || with_port()
}

fn no_file(text: &str) -> Failure {
    let url = if text.contains("://") { text.to_owned() } else { format!("http://{text}") };
    // it may have a password inside
    let (shown, url) =
        if check::url(&url).is_ok() { (format!("'{text}'"), url) } else { ("what was given".to_owned(), "http://HOST:PORT".to_owned()) };
    let first = if url.ends_with(":2379") { "--etcd" } else { "--patroni" };
    let second = if first == "--etcd" { "--patroni" } else { "--etcd" };
    let hint = format!("to ask it for its clusters: `opsctl init {first} {url}`, or `{second}`; a file of that name: `opsctl init ./NAME`");
    Failure::usage(format!("init takes the FILE to write, and {shown} is a URL"), hint)
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
