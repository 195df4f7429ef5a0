//! Twenty sessions behind the transaction pools of the lab, each traced to the socket that this test opened itself.

use crate::support::lab::Lab;
use serde_json::Value;
use std::path::Path;
use tokio::net::TcpStream;
use tokio_postgres::{Client, Config, NoTls, SimpleQueryMessage};

/// Sessions of each pooler of the lab, twenty in all.
const EACH: [usize; 3] = [7, 7, 6];

/// A session in a transaction.
struct Held {
    application: String,
    /// Our own end, as the kernel says it.
    socket: String,
    pid: i32,
    /// Address of the server that serves it.
    server: String,
    _client: Client,
}

#[expect(clippy::disallowed_methods, reason = "the carrier of a session ends with it")]
async fn hold(number: usize, address: &str, password: &str) -> Held {
    let application = format!("who-{number}");
    let stream = TcpStream::connect(address).await.expect("the pooler");
    let socket = stream.local_addr().expect("our end").to_string();
    let mut config = Config::new();
    config.user("app").dbname("appdb").password(password).application_name(&application);
    let (client, connection) = config.connect_raw(stream, NoTls).await.expect("login");
    tokio::spawn(connection);
    client.simple_query("begin").await.expect("begin");
    let rows = client.simple_query("select pg_backend_pid(), host(inet_server_addr())").await.expect("pid");
    let row = rows.iter().find_map(|row| if let SimpleQueryMessage::Row(row) = row { Some(row) } else { None }).expect("a row");
    let (pid, server) = (row.get(0).unwrap().parse().unwrap(), row.get(1).unwrap().to_owned());
    Held { application, socket, pid, server, _client: client }
}

fn poolers(config: &Path) -> (Vec<String>, Vec<(String, String)>) {
    let text = std::fs::read_to_string(config).expect("the configuration");
    let whole: toml::Value = toml::from_str(&text).expect("TOML");
    let endpoints = whole["cluster"][0]["endpoint"].as_array().unwrap();
    let of = |system: &str| endpoints.iter().filter(move |one| one["system"].as_str() == Some(system)).collect::<Vec<_>>();
    let word = |one: &toml::Value, key: &str| one[key].as_str().unwrap().to_owned();
    (
        of("pgbouncer").into_iter().map(|one| word(one, "address")).collect(),
        of("postgres").into_iter().map(|one| (word(one, "name"), word(one, "address"))).collect(),
    )
}

#[test]
fn twenty_of_twenty_sessions_are_traced_to_their_clients() {
    let Some(lab) = Lab::shared("lab_who::twenty_of_twenty_sessions_are_traced_to_their_clients") else { return };
    let (addresses, servers) = poolers(&lab.config);
    let password = std::fs::read_to_string(lab.config.parent().unwrap().join("secrets/app")).expect("the password of the lab").trim().to_owned();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let held: Vec<Held> = runtime.block_on(async {
        let mut held = Vec::new();
        for (address, count) in addresses.iter().zip(EACH) {
            for _ in 0..count {
                held.push(hold(held.len(), address, &password).await);
            }
        }
        held
    });
    assert_eq!(held.len(), 20);
    let wrong: Vec<String> = held
        .iter()
        .filter_map(|session| {
            // members may have processes of the same number; then one has to be named
            let member = &servers.iter().find(|(_, address)| address.starts_with(&format!("{}:", session.server))).expect("the member").0;
            let (stdout, stderr, code) = lab.patiently(&["who", &session.pid.to_string(), "-m", member, "-o", "json"]);
            let told: Value = serde_json::from_str(&stdout).unwrap_or_default();
            let right = code == 0 && told["client"] == session.socket.as_str() && told["application"] == session.application.as_str();
            (!right).then(|| {
                format!(
                    "{} at {}: exit {code}, {} {} {} {stderr}",
                    session.application, session.socket, told["client"], told["application"], told["ends"]
                )
            })
        })
        .collect();
    println!("{} of {} traced", held.len() - wrong.len(), held.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_process_that_is_not_there_is_said_to_be_gone() {
    let Some(lab) = Lab::shared("lab_who::a_process_that_is_not_there_is_said_to_be_gone") else { return };
    let (_, stderr, code) = lab.patiently(&["who", "2147483647"]);
    assert_eq!(code, 2, "{stderr}");
    assert!(stderr.contains("no server has a process 2147483647"), "{stderr}");
}
