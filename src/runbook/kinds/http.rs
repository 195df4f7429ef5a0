//! `http`: one request to the HTTP interface of an endpoint, by its name in the configuration: credentials, certificates and reach come from there.

use super::reach;
use super::{Effect, Kind, Problem, word};
use crate::engine::sent::outcome;
use crate::engine::{Building, Changes, Doing, Outcome, Reads, Task, Work};
use crate::model::Armed;
use crate::runbook::expression::{Field, Scalar, Unit, plain};
use crate::runbook::keys::{free, list, named, number, table, template, template_or_secret};
use crate::transport::http::HttpReader;
use crate::transport::read::HttpRead;
use crate::transport::send::{self, Reply, Request};
use serde_json::{Value, json};

pub(super) static HTTP: Kind = Kind {
    name: "http",
    doc: "One request to an endpoint: http = { get = \"patroni:/cluster\" }",
    schema,
    effect: |body| if method(body).is_some_and(|(method, _)| changes(method)) { Effect::Changes } else { Effect::Reads },
    check,
    call,
    output: &[
        Field { name: "status", scalar: Scalar::Number(Unit::Count), doc: "the status of the answer" },
        Field { name: "body", scalar: Scalar::Text, doc: "the text of the answer" },
    ],
    conditions: &[],
    undoes: true,
    build: Some(build),
};

/// Methods, and whether each may change something.
const METHODS: &[(&str, bool)] = &[("get", false), ("head", false), ("post", true), ("put", true), ("patch", true), ("delete", true)];

fn changes(method: &str) -> bool {
    METHODS.iter().any(|(name, changes)| *name == method && *changes)
}

fn build(building: &Building<'_>) -> Result<Work, String> {
    let body = building.body;
    let (method, to) = method(body).ok_or("it names no request")?;
    let (_, _, path) = address(to).ok_or_else(|| format!("`{to}` is no address"))?;
    let endpoint = building.endpoint()?;
    let path = format!("{path}{}", query(body)?);
    let empty = serde_json::Map::new();
    let headers = body.get("headers").and_then(Value::as_object).unwrap_or(&empty);
    let headers: Vec<_> = headers.iter().map(|(name, value)| Ok((name.clone(), reach::text(value)?))).collect::<Result<_, String>>()?;
    let good = good(body);
    if changes(method) {
        let json = body.get("json").map(Value::to_string);
        let request = reach::request(endpoint, upper(method), path, headers, json)?;
        return Ok(Work::Changes(Box::new(Sends { request, good })));
    }
    let base = reach::base(endpoint)?.to_owned();
    let (login, tls) = (reach::login(endpoint.read.as_ref()), endpoint.tls.clone().unwrap_or_default());
    let reader = HttpReader::new(&base, login, tls, building.timeout).carrying(headers);
    Ok(Work::Reads(Box::new(Asks { reader: tokio::sync::Mutex::new(reader), head: method == "head", path, good })))
}

fn upper(method: &str) -> &'static str {
    match method {
        "post" => "POST",
        "put" => "PUT",
        "patch" => "PATCH",
        _ => "DELETE",
    }
}

/// Parameters of the URL: whatever stands in a value, it is one value.
fn query(body: &Value) -> Result<String, String> {
    let empty = serde_json::Map::new();
    let pairs = body.get("query").and_then(Value::as_object).unwrap_or(&empty).iter().map(|(name, value)| {
        let value = plain(value).ok_or_else(|| format!("the parameter `{name}` is no single value"))?;
        Ok(format!("{}={}", escaped(name), escaped(&value)))
    });
    let pairs = pairs.collect::<Result<Vec<_>, String>>()?;
    Ok(if pairs.is_empty() { String::new() } else { format!("?{}", pairs.join("&")) })
}

/// <https://www.rfc-editor.org/rfc/rfc3986#section-2.3>
fn escaped(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~');
    text.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

/// The statuses that mean done.
fn good(body: &Value) -> Vec<u16> {
    let said = body.get("status").and_then(Value::as_array).into_iter().flatten();
    let said: Vec<u16> = said.filter_map(|status| u16::try_from(status.as_u64()?).ok()).collect();
    if said.is_empty() { (200..300).collect() } else { said }
}

struct Sends {
    request: Request,
    good: Vec<u16>,
}

impl Changes for Sends {
    fn change<'a>(&'a self, armed: Armed, doing: &'a Doing) -> Task<'a, Outcome> {
        Box::pin(async move { outcome(send::http(armed, &self.request, &doing.window()).await, |reply| judged(reply, &self.good)) })
    }
}

/// What an answer means where nobody knows the server: it did it, it refused, or something went wrong while it may have been at it.
fn judged(reply: Reply, good: &[u16]) -> Outcome {
    let Reply { status, body } = reply;
    if good.contains(&status) {
        return Outcome::Ok(json!({ "status": status, "body": body }));
    }
    let why = format!("{status} {}", body.trim());
    match status {
        // a redirect is not followed: the one who answered did nothing
        300..=399 | 501 => Outcome::NoEffect { why, retryable: false },
        // 408: it gave up on us, at whatever moment
        400..=407 | 409..=499 => Outcome::NoEffect { why, retryable: status == 429 },
        _ => Outcome::Unclear { why },
    }
}

struct Asks {
    reader: tokio::sync::Mutex<HttpReader>,
    head: bool,
    path: String,
    good: Vec<u16>,
}

impl Reads for Asks {
    fn read<'a>(&'a self, _doing: &'a Doing) -> Task<'a, Result<Value, String>> {
        Box::pin(async move {
            let question = if self.head { HttpRead::Head(&self.path) } else { HttpRead::Get(&self.path) };
            let answer = self.reader.lock().await.ask(question).await.map_err(|error| error.to_string())?;
            let body = String::from_utf8_lossy(&answer.body).into_owned();
            if self.good.contains(&answer.status) {
                Ok(json!({ "status": answer.status, "body": body }))
            } else {
                Err(format!("{} {}", answer.status, body.trim()))
            }
        })
    }
}

fn schema() -> Value {
    let examples = ["patroni:/cluster", "patroni:leader/switchover"];
    let to = || json!({ "type": "string", "format": "target", "pattern": "^[a-z][a-z0-9_-]*:[^/]*/", "examples": examples });
    table(&[
        ("get", to(), false, "SYSTEM:/PATH asks any of its endpoints, SYSTEM:WHICH/PATH that one"),
        ("head", to(), false, "As get, without the body"),
        ("post", to(), false, "SYSTEM:WHICH/PATH: what changes something goes to one that is named"),
        ("put", to(), false, "As post"),
        ("patch", to(), false, "As post"),
        ("delete", to(), false, "As post"),
        ("json", free(), false, "The body; ${..} in its texts, a text that is one ${..} keeps its type"),
        ("query", named(&template()), false, "Parameters of the URL, escaped"),
        (
            "headers",
            json!({ "type": "object", "additionalProperties": template_or_secret() }),
            false,
            "Headers; a secret as { secret = \"params.NAME\" }",
        ),
        ("status", list(&number(100, 599)), false, "Answers that mean done; 200 to 299 unless said"),
    ])
}

/// The method and what follows it; `None` without one.
#[must_use]
pub fn method(body: &Value) -> Option<(&'static str, &str)> {
    METHODS.iter().find_map(|(name, _)| Some((*name, body.get(name)?.as_str()?)))
}

/// `SYSTEM:WHICH/PATH` in its parts; WHICH may be empty.
#[must_use]
pub fn address(text: &str) -> Option<(&str, &str, &str)> {
    let (system, rest) = text.split_once(':')?;
    // a slash inside of `${..}` is a part of an expression
    let slash = if let Some(end) = rest.strip_prefix("${").and_then(|inner| inner.find('}')) { end + 3 } else { rest.find('/')? };
    let (which, path) = rest.split_at_checked(slash)?;
    // `http://..` is a URL, and who that is the configuration says
    (!system.is_empty() && path.starts_with('/') && !path.starts_with("//")).then_some((system, which, path))
}

fn check(body: &Value) -> Vec<Problem> {
    let mut found = Vec::new();
    let said: Vec<&str> = METHODS.iter().map(|(name, _)| *name).filter(|name| body.get(*name).is_some()).collect();
    if let [_, second, ..] = said.as_slice() {
        found.push(Problem::new(format!("/{second}"), "two requests in one step", "make two steps of it"));
    }
    let Some((method, to)) = method(body) else {
        found.push(Problem::new("", "it names no request", "http = { get = \"SYSTEM:/PATH\" }, or head, post, put, patch, delete"));
        return found;
    };
    let at = format!("/{method}");
    match address(to) {
        None => found.push(Problem::new(
            at,
            format!("`{to}` is no address"),
            "SYSTEM:WHICH/PATH, such as \"patroni:leader/switchover\"; who that is the configuration says",
        )),
        Some((_, _, path)) if path.contains("${") => {
            found.push(Problem::new(at, "a value never becomes a part of a path", "query = { NAME = \"${..}\" }, or json = { .. }"));
        }
        Some((system, "", path)) if changes(method) => {
            found.push(Problem::new(at, format!("which one of {system} gets it?"), format!("\"{system}:leader{path}\", or the name of one")));
        }
        Some(_) => {}
    }
    if !changes(method) && body.get("json").is_some() {
        found.push(Problem::new("/json", format!("a {} has no body", method.to_uppercase()), "query = { NAME = \"..\" }"));
    }
    found
}

fn call(body: &Value) -> String {
    let Some((method, to)) = method(body) else { return String::new() };
    let (system, which, path) = address(to).unwrap_or(("", "", to));
    let query = body.get("query").and_then(Value::as_object).map(|query| {
        let pairs: Vec<String> = query.keys().map(|name| format!("{name}={}", word(&Value::Object(query.clone()), name))).collect();
        format!("?{}", pairs.join("&"))
    });
    let json = body.get("json").map(|json| format!(" {json}")).unwrap_or_default();
    let to = if which.is_empty() { system.to_owned() } else { format!("{system}:{which}") };
    format!("{} {path}{}{json} to {to}", method.to_uppercase(), query.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_system_perhaps_which_and_a_path() {
        assert_eq!(address("patroni:/cluster"), Some(("patroni", "", "/cluster")));
        assert_eq!(address("patroni:leader/switchover"), Some(("patroni", "leader", "/switchover")));
        assert_eq!(address("patroni:${a['x/y']}/restart"), Some(("patroni", "${a['x/y']}", "/restart")));
        for text in ["", "http://10.0.0.1:8008/cluster", "patroni", "patroni:leader", "/cluster", ":/x"] {
            assert_eq!(address(text), None, "{text}");
        }
    }

    #[test]
    fn a_request_is_written_as_it_is_sent() {
        let body = json!({ "post": "patroni:leader/switchover", "json": { "leader": "pg1" } });
        assert_eq!(call(&body), "POST /switchover {\"leader\":\"pg1\"} to patroni:leader");
        assert_eq!((HTTP.effect)(&body), Effect::Changes);
        assert_eq!((HTTP.effect)(&json!({ "get": "patroni:/cluster" })), Effect::Reads);
    }
}
