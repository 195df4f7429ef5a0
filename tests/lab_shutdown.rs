//! A leader that cannot stop, on the real platform: a backend that no signal ends keeps it from shutting down, so that Patroni gives up waiting and answers "status
//! unknown". Opsctl goes on looking, names the backend, sends nothing twice, and ends with what is true.

use crate::lab_switchover::{Watched, until};
use crate::support::lab::Lab;
use rustix::process::{Pid, Signal, kill_process};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

/// A backend of the leader that is asleep and stopped: it does not hear that it is to end.
struct Stuck {
    pid: Pid,
    client: Child,
}

impl Stuck {
    fn on(watched: &Watched<'_>, leader: &str) -> Stuck {
        let folder = watched.lab.config.parent().expect("the folder of the lab").to_owned();
        let text = std::fs::read_to_string(&watched.lab.config).expect("the configuration of the lab");
        let config: toml::Table = text.parse().expect("TOML");
        let endpoints = config["cluster"][0]["endpoint"].as_array().expect("endpoints");
        let of_leader = endpoints.iter().find(|one| one["system"].as_str() == Some("postgres") && one["name"].as_str() == Some(leader));
        let (host, port) = of_leader.expect("its PostgreSQL")["address"].as_str().expect("an address").rsplit_once(':').expect("a port");
        let psql = |text: &str| {
            let mut command = Command::new("/usr/lib/postgresql/15/bin/psql");
            command.env_clear().args(["-XAtq", "-h", host, "-p", port, "-U", "app", "-d", "appdb", "-c", text]).current_dir("/");
            command.env("PGPASSFILE", folder.join("etc/pgpass")).env("PGSSLMODE", "disable").env("PGAPPNAME", "lab-stuck");
            command.stdin(Stdio::null());
            command
        };
        let client = psql("select pg_sleep(900)").stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("psql starts");
        let mut pid = None;
        until("it sleeps", || {
            let find =
                psql("select pid from pg_stat_activity where application_name = 'lab-stuck' and wait_event = 'PgSleep'").output().expect("asked");
            pid = String::from_utf8_lossy(&find.stdout).trim().parse().ok().and_then(Pid::from_raw);
            pid.is_some()
        });
        let pid = pid.expect("a process");
        kill_process(pid, Signal::STOP).expect("stopped");
        Stuck { pid, client }
    }
}

impl Drop for Stuck {
    fn drop(&mut self) {
        // it hears what it was told meanwhile, and ends
        let _gone = kill_process(self.pid, Signal::CONT);
        let _killed = self.client.kill();
        let _reaped = self.client.wait();
    }
}

/// Starts the switchover and gives the name of its run, and where its files are.
fn started(watched: &Watched<'_>, to: &str) -> (String, PathBuf) {
    let to = format!("to={to}");
    let words = ["run", "start", "switchover", "-p", &to, "-p", "settled=1s", "--write", "--confirm", &watched.name, "--detach"];
    let (stdout, stderr, code) = watched.opsctl(&words);
    assert_eq!(code, 0, "{stdout}{stderr}");
    let id = stdout.trim().to_owned();
    let folder = watched.root.path().join("opsctl/runs").join(&id);
    (id, folder)
}

fn posts(watched: &Watched<'_>) -> usize {
    watched.changes().iter().filter(|line| *line == "POST /switchover").count()
}

#[test]
fn a_leader_that_cannot_stop_is_watched_until_it_does_and_who_keeps_it_is_named() {
    let Some(lab) = Lab::to_break("lab_shutdown::a_leader_that_cannot_stop_is_watched_until_it_does_and_who_keeps_it_is_named") else { return };
    let watched = Watched::new(&lab);
    let to = watched.ready();
    let leader = watched.leader();
    let stuck = Stuck::on(&watched, &leader);
    let (id, folder) = started(&watched, &to);
    let read = |file: &str| std::fs::read_to_string(folder.join(file)).unwrap_or_default();
    let named = format!("backend {}", stuck.pid.as_raw_nonzero());
    until("who keeps it is named", || read("events.jsonl").contains(&named));
    // Patroni gives up, and it is not over
    until("Patroni answers that it does not know", || read("journal.jsonl").contains("status unknown"));
    until("it goes on looking", || read("journal.jsonl").contains("\"event\":\"probe\""));
    assert_eq!((posts(&watched), watched.leader()), (1, leader), "nothing is sent twice");
    drop(stuck);
    let (stdout, stderr, code) = watched.opsctl(&["run", "attach", &id]);
    assert_eq!(code, 0, "{stdout}{stderr}");
    for told in [named.as_str(), "(lab-stuck)", "status unknown", "done and verified"] {
        assert!(stdout.contains(told), "{told}: {stdout}");
    }
    assert_eq!((posts(&watched), watched.leader(), watched.paused()), (1, to, 0));
}

#[test]
fn a_leader_that_does_not_stop_in_time_leaves_a_run_in_doubt_that_is_resumed_and_sends_nothing_again() {
    let test = "lab_shutdown::a_leader_that_does_not_stop_in_time_leaves_a_run_in_doubt_that_is_resumed_and_sends_nothing_again";
    if std::env::var_os("OPSCTL_EXHAUSTIVE").is_none() {
        println!("SKIPPED {test}: --exhaustive waits for its deadline");
        return;
    }
    let Some(lab) = Lab::to_break(test) else { return };
    let watched = Watched::new(&lab);
    let to = watched.ready();
    let stuck = Stuck::on(&watched, &watched.leader());
    let named = format!("backend {}", stuck.pid.as_raw_nonzero());
    let (id, folder) = started(&watched, &to);
    until("its process has it", || std::fs::read_to_string(folder.join("journal.jsonl")).is_ok_and(|text| text.contains("\"taken\"")));
    let (stdout, stderr, code) = watched.opsctl(&["run", "attach", &id]);
    assert_eq!(code, 8, "{stdout}{stderr}");
    assert!(stdout.contains(&named) && stdout.contains("the run is paused"), "{stdout}");
    assert_eq!((posts(&watched), watched.paused()), (1, 0), "nobody waits for a person: {stdout}");
    drop(stuck);
    until("it has stopped, and the other one leads", || watched.leads().is_some_and(|leads| leads == to));
    let (stdout, stderr, code) = watched.opsctl(&["run", "resume", &id, "--write"]);
    assert_eq!(code, 0, "{stdout}{stderr}");
    assert_eq!((posts(&watched), watched.leader()), (1, to), "{stdout}");
}
