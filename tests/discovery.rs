//! Clusters without a configuration: from the files of patronictl, psql and etcdctl. Nobody is contacted here but a closed port of this machine.

use opsctl::app::discover::{Surroundings, clusters, look};
use opsctl::config::ClusterSpec;
use opsctl::model::{Clock, Origin, SecretRef};
use std::path::PathBuf;

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
    clusters(look(around), &Clock::real()).await
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
fn a_silent_member_is_named_by_its_host_and_init_writes_what_is_known() {
    let folder = tempfile::tempdir().expect("folder");
    let file = folder.path().join("config.toml");
    let path = file.to_string_lossy().into_owned();
    let (stdout, stderr, code) = crate::support::opsctl(&["init", "--patroni", "http://127.0.0.1:1", &path]);
    assert!(code == 0 && stdout.contains("1 clusters, 1 endpoints") && stderr.contains("did not tell its name"), "{code}: {stdout}{stderr}");
    let (stdout, stderr, code) = crate::support::opsctl(&["config", "check", "--config", &path]);
    assert_eq!((code, stderr.as_str()), (0, ""), "{stdout}");
    let (_, stderr, code) = crate::support::opsctl(&["init", "--patroni", "http://localhost:1", &path]);
    assert!(code == 2 && stderr.contains("--force"), "{code}: {stderr}");
    let (_, _, code) = crate::support::opsctl(&["init", "--patroni", "http://localhost:1", "--force", &path]);
    assert_eq!(code, 0);
}
