//! Failovers on the real platform: what may be lost is told before anything is sent, and is true; whoever has not typed who leads afterwards is refused; and a
//! cluster of which it is not proven that nobody writes any more is left alone.

use crate::lab_switchover::{Watched, until};
use crate::support::lab::Lab;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};

/// Who is what before anything happens.
struct Cast {
    leader: String,
    sync: String,
    other: String,
}

impl Cast {
    fn of(lab: &Lab) -> Cast {
        let watched = Watched::seeing(lab, |_| false);
        let sync = watched.ready();
        Cast { leader: watched.leader(), sync, other: watched.standby("async").expect("a standby that nobody waits for") }
    }
}

/// The plan of a failover to `to`, and how the command ended.
fn planned(watched: &Watched<'_>, to: &str) -> (Value, i32) {
    let (stdout, stderr, code) = watched.opsctl(&["failover", "--to", to, "--dry-run", "-o", "json"]);
    (serde_json::from_str(&stdout).unwrap_or_else(|error| panic!("{error}: {stdout}{stderr}")), code)
}

/// The texts of a list.
fn texts(page: &Value, key: &str) -> Vec<String> {
    page[key].as_array().expect("a list").iter().map(|text| text.as_str().expect("a text").to_owned()).collect()
}

fn until_nobody_leads(watched: &Watched<'_>, to: &str) {
    until("nobody leads", || texts(&planned(watched, to).0, "bound").contains(&"cluster.has_leader = false".to_owned()));
}

/// The checks of a plan in this state, each with what was seen.
fn checks(plan: &Value, state: &str) -> Vec<(String, Vec<String>)> {
    let all = plan["checks"].as_array().expect("checks").iter().filter(|check| check["state"] == state);
    all.map(|check| (check["says"].as_str().expect("a text").to_owned(), texts(check, "seen"))).collect()
}

/// Nothing is sent for whoever did not type it: `phrase` is what has to be.
fn only_for_who_typed(watched: &Watched<'_>, to: &str, phrase: &str) {
    let before = watched.changes();
    let failover = |more: &[&str]| watched.opsctl(&[&["failover", "--to", to], more].concat());
    let (_, stderr, code) = failover(&["--confirm", phrase]);
    assert!(code == 5 && stderr.contains("--write"), "{code}: {stderr}");
    for unasked in [&["--write"][..], &["--write", "--yes"]] {
        let (_, stderr, code) = failover(unasked);
        assert!(code == 2 && stderr.contains(&format!("--confirm {phrase}")), "{code}: {stderr}");
        assert!(stderr.contains("ASKS") && stderr.contains("may be lost"), "it was shown: {stderr}");
    }
    for other in [watched.name.as_str(), to] {
        let (_, stderr, code) = failover(&["--write", "--confirm", other]);
        assert!(code == 5 && stderr.contains("it was not confirmed"), "{code}: {stderr}");
    }
    assert_eq!(watched.changes(), before);
}

/// The folder of the lab.
fn folder(lab: &Lab) -> &Path {
    lab.config.parent().expect("the folder of the lab")
}

/// A process of the lab.
struct Process {
    pid: Pid,
    state: char,
    command: String,
    place: PathBuf,
}

fn processes(lab: &Lab) -> Vec<Process> {
    let read = |pid: i32| {
        let of = |name: &str| PathBuf::from(format!("/proc/{pid}/{name}"));
        let place = std::fs::read_link(of("cwd")).ok().filter(|place| place.starts_with(folder(lab)))?;
        let stat = std::fs::read_to_string(of("stat")).ok()?;
        let state = stat.rsplit_once(") ")?.1.chars().next()?;
        let command = String::from_utf8_lossy(&std::fs::read(of("cmdline")).ok()?).replace('\0', " ");
        Some(Process { pid: Pid::from_raw(pid)?, state, command, place })
    };
    let entries = std::fs::read_dir("/proc").expect("processes");
    entries.filter_map(|entry| read(entry.ok()?.file_name().to_str()?.parse().ok()?)).collect()
}

/// Lets go on what a fault has stopped: a frozen receiver would keep its server from being promoted.
fn thaw(lab: &Lab) {
    let stopped = processes(lab).into_iter().filter(|process| process.state == 'T');
    let count = stopped.filter(|process| kill_process(process.pid, Signal::CONT).is_ok()).count();
    assert!(count > 0, "nothing was stopped");
}

/// Kills Patroni of a member, then its PostgreSQL with all its children.
fn kill(lab: &Lab, member: &str) {
    let data = folder(lab).join("data").join(member);
    let patroni = format!("/patroni-{member}.yml");
    until("it is dead", || {
        let mut all: Vec<Process> = processes(lab)
            .into_iter()
            .filter(|process| process.state != 'Z' && (process.place.starts_with(&data) || process.command.contains(&patroni)))
            .collect();
        all.sort_by_key(|process| process.place.starts_with(&data));
        for process in &all {
            // it may be gone by now
            let _gone = kill_process(process.pid, Signal::KILL);
        }
        all.is_empty()
    });
}

/// Whether PostgreSQL of a member takes writes, by the word of its Patroni: not by `/primary`, which follows the lock and comes before the promotion. When it does,
/// Patroni has taken everybody out of /sync.
fn is_primary(lab: &Lab, member: &str) -> bool {
    let text = std::fs::read_to_string(&lab.config).expect("the configuration of the lab");
    let mut lines = text.lines().skip_while(|line| *line != "system = \"patroni\"").skip_while(|line| *line != format!("name = \"{member}\""));
    let host = lines.find_map(|line| line.strip_prefix("url = \"http://")?.strip_suffix('"').map(str::to_owned)).expect("its address");
    let Ok(mut stream) = TcpStream::connect(&host) else { return false };
    let asked = stream.write_all(b"GET /patroni HTTP/1.0\r\n\r\n");
    let mut answer = String::new();
    asked.is_ok() && stream.read_to_string(&mut answer).is_ok() && answer.contains("\"role\": \"primary\"")
}

#[test]
fn what_may_be_lost_is_told_has_to_be_typed_and_is_true() {
    let Some(lab) = Lab::to_break("lab_failover::what_may_be_lost_is_told_has_to_be_typed_and_is_true") else { return };
    let Cast { other, .. } = Cast::of(&lab);
    let watched = Watched::seeing(&lab, |member| member == other);
    let load = watched.load();
    // the only one who is left lacks what the others acknowledged to each other
    let staged = lab.fault("replica-lag");
    staged.also("leader-kill9");
    staged.also("sync-kill9");
    thaw(&lab);
    until_nobody_leads(&watched, &other);

    let (plan, code) = planned(&watched, &other);
    assert_eq!((code, plan["verdict"].as_str()), (0, Some("ready")), "{plan}");
    let phrase = format!("{}/{other}", watched.name);
    assert_eq!(plan["phrase"].as_str(), Some(phrase.as_str()));
    assert!(checks(&plan, "warn").iter().any(|(says, _)| says.starts_with("it was a synchronous standby")), "{plan}");
    let asks = texts(&plan, "asks").concat();
    let between =
        |from: &str, to: &str| asks.split_once(from).and_then(|(_, rest)| rest.split_once(to)).unwrap_or_else(|| panic!("{from}: {asks}")).0;
    let since = DateTime::strptime("%Y-%m-%d %H:%M:%S", between("every commit since ", " UTC (")).expect("an instant");
    let since = since.to_zoned(TimeZone::UTC).expect("an instant").timestamp();
    // whether the leader told the store of a position beyond what is left is up to the moment of its death; nothing is never said
    if !asks.contains("how much nobody knows") {
        let bytes: u64 = between("at least ", " bytes of WAL").parse().expect("a number");
        assert!(bytes > 0, "{asks}");
    }
    only_for_who_typed(&watched, &other, &phrase);

    let (id, stderr, code) = watched.opsctl(&["failover", "--to", &other, "--write", "--confirm", &phrase, "--detach"]);
    assert_eq!(code, 0, "{stderr}");
    let id = id.trim();
    until("the question is answered", || {
        let (show, _, _) = watched.opsctl(&["run", "show", id, "-o", "json"]);
        let show: Value = serde_json::from_str(&show).expect("JSON");
        let step = show["steps"].as_array().expect("steps").iter().find(|step| step["id"] == "accept_loss").expect("the question").clone();
        if step["state"] == "intent" {
            // what comes a moment before it listens does not count, and is said again
            let _said = watched.opsctl(&["run", "approve", id, "accept_loss"]);
        }
        step["state"] == "done" || ["refused", "paused", "failed", "interrupted"].contains(&show["state"].as_str().unwrap_or_default())
    });
    let (stdout, stderr, code) = watched.opsctl(&["run", "attach", id]);
    assert!(code == 0 && stdout.contains("done and verified"), "{code}: {stdout}{stderr}");
    assert_eq!(watched.changes(), ["PATCH /config", "POST /failover"], "{stdout}");
    assert_eq!(watched.leader(), other);

    let became = load.end();
    assert!(became["lost"].as_u64().is_some_and(|lost| lost > 0), "the fault loses something: {became}");
    let from: Timestamp = became["lost_from"].as_str().expect("an instant").parse().expect("an instant");
    assert!(from >= since, "a commit of {from} is lost, and only those since {since} could be: {became}");
    let span = stdout.lines().rev().find(|line| line.contains("first write")).unwrap_or_default();
    println!("report: failover: {span} | {} commits since {from} are lost; told: {asks}", became["lost"]);
    staged.clear();
}

#[test]
fn a_second_change_of_leader_before_the_first_has_settled_wants_the_name_of_the_next_typed() {
    let Some(lab) = Lab::to_break("lab_failover::a_second_change_of_leader_before_the_first_has_settled_wants_the_name_of_the_next_typed") else {
        return;
    };
    let Cast { leader, sync, other } = Cast::of(&lab);
    let watched = Watched::seeing(&lab, |member| member != sync);
    let broken = lab.broken_by_hand();
    let switchover = |to: &str, more: &[&str]| {
        watched.opsctl(&[&["switchover", "--to", to, "--settled", "1s", "--write", "--confirm", &watched.name], more].concat())
    };
    let (id, stderr, code) = switchover(&sync, &["--detach"]);
    assert_eq!(code, 0, "{stderr}");
    let id = id.trim();
    until("the new leader leads", || is_primary(&lab, &sync));
    kill(&lab, &sync);
    let (stdout, stderr, code) = watched.opsctl(&["run", "attach", id]);
    assert!([7, 8].contains(&code), "{code}: {stdout}{stderr}");
    // as long as nobody has said what becomes of the first one, there is no second one
    let (_, stderr, code) = switchover(&other, &[]);
    assert!(code == 9 && stderr.contains(id), "{code}: {stderr}");
    let (stdout, stderr, code) = watched.opsctl(&["run", "abandon", id, "--across", "--write", "--reason", "the new leader is gone"]);
    assert!([0, 7].contains(&code), "{code}: {stdout}{stderr}");
    until_nobody_leads(&watched, &other);
    // both are at the same position, and nobody is promoted: neither of them is in /sync
    for to in [&leader, &other] {
        let (_, stderr, code) = switchover(to, &[]);
        assert!(code != 0, "{code}: {stderr}");
        let (plan, code) = planned(&watched, to);
        assert_eq!((code, plan["verdict"].as_str()), (0, Some("ready")), "{plan}");
        assert!(texts(&plan, "asks").concat().contains("may be lost"), "{plan}");
        only_for_who_typed(&watched, to, &format!("{}/{to}", watched.name));
    }
    assert_eq!(watched.changes(), ["POST /switchover"]);
    assert!(texts(&planned(&watched, &other).0, "bound").contains(&"cluster.has_leader = false".to_owned()), "nobody was promoted meanwhile");
    broken.clear();
}

#[test]
fn a_split_brain_and_a_frozen_standby_stand_in_the_way_and_are_named() {
    const NAME: &str = "lab_failover::a_split_brain_and_a_frozen_standby_stand_in_the_way_and_are_named";
    if std::env::var_os("OPSCTL_EXHAUSTIVE").is_none() {
        println!("SKIPPED {NAME}: it is staged with --exhaustive");
        return;
    }
    let Some(lab) = Lab::to_break(NAME) else { return };
    let refused = |watched: &Watched<'_>, to: &str, says: &str, seen: &str| {
        let (plan, code) = planned(watched, to);
        assert_eq!(code, 5, "{plan}");
        let blocks = checks(&plan, "block");
        assert!(blocks.iter().any(|(said, read)| said.starts_with(says) && read.contains(&seen.to_owned())), "{seen}: {blocks:?}");
        let phrase = format!("{}/{to}", watched.name);
        let (_, stderr, code) = watched.opsctl(&["failover", "--to", to, "--write", "--confirm", &phrase]);
        assert!(code == 5 && stderr.contains(says), "{code}: {stderr}");
    };
    let Cast { sync, other, .. } = Cast::of(&lab);
    let watched = Watched::seeing(&lab, |member| member == other);
    let split = lab.fault("patroni-kill");
    for to in [&sync, &other] {
        refused(&watched, to, "no member that answers accepts writes", "cluster.members_seen_writable = 2");
    }
    assert_eq!(watched.changes(), Vec::<String>::new());
    split.clear();
    let Cast { sync, other, .. } = Cast::of(&lab);
    let watched = Watched::seeing(&lab, |member| member == other);
    let frozen = lab.fault("sync-freeze");
    frozen.also("leader-kill9");
    for to in [&sync, &other] {
        refused(&watched, to, "every member is proven to accept no writes", &format!("cluster.unfenced_members = [\"{sync}\"]"));
    }
    assert_eq!(watched.changes(), Vec::<String>::new());
    frozen.clear();
}
