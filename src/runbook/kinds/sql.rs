//! `sql`: one statement on one endpoint. Values are bound (`$1`), names are quoted by this program (`{db}`); nothing else gets into the text.

use super::reach::{self, Talks};
use super::statement::{self, Token};
use super::{Effect, Kind, Problem, word, words};
use crate::engine::sent::outcome;
use crate::engine::{Building, Changes, Doing, Outcome, Reads, Task, Work};
use crate::model::{Armed, Clock};
use crate::runbook::expression::{Field, Scalar, Unit, plain};
use crate::runbook::keys::{self, list, named, table, template, template_or_secret, text};
use crate::transport::pg::{PgReader, PgTarget};
use crate::transport::send::{self, Text};
use crate::transport::sql::ReadOnlySql;
use serde_json::{Value, json};
use std::time::Duration;

pub(super) static SQL: Kind = Kind {
    name: "sql",
    doc: "One statement on one endpoint: sql = { on = \"pgbouncer:${pool.pooler}\", run = \"PAUSE {db}\", names = { db = \"${pool.database}\" } }",
    schema,
    effect: |body| if body.get("run").is_some() { Effect::Changes } else { Effect::Reads },
    check,
    call,
    output: &[
        Field { name: "rows", scalar: Scalar::Number(Unit::Count), doc: "how many rows came back, or were changed" },
        Field { name: "value", scalar: Scalar::Text, doc: "the first column of the first row" },
    ],
    conditions: &[],
    undoes: true,
    build: Some(build),
};

fn build(building: &Building<'_>) -> Result<Work, String> {
    let body = building.body;
    let endpoint = building.endpoint()?;
    let Statement { text, parameters } = statement(body)?;
    let values = parameters.into_iter().map(|bound| match bound {
        Bound::Text(text) => Ok(Text::Plain(text)),
        Bound::Secret(reference) => reach::secret(&reference),
    });
    let values = values.collect::<Result<Vec<_>, String>>()?;
    let database = body.get("database").and_then(plain);
    if body.get("query").is_some() {
        let (target, talks) = reach::server(endpoint, endpoint.read.as_ref(), database)?;
        let clock = building.clock.clone();
        return match talks {
            Talks::Sql => {
                let sql = ReadOnlySql::of_runbook(&text)?;
                Ok(Work::Reads(Box::new(Queries { target, sql, values, clock, deadline: building.timeout })))
            }
            Talks::Console => Err("what a console shows is asked by facts, not by a query".to_owned()),
        };
    }
    let (target, talks) = reach::server(endpoint, endpoint.write.as_ref(), database)?;
    let already = words(body, "already").into_iter().map(str::to_owned).collect();
    Ok(Work::Changes(Box::new(Runs { target, talks, text, values, already })))
}

/// A statement that may change something.
struct Runs {
    target: PgTarget,
    talks: Talks,
    text: String,
    values: Vec<Text>,
    already: Vec<String>,
}

impl Changes for Runs {
    fn change<'a>(&'a self, armed: Armed, doing: &'a Doing) -> Task<'a, Outcome> {
        Box::pin(async move {
            let window = doing.window();
            let done = |rows: u64, value: Option<String>| Outcome::Ok(json!({ "rows": rows, "value": value }));
            let came = match self.talks {
                Talks::Sql => outcome(send::sql(armed, &self.target, &self.text, &self.values, &window).await, |told| done(told.rows, told.value)),
                Talks::Console => outcome(send::console(armed, &self.target, &self.text, &window).await, |()| done(0, None)),
            };
            match came {
                // a refusal that says that it is so already is as good as a yes
                Outcome::NoEffect { why, .. } if self.already.iter().any(|words| why.contains(words.as_str())) => done(0, None),
                other => other,
            }
        })
    }
}

/// A statement that was proven to read only.
struct Queries {
    target: PgTarget,
    sql: ReadOnlySql,
    values: Vec<Text>,
    clock: Clock,
    deadline: Duration,
}

impl Reads for Queries {
    fn read<'a>(&'a self, _doing: &'a Doing) -> Task<'a, Result<Value, String>> {
        Box::pin(async move {
            let mut reader = PgReader::new(self.target.clone(), self.clock.clone(), self.deadline);
            reader.open().await.map_err(|error| error.to_string())?;
            // without values it is one message, as every other question is
            if !self.values.is_empty() {
                let told = reader.bound(&self.sql, &self.values).await.map_err(|error| error.to_string())?;
                return Ok(json!({ "rows": told.rows, "value": told.value }));
            }
            let rows = reader.rows(&self.sql).await.map_err(|error| error.to_string())?.rows;
            let value = rows.first().and_then(|row| row.first()).cloned().flatten();
            Ok(json!({ "rows": rows.len(), "value": value }))
        })
    }
}

fn schema() -> Value {
    let value = json!({ "oneOf": [template_or_secret(), { "type": ["integer", "boolean"] }] });
    // a table inside of oneOf inside of oneOf reads badly in an error
    let value = if let Some(branches) = value.pointer("/oneOf/0/oneOf").and_then(Value::as_array) {
        json!({ "oneOf": branches.iter().cloned().chain([json!({ "type": ["integer", "boolean"] })]).collect::<Vec<_>>() })
    } else {
        value
    };
    table(&[
        ("on", keys::target(), true, "SYSTEM:WHICH, such as \"postgres:leader\" or \"pgbouncer:${pool.pooler}\""),
        ("run", keys::statement(), false, "A statement that may change something"),
        ("query", keys::statement(), false, "A statement that changes nothing; the session is read only"),
        ("with", list(&value), false, "The values of $1, $2, ..: bound, never put into the text"),
        ("names", named(&template()), false, "The names of {..} in the text, quoted as identifiers"),
        ("already", list(&text()), false, "Refusals of the server that mean that it is so already: \"is not paused\""),
        ("database", template(), false, "The database of the session, where the endpoint has several"),
    ])
}

/// The statement of a body.
fn statement_of(body: &Value) -> Option<(&'static str, &str)> {
    ["run", "query"].into_iter().find_map(|key| Some((key, body.get(key)?.as_str()?)))
}

fn check(body: &Value) -> Vec<Problem> {
    let mut found = Vec::new();
    if body.get("run").is_some() && body.get("query").is_some() {
        found.push(Problem::new("/query", "two statements in one step", "make two steps of it"));
    }
    let Some((key, text)) = statement_of(body) else {
        found.push(Problem::new("", "it has no statement", "run = \"..\" for one that may change something, query = \"..\" for one that does not"));
        return found;
    };
    let at = format!("/{key}");
    let tokens = match statement::tokens(text) {
        Ok(tokens) => tokens,
        Err(why) => {
            found.push(Problem::new(at, format!("the statement {why}"), "one statement, as a server reads it"));
            return found;
        }
    };
    if statement::count(&tokens) > 1 {
        found.push(Problem::new(
            at.clone(),
            "two statements in one text",
            "make two steps of it: what was done and what was not is then known after any failure",
        ));
    }
    if key == "query" {
        let plain = statement::named(text, |_| Some("x".to_owned())).and_then(|text| ReadOnlySql::of_runbook(&text).map(|_| ()));
        if let Err(why) = plain {
            found.push(Problem::new(
                at.clone(),
                format!("it is not known to change nothing: {why}"),
                "run = \"..\", which is written down before it is sent",
            ));
        }
    }
    let bound = body.get("with").and_then(Value::as_array).map_or(0, Vec::len);
    let highest = tokens.iter().filter_map(|token| if let Token::Parameter(number) = token { Some(*number) } else { None }).max().unwrap_or(0);
    if highest != bound {
        found.push(Problem::new(
            at.clone(),
            format!("the statement has {highest} parameters, and `with` has {bound} values"),
            "$1 is the first of `with`",
        ));
    }
    if bound > 0 && word(body, "on").starts_with("pgbouncer:") {
        found.push(Problem::new("/with", "the console of PgBouncer takes no parameters", "a name: run = \"PAUSE {db}\", names = { db = \"..\" }"));
    }
    let empty = serde_json::Map::new();
    let names = body.get("names").and_then(Value::as_object).unwrap_or(&empty);
    let used: Vec<&str> = tokens.iter().filter_map(|token| if let Token::Name(name) = token { Some(name.as_str()) } else { None }).collect();
    for name in &used {
        if !names.contains_key(*name) {
            found.push(Problem::new(at.clone(), format!("{{{name}}} is not named"), format!("names = {{ {name} = \"..\" }}")));
        }
    }
    for name in names.keys().filter(|name| !used.contains(&name.as_str())) {
        found.push(Problem::new(format!("/names/{name}"), format!("the statement has no {{{name}}}"), "outside of quotes, where a name stands"));
    }
    found
}

/// A statement as it is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    pub text: String,
    /// The values of $1, $2, ..
    pub parameters: Vec<Bound>,
}

/// A bound value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Bound {
    Text(String),
    /// The reference to a secret; resolved where it is sent.
    Secret(String),
}

/// The statement of a filled body: the text with its names quoted, and the values beside it.
///
/// # Errors
/// A name that no identifier can be.
pub fn statement(body: &Value) -> Result<Statement, String> {
    let (_, text) = statement_of(body).ok_or("it has no statement")?;
    let empty = Value::Object(serde_json::Map::new());
    let names = body.get("names").unwrap_or(&empty);
    let text = statement::named(text, |name| names.get(name).and_then(plain))?;
    let bound = body.get("with").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let parameters = bound.iter().map(|value| match value.get("secret").and_then(Value::as_str) {
        Some(reference) => Ok(Bound::Secret(reference.to_owned())),
        None => plain(value).map(Bound::Text).ok_or_else(|| "a parameter is no single value".to_owned()),
    });
    Ok(Statement { text, parameters: parameters.collect::<Result<_, _>>()? })
}

fn call(body: &Value) -> String {
    let text =
        statement(body).map_or_else(|_unfilled| statement_of(body).map(|(_, text)| text.to_owned()).unwrap_or_default(), |statement| statement.text);
    let bound = body.get("with").map(|with| format!(" with {with}")).unwrap_or_default();
    format!("{text}{bound} on {}", word(body, "on"))
}
