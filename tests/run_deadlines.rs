//! A step whose server takes the connection and never answers, or whose program never ends, ends at its deadline and one second at most, and leaves nobody behind.
//! Each kind that waits for somebody, through the program.

use crate::runs::{Host, until};
use crate::support::silent::{Silent, Way};

/// What is waited for at the most, of a step.
const TIMEOUT: f64 = 2.0;

const STEPS: &[(&str, &str)] = &[
    ("http-get", "http = { get = \"patroni:pg1/x\" }"),
    ("http-post", "http = { post = \"patroni:pg1/x\", json = {} }"),
    ("patroni", "patroni = { on = \"patroni:pg1\", do = \"restart\" }"),
    ("sql-query", "sql = { on = \"postgres:pg1\", query = \"select 1\" }"),
    ("sql-run", "sql = { on = \"postgres:pg1\", run = \"select pg_switch_wal()\" }"),
    ("console", "sql = { on = \"pgbouncer:one\", run = \"PAUSE {db}\", names = { db = \"app\" } }"),
    ("exec", "exec = { argv = [\"PROGRAM\"] }"),
];

/// Deaf to every polite word, with children in its own session and in others.
const PROGRAM: &str = "#!/bin/sh
cd \"$(dirname \"$0\")\" || exit 9
trap '' TERM HUP INT
sh -c 'echo $$ > child; exec sleep 300' &
setsid sh -c 'echo $$ > session; exec sleep 300' &
(setsid sh -c 'trap \"\" TERM; echo $$ > orphan; while :; do sleep 300; done' &)
while :; do sleep 300; done
";

fn host(silent: &Silent) -> Host {
    let (address, write) = (silent.address(), "read = { user = \"ops\" }\nwrite = { user = \"ops\" }\n");
    let host = Host::with(&format!(
        "[[cluster.endpoint]]\nsystem = \"patroni\"\nname = \"pg1\"\nurl = \"http://{address}\"\n\n\
         [[cluster.endpoint]]\nsystem = \"postgres\"\nname = \"pg1\"\naddress = \"{address}\"\n{write}\n\
         [[cluster.endpoint]]\nsystem = \"pgbouncer\"\nname = \"one\"\naddress = \"{address}\"\n{write}"
    ));
    std::fs::write(host.path("program"), PROGRAM).expect("written");
    std::fs::set_permissions(host.path("program"), std::os::unix::fs::PermissionsExt::from_mode(0o755)).expect("set");
    for (name, step) in STEPS {
        let program = host.path("program").display().to_string();
        let text = format!(
            "opsctl = 1\nname = \"{name}\"\nsummary = \"One that hangs\"\nrisk = \"low\"\nlock = \"none\"\n\n[[step]]\nid = \"hangs\"\nwhy = \"a trial\"\ntimeout = \"2s\"\n{}\n",
            step.replace("PROGRAM", &program)
        );
        std::fs::write(host.path(&format!("runbooks/{name}.toml")), text).expect("written");
    }
    host
}

/// Whether the process whose number stands in `name` is there; a zombie is not.
fn lives(host: &Host, name: &str) -> bool {
    let pid = std::fs::read_to_string(host.path(name)).unwrap_or_else(|error| panic!("{name} was never there: {error}"));
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", pid.trim())).unwrap_or_default();
    !stat.is_empty() && !stat.contains(") Z ")
}

#[test]
fn what_hangs_ends_at_its_deadline_and_leaves_nobody_behind() {
    let silent = Silent::start(Way::AcceptsAndKeepsSilent);
    let host = host(&silent);
    let started: Vec<(&str, String)> = STEPS
        .iter()
        .map(|(name, _)| {
            let (stdout, stderr, code) = host.run(&["start", name, "--write", "--yes", "--detach"]);
            assert_eq!(code, 0, "{name}: {stdout}{stderr}");
            (*name, stdout.trim().to_owned())
        })
        .collect();
    for (name, id) in started {
        let (stdout, stderr, code) = host.run(&["attach", &id]);
        assert!(matches!(code, 5..=8), "{name}: {code}: {stdout}{stderr}");
        let steps = host.shown(&id, "steps");
        let took = steps[0]["took_seconds"].as_f64().unwrap_or_else(|| panic!("{name} has no length: {steps}"));
        assert!((0.5..TIMEOUT + 1.0).contains(&took), "{name} took {took} s: {steps}");
        assert!(steps[0]["why"].as_str().is_some_and(|why| !why.is_empty()), "{name}: {steps}");
    }
    for name in ["child", "session", "orphan"] {
        until(&format!("{name} is gone"), || !lives(&host, name));
    }
}
