//! What psql would connect to: `PGSERVICE` and its file, `PG*` variables, `DATABASE_URL`.

use super::{Found, Proposal, Surroundings, credential, endpoint, text_of};
use crate::config::{Body, BodyValue, EndpointSpec};
use crate::model::{SecretRef, TlsOptions};
use crate::systems::postgres::surroundings::{self, Server};
use std::collections::BTreeMap;
use std::path::PathBuf;

pub(super) fn look(around: &Surroundings, found: &mut Found) {
    let variables = surroundings::variables(|name| around.variable(name));
    let in_variable = around.variable("PGPASSWORD").is_some();
    if let Some(name) = around.variable("PGSERVICE") {
        match service(around, &name, found) {
            // what the file says wins over the variables, as in libpq
            Some((own, place)) => {
                let mut all = variables;
                all.extend(own);
                return propose(&name, &place, &all, in_variable, around, found);
            }
            None => found.notes.push(format!("PGSERVICE names {name}, which no service file has")),
        }
    }
    if let Some(host) = variables.get("host").or(variables.get("hostaddr")) {
        let name = host.split(',').next().unwrap_or(host).trim_start_matches('/').to_owned();
        return propose(&name, "PGHOST", &variables, in_variable, around, found);
    }
    if let Some(url) = around.variable("DATABASE_URL")
        && let Some(parameters) = surroundings::url(&url)
    {
        let name = parameters.get("host").cloned().unwrap_or_else(|| "database".to_owned());
        propose(&name, "DATABASE_URL", &parameters, in_variable, around, found);
    }
}

fn service(around: &Surroundings, name: &str, found: &mut Found) -> Option<(BTreeMap<String, String>, String)> {
    let own = around.variable("PGSERVICEFILE").map(PathBuf::from).or_else(|| around.home.as_ref().map(|home| home.join(".pg_service.conf")));
    let shared = around.variable("PGSYSCONFDIR").map(|folder| PathBuf::from(folder).join("pg_service.conf"));
    own.into_iter().chain(shared).find_map(|path| {
        let text = text_of(&path, &mut found.notes)?;
        let (parameters, line) = surroundings::service(&text, name)?;
        Some((parameters, format!("{}:{line}", path.display())))
    })
}

fn propose(name: &str, found_in: &str, parameters: &BTreeMap<String, String>, in_variable: bool, around: &Surroundings, found: &mut Found) {
    let read = surroundings::servers(parameters, in_variable);
    found.notes.extend(read.notes.iter().map(|note| format!("{found_in}: {note}")));
    let user = || around.variable("USER").or_else(|| around.variable("LOGNAME"));
    let endpoints: Vec<EndpointSpec> = read.servers.into_iter().map(|server| one(server, user(), around)).collect();
    if !endpoints.is_empty() {
        found.proposals.push(Proposal {
            scope: None,
            fallback: name.to_owned(),
            found_in: found_in.to_owned(),
            endpoints,
            store: None,
            member_tls: None,
        });
    }
}

fn one(server: Server, user: Option<String>, around: &Surroundings) -> EndpointSpec {
    // libpq takes it only where it is; without it the server may still trust who asks
    let default = || around.home.as_ref().is_some_and(|home| home.join(".pgpass").exists());
    let password = server.password.filter(|password| *password != SecretRef::Pgpass(None) || default());
    let mut body = vec![("address".to_owned(), BodyValue::Text(server.address.clone()))];
    body.extend(server.database.map(|database| ("database".to_owned(), BodyValue::Text(database))));
    let tls = server.tls.map(|tls| TlsOptions { ca: tls.ca, cert: tls.cert, key: tls.key.map(SecretRef::File), server_name: None });
    let name = server.address.trim_start_matches('/');
    EndpointSpec { read: credential(server.user.or(user), password), tls, ..endpoint("", "postgres", name, Body::new(body)) }
}
