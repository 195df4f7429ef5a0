//! How a step reaches the endpoint that it names: address, credentials, certificates come from the configuration, never from a runbook.

use crate::config::{Credential, EndpointSpec, secret_reference};
use crate::runbook::expression::plain;
use crate::systems::contract::{Form, System};
use crate::systems::pgbouncer::{self, Pgbouncer};
use crate::systems::postgres::Postgres;
use crate::systems::registry;
use crate::transport::http::Login;
use crate::transport::pg::{PgTarget, Speaks};
use crate::transport::send::{Request, Text};
use serde_json::Value;

/// What is spoken there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Talks {
    Sql,
    Console,
}

/// Where its HTTP interface answers.
///
/// # Errors
/// Its system has none, or the configuration does not say where.
pub(super) fn base(endpoint: &EndpointSpec) -> Result<&str, String> {
    let fields = registry::find(&endpoint.id.system).map_or(&[][..], |system| system.fields());
    let url = fields.iter().filter(|field| field.form == Form::Url).find_map(|field| endpoint.body.text(field.key));
    let url = url.ok_or_else(|| format!("{} has no address of HTTP in the configuration", endpoint.id))?;
    Ok(url.trim_end_matches('/').trim_end_matches("/patroni"))
}

/// User and secret for HTTP.
pub(super) fn login(credential: Option<&Credential>) -> Option<Login> {
    credential.map(|credential| Login { user: credential.user.clone(), password: credential.password.clone() })
}

/// A request to an endpoint, with the credentials for writing.
pub(super) fn request(
    endpoint: &EndpointSpec,
    method: &'static str,
    path: String,
    headers: Vec<(String, Text)>,
    json: Option<String>,
) -> Result<Request, String> {
    Ok(Request {
        base: base(endpoint)?.to_owned(),
        method,
        path,
        login: login(endpoint.write.as_ref()),
        tls: endpoint.tls.clone().unwrap_or_default(),
        headers,
        json,
    })
}

/// A server that speaks the protocol of PostgreSQL, and what it is there.
///
/// # Errors
/// It is neither a PostgreSQL nor a PgBouncer, or address or credentials are not configured.
pub(super) fn server(endpoint: &EndpointSpec, credential: Option<&Credential>, database: Option<String>) -> Result<(PgTarget, Talks), String> {
    let id = &endpoint.id;
    let (talks, speaks, database) = match id.system.as_str() {
        Postgres::NAME => {
            let usual = || endpoint.body.text("database").unwrap_or("postgres").to_owned();
            (Talks::Sql, Speaks::Sql, database.unwrap_or_else(usual))
        }
        Pgbouncer::NAME => (Talks::Console, Speaks::Console, pgbouncer::CONSOLE.to_owned()),
        other => return Err(format!("{other} does not speak SQL")),
    };
    let address = endpoint.body.text("address").ok_or_else(|| format!("{id} has no `address` in the configuration"))?;
    let credential = credential.ok_or_else(|| format!("{id} has no credentials for this: `write = {{ user = \"..\", password = \"file:..\" }}`"))?;
    let target = PgTarget {
        address: address.to_owned(),
        database,
        user: credential.user.clone(),
        password: credential.password.clone(),
        tls: endpoint.tls.clone(),
        speaks,
    };
    Ok((target, talks))
}

/// A value of a filled body: a text as it stands, or `{ secret = "file:.." }`.
pub(super) fn text(value: &Value) -> Result<Text, String> {
    match value.get("secret").and_then(Value::as_str) {
        Some(reference) => secret(reference),
        None => plain(value).map(Text::Plain).ok_or_else(|| "a value is no single value".to_owned()),
    }
}

/// The secret that `reference` names. What is wrong with it is said without it: it may be the secret itself, put there by mistake.
pub(super) fn secret(reference: &str) -> Result<Text, String> {
    secret_reference(reference).map(Text::Secret).map_err(|why| format!("a secret is given by where it lies: {why}"))
}
