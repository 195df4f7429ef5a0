//! Clusters without a configuration: from the files of patronictl, psql and etcdctl. Nobody is contacted here but a closed port of this machine.

use crate::support::http::{Answering, reply};
use crate::support::silent::{Silent, Way};
use opsctl::app::discover::{Surroundings, clusters, look};
use opsctl::config::ClusterSpec;
use opsctl::model::{Clock, Origin, SecretRef};
use std::path::PathBuf;
use std::time::Duration;

struct Host(tempfile::TempDir);

impl Host {
    fn new() -> Self {
        Host(tempfile::tempdir().expect("folder"))
    }

    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::create_dir_all(path.parent().expect("parent")).expect("folder");
        std::fs::write(&path, text).expect("written");
        path
    }

    fn around(&self, variables: &[(&str, &str)]) -> Surroundings {
        Surroundings {
            variables: variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
            home: Some(self.0.path().join("home")),
            patroni: self.0.path().join("etc/patroni"),
        }
    }
}

async fn found(around: &Surroundings) -> (Vec<ClusterSpec>, Vec<String>) {
    clusters(look(around), &Clock::real(), Duration::from_millis(600)).await
}

fn ids(clusters: &[ClusterSpec]) -> Vec<String> {
    clusters.iter().flat_map(|cluster| cluster.endpoints.iter().map(|endpoint| endpoint.id.to_string())).collect()
}

/// Port 1 of this machine is closed: the store does not answer, what the files name stays.
fn node(scope: &str, member: &str) -> String {
    format!(
        "scope: {scope}\nname: {member}\nrestapi:\n  connect_address: 127.0.0.1:1\n  authentication: {{username: ops, password: canary}}\n\
         etcd3: {{hosts: 'localhost:1'}}\npostgresql: {{authentication: {{superuser: {{username: postgres, password: canary}}}}}}\n"
    )
}

#[tokio::test]
async fn nothing_is_found_where_nothing_is() {
    let host = Host::new();
    let (clusters, notes) = found(&host.around(&[])).await;
    assert!(clusters.is_empty() && notes.is_empty(), "{clusters:?} {notes:?}");
}

#[tokio::test]
async fn the_nodes_of_a_cluster_become_one_cluster_and_their_passwords_stay_where_they_are() {
    let host = Host::new();
    let first = host.file("etc/patroni/a.yml", &node("lab", "pg1"));
    host.file("etc/patroni/b.yaml", &node("lab", "pg2"));
    host.file("etc/patroni/c.yml", &node("shop", "pg1"));
    host.file("etc/patroni/broken.yml", "scope: [canary");
    host.file("etc/patroni/readme.txt", "scope: none");
    let (clusters, notes) = found(&host.around(&[])).await;
    assert_eq!(ids(&clusters), ["lab/etcd/localhost", "lab/patroni/pg1", "lab/patroni/pg2", "shop/etcd/localhost", "shop/patroni/pg1"]);
    assert_eq!(clusters[0].found_in, format!("{}:1", first.display()));
    let pg1 = clusters[0].of("patroni").next().expect("pg1");
    assert_eq!((pg1.origin, pg1.read.is_none()), (Origin::Configured, true));
    let write = pg1.write.clone().expect("write");
    let keys = ["restapi", "authentication", "password"].map(str::to_owned).to_vec();
    assert_eq!((write.user.as_str(), write.password), ("ops", Some(SecretRef::Yaml { file: first.display().to_string(), keys })));
    assert!(notes.iter().any(|note| note.contains("broken.yml is left out")), "{notes:?}");
    assert!(notes.iter().any(|note| note.contains("could not be read through etcd")), "{notes:?}");
    assert!(!format!("{clusters:?}{notes:?}").contains("canary"));
}

#[tokio::test]
async fn the_file_that_is_named_comes_before_the_others() {
    let host = Host::new();
    host.file("etc/patroni/a.yml", &node("from-etc", "pg1"));
    host.file("home/.config/patroni/patronictl.yaml", &node("from-home", "pg1"));
    let named = host.file("named.yml", &node("from-variable", "pg1"));
    let names = |clusters: &[ClusterSpec]| clusters.iter().map(|cluster| cluster.name.clone()).collect::<Vec<_>>();
    let named = named.to_string_lossy().into_owned();
    let (clusters, _) = found(&host.around(&[("PATRONICTL_CONFIG_FILE", &named), ("PGHOST", "x")])).await;
    assert_eq!(names(&clusters), ["from-variable"]);
    let (clusters, _) = found(&host.around(&[])).await;
    assert_eq!(names(&clusters), ["from-home"]);
    let (clusters, notes) = found(&host.around(&[("PATRONICTL_CONFIG_FILE", "/nowhere.yml"), ("PGHOST", "x")])).await;
    assert_eq!(names(&clusters), ["x"]);
    assert!(notes[0].contains("/nowhere.yml"), "{notes:?}");
}

#[tokio::test]
async fn psql_is_followed_through_service_variables_and_url() {
    let host = Host::new();
    host.file("home/.pg_service.conf", "[orders]\nhost=pg1\nport=5433\nuser=me\npassword=canary\n");
    let (clusters, notes) = found(&host.around(&[("PGSERVICE", "orders"), ("PGUSER", "other"), ("PGDATABASE", "app")])).await;
    let server = clusters[0].endpoints[0].clone();
    assert_eq!((clusters[0].name.as_str(), server.body.text("address"), server.body.text("database")), ("orders", Some("pg1:5433"), Some("app")));
    assert_eq!(server.read.as_ref().map(|read| (read.user.as_str(), read.password.clone())), Some(("me", None)));
    assert!(clusters[0].found_in.ends_with(".pg_service.conf:1"), "{}", clusters[0].found_in);
    assert!(notes.iter().any(|note| note.contains("not used")) && !format!("{clusters:?}{notes:?}").contains("canary"), "{notes:?}");
    let (clusters, _) = found(&host.around(&[("PGHOST", "a,b"), ("PGPASSWORD", "canary"), ("USER", "ana")])).await;
    assert_eq!(ids(&clusters), ["a/postgres/a:5432", "a/postgres/b:5432"]);
    let read = clusters[0].endpoints[0].read.clone().expect("read");
    assert_eq!((read.user.as_str(), read.password), ("ana", Some(SecretRef::Env("PGPASSWORD".to_owned()))));
    host.file("home/.pgpass", "*:*:*:*:canary\n");
    let (clusters, _) = found(&host.around(&[("DATABASE_URL", "postgres://me:canary@pg9/app?sslmode=verify-full")])).await;
    let server = clusters[0].endpoints[0].clone();
    assert_eq!((clusters[0].found_in.as_str(), server.tls.is_some()), ("DATABASE_URL", true));
    assert_eq!(server.read.as_ref().and_then(|read| read.password.clone()), Some(SecretRef::Pgpass(None)));
    assert!(!format!("{clusters:?}").contains("canary"));
}

#[tokio::test]
async fn a_store_that_is_silent_is_shown_itself() {
    let host = Host::new();
    let (clusters, notes) = found(&host.around(&[("ETCDCTL_ENDPOINTS", "127.0.0.1:1,localhost:1")])).await;
    assert_eq!(ids(&clusters), ["etcd/etcd/127.0.0.1", "etcd/etcd/localhost"]);
    assert!(notes[0].contains("could not be read through etcd"), "{notes:?}");
}

#[test]
fn without_anything_the_error_says_what_to_do() {
    let (stdout, stderr, code) = crate::support::opsctl(&["status"]);
    assert!(code == 2 && stdout.is_empty() && stderr.contains("--patroni http://HOST:8008") && stderr.contains("opsctl init"), "{code}: {stderr}");
    let (_, stderr, code) = crate::support::opsctl(&["status", "--patroni", "user:canary@host"]);
    assert!(code == 2 && stderr.contains("--patroni") && !stderr.contains("canary"), "{stderr}");
}

#[test]
fn init_writes_what_a_member_tells_and_overwrites_only_when_told_to() {
    let folder = tempfile::tempdir().expect("folder");
    let file = folder.path().join("config.toml");
    let path = file.to_string_lossy().into_owned();
    let (one, other) = (leader(&[]), leader(&[]));
    let (stdout, stderr, code) = crate::support::opsctl(&["init", "--patroni", &one.url(), &path]);
    assert!(code == 0 && stdout.contains("1 clusters, 1 endpoints"), "{code}: {stdout}{stderr}");
    let (stdout, stderr, code) = crate::support::opsctl(&["config", "check", "--config", &path]);
    assert_eq!((code, stderr.as_str()), (0, ""), "{stdout}");
    let (_, stderr, code) = crate::support::opsctl(&["init", "--patroni", &other.url(), &path]);
    assert!(code == 2 && stderr.contains("--force"), "{code}: {stderr}");
    let (_, _, code) = crate::support::opsctl(&["init", "--patroni", &other.url(), "--force", &path]);
    assert_eq!(code, 0);
}

/// Runs the program with the time it took from its start to its end: the fastest of three, since a machine that is busy with something else is not
/// what is measured.
fn timed(arguments: &[&str], variables: &[(&str, &str)]) -> (String, String, i32, Duration) {
    let once = || {
        #[expect(clippy::disallowed_methods, reason = "the time of a process, measured from outside")]
        let begin = std::time::Instant::now();
        let output = crate::support::program().args(arguments).envs(variables.iter().copied()).output().expect("starts");
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("UTF-8");
        (text(&output.stdout), text(&output.stderr), output.status.code().unwrap_or(-1), begin.elapsed())
    };
    (0..3).map(|_| once()).min_by_key(|run| run.3).expect("three runs")
}

/// Arguments and variables of one start of the program.
type Case<'a> = (&'a [&'a str], &'a [(&'a str, &'a str)]);

#[test]
fn looking_for_a_cluster_and_asking_it_share_one_deadline() {
    let host = Host::new();
    for way in [Way::AcceptsAndKeepsSilent, Way::DropsEverything] {
        let (member, store) = (Silent::start(way), Silent::start(way));
        let url = format!("http://{}", member.address());
        let yaml = format!("scope: lab\nname: pg1\nrestapi: {{connect_address: '{}'}}\netcd3: {{hosts: '{}'}}\n", member.address(), store.address());
        let yaml = host.file("frozen.yml", &yaml).to_string_lossy().into_owned();
        let cases: [Case<'_>; 3] = [
            (&["status", "-o", "json", "--patroni", &url], &[]),
            (&["status", "-o", "json"], &[("PATRONICTL_CONFIG_FILE", &yaml)]),
            (&["status", "-o", "json"], &[("ETCDCTL_ENDPOINTS", store.address())]),
        ];
        for (arguments, variables) in cases {
            let (stdout, stderr, code, took) = timed(arguments, variables);
            assert_eq!(code, 4, "{way:?} {variables:?}: {stderr}");
            assert!(stdout.contains("deadline"), "{way:?} {variables:?}: {stdout}");
            assert!(took < Duration::from_secs(2), "{way:?} {variables:?}: {took:?}");
        }
    }
}

#[tokio::test]
async fn stores_that_are_silent_are_waited_for_together() {
    let host = Host::new();
    let stores: Vec<Silent> = (0..6).map(|_| Silent::start(Way::AcceptsAndKeepsSilent)).collect();
    for (at, store) in stores.iter().enumerate() {
        host.file(&format!("etc/patroni/{at}.yml"), &format!("scope: c{at}\nname: pg1\netcd3: {{hosts: '{}'}}\n", store.address()));
    }
    let (clock, limit) = (Clock::real(), Duration::from_millis(500));
    let begin = clock.now();
    let (clusters, notes) = clusters(look(&host.around(&[])), &clock, limit).await;
    let took = clock.now().since(begin);
    assert_eq!((clusters.len(), notes.len()), (6, 6), "{notes:?}");
    // one after the other they would take six times as long
    assert!(took < limit * 3, "{took:?}");
}

/// A member that leads, and names itself and whoever else is in `others` (name and address).
fn leader(others: &[(&str, String)]) -> Answering {
    let own = r#"{"state": "running", "role": "primary", "server_version": 150018, "timeline": 1, "patroni": {"version": "4.0.4", "scope": "orders", "name": "pg1"},
        "database_system_identifier": "7", "postmaster_start_time": "2026-11-20 12:30:19.472188+00:00", "xlog": {"location": 1}}"#;
    let row = |name: &str, role: &str, url: &str| {
        format!(r#"{{"name": "{name}", "role": "{role}", "state": "running", "api_url": "{url}", "host": "h", "port": 5432, "timeline": 1}}"#)
    };
    let rows: Vec<String> = others.iter().map(|(name, url)| row(name, "replica", url)).collect();
    let cluster =
        format!(r#"{{"scope": "orders", "members": [{}]}}"#, [vec![row("pg1", "leader", "http://127.0.0.1:1/patroni")], rows].concat().join(", "));
    Answering::start(move |path| match path {
        "/patroni" => reply(200, own),
        "/cluster" => reply(200, &cluster),
        "/history" => reply(200, "[]"),
        "/config" => reply(200, r#"{"ttl": 20, "loop_wait": 5, "retry_timeout": 5}"#),
        _ => reply(404, ""),
    })
}

fn status(arguments: &[&str]) -> (serde_json::Value, String, i32) {
    let (stdout, stderr, code) = crate::support::opsctl(&[&["status", "-o", "json", "--deadline", "5s"], arguments].concat());
    (serde_json::from_str(&stdout).unwrap_or_else(|error| panic!("{error}: {stdout}{stderr}")), stderr, code)
}

#[test]
fn a_silent_member_that_only_a_server_names_is_a_finding_and_one_of_the_configuration_a_missing_fact() {
    let nobody = Silent::start(Way::Refuses);
    let url = format!("http://{}", nobody.address());
    let server = leader(&[("pg2", format!("{url}/patroni"))]);
    let (told, _, code) = status(&["--patroni", &server.url()]);
    let standing = |told: &serde_json::Value| told["clusters"][0]["standing"].as_str().map(str::to_owned);
    // no PostgreSQL is asked
    assert_eq!((standing(&told).as_deref(), code), (Some("unknown"), 3), "{told:#}");
    assert!(told["clusters"][0]["warnings"].as_u64().is_some_and(|count| count > 0), "{told:#}");
    let finding =
        told["findings"].as_array().expect("findings").iter().find(|finding| finding["rule"] == "endpoint-unreachable").expect("said").clone();
    assert!(finding["sentence"].as_str().is_some_and(|sentence| sentence.contains("pg2, which only a server names, does not answer")), "{finding}");
    // the same member in a configuration is one that a person has vouched for
    let host = Host::new();
    let endpoint = |name: &str, url: &str| format!("\n[[cluster.endpoint]]\nsystem = \"patroni\"\nname = \"{name}\"\nurl = \"{url}\"\n");
    let text = format!("[[cluster]]\nname = \"orders\"\n{}{}", endpoint("pg1", &server.url()), endpoint("pg2", &url));
    let file = host.file("opsctl.toml", &text).to_string_lossy().into_owned();
    let (told, _, code) = status(&["--config", &file]);
    assert_eq!((standing(&told).as_deref(), code), (Some("unknown"), 3), "{told:#}");
}

#[test]
fn an_environment_that_nobody_said_is_the_careful_one_and_is_said_to_be_assumed() {
    let server = leader(&[]);
    let of = |told: &serde_json::Value| (told["clusters"][0]["environment"].clone(), told["clusters"][0]["environment_assumed"].clone());
    let (told, stderr, _) = status(&["--patroni", &server.url()]);
    assert_eq!(of(&told), ("prod".into(), true.into()));
    assert!(stderr.contains("nobody says which environment orders is: prod is assumed"), "{stderr}");
    let (told, stderr, _) = status(&["--patroni", &server.url(), "--set", "defaults.environment=dev"]);
    assert_eq!((of(&told), stderr.as_str()), (("dev".into(), false.into()), ""));
    let host = Host::new();
    for (line, expected) in [("", ("prod".into(), true.into())), ("environment = \"prod\"\n", ("prod".into(), false.into()))] {
        let url = server.url();
        let text = format!("[[cluster]]\nname = \"orders\"\n{line}\n[[cluster.endpoint]]\nsystem = \"patroni\"\nname = \"pg1\"\nurl = \"{url}\"\n");
        let file = host.file("opsctl.toml", &text).to_string_lossy().into_owned();
        assert_eq!(of(&status(&["--config", &file]).0), expected, "{line}");
    }
    let (stdout, _, _) = crate::support::opsctl(&["config", "explain", "defaults.environment", "--set", "poll.fast=2s", "-o", "json"]);
    assert!(stdout.contains("built-in") && stdout.contains("prod is assumed"), "{stdout}");
}

#[test]
fn a_url_in_the_place_of_the_file_is_seen() {
    for (given, meant) in [
        ("http://127.0.0.1:8008", "opsctl init --patroni http://127.0.0.1:8008"),
        ("127.0.0.1:8008", "opsctl init --patroni http://127.0.0.1:8008"),
        ("http://127.0.0.1:2379", "opsctl init --etcd http://127.0.0.1:2379"),
        ("http://me:canary@h:8008", "opsctl init --patroni http://HOST:PORT"),
    ] {
        let folder = tempfile::tempdir().expect("folder");
        let output = crate::support::program().current_dir(folder.path()).args(["init", given]).output().expect("starts");
        let stderr = String::from_utf8(output.stderr).expect("UTF-8");
        assert!(output.status.code() == Some(2) && stderr.contains(meant) && !stderr.contains("canary"), "{given}: {stderr}");
        assert_eq!(std::fs::read_dir(folder.path()).expect("folder").count(), 0, "{given}: something was written");
    }
}

#[test]
fn a_home_where_nothing_can_be_written_is_told_with_what_to_do() {
    let folder = tempfile::tempdir().expect("folder");
    let home = folder.path().join("home");
    std::fs::write(&home, "a file").expect("written");
    let output = crate::support::program().env("HOME", &home).env("PGHOST", "127.0.0.1").arg("init").output().expect("starts");
    let stderr = String::from_utf8(output.stderr).expect("UTF-8");
    let path = home.join(".config/opsctl/config.toml").display().to_string();
    assert_eq!(output.status.code(), Some(1), "{stderr}");
    assert!(stderr.contains(&path) && stderr.contains("cannot be made") && stderr.contains("hint: name a file where you may write"), "{stderr}");
}
