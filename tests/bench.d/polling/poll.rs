//! Ours: the thousand members as an inventory, watched by `app::observe::watch`; cost and latencies of a window after a warm-up.

use super::world;
use opsctl::app::observe::{self, Observed};
use opsctl::config::{Body, ClusterSpec, EndpointSpec, Inventory};
use opsctl::fleet::poll::Polling;
use opsctl::fleet::schedule::Pace;
use opsctl::model::{Clock, EndpointId, Origin, Via};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio_util::sync::CancellationToken;

/// First answers, slow and rare tiers are behind it.
const WARM_UP: Duration = Duration::from_secs(5);
/// Of ten members one is dark, where any is.
const DARK_EACH: u16 = 10;

/// The pace of the platform.
const POLLING: Polling = Polling {
    pace: Pace { fast: Duration::from_secs(1), slow: Duration::from_secs(15), rare: Duration::from_mins(5), slowest: Duration::from_secs(5) },
    deadline: Duration::from_millis(1_500),
};

/// Watches for `seconds` after the warm-up.
pub fn run(port: u16, dark: bool, seconds: u64) -> Value {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("runtime");
    runtime.block_on(async {
        let hole = if dark { Some(Hole::new().await) } else { None };
        let inventory = inventory(port, hole.as_ref().map(|hole| hole.address));
        let clock = Clock::real();
        let stop = CancellationToken::new();
        let seen = observe::watch(&inventory, POLLING, &clock, &stop);
        clock.sleep(WARM_UP).await;
        let before = (served(port).await, cpu_seconds(), polls(&seen.borrow()));
        let mut latencies = Vec::new();
        for _ in 0..seconds {
            clock.sleep(Duration::from_secs(1)).await;
            latencies.extend(bright(&seen.borrow()));
        }
        let after = (served(port).await, cpu_seconds(), polls(&seen.borrow()));
        stop.cancel();
        latencies.sort_unstable();
        let percentile =
            |share: usize| latencies.get((latencies.len() * share / 100).min(latencies.len().saturating_sub(1))).map(Duration::as_secs_f64);
        json!({
            "requests": after.0 - before.0,
            "polls": after.2 - before.2,
            "cpu_seconds": after.1 - before.1,
            "seconds": seconds,
            "p50_seconds": percentile(50),
            "p99_seconds": percentile(99),
            "silent": silent(&seen.borrow()),
            "memory_mib": peak_memory(),
        })
    })
}

fn inventory(port: u16, hole: Option<SocketAddr>) -> Inventory {
    let mut clusters: BTreeMap<u16, ClusterSpec> = BTreeMap::new();
    for member in 0..world::MEMBERS {
        let scope = world::scope(member);
        let address = SocketAddr::from((world::address(member), port));
        // the leaders stay: a cluster without one would be another work for the judge
        let address = hole.filter(|_| member % DARK_EACH == 1).unwrap_or(address);
        let cluster = clusters.entry(world::cluster(member)).or_insert_with(|| ClusterSpec::named(&scope, "bench"));
        cluster.endpoints.push(Arc::new(EndpointSpec {
            id: EndpointId { cluster: scope, system: "patroni".to_owned(), name: world::name(member) },
            origin: Origin::Configured,
            zone: None,
            via: Via::Direct,
            read: None,
            write: None,
            tls: None,
            body: Body::one("url", &format!("http://{address}")),
        }));
    }
    Inventory { clusters: clusters.into_values().map(Arc::new).collect() }
}

fn polls(seen: &Observed) -> u64 {
    seen.fleet.clusters.iter().flat_map(|cluster| &cluster.entries).map(|entry| entry.polls).sum()
}

fn silent(seen: &Observed) -> usize {
    seen.fleet.clusters.iter().flat_map(|cluster| &cluster.entries).filter(|entry| entry.failure.is_some() || entry.good.is_none()).count()
}

/// The newest latency of each member that answers.
fn bright(seen: &Observed) -> Vec<Duration> {
    let entries = seen.fleet.clusters.iter().flat_map(|cluster| &cluster.entries).filter(|entry| entry.failure.is_none());
    entries.filter_map(|entry| entry.good.as_ref().map(|good| good.latency)).collect()
}

/// Requests that the servers have answered.
async fn served(port: u16) -> u64 {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.expect("the server runs");
    stream.write_all(b"GET /served HTTP/1.1\r\nconnection: close\r\n\r\n").await.expect("sent");
    let mut text = String::new();
    stream.read_to_string(&mut text).await.expect("answered");
    text.rsplit("\r\n\r\n").next().and_then(|body| body.parse().ok()).expect("a number")
}

/// User and system time of this process. <https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html>, fields 14 and 15, in hundredths of a second.
fn cpu_seconds() -> f64 {
    let text = std::fs::read_to_string("/proc/self/stat").expect("/proc");
    let fields = text.rsplit(") ").next().unwrap_or("").split(' ').skip(11).take(2);
    fields.map(|ticks| ticks.parse::<f64>().expect("ticks")).sum::<f64>() / 100.0
}

/// The largest resident set of this process.
fn peak_memory() -> f64 {
    let text = std::fs::read_to_string("/proc/self/status").expect("/proc");
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("VmHWM");
    line.trim().trim_end_matches(" kB").parse::<f64>().expect("kB") / 1024.0
}

/// An address that answers no SYN: a listener that accepts nobody and whose queue is full.
struct Hole {
    address: SocketAddr,
    _listener: TcpListener,
    _queue: Vec<TcpStream>,
}

impl Hole {
    async fn new() -> Hole {
        let socket = TcpSocket::new_v4().expect("socket");
        socket.bind(SocketAddr::from((Ipv4Addr::new(127, 18, 0, 1), 0))).expect("bound");
        let listener = socket.listen(1).expect("listens");
        let address = listener.local_addr().expect("address");
        let clock = Clock::real();
        let mut queue = Vec::new();
        while let Some(Ok(stream)) = clock.timeout(Duration::from_millis(300), TcpStream::connect(address)).await {
            queue.push(stream);
        }
        Hole { address, _listener: listener, _queue: queue }
    }
}
