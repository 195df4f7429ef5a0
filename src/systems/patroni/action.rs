//! What a runbook can have a member do: one request to its REST API, and what each answer means.
//!
//! It must never repeat a request: a switchover whose status is unknown may still be going on. It must never send one to a member that does not say that it is of
//! this cluster. <https://patroni.readthedocs.io/en/latest/rest_api.html>

use super::client::Client;
use super::own::Own;
use crate::config::{ClusterSpec, EndpointSpec};
use crate::engine::sent::outcome;
use crate::engine::{BodyProblem, Building, Changes, Doing, Effect, FactKind, Outcome, StepKind, Task, Work, schema_to};
use crate::model::Armed;
use crate::systems::contract::Wiring;
use crate::text::untrusted::visible;
use crate::transport::http::Login;
use crate::transport::send::{self, Reply, Request};
use serde_json::{Map, Value, json};
use std::sync::Arc;
use std::time::Duration;

/// Longest wait for the member to say who it is; clients may be held meanwhile.
const ASKED_WITHIN: Duration = Duration::from_secs(1);

/// The kind of step.
pub(super) static KINDS: &[StepKind] = &[StepKind {
    name: "patroni",
    doc: "One order to a member: patroni = { on = \"patroni:leader\", do = \"switchover\", leader = \"pg1\", candidate = \"pg2\" }",
    schema,
    effect: |_body| Effect::Changes,
    check,
    call,
    output: &[("status", FactKind::Count, "the status of the answer"), ("text", FactKind::Text, "what Patroni said")],
    build,
}];

/// An order.
struct Order {
    word: &'static str,
    method: &'static str,
    path: &'static str,
    /// Keys of the body, and whether each has to be there.
    keys: &'static [(&'static str, bool)],
    /// What is sent where no key says more.
    body: fn() -> Value,
    /// What an answer of 503 means by its text.
    unavailable: fn(&str) -> Meaning,
}

/// What a refusal means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Meaning {
    /// Nothing happened.
    Refused,
    /// Nobody knows.
    Unclear,
}

static ORDERS: &[Order] = &[
    Order {
        word: "switchover",
        method: "POST",
        path: "/switchover",
        keys: &[("leader", true), ("candidate", false)],
        body: || json!({}),
        unavailable: changed_leader,
    },
    Order { word: "failover", method: "POST", path: "/failover", keys: &[("candidate", true)], body: || json!({}), unavailable: changed_leader },
    Order { word: "restart", method: "POST", path: "/restart", keys: &[], body: || json!({}), unavailable: restarted },
    Order {
        word: "reinitialize",
        method: "POST",
        path: "/reinitialize",
        keys: &[],
        body: || json!({ "force": false }),
        unavailable: |_| Meaning::Refused,
    },
    Order { word: "pause", method: "PATCH", path: "/config", keys: &[], body: || json!({ "pause": true }), unavailable: |_| Meaning::Refused },
    Order { word: "resume", method: "PATCH", path: "/config", keys: &[], body: || json!({ "pause": null }), unavailable: |_| Meaning::Refused },
    Order {
        word: "synchronous-nodes",
        method: "PATCH",
        path: "/config",
        keys: &[("count", true)],
        body: || json!({ "synchronous_node_count": null }),
        unavailable: |_| Meaning::Refused,
    },
    // an empty body is answered with 400, and does not wake anybody; taking away a key that is not there changes nothing
    Order { word: "nudge", method: "PATCH", path: "/config", keys: &[], body: || json!({ "opsctl": null }), unavailable: |_| Meaning::Refused },
];

/// Patroni gives up waiting after two rounds and says so, while the old leader may still be shutting down; `failed` it says when the order is gone and the
/// leader is the same.
fn changed_leader(text: &str) -> Meaning {
    if text.trim_end().ends_with(" failed") { Meaning::Refused } else { Meaning::Unclear }
}

/// A restart that was begun may have failed in the middle.
fn restarted(text: &str) -> Meaning {
    let refused = ["already in progress", "conditions are not satisfied", "reinitialize in progress"].iter().any(|words| text.contains(words));
    if refused { Meaning::Refused } else { Meaning::Unclear }
}

fn order(body: &Value) -> Option<&'static Order> {
    let word = body.get("do")?.as_str()?;
    ORDERS.iter().find(|order| order.word == word)
}

fn schema() -> Value {
    let words: Vec<&str> = ORDERS.iter().map(|order| order.word).collect();
    let name = |doc: &str| json!({ "type": "string", "format": "template", "description": doc });
    let more = json!({
        "do": { "type": "string", "enum": words, "description": "what it is told" },
        "leader": name("switchover: who leads now; another one leads, and it is refused"),
        "candidate": name("switchover, failover: who leads afterwards"),
        "count": name("synchronous-nodes: for how many standbys a commit waits; 0: nothing is set, and Patroni takes 1"),
    });
    schema_to("patroni", "member", &["patroni:leader", "patroni:${params.to}"], more, &["do"])
}

fn check(body: &Value) -> Vec<BodyProblem> {
    let Some(order) = order(body) else { return Vec::new() };
    let lacks = order.keys.iter().filter(|(key, needed)| *needed && body.get(*key).is_none());
    let lacks = lacks.map(|(key, _)| BodyProblem::new("", format!("a {} wants `{key}`", order.word), format!("{key} = \"${{..}}\"")));
    let strange =
        ["leader", "candidate", "count"].into_iter().filter(|key| body.get(*key).is_some() && !order.keys.iter().any(|(known, _)| known == key));
    let strange = strange.map(|key| BodyProblem::new(format!("/{key}"), format!("a {} takes no `{key}`", order.word), "leave it out"));
    lacks.chain(strange).collect()
}

/// What is sent.
fn json_of(order: &Order, body: &Value) -> Value {
    let said = order.keys.iter().filter_map(|(key, _)| Some(((*key).to_owned(), body.get(*key)?.clone())));
    let mut said: Map<String, Value> = said.collect();
    if let Some(said_count) = said.remove("count") {
        said.insert("synchronous_node_count".to_owned(), count(said_count));
    }
    if said.is_empty() { (order.body)() } else { Value::Object(said) }
}

/// As Patroni wants it; what is only known while it runs is shown as it is written.
fn count(said: Value) -> Value {
    let number = match &said {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    };
    match number.and_then(|number| format!("{number:.0}").parse::<u64>().ok()) {
        Some(0) => Value::Null,
        Some(number) => json!(number),
        None => said,
    }
}

fn call(body: &Value) -> String {
    let Some(order) = order(body) else { return String::new() };
    let to = body.get("on").and_then(Value::as_str).unwrap_or("");
    format!("{} {} {} to {to}", order.method, order.path, json_of(order, body))
}

fn build(building: &Building<'_>) -> Result<Work, String> {
    let order = order(building.body).ok_or("it does not say what to do")?;
    let endpoint = building.endpoint()?;
    let wanted = Wanted::of(building.cluster, endpoint, building.body);
    Ok(Work::Changes(Box::new(Told { order, request: request(order, endpoint, building.body)?, endpoint: Arc::clone(endpoint), wanted })))
}

/// Who has to be there for something to be sent.
struct Wanted {
    cluster: String,
    scope: String,
    /// As the member may call itself; empty where nobody said which member it is to be.
    names: Vec<String>,
}

impl Wanted {
    fn of(cluster: &ClusterSpec, endpoint: &EndpointSpec, body: &Value) -> Wanted {
        let text = |key: &str| body.get(key).and_then(Value::as_str);
        // whoever leads may have another name than its endpoint; the order says it, or nobody does
        let named = match text("on").and_then(|on| on.split_once(':')).map(|(_, which)| which) {
            Some("leader") => text("leader"),
            which => which,
        };
        let names = named.map_or_else(Vec::new, |named| vec![endpoint.id.name.clone(), named.to_owned()]);
        Wanted { cluster: cluster.name.clone(), scope: cluster.scope.clone(), names }
    }

    /// Why nothing is sent to the member that says this of itself.
    fn refused(&self, own: &Own) -> Option<String> {
        if let Some(why) = own.is_of_another(&self.cluster, &self.scope) {
            return Some(format!("who answers there is not meant: {why}; nothing was sent"));
        }
        if own.scope.is_none() {
            return Some(format!("who answers there does not say of which scope it is, and {} has {}; nothing was sent", self.cluster, self.scope));
        }
        // members before 3.0 do not tell their name
        let other = own.name.as_ref().filter(|name| !self.names.is_empty() && !self.names.contains(name))?;
        let asked = self.names.last().map_or("", String::as_str);
        Some(format!("who answers there is another member: {}, and not {asked}; correct its `url`; nothing was sent", visible(other)))
    }
}

fn request(order: &'static Order, endpoint: &EndpointSpec, body: &Value) -> Result<Request, String> {
    let url = endpoint.body.text("url").ok_or_else(|| format!("{} has no `url`", endpoint.id))?;
    let login = endpoint.write.as_ref().map(|write| Login { user: write.user.clone(), password: write.password.clone() });
    Ok(Request {
        base: super::client::base(url).to_owned(),
        method: order.method,
        path: order.path.to_owned(),
        login,
        tls: endpoint.tls.clone().unwrap_or_default(),
        headers: Vec::new(),
        json: Some(json_of(order, body).to_string()),
    })
}

/// A member that is told something.
struct Told {
    order: &'static Order,
    request: Request,
    endpoint: Arc<EndpointSpec>,
    wanted: Wanted,
}

impl Told {
    /// Asks who is there, directly before something is sent: names are the same in most clusters, and addresses move.
    async fn meets(&self, doing: &Doing) -> Result<(), Outcome> {
        let nothing = |why: String, retryable| Outcome::NoEffect { why, retryable };
        let unasked = |why: String| nothing(format!("who answers there is not known: {why}; nothing was sent"), true);
        let asked = async {
            let mut client = Client::new(&self.endpoint, &Wiring::alone(&doing.clock, ASKED_WITHIN))?;
            client.prepare().await?;
            client.own().await
        };
        let own = doing.window().before(asked).await.map_err(|why| nothing(why.to_owned(), true))?;
        let (own, _date) = own.map_err(|error| unasked(error.to_string()))?;
        self.wanted.refused(&own).map_or(Ok(()), |why| Err(nothing(why, false)))
    }
}

impl Changes for Told {
    fn change<'a>(&'a self, armed: Armed, doing: &'a Doing) -> Task<'a, Outcome> {
        Box::pin(async move {
            match self.meets(doing).await {
                Ok(()) => outcome(send::http(armed, &self.request, &doing.window()).await, |reply| judged(self.order, reply)),
                Err(nothing) => nothing,
            }
        })
    }
}

fn judged(order: &Order, reply: Reply) -> Outcome {
    let Reply { status, body } = reply;
    let text = body.trim().to_owned();
    let why = format!("{status} {text}");
    match status {
        200..=299 => Outcome::Ok(json!({ "status": status, "text": text })),
        // somebody else changed the configuration at the same moment
        409 if order.method == "PATCH" => Outcome::NoEffect { why, retryable: true },
        300..=499 => Outcome::NoEffect { why, retryable: false },
        503 if (order.unavailable)(&text) == Meaning::Refused => Outcome::NoEffect { why, retryable: false },
        _ => Outcome::Unclear { why },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Body;
    use crate::engine::output::Output;
    use crate::model::{Clock, EndpointId, Origin, Via};
    use crate::transport::http::Answer;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;
    use tokio_util::sync::CancellationToken;

    fn came(word: &str, status: u16, text: &str) -> &'static str {
        let order = ORDERS.iter().find(|order| order.word == word).expect(word);
        match judged(order, Reply { status, body: text.to_owned() }) {
            Outcome::Ok(_) => "done",
            Outcome::NoEffect { retryable: true, .. } => "another time",
            Outcome::NoEffect { retryable: false, .. } => "no",
            Outcome::Unclear { .. } => "unclear",
        }
    }

    #[test]
    fn every_answer_that_was_seen_means_what_became_of_it() {
        let table = [
            ("switchover", 200, "Successfully switched over to \"pg2\"", "done"),
            ("switchover", 400, "Switchover could be performed only from a specific leader", "no"),
            ("switchover", 401, "not authenticated", "no"),
            ("switchover", 403, "no", "no"),
            ("switchover", 411, "", "no"),
            ("switchover", 412, "candidate name does not match with sync_standby", "no"),
            ("switchover", 412, "leader name does not match", "no"),
            ("switchover", 422, "Can't schedule in the past", "no"),
            ("switchover", 503, "Switchover status unknown", "unclear"),
            ("switchover", 503, "Switchover failed", "no"),
            ("switchover", 503, "", "unclear"),
            ("switchover", 502, "<html>", "unclear"),
            ("switchover", 500, "", "unclear"),
            ("failover", 503, "Failover failed", "no"),
            ("failover", 412, "candidate does not exist", "no"),
            ("restart", 503, "restart conditions are not satisfied", "no"),
            ("restart", 503, "reinitialize already in progress", "no"),
            ("restart", 503, "postgres is still starting", "unclear"),
            ("restart", 503, "restart failed", "unclear"),
            ("reinitialize", 200, "reinitialize started", "done"),
            ("reinitialize", 503, "I am the leader, can not reinitialize", "no"),
            ("nudge", 409, "", "another time"),
            ("pause", 503, "", "no"),
            ("pause", 302, "", "no"),
        ];
        for (word, status, text, expected) in table {
            assert_eq!(came(word, status, text), expected, "{word}: {status} {text}");
        }
    }

    #[test]
    fn what_is_sent_is_one_call_and_nothing_empty() {
        let told = |body: Value| call(&body);
        assert_eq!(
            told(json!({ "on": "patroni:pg1", "do": "switchover", "leader": "pg1", "candidate": "pg2" })),
            "POST /switchover {\"leader\":\"pg1\",\"candidate\":\"pg2\"} to patroni:pg1"
        );
        for order in ORDERS {
            let body = json_of(order, &json!({ "leader": "pg1", "candidate": "pg2" }));
            assert!(order.path == "/restart" || body.as_object().is_some_and(|body| !body.is_empty()), "{}", order.word);
        }
        assert_eq!(told(json!({ "on": "patroni:pg2", "do": "nudge" })), "PATCH /config {\"opsctl\":null} to patroni:pg2");
        assert_eq!(told(json!({ "on": "patroni:pg2", "do": "resume" })), "PATCH /config {\"pause\":null} to patroni:pg2");
        for (count, sent) in [(json!("2"), "2"), (json!(2.0), "2"), (json!(0), "null"), (json!("0"), "null"), (json!("${a.b}"), "\"${a.b}\"")] {
            let body = json!({ "on": "patroni:pg2", "do": "synchronous-nodes", "count": count });
            assert_eq!(told(body), format!("PATCH /config {{\"synchronous_node_count\":{sent}}} to patroni:pg2"));
        }
    }

    #[test]
    fn only_a_member_of_this_cluster_and_of_this_name_is_told_anything() {
        let own = |scope: Option<&str>, name: Option<&str>| {
            let patroni = json!({ "scope": scope, "name": name });
            let body = json!({ "state": "running", "role": "replica", "patroni": patroni }).to_string();
            Own::read(&Answer { status: 200, date: None, body: body.into() }, "GET /patroni").expect("understood")
        };
        let to = |on: &str, leader: Option<&str>| {
            let mut cluster = ClusterSpec::named("lab", "test");
            cluster.scope = "orders".to_owned();
            let id = EndpointId { cluster: "lab".to_owned(), system: "patroni".to_owned(), name: "pg1".to_owned() };
            let body = Body::one("url", "http://127.0.0.1:1");
            let spec = EndpointSpec { id, origin: Origin::Configured, zone: None, via: Via::Direct, read: None, write: None, tls: None, body };
            Wanted::of(&cluster, &spec, &json!({ "on": on, "leader": leader }))
        };
        let (named, leading) = (to("patroni:node-1", None), to("patroni:leader", Some("node-1")));
        for wanted in [&named, &leading] {
            for name in ["pg1", "node-1"] {
                assert_eq!(wanted.refused(&own(Some("orders"), Some(name))), None);
            }
            assert!(wanted.refused(&own(Some("prod-9"), Some("pg1"))).is_some_and(|why| {
                why.contains("another cluster: its Patroni says scope prod-9, and lab has orders; the address is wrong, or `scope` of the cluster")
                    && !why.contains("url")
            }));
            assert!(wanted.refused(&own(None, Some("pg1"))).is_some_and(|why| why.contains("does not say of which scope")));
            assert!(wanted.refused(&own(Some("orders"), Some("pg2"))).is_some_and(|why| why.contains("another member: pg2, and not node-1")));
            assert_eq!(wanted.refused(&own(Some("orders"), None)), None);
        }
        assert_eq!(to("patroni:leader", None).refused(&own(Some("orders"), Some("node-7"))), None);
    }

    /// What came of a switchover of `lab` from `pg1` to `pg2`, where the URL of the leader leads to a Patroni that says `patroni` of itself; and what it was asked.
    async fn switched(patroni: Value) -> (Outcome, Vec<String>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let mut cluster = ClusterSpec::named("lab", "test");
        let id = EndpointId { cluster: "lab".to_owned(), system: "patroni".to_owned(), name: "pg1".to_owned() };
        let body = Body::one("url", &format!("http://{}", listener.local_addr().expect("an address")));
        let spec = EndpointSpec { id, origin: Origin::Configured, zone: None, via: Via::Direct, read: None, write: None, tls: None, body };
        cluster.endpoints.push(Arc::new(spec));
        let mut asked = Vec::new();
        let serving = async {
            loop {
                let (mut stream, _) = listener.accept().await.expect("a caller");
                let mut bytes = vec![0; 8192];
                let length = stream.read(&mut bytes).await.expect("a request");
                let head = String::from_utf8_lossy(&bytes[..length]).into_owned();
                let line = head.split(" HTTP").next().unwrap_or_default().to_owned();
                let own = json!({ "state": "running", "role": "primary", "patroni": patroni }).to_string();
                let body = if line == "GET /patroni" { own } else { "Successfully switched over".to_owned() };
                asked.push(line);
                let answer = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len());
                stream.write_all(answer.as_bytes()).await.expect("answered");
            }
        };
        let clock = Clock::real();
        let body = json!({ "on": "patroni:leader", "do": "switchover", "leader": "pg1", "candidate": "pg2" });
        let timeout = Duration::from_secs(5);
        let building = Building { body: &body, target: "patroni/pg1", cluster: &cluster, facts: &[], clock: &clock, timeout };
        let Ok(Work::Changes(work)) = build(&building) else { panic!("it changes something") };
        let folder = tempfile::tempdir().expect("a folder");
        let now = clock.now();
        let output = Output::new(folder.path(), "x", 0o600);
        let doing =
            Doing { clock, send_before: now.plus(Duration::from_secs(3)), deadline: now.plus(timeout), stop: CancellationToken::new(), output };
        let armed = Armed::mint("01".to_owned(), "switch".to_owned(), 1, "patroni/pg1".to_owned());
        let outcome = tokio::select! {
            outcome = work.change(armed, &doing) => outcome,
            () = serving => panic!("it serves for ever"),
        };
        (outcome, asked)
    }

    #[tokio::test]
    async fn nothing_is_sent_to_a_patroni_of_another_cluster_or_another_member() {
        let (outcome, asked) = switched(json!({ "scope": "lab", "name": "pg1" })).await;
        assert!(matches!(outcome, Outcome::Ok(_)), "{outcome:?}");
        assert_eq!(asked, ["GET /patroni", "POST /switchover"]);
        for (patroni, told) in [
            (json!({ "scope": "prod-9", "name": "pg1" }), "belongs to another cluster: its Patroni says scope prod-9"),
            (json!({ "name": "pg1" }), "does not say of which scope it is"),
            (json!({ "scope": "lab", "name": "pg3" }), "another member: pg3"),
        ] {
            let (outcome, asked) = switched(patroni).await;
            let Outcome::NoEffect { why, retryable: false } = outcome else { panic!("{outcome:?}") };
            assert!(why.contains(told) && why.contains("nothing was sent"), "{why}");
            assert_eq!(asked, ["GET /patroni"]);
        }
    }

    #[test]
    fn an_order_has_its_keys_and_no_other() {
        let wrong = |body: Value| check(&body).into_iter().map(|problem| problem.what).collect::<Vec<_>>();
        assert_eq!(wrong(json!({ "on": "patroni:leader", "do": "switchover", "candidate": "pg2" })), ["a switchover wants `leader`"]);
        assert_eq!(wrong(json!({ "on": "patroni:pg2", "do": "failover", "leader": "pg1", "candidate": "pg2" })), ["a failover takes no `leader`"]);
        assert!(wrong(json!({ "on": "patroni:pg2", "do": "nudge" })).is_empty());
    }
}
