//! What a runbook can have a balancer do: let one server of one backend take sessions, finish with those it has, or set it aside.
//!
//! The runtime socket has no status: silence is a success, words are a refusal. What came of it shows in `show stat`.
//! <https://docs.haproxy.org/2.6/management.html#9.3-set%20server>

use crate::engine::sent::outcome;
use crate::engine::{BodyProblem, Building, Changes, Doing, Effect, FactKind, Outcome, StepKind, Task, Work, schema_to};
use crate::model::Armed;
use crate::transport::send;
use serde_json::{Value, json};

/// The kind of step.
pub(super) static KINDS: &[StepKind] = &[StepKind {
    name: "haproxy",
    doc: "One server of a backend: haproxy = { on = \"haproxy:hap-1\", backend = \"pg_write\", server = \"pg1\", state = \"drain\" }",
    schema,
    effect: |_body| Effect::Changes,
    check: |_body| Vec::<BodyProblem>::new(),
    call,
    output: &[("said", FactKind::Text, "`done`")],
    build,
}];

/// `drain`: sessions that it has stay, new ones go elsewhere; `maint`: it is not asked any more.
const STATES: &[&str] = &["ready", "drain", "maint"];

fn schema() -> Value {
    let name = |doc: &str| json!({ "type": "string", "format": "template", "description": doc });
    let more = json!({
        "backend": name("the backend"),
        "server": name("the server, as the backend calls it"),
        "state": { "type": "string", "enum": STATES, "description": "ready: it takes sessions; drain: it finishes those it has; maint: it is set aside" },
    });
    schema_to("haproxy", "balancer, by its `socket`,", &["haproxy:hap-1"], more, &["backend", "server", "state"])
}

/// The command of a filled body.
fn command(body: &Value) -> Result<String, String> {
    let word = |key: &str| body.get(key).and_then(Value::as_str).ok_or_else(|| format!("it names no {key}"));
    let named = |key: &str| {
        let name = word(key)?;
        let plain = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | ':'));
        if plain { Ok(name) } else { Err(format!("{name:?} can be no name of a {key}")) }
    };
    let state = word("state").ok().filter(|state| STATES.contains(state)).ok_or("it names no state")?;
    Ok(format!("set server {}/{} state {state}", named("backend")?, named("server")?))
}

fn call(body: &Value) -> String {
    let word = |key: &str| body.get(key).and_then(Value::as_str).unwrap_or("");
    let written = || format!("set server {}/{} state {}", word("backend"), word("server"), word("state"));
    format!("{} on {}", command(body).unwrap_or_else(|_unfilled| written()), word("on"))
}

fn build(building: &Building<'_>) -> Result<Work, String> {
    let endpoint = building.endpoint()?;
    let socket =
        endpoint.body.text("socket").ok_or_else(|| format!("{} has no `socket`: the statistics page cannot change anything", endpoint.id))?;
    Ok(Work::Changes(Box::new(Told { socket: socket.to_owned(), command: command(building.body)? })))
}

struct Told {
    socket: String,
    command: String,
}

impl Changes for Told {
    fn change<'a>(&'a self, armed: Armed, doing: &'a Doing) -> Task<'a, Outcome> {
        Box::pin(async move { outcome(send::line(armed, &self.socket, &self.command, &doing.window()).await, judged) })
    }
}

fn judged(words: String) -> Outcome {
    if words.is_empty() { Outcome::Ok(json!({ "said": "done" })) } else { Outcome::NoEffect { why: words, retryable: false } }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn silence_is_a_success_and_words_are_a_refusal() {
        assert!(matches!(judged(String::new()), Outcome::Ok(_)));
        assert!(matches!(judged("No such server.".to_owned()), Outcome::NoEffect { retryable: false, .. }));
        let body = |backend: &str| json!({ "on": "haproxy:h", "backend": backend, "server": "pg1", "state": "drain" });
        assert_eq!(command(&body("pg_write")), Ok("set server pg_write/pg1 state drain".to_owned()));
        assert_eq!(call(&body("${b}")), "set server ${b}/pg1 state drain on haproxy:h");
    }

    proptest! {
        #[test]
        fn no_name_becomes_a_second_command(name in any::<String>()) {
            if let Ok(text) = command(&json!({ "backend": name, "server": "pg1", "state": "maint" })) {
                prop_assert_eq!(text.split_ascii_whitespace().count(), 5);
                prop_assert!(!text.contains(';') && !text.chars().any(char::is_control));
            }
        }
    }
}
