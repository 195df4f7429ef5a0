//! What a runbook can have a pooler do: one command on its console, on one database, and what each refusal means.
//!
//! A pool is paused and let go database by database: a global PAUSE is invisible. A server that was logging in when its pool was paused would make the first
//! clients after it fail for `server_login_retry`, so that is set to 0 meanwhile. <https://www.pgbouncer.org/usage.html#process-controlling-commands>

use crate::config::EndpointSpec;
use crate::engine::sent::outcome;
use crate::engine::{BodyProblem, Building, Changes, Doing, Effect, FactKind, Outcome, StepKind, Task, Work, schema_to};
use crate::model::Armed;
use crate::transport::pg::{PgTarget, Speaks};
use crate::transport::send;
use serde_json::{Value, json};

/// The kind of step.
pub(super) static KINDS: &[StepKind] = &[StepKind {
    name: "pgbouncer",
    doc: "One command to a pooler: pgbouncer = { on = \"pgbouncer:${p.pooler}\", do = \"pause\", database = \"${p.database}\" }",
    schema,
    effect: |_body| Effect::Changes,
    check,
    call,
    output: &[("said", FactKind::Text, "`done`, or that it was so already")],
    build,
}];

/// Words with the command, and the refusals that mean that it is so already.
static COMMANDS: &[(&str, &str, &[&str])] = &[
    ("pause", "PAUSE", &["already paused", "already suspended/paused"]),
    ("resume", "RESUME", &["is not paused"]),
    ("reconnect", "RECONNECT", &[]),
    ("disable", "DISABLE", &[]),
    ("enable", "ENABLE", &[]),
];
/// Sets a setting of the running process.
const SET: &str = "set";
/// Settings that may be set by a runbook: none of them loses a connection.
const SETTINGS: &[&str] = &["server_login_retry", "query_wait_timeout", "server_check_delay", "server_lifetime", "server_idle_timeout"];
/// Longest name of a database, in bytes.
const LONGEST: usize = 63;

fn schema() -> Value {
    let words: Vec<&str> = COMMANDS.iter().map(|(word, ..)| *word).chain([SET]).collect();
    let more = json!({
        "do": { "type": "string", "enum": words, "description": "what it is told" },
        "database": { "type": "string", "format": "template", "description": "the database as clients call it; never all of them at once" },
        "name": { "type": "string", "enum": SETTINGS, "description": "set: the setting" },
        "value": { "type": "string", "format": "template", "description": "set: a whole number, in the unit of the setting" },
    });
    schema_to("pgbouncer", "pooler", &["pgbouncer:${p.pooler}"], more, &["do"])
}

fn word<'a>(body: &'a Value, key: &str) -> Option<&'a str> {
    body.get(key)?.as_str()
}

fn check(body: &Value) -> Vec<BodyProblem> {
    let set = word(body, "do") == Some(SET);
    let wants: &[&str] = if set { &["name", "value"] } else { &["database"] };
    let refuses: &[&str] = if set { &["database"] } else { &["name", "value"] };
    let what = word(body, "do").unwrap_or("");
    let lacks = wants.iter().filter(|key| body.get(**key).is_none());
    let lacks = lacks.map(|key| BodyProblem::new("", format!("`{what}` wants `{key}`"), format!("{key} = \"..\"")));
    let strange = refuses.iter().filter(|key| body.get(**key).is_some());
    let strange = strange.map(|key| BodyProblem::new(format!("/{key}"), format!("`{what}` takes no `{key}`"), "leave it out"));
    lacks.chain(strange).collect()
}

/// The command of a filled body: one command, whatever the values are.
fn command(body: &Value) -> Result<String, String> {
    let what = word(body, "do").ok_or("it does not say what to do")?;
    if what == SET {
        let name = word(body, "name").filter(|name| SETTINGS.contains(name)).ok_or("it names no setting that may be set")?;
        let value = body.get("value").ok_or("it has no value")?;
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let whole: u32 = value.trim().parse().map_err(|_no_number| format!("{value:?} is no whole number"))?;
        return Ok(format!("SET {name} = {whole}"));
    }
    let (_, command, _) = COMMANDS.iter().find(|(word, ..)| *word == what).ok_or_else(|| format!("it knows no `{what}`"))?;
    let database = word(body, "database").ok_or("it names no database")?;
    if database.is_empty() || database.len() > LONGEST || database.chars().any(char::is_control) {
        return Err(format!("{database:?} can be no name of a database"));
    }
    Ok(format!("{command} \"{}\"", database.replace('"', "\"\"")))
}

fn call(body: &Value) -> String {
    let to = word(body, "on").unwrap_or("");
    let written =
        || [word(body, "do"), word(body, "name"), word(body, "value"), word(body, "database")].into_iter().flatten().collect::<Vec<_>>().join(" ");
    format!("{} on {to}", command(body).unwrap_or_else(|_unfilled| written()))
}

fn build(building: &Building<'_>) -> Result<Work, String> {
    let target = console(building.endpoint()?)?;
    let already = COMMANDS.iter().find(|(known, ..)| word(building.body, "do") == Some(*known)).map_or(&[][..], |(_, _, already)| already);
    Ok(Work::Changes(Box::new(Told { target, command: command(building.body)?, already })))
}

fn console(endpoint: &EndpointSpec) -> Result<PgTarget, String> {
    let missing = |what: &str| format!("{} has no {what} in the configuration", endpoint.id);
    let write = endpoint.write.as_ref().ok_or_else(|| missing("credentials of `admin_users` (`write`)"))?;
    Ok(PgTarget {
        address: endpoint.body.text("address").ok_or_else(|| missing("`address`"))?.to_owned(),
        database: super::CONSOLE.to_owned(),
        user: write.user.clone(),
        password: write.password.clone(),
        tls: endpoint.tls.clone(),
        speaks: Speaks::Console,
    })
}

/// A pooler that is told something.
struct Told {
    target: PgTarget,
    command: String,
    already: &'static [&'static str],
}

impl Changes for Told {
    fn change<'a>(&'a self, armed: Armed, doing: &'a Doing) -> Task<'a, Outcome> {
        Box::pin(async move {
            let came = outcome(send::console(armed, &self.target, &self.command, &doing.window()).await, |()| Outcome::Ok(json!({ "said": "done" })));
            match came {
                Outcome::NoEffect { why, .. } if self.already.iter().any(|words| why.contains(words)) => {
                    Outcome::Ok(json!({ "said": "it was so already" }))
                }
                other => other,
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_command_is_on_one_database_or_sets_one_number() {
        assert_eq!(command(&json!({ "do": "pause", "database": "app" })), Ok("PAUSE \"app\"".to_owned()));
        assert_eq!(command(&json!({ "do": "set", "name": "server_login_retry", "value": "0" })), Ok("SET server_login_retry = 0".to_owned()));
        assert_eq!(command(&json!({ "do": "set", "name": "server_login_retry", "value": 15 })), Ok("SET server_login_retry = 15".to_owned()));
        for bad in [
            json!({ "do": "pause" }),
            json!({ "do": "pause", "database": "" }),
            json!({ "do": "wait_close", "database": "app" }),
            json!({ "do": "set", "name": "pool_mode", "value": "1" }),
            json!({ "do": "set", "name": "server_login_retry", "value": "0; KILL app" }),
        ] {
            assert!(command(&bad).is_err(), "{bad}");
        }
        let wrong = |body: Value| check(&body).into_iter().map(|problem| problem.what).collect::<Vec<_>>();
        assert_eq!(wrong(json!({ "do": "pause" })), ["`pause` wants `database`"]);
        assert_eq!(wrong(json!({ "do": "set", "name": "x", "value": "1", "database": "a" })), ["`set` takes no `database`"]);
    }

    proptest! {
        #[test]
        fn no_name_of_a_database_becomes_a_second_command(name in any::<String>()) {
            if let Ok(text) = command(&json!({ "do": "resume", "database": name })) {
                let inside = text.strip_prefix("RESUME \"").and_then(|rest| rest.strip_suffix('"')).expect("quoted");
                prop_assert!(!inside.replace("\"\"", "").contains('"'));
                prop_assert_eq!(inside.replace("\"\"", "\""), name);
            }
        }
    }
}
