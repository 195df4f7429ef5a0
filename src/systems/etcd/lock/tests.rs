//! The lock against a store that answers as etcd 3.4 was captured, and that fails when it is told to. What the real one can be made to do is in the tests of
//! the lab.

use super::*;
use crate::config::{Body, EndpointSpec};
use crate::engine::mirror::{Files, MirrorError, Piece};
use crate::engine::plan::Actor;
use crate::engine::process::Process;
use crate::model::{EndpointId, Via};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What a store does with the next requests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Mood {
    #[default]
    Answers,
    NoQuorum,
    /// Carries out the next transaction, and nobody hears of it.
    Drops,
}

#[derive(Default)]
pub(super) struct Kept {
    revision: u64,
    /// Value, revision of creation, lease.
    pub(super) keys: BTreeMap<String, (String, u64, u64)>,
    pub(super) leases: BTreeSet<u64>,
    granted: u64,
    pub(super) mood: Mood,
    /// Added to the id of its cluster: another one is another store.
    pub(super) other: u64,
    /// What it wants to hear before anything else.
    pub(super) password: Option<String>,
    /// What it was asked for.
    pub(super) asked: Vec<String>,
    /// Bytes of the store, of a quota of 1000.
    size: u64,
}

pub(super) type Shared = Arc<Mutex<Kept>>;

impl Kept {
    fn drop_lease(&mut self, id: u64) {
        self.leases.remove(&id);
        self.keys.retain(|_, (_, _, lease)| *lease != id);
        self.revision += 1;
    }

    fn header(&self) -> Value {
        let cluster = 14_800_704_097_201_613_932 + self.other;
        json!({ "cluster_id": cluster.to_string(), "member_id": "1801447676336874476", "revision": self.revision.to_string(), "raft_term": "2" })
    }

    fn range(&self, key: &str) -> Value {
        let pair = |(value, created, lease): &(String, u64, u64)| {
            let mut pair = json!({ "key": STANDARD.encode(key), "create_revision": created.to_string(), "mod_revision": created.to_string(), "version": "1", "value": value });
            if *lease > 0 {
                pair["lease"] = json!(lease.to_string());
            }
            pair
        };
        match self.keys.get(key) {
            Some(found) => json!({ "header": self.header(), "kvs": [pair(found)], "count": "1" }),
            None => json!({ "header": self.header() }),
        }
    }

    fn between(&self, body: &Value) -> Value {
        let text = |name: &str| String::from_utf8(STANDARD.decode(body[name].as_str().expect("a key")).expect("base64")).expect("UTF-8");
        let names = self.keys.range(text("key")..text("range_end")).map(|(key, _)| self.range(key)["kvs"][0].clone());
        let mut pairs: Vec<Value> = names.collect();
        if body["keys_only"] == true {
            for pair in pairs.iter_mut().filter_map(Value::as_object_mut) {
                pair.remove("value");
            }
        }
        json!({ "header": self.header(), "count": pairs.len().to_string(), "kvs": pairs })
    }

    fn operation(&mut self, operation: &Value) -> Value {
        let named = |body: &Value| String::from_utf8(STANDARD.decode(body["key"].as_str().expect("a key")).expect("base64")).expect("UTF-8");
        let (kind, body) = operation.as_object().and_then(|table| table.iter().next()).expect("an operation");
        let key = named(body);
        assert!(key.starts_with("/opsctl/"), "{key}");
        match kind.as_str() {
            "request_put" => {
                self.revision += 1;
                let created = self.keys.get(&key).map_or(self.revision, |(_, created, _)| *created);
                let lease = body["lease"].as_str().map_or(0, |lease| lease.parse().expect("a number"));
                self.keys.insert(key, (body["value"].as_str().expect("a value").to_owned(), created, lease));
                json!({ "response_put": { "header": { "revision": self.revision.to_string() } } })
            }
            "request_delete_range" => {
                self.revision += 1;
                let deleted = usize::from(self.keys.remove(&key).is_some());
                json!({ "response_delete_range": { "header": {}, "deleted": deleted.to_string() } })
            }
            "request_range" => json!({ "response_range": self.range(&key) }),
            other => panic!("{other}"),
        }
    }

    fn txn(&mut self, body: &Value) -> Value {
        let created = |compare: &Value| {
            let key = String::from_utf8(STANDARD.decode(compare["key"].as_str().expect("a key")).expect("base64")).expect("UTF-8");
            let wanted: u64 = compare["create_revision"].as_str().expect("a number").parse().expect("a number");
            self.keys.get(&key).map_or(0, |(_, created, _)| *created) == wanted
        };
        let so = body["compare"].as_array().is_none_or(|all| all.iter().all(created));
        let operations = body[if so { "success" } else { "failure" }].as_array().cloned().unwrap_or_default();
        let responses: Vec<Value> = operations.iter().map(|operation| self.operation(operation)).collect();
        let mut answer = json!({ "header": self.header(), "responses": responses });
        // what is false or zero is left out
        if so {
            answer["succeeded"] = json!(true);
        }
        answer
    }

    /// `None`: the connection ends without an answer.
    fn answer(&mut self, path: &str, body: &Value) -> Option<(u16, Value)> {
        self.asked.push(path.to_owned());
        let id = || body["ID"].as_str().and_then(|id| id.parse::<u64>().ok()).expect("a lease");
        if self.mood == Mood::NoQuorum {
            return Some((500, json!({ "error": "context deadline exceeded", "message": "context deadline exceeded", "code": 2 })));
        }
        let answer = match path {
            "/v3/auth/authenticate" if self.password.as_deref() != body["password"].as_str() => {
                return Some((400, json!({ "error": "etcdserver: authentication failed, invalid user ID or password: c4nary", "code": 3 })));
            }
            "/v3/auth/authenticate" => json!({ "header": self.header(), "token": "t" }),
            "/v3/lease/grant" => {
                self.granted += 1;
                let id = 2_588_621_976_273_966_000 + self.granted;
                self.leases.insert(id);
                json!({ "header": self.header(), "ID": id.to_string(), "TTL": body["TTL"] })
            }
            "/v3/lease/keepalive" => {
                let mut result = json!({ "header": self.header(), "ID": id().to_string() });
                if self.leases.contains(&id()) {
                    result["TTL"] = json!("30");
                }
                json!({ "result": result })
            }
            "/v3/lease/revoke" => {
                self.drop_lease(id());
                json!({ "header": self.header() })
            }
            "/v3/kv/txn" => self.txn(body),
            "/v3/kv/range" => self.between(body),
            "/v3/maintenance/status" => {
                json!({ "header": self.header(), "version": "3.6.0", "dbSize": self.size.to_string(), "dbSizeQuota": "1000", "leader": "1" })
            }
            other => panic!("{other}"),
        };
        let writes = ["success", "failure"]
            .iter()
            .any(|part| body[part].to_string().contains("request_put") || body[part].to_string().contains("request_delete"));
        if self.mood == Mood::Drops && path == "/v3/kv/txn" && writes {
            self.mood = Mood::Answers;
            return None;
        }
        Some((200, answer))
    }
}

async fn serve(mut stream: TcpStream, kept: Shared) {
    let mut text = Vec::new();
    let mut bytes = [0; 4096];
    let (path, body) = loop {
        let read = stream.read(&mut bytes).await.unwrap_or(0);
        if read == 0 {
            return;
        }
        text.extend_from_slice(&bytes[..read]);
        let whole = String::from_utf8_lossy(&text).into_owned();
        let Some((head, body)) = whole.split_once("\r\n\r\n") else { continue };
        if let Ok(body) = serde_json::from_str::<Value>(body) {
            break (head.split(' ').nth(1).unwrap_or("").to_owned(), body);
        }
    };
    let answer = kept.lock().expect("kept").answer(&path, &body);
    if let Some((status, body)) = answer {
        let body = body.to_string();
        let reply =
            format!("HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len());
        let _gone = stream.write_all(reply.as_bytes()).await;
    }
}

/// A member of a store.
#[expect(clippy::disallowed_methods, reason = "it ends with the runtime of the test")]
pub(super) async fn member(kept: &Shared) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let kept = Arc::clone(kept);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream, Arc::clone(&kept)));
        }
    });
    url
}

/// Some times as fast as the day, so that a lease ends while one waits.
pub(super) const RATE: u32 = 5;

pub(super) fn lock(urls: &[&str]) -> EtcdLock {
    of(&spec(urls), &Clock::at_rate(RATE)).expect("an etcd is configured")
}

/// A cluster with these members of its etcd.
pub(super) fn spec(urls: &[&str]) -> ClusterSpec {
    let mut cluster = ClusterSpec::named("orders", "test");
    for (name, url) in ["e1", "e2", "e3"].into_iter().zip(urls) {
        cluster.endpoints.push(Arc::new(EndpointSpec {
            id: EndpointId { cluster: "orders".to_owned(), system: "etcd".to_owned(), name: name.to_owned() },
            origin: Origin::Configured,
            zone: None,
            via: Via::Direct,
            read: None,
            write: None,
            tls: None,
            body: Body::one("url", url),
        }));
    }
    cluster
}

pub(super) fn holder(run: &str) -> Holder {
    let by = Actor { name: "ana".to_owned(), host: "jump1".to_owned(), via: "login".to_owned() };
    Holder {
        run: run.to_owned(),
        runbook: "switchover".to_owned(),
        process: Process::own(),
        by,
        since: Timestamp::UNIX_EPOCH,
        folder: Some("/runs/x".to_owned()),
    }
}

/// Waits until `so`; what is waited for is short, and a machine may be busy.
pub(super) async fn until(what: &str, so: impl Fn() -> bool) {
    let clock = Clock::real();
    let came = clock.timeout(Duration::from_mins(1), async {
        while !so() {
            clock.sleep(Duration::from_millis(5)).await;
        }
    });
    assert!(came.await.is_some(), "never: {what}");
}

#[tokio::test]
async fn one_has_it_and_the_other_is_told_who() {
    let kept = Shared::default();
    let lock = lock(&[&member(&kept).await]);
    let held = lock.take("orders", &holder("a"), 0).await.expect("free");
    assert_eq!((held.lost(), held.token() > 0), (None, true));
    let term = held.term().expect("a lease");
    assert!(term.owed > term.effects, "{term:?}");
    match lock.take("orders", &holder("b"), 0).await.err() {
        Some(LockError::Held(other)) => assert_eq!(*other, holder("a")),
        other => panic!("{other:?}"),
    }
    assert_eq!(kept.lock().expect("kept").leases.len(), 1, "who did not get it leaves no lease behind");
    held.leave_open(&holder("a")).await.expect("written");
    held.give_back().await;
    // nobody is at work, and the run is not ended
    let known = lock.look("orders").await.expect("read");
    assert!(matches!(known.as_slice(), [Known { holder: None, open: Some(open), trouble: None, .. }] if open.run == "a"), "{known:?}");
    let next = lock.take("orders", &holder("a"), held.token()).await.expect("free");
    assert!(next.token() > held.token());
    next.close().await.expect("closed");
    next.give_back().await;
    assert_eq!(lock.look("orders").await.expect("read"), []);
    assert!(kept.lock().expect("kept").keys.is_empty());
    // one that was under another lock meanwhile has seen higher numbers
    assert_eq!(lock.take("orders", &holder("a"), 1000).await.expect("free").token(), 1001);
    assert!(matches!(lock.take("orders2", &holder("a"), 0).await, Err(LockError::Unknown(_))));
}

#[tokio::test]
async fn a_request_without_an_answer_is_recognized_as_ones_own() {
    let kept = Shared::default();
    let lock = lock(&[&member(&kept).await, &member(&kept).await]);
    kept.lock().expect("kept").mood = Mood::Drops;
    let held = lock.take("orders", &holder("a"), 0).await.expect("it is ours");
    let created = kept.lock().expect("kept").keys["/opsctl/lock/orders"].1;
    assert_eq!((held.token(), held.lost()), (created, None));
    kept.lock().expect("kept").mood = Mood::Drops;
    held.leave_open(&holder("a")).await.expect("twice is as good as once");
    kept.lock().expect("kept").mood = Mood::Drops;
    held.close().await.expect("twice is as good as once");
    assert_eq!(lock.look("orders").await.expect("read")[0].open, None);
}

#[tokio::test]
async fn whom_this_host_knows_to_be_gone_nobody_waits_for() {
    let kept = Shared::default();
    let lock = lock(&[&member(&kept).await]);
    let mut gone = holder("a");
    gone.process.started += 1;
    let before = lock.take("orders", &gone, 0).await.expect("free");
    assert_eq!(lock.look("orders").await.expect("read"), [], "it is not there any more");
    let held = lock.take("orders", &holder("b"), 0).await.expect("taken over at once");
    assert!(held.token() > before.token());
    // the one that was thought to be gone hears of it, and removes nothing that is not its own
    assert!(matches!(before.leave_open(&gone).await, Err(LockError::Lost(_))));
    assert!(matches!(before.close().await, Err(LockError::Lost(_))));
    before.give_back().await;
    assert_eq!((before.lost().is_some(), held.lost()), (true, None));
    held.leave_open(&holder("b")).await.expect("it is ours");
    held.give_back().await;
    // one of a boot before this one may be another machine that was made of the same image: its lease tells
    let mut twin = holder("t");
    twin.process.space = "another-boot pid:[1]".to_owned();
    let before = lock.take("orders", &twin, 0).await.expect("free");
    assert!(matches!(lock.take("orders", &holder("d"), 0).await, Err(LockError::Held(other)) if other.run == "t"));
    assert!(lock.look("orders").await.expect("read")[0].holder.is_some());
    before.give_back().await;
    let mut far = holder("c");
    (far.process.host, far.process.space) = ("jump2".to_owned(), "another boot".to_owned());
    let _held = lock.take("orders", &far, 0).await.expect("free");
    assert!(matches!(lock.take("orders", &holder("d"), 0).await, Err(LockError::Held(other)) if other.run == "c"));
}

#[tokio::test]
async fn a_lease_that_ran_out_and_a_key_that_was_removed_are_found_out() {
    for key_alone in [false, true] {
        let kept = Shared::default();
        let lock = lock(&[&member(&kept).await]);
        let held = lock.take("orders", &holder("a"), 0).await.expect("free");
        {
            let mut kept = kept.lock().expect("kept");
            if key_alone { kept.keys.clear() } else { kept.drop_lease(2_588_621_976_273_966_001) }
        }
        until("it is lost", || held.lost().is_some()).await;
        let why = held.lost().expect("a reason");
        assert!(why.contains(if key_alone { "key was removed" } else { "lease has run out" }), "{why}");
        assert_eq!(held.term().expect("a lease").owed, Duration::ZERO, "nothing leaves any more");
    }
}

#[tokio::test]
async fn without_a_store_what_is_owed_has_longer_than_what_is_new_and_then_nothing_leaves() {
    let kept = Shared::default();
    let lock = lock(&[&member(&kept).await]);
    let held = lock.take("orders", &holder("a"), 0).await.expect("free");
    let first = held.term().expect("a lease");
    until("it was renewed", || held.term().is_some_and(|term| term.effects > first.effects)).await;
    kept.lock().expect("kept").mood = Mood::NoQuorum;
    until("nothing new is begun", || held.lost().is_some()).await;
    let term = held.term().expect("a lease");
    assert!(term.owed >= term.effects + Duration::from_secs(5) && term.owed > Duration::ZERO, "{term:?}");
    let why = held.lost().expect("a reason");
    assert!(why.contains("context deadline exceeded"), "{why}");
    // it came back in time, and the lock was nobody else's: it is held again
    kept.lock().expect("kept").mood = Mood::Answers;
    until("it is held again", || held.lost().is_none()).await;
}

#[tokio::test]
async fn what_cannot_be_asked_or_read_is_not_free() {
    let kept = Shared::default();
    let url = member(&kept).await;
    let lock = lock(&[&url]);
    kept.lock().expect("kept").mood = Mood::NoQuorum;
    assert!(matches!(lock.take("orders", &holder("a"), 0).await, Err(LockError::NoStore(_))));
    assert!(matches!(lock.look("orders").await, Err(LockError::NoStore(_))));
    kept.lock().expect("kept").mood = Mood::Answers;
    let put = |key: &str| kept.lock().expect("kept").keys.insert(key.to_owned(), (STANDARD.encode("rubbish"), 3, 0));
    put("/opsctl/lock/orders");
    assert!(matches!(lock.take("orders", &holder("a"), 0).await, Err(LockError::HeldBy(_))));
    kept.lock().expect("kept").keys.clear();
    put("/opsctl/open-run/orders");
    let known = lock.look("orders").await.expect("read");
    assert!(known[0].trouble.as_ref().is_some_and(|trouble| trouble.contains("/opsctl/open-run/orders in etcd")), "{known:?}");
    let nobody = super::tests::lock(&["http://127.0.0.1:1"]);
    assert!(matches!(nobody.take("orders", &holder("a"), 0).await, Err(LockError::NoStore(why)) if why.contains("connection refused")));
}

fn piece(file: &str, from: u64, text: &str) -> Piece {
    Piece { file: file.to_owned(), from, bytes: text.as_bytes().to_vec() }
}

fn copying(urls: &[&str]) -> EtcdLock {
    of(&ClusterSpec { mirror: true, ..spec(urls) }, &Clock::at_rate(RATE)).expect("an etcd is configured")
}

#[tokio::test]
async fn what_is_copied_under_the_lock_is_found_by_everybody_and_nothing_is_put_over_it() {
    let kept = Shared::default();
    let url = member(&kept).await;
    assert!(lock(&[&url]).mirror().is_none(), "nobody wants it");
    let (here, there) = (copying(&[&url]), copying(&[&url]));
    let held = here.take("orders", &holder("a"), 0).await.expect("free");
    let copies = held.copies().expect("it is wanted");
    assert_eq!(copies.files("a").await.expect("read"), Files::new());
    assert_eq!(copies.add("a", &[piece("plan.json", 0, "{}"), piece("journal.jsonl", 0, "one\n")]).await, Ok(true));
    assert_eq!(copies.add("a", &[piece("journal.jsonl", 4, "two\n")]).await, Ok(true));
    assert_eq!(copies.add("a", &[piece("consent-1.json", 0, "{}"), piece("journal.jsonl", 4, "three\n")]).await, Ok(false), "all of it or none");
    assert_eq!(copies.add("ab", &[piece("journal.jsonl", 0, "x\n")]).await, Ok(true));
    let mirror = there.mirror().expect("it is wanted");
    let told = mirror.files("a").await.expect("read").into_iter().map(|(name, bytes)| (name, String::from_utf8(bytes).expect("text")));
    let wanted = [("journal.jsonl", "one\ntwo\n"), ("plan.json", "{}")].map(|(name, text)| (name.to_owned(), text.to_owned()));
    assert_eq!(told.collect::<Vec<_>>(), wanted);
    let runs = mirror.runs().await.expect("read").into_iter().map(|shelved| (shelved.run, shelved.last));
    assert_eq!(runs.collect::<Vec<_>>(), [("a".to_owned(), 4), ("ab".to_owned(), 0)]);
    // a request of which nobody heard is one's own
    kept.lock().expect("kept").mood = Mood::Drops;
    assert!(matches!(copies.add("a", &[piece("journal.jsonl", 8, "three\n")]).await, Err(MirrorError::Store(_))));
    assert_eq!(copies.add("a", &[piece("journal.jsonl", 8, "three\n")]).await, Ok(false));
    assert!(copies.files("a").await.expect("read")["journal.jsonl"].ends_with(b"three\n"));
    let leases: BTreeSet<u64> =
        kept.lock().expect("kept").keys.iter().filter(|(key, _)| key.contains("/runs/")).map(|(_, (_, _, lease))| *lease).collect();
    assert_eq!((leases.len(), leases.contains(&0)), (1, false), "all of it goes with one lease");
    // who goes on with the run keeps the same lease, and copies behind the others
    held.give_back().await;
    let next = there.take("orders", &holder("a"), held.token()).await.expect("free");
    assert_eq!(next.copies().expect("wanted").add("a", &[piece("journal.jsonl", 14, "four\n")]).await, Ok(true));
    let again: BTreeSet<u64> =
        kept.lock().expect("kept").keys.iter().filter(|(key, _)| key.contains("/runs/")).map(|(_, (_, _, lease))| *lease).collect();
    assert_eq!(again, leases);
    // a day later
    kept.lock().expect("kept").drop_lease(leases.into_iter().next().expect("one"));
    assert_eq!(mirror.runs().await.expect("read"), []);
    assert!(next.lost().is_none());
    kept.lock().expect("kept").keys.insert("/opsctl/runs/orders/a/x".to_owned(), (STANDARD.encode("x"), 3, 0));
    assert!(matches!(mirror.files("a").await, Err(MirrorError::Unfitting(_))));
}

#[tokio::test]
async fn who_lost_the_lock_adds_nothing_to_a_copy() {
    let kept = Shared::default();
    let lock = copying(&[&member(&kept).await]);
    let mut gone = holder("a");
    gone.process.started += 1;
    let before = lock.take("orders", &gone, 0).await.expect("free");
    assert_eq!(before.copies().expect("wanted").add("a", &[piece("journal.jsonl", 0, "one\n")]).await, Ok(true));
    let held = lock.take("orders", &holder("a"), before.token()).await.expect("taken over at once");
    assert!(matches!(before.copies().expect("wanted").add("a", &[piece("journal.jsonl", 4, "stale\n")]).await, Err(MirrorError::Lost(_))));
    assert!(before.lost().is_some());
    assert_eq!(held.copies().expect("wanted").add("a", &[piece("journal.jsonl", 4, "two\n")]).await, Ok(true));
    assert_eq!(held.copies().expect("wanted").files("a").await.expect("read")["journal.jsonl"], b"one\ntwo\n");
}

#[tokio::test]
async fn a_store_that_is_more_than_half_full_takes_no_copy() {
    let kept = Shared::default();
    kept.lock().expect("kept").size = 501;
    let lock = copying(&[&member(&kept).await]);
    let held = lock.take("orders", &holder("a"), 0).await.expect("the lock is small");
    let full = held.copies().expect("wanted").add("a", &[piece("journal.jsonl", 0, "one\n")]).await;
    assert!(matches!(&full, Err(MirrorError::Full(why)) if why.contains("501 bytes, more than half of its quota of 1000")), "{full:?}");
    kept.lock().expect("kept").size = 500;
    assert_eq!(held.copies().expect("wanted").add("a", &[piece("journal.jsonl", 0, "one\n")]).await, Ok(true));
}
