//! The Rust half of `tests/bench console`: makes recordings of a kind and length that no lab gives at once, from a committed one of the real lab, and
//! measures what the memory of a console costs. Each instant differs from the one before as two real ones do; its moments are moved to its second.
#![allow(
    clippy::expect_used,
    clippy::print_stdout,
    clippy::indexing_slicing,
    unreachable_pub,
    reason = "a bench ends where something is wrong, and says so"
)]

use opsctl::app::history::{History, Memory};
use opsctl::app::observe::trace;
use opsctl::app::record::Recording;
use opsctl::app::{Observed, observe};
use opsctl::fleet::record::{Docs, Head, Reader, Writer};
use opsctl::fleet::{Cluster, Entry, Fleet, Good, Rings};
use opsctl::health::Judgement;
use opsctl::model::{Clock, Moment};
use serde_json::{Value, json};
use std::fs::File;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// What everything is made of: some instants of the healthy lab.
const SOURCE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/recordings/healthy.opr");
/// The console of the bench operates so many clusters.
const CLUSTERS: usize = 20;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let number = |word: &str| word.parse::<usize>().expect("a number");
    match words.as_slice() {
        ["many", file, rows] => many(Path::new(file), number(rows)),
        ["long", file, seconds] => long(Path::new(file), number(seconds)),
        ["open", file] => open(Path::new(file)),
        ["memory", seconds, step] => memory(number(seconds) as u64, number(step) as u64),
        // `cargo bench` without the runner: there is nothing to measure alone
        _ => println!("run it as tests/bench console"),
    }
}

/// The documents of each instant of the source, with its moment.
fn source() -> Vec<(Moment, Docs)> {
    let reader = Reader::open(Box::new(File::open(SOURCE).expect("the recording of the lab"))).expect("opens");
    (0..reader.stops().len()).map(|at| (reader.stops()[at].at, reader.docs(at).expect("an instant"))).collect()
}

fn changed(docs: &Docs, change: &dyn Fn(&mut Value)) -> Docs {
    let one = |(name, text): (&String, &Arc<[u8]>)| {
        let mut value: Value = serde_json::from_slice(text).expect("JSON");
        change(&mut value);
        (name.clone(), serde_json::to_vec(&value).expect("JSON").into())
    };
    docs.iter().map(one).collect()
}

/// Calls `change` for `value` and everything in it.
fn each(value: &mut Value, change: &dyn Fn(&mut Value)) {
    change(value);
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| each(item, change)),
        Value::Object(map) => map.values_mut().for_each(|item| each(item, change)),
        _ => {}
    }
}

/// Moves the moments in `value`, `{"mono": .., "wall": ..}`, from `from` to `to`.
fn shift(value: &mut Value, from: Moment, to: Moment) {
    let Value::Object(map) = &*value else { return };
    if map.len() != 2 || !map.contains_key("mono") || !map.contains_key("wall") {
        return;
    }
    let Ok(moment) = serde_json::from_value::<Moment>(value.clone()) else { return };
    // what lay before stays as far before
    let at = to.plus(Duration::from_hours(1));
    let back = from.plus(Duration::from_hours(1)).since(moment);
    let moved = Moment { mono: at.mono.saturating_sub(back), wall: at.wall - jiff::SignedDuration::try_from(back).expect("short") };
    *value = serde_json::to_value(moved).expect("JSON");
}

/// The instant of `source` that stands for `second`.
fn at_second(source: &[(Moment, Docs)], second: u64) -> (Moment, Docs) {
    let (from, docs) = &source[usize::try_from(second).expect("small") % source.len()];
    let to = source[0].0.plus(Duration::from_secs(second));
    (to, changed(docs, &|value| each(value, &|value| shift(value, *from, to))))
}

/// One instant in which one server has `rows` sessions; beside it the same rows as lines of text.
fn many(file: &Path, rows: usize) {
    let (at, mut docs) = source().remove(0);
    let name = docs.keys().find(|name| name.contains("\"postgres\"")).expect("a server").clone();
    let mut entry: Value = serde_json::from_slice(&docs[&name]).expect("JSON");
    let session = |at: usize| {
        json!({
            "pid": 10_000 + at, "backend_type": "client backend", "usename": "app", "application_name": format!("worker-{at:05}"), "datname": "appdb",
            "client_addr": format!("10.0.{}.{}", at / 250, at % 250), "client_port": 40_000 + at % 20_000, "state": if at.is_multiple_of(7) { "idle in transaction" } else { "active" },
            "xact_age_s": f64::from(u32::try_from(at % 600).expect("small")), "query_age_s": 0.5, "query": format!("select * from orders where id = {}", at * 7_919 % rows),
        })
    };
    let sessions: Vec<Value> = (0..rows).map(session).collect();
    let text = |row: &Value| {
        let words =
            ["pid", "state", "usename", "client_addr", "application_name", "datname", "query"].map(|key| row[key].to_string().replace('"', ""));
        format!("{}\n", words.join(" "))
    };
    std::fs::write(file.with_extension("rows"), sessions.iter().map(text).collect::<String>()).expect("written");
    let known = &mut entry["good"]["snapshot"]["activity"]["known"];
    assert!(known.is_object(), "the sessions of {name} are not known in the source");
    known["value"] = Value::Array(sessions);
    docs.insert(name, serde_json::to_vec(&entry).expect("JSON").into());
    let mut bytes = Writer::begin(&Head::new(1));
    bytes.extend(Writer::default().instant(at, false, &docs).expect("small enough"));
    std::fs::write(file, bytes).expect("written");
    println!("{}", json!({ "rows": rows }));
}

/// A recording of one cluster over `seconds`.
fn long(file: &Path, seconds: usize) {
    let source = source();
    let mut bytes = Writer::begin(&Head::new(1));
    let mut writer = Writer::default();
    for second in 0..seconds as u64 {
        let (at, docs) = at_second(&source, second);
        bytes.extend(writer.instant(at, second == 0, &docs).expect("small enough"));
    }
    std::fs::write(file, &bytes).expect("written");
    println!("{}", json!({ "bytes": bytes.len(), "instants": seconds }));
}

/// How long opening takes, and showing its first instant, its middle and its end: the end has the longest lines.
fn open(file: &Path) {
    let clock = Clock::real();
    let begin = clock.now();
    let recording = Recording::open(file).expect("opens");
    let opened = clock.now().since(begin);
    let last = recording.stops().len() - 1;
    let mut clusters = 0;
    let mut shown = |number: usize| {
        let begin = clock.now();
        clusters = recording.instant(number).expect("an instant").fleet.clusters.len();
        clock.now().since(begin).as_secs_f64()
    };
    let [first, middle, end] = [0, last / 2, last].map(&mut shown);
    let told = json!({
        "open_seconds": opened.as_secs_f64(), "instants": last + 1, "clusters": clusters,
        "first_seconds": first, "middle_seconds": middle, "end_seconds": end,
    });
    println!("{told}");
}

/// What twenty clusters cost that are watched for `seconds`, looked at every `step`: lines and memory after half an hour, and at the end.
fn memory(seconds: u64, step: u64) {
    let source = source();
    let original: String = {
        let observed = decoded(&source[0].1);
        observed.fleet.clusters[0].spec.name.clone()
    };
    let worlds: Vec<Observed> = source.iter().map(|(at, docs)| twenty(*at, docs, &original)).collect();
    let begin = source[0].0;
    drop(source);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("runtime");
    runtime.block_on(async {
        let clock = Clock::real();
        let (publish, seen) = watch::channel(Arc::new(worlds[0].clone()));
        let stop = CancellationToken::new();
        let memory = Memory::start(&seen, None, &clock, &stop);
        let mut at_half_an_hour = None;
        let mut second = step;
        while second <= seconds {
            let former = Arc::clone(&seen.borrow());
            let now = begin.plus(Duration::from_secs(second));
            let (fleet, judgement) = answered(&worlds[usize::try_from(second / step).expect("small") % worlds.len()], now);
            let mut rings = Arc::clone(&former.rings);
            trace(Arc::make_mut(&mut rings), &former.fleet, &fleet, now);
            publish.send_replace(Arc::new(Observed::new(fleet, judgement, rings, now)));
            drop(former);
            while memory.span().is_none_or(|(_, last)| last != now) {
                clock.sleep(Duration::from_millis(1)).await;
            }
            if second >= 1_800 && at_half_an_hour.is_none() {
                at_half_an_hour = Some((resident(), memory.bytes()));
            }
            second += step;
        }
        let (half, bytes) = at_half_an_hour.unwrap_or_else(|| (resident(), memory.bytes()));
        let told = json!({ "half_hour_mib": half, "end_mib": resident(), "memory_bytes": bytes, "memory_bytes_end": memory.bytes() });
        println!("{told}");
        stop.cancel();
    });
}

/// Twenty copies of the cluster of `docs`, each with a name of its own.
fn twenty(now: Moment, docs: &Docs, original: &str) -> Observed {
    let mut clusters = Vec::new();
    let mut judged = Vec::new();
    for number in 0..CLUSTERS {
        let name = format!("{original}-{number:02}");
        let rename = |value: &mut Value| {
            if value == original {
                *value = name.clone().into();
            }
        };
        let named = changed(docs, &|value| each(value, &rename)).into_iter();
        let named: Docs = named.map(|(key, text)| (key.replace(&format!("\"{original}\""), &format!("\"{name}\"")), text)).collect();
        let one = decoded(&named);
        clusters.extend(one.fleet.clusters.iter().cloned());
        judged.extend(one.judgement.clusters.iter().cloned());
    }
    let fleet = Fleet { rev: 0, at: now, clusters };
    Observed::new(Arc::new(fleet), Arc::new(Judgement::assembled(0, now, judged)), Arc::new(Rings::default()), now)
}

/// The same as if every endpoint had answered at `now`; what the parts of an answer say of their own moments stays.
fn answered(world: &Observed, now: Moment) -> (Arc<Fleet>, Arc<Judgement>) {
    let entry = |entry: &Arc<Entry>| {
        let good = entry.good.clone().map(|good| Good { taken_at: now, ..good });
        Arc::new(Entry { good, ..entry.as_ref().clone() })
    };
    let cluster = |cluster: &Arc<Cluster>| Arc::new(Cluster { entries: cluster.entries.iter().map(entry).collect(), ..cluster.as_ref().clone() });
    let clusters = world.fleet.clusters.iter().map(cluster).collect();
    let judgement = Judgement::assembled(world.fleet.rev, now, world.judgement.clusters.clone());
    (Arc::new(Fleet { rev: world.fleet.rev, at: now, clusters }), Arc::new(judgement))
}

fn decoded(docs: &Docs) -> observe::Observed {
    let mut bytes = Writer::begin(&Head::new(1));
    let at = Clock::real().now();
    bytes.extend(Writer::default().instant(at, false, docs).expect("small enough"));
    Recording::without_lines(Box::new(bytes)).expect("opens").instant(0).expect("an instant")
}

/// The resident set of this process now, in MiB.
fn resident() -> f64 {
    let text = std::fs::read_to_string("/proc/self/status").expect("/proc");
    let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("VmRSS");
    line.trim().trim_end_matches(" kB").parse::<f64>().expect("kB") / 1024.0
}
