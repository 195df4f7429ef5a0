//! `who PID [-m MEMBER]`: the client behind a process of PostgreSQL. Exit 3 when the way could not be followed to its end, 4 when no server answered.

use crate::app::observe::Observed;
use crate::app::views::picked;
use crate::app::who::{Inquiry, Traced, Tracer, page};
use crate::app::{TimeLimit, load};
use crate::cli::command::{Command, Context};
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::{global, output};
use crate::model::{Clock, Gap};
use clap::{Arg, ArgMatches};

pub(super) struct Who;

impl Command for Who {
    fn name(&self) -> &'static str {
        "who"
    }

    fn doc(&self) -> &'static str {
        "The client behind a process of PostgreSQL: back through pooler and balancer to its address"
    }

    fn arguments(&self, command: clap::Command) -> clap::Command {
        global::with_output(global::with_reading(command).mut_arg("watch", |arg| arg.hide(true)))
            .arg(
                Arg::new("pid")
                    .value_name("PID")
                    .required(true)
                    .value_parser(clap::value_parser!(i32).range(1..))
                    .help("The process, as pg_stat_activity has it"),
            )
            .arg(
                Arg::new("member")
                    .short('m')
                    .long("member")
                    .value_name("NAME")
                    .help("The server it runs on, where several have a process of this number"),
            )
    }

    fn run(&self, matches: &ArgMatches, context: &mut Context<'_>) -> Result<Exit, Failure> {
        let pid = matches.get_one::<i32>("pid").copied().ok_or_else(|| Failure::usage("a PID is needed", "opsctl who 4711"))?;
        let member = matches.get_one::<String>("member").map(String::as_str);
        let runtime = context.runtime;
        runtime.block_on(async {
            let clock = Clock::real();
            let limit = TimeLimit::start(&clock, context.global.deadline);
            let loaded = load::load(&context.global.wanted, &limit).await.map_err(|error| Failure::Config(error.to_string()))?;
            crate::cli::note(&loaded.notes);
            let nothing = Observed::nothing(&loaded.inventory, clock.now());
            let clusters = picked(&nothing, &context.global.pick(None)).map_err(|bad| Failure::usage(bad.to_string(), bad.hint))?;
            let [cluster] = clusters.as_slice() else {
                return Err(Failure::usage(format!("a process is of one cluster, and there are {}", clusters.len()), "name it with --cluster"));
            };
            let servers: Vec<&str> = cluster.of("postgres").map(|entry| entry.spec.id.name.as_str()).collect();
            if let Some(name) = member.filter(|name| !servers.contains(name)) {
                return Err(Failure::usage(format!("there is no server called '{name}'"), format!("there are: {}", servers.join(", "))));
            }
            let inquiry = Inquiry::new(&loaded.inventory, &clock, limit.left());
            match inquiry.trace(&cluster.spec.name, member, pid).await {
                Traced::Chain(chain) => {
                    let now = clock.now();
                    let page = output::select(page::page(Some(&chain), now), &context.global.columns)?;
                    output::write(&mut context.out, &page, context.global.form, context.global.paint, now)?;
                    Ok(if chain.broken.is_some() { Exit::Unhealthy } else { Exit::Done })
                }
                Traced::Several(names) => {
                    let what = format!("several servers have a process {pid}: {}", names.join(", "));
                    Err(Failure::usage(what, format!("name one: opsctl who {pid} --member {}", names.first().map_or("NAME", String::as_str))))
                }
                Traced::Nowhere { unread } => Err(nowhere(pid, &unread, servers.len())),
            }
        })
    }
}

fn nowhere(pid: i32, unread: &[Gap], servers: usize) -> Failure {
    let said: Vec<String> = unread.iter().map(|gap| format!("{}: {}", gap.fact, gap.reason.phrase())).collect();
    if said.is_empty() {
        return Failure::usage(format!("no server has a process {pid}"), "it may have ended; `opsctl activity` shows who is there");
    }
    let what = if said.len() >= servers { "no server could be asked".to_owned() } else { format!("no server that answers has a process {pid}") };
    Failure::Unreadable { what: format!("{what}; {}", said.join("; ")), hint: "`opsctl doctor` shows what was tried".to_owned() }
}
