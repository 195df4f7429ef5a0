//! Programs that have the terminal for a while: psql of a server, a shell, a command of one's own. What they are called with is made here, purely; the
//! console gives its terminal away and takes it again.
//!
//! It must never put a password into arguments or environment: psql reads the one of the read credentials from a file in memory that lives as long as it runs,
//! or from the pgpass file that the configuration names; else it asks. The password of a `write` reference is not among them.

use crate::config::EndpointSpec;
use crate::fleet::Cluster;
use crate::model::SecretRef;
use crate::systems::contract::System;
use crate::systems::postgres::Postgres;
use crate::text::untrusted::visible;
use crate::transport::child::{self, ChildError};
use crate::transport::pg::split_address;
use std::sync::Arc;

pub use crate::systems::place::{address, host_and_port};
pub use crate::transport::child::{Change, Ended, Running};
pub use crate::transport::passfile::{Login, Passfile};

/// What is to be run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChildOrder {
    /// One or two words.
    pub name: String,
    /// What is told on the terminal before it begins; safe already.
    pub told: String,
    /// Program and arguments; no shell between.
    pub argv: Vec<String>,
    /// Variables besides those that every program gets.
    pub env: Vec<(String, String)>,
    /// What it logs in with, laid down for as long as it runs.
    pub login: Option<Login>,
    /// What it wrote is looked at until a key is pressed.
    pub stays: bool,
}

/// Runs it on the terminal of this process, which has to be given away before; `password` has to live as long as it runs.
///
/// # Errors
/// It does not start.
pub fn start(order: &ChildOrder, password: Option<&Passfile>) -> Result<Running, ChildError> {
    let laid = password.map(|laid| ("PGPASSFILE".to_owned(), laid.path()));
    child::start(&order.argv, &order.env.iter().cloned().chain(laid).collect::<Vec<_>>())
}

/// Lays down what `order` logs in with; nothing where it needs nothing.
///
/// # Errors
/// The password cannot be read: one safe sentence.
pub async fn login(order: &ChildOrder) -> Result<Option<Passfile>, String> {
    let Some(login) = &order.login else { return Ok(None) };
    Passfile::of(login).await.map(Some).map_err(|error| visible(&error.to_string()))
}

/// The endpoint called `name`: that of `system`, or else the one that speaks SQL, or else any.
#[must_use]
pub fn endpoint(cluster: &Cluster, name: &str, system: Option<&str>) -> Option<Arc<EndpointSpec>> {
    let named = || cluster.entries.iter().map(|entry| &entry.spec).filter(|spec| spec.id.name == name);
    let of = |system: &str| named().find(|spec| spec.id.system == system);
    let found = match system {
        Some(system) => of(system),
        None => of(Postgres::NAME).or_else(|| named().next()),
    };
    found.map(Arc::clone)
}

/// The `PostgreSQL` of the member that `spec` is about.
#[must_use]
pub fn server(cluster: &Cluster, spec: &EndpointSpec) -> Option<Arc<EndpointSpec>> {
    endpoint(cluster, &spec.id.name, Some(Postgres::NAME))
}

/// psql of the server of `spec`. Everything goes by variables: as an argument, a database called `host=elsewhere` would be read as a place to connect to.
///
/// # Errors
/// Why it cannot be said where the server is.
pub fn psql(spec: &EndpointSpec, read_only: bool) -> Result<ChildOrder, String> {
    let address = spec.body.text("address").unwrap_or_default();
    let (host, port) =
        split_address(address).ok_or_else(|| format!("{} has no address that psql could connect to", visible(&spec.id.to_string())))?;
    let database = spec.body.text("database").unwrap_or("postgres");
    let mut env = vec![("PGHOST", host.to_owned()), ("PGPORT", port.to_string()), ("PGDATABASE", database.to_owned())];
    env.extend([("PGAPPNAME", "opsctl psql".to_owned()), ("PGCONNECT_TIMEOUT", "10".to_owned())]);
    let credential = spec.read.as_ref();
    env.extend(credential.map(|read| ("PGUSER", read.user.clone())));
    let password = credential.and_then(|read| Some((read, read.password.as_ref()?)));
    if let Some((_, SecretRef::Pgpass(Some(path)))) = password {
        env.push(("PGPASSFILE", path.clone()));
    }
    if read_only {
        env.push(("PGOPTIONS", "-c default_transaction_read_only=on".to_owned()));
    }
    if let Some(tls) = &spec.tls {
        env.push(("PGSSLMODE", "verify-full".to_owned()));
        env.push(("PGSSLROOTCERT", tls.ca.clone().unwrap_or_else(|| "system".to_owned())));
        env.extend(tls.cert.clone().map(|cert| ("PGSSLCERT", cert)));
        if let Some(SecretRef::File(key)) = &tls.key {
            env.push(("PGSSLKEY", key.clone()));
        }
        // the name that the certificate has, at the address that is known
        if let Some(name) = &tls.server_name
            && host.parse::<std::net::IpAddr>().is_ok()
        {
            env.retain(|(variable, _)| *variable != "PGHOST");
            env.extend([("PGHOST", name.clone()), ("PGHOSTADDR", host.to_owned())]);
        }
    }
    // under the name that psql knows the server by
    let host = env.iter().find(|(variable, _)| *variable == "PGHOST").map_or_else(|| host.to_owned(), |(_, host)| host.clone());
    let login = password.filter(|(_, reference)| !matches!(reference, SecretRef::Pgpass(_)));
    let login = login.map(|(read, reference)| Login { host, port, user: read.user.clone(), password: reference.clone() });
    let user = credential.map(|read| format!(" as {}", read.user)).unwrap_or_default();
    let place = format!("psql of {}/{}{user}, {database} at {address}", spec.id.cluster, spec.id.name);
    Ok(ChildOrder {
        name: "psql".to_owned(),
        told: visible(&format!("{place}{}; \\q comes back", if read_only { ", transactions read only unless said otherwise" } else { "" })),
        argv: vec!["psql".to_owned()],
        env: env.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
        login,
        stays: false,
    })
}

/// The shell of this person; `why` it is one.
#[must_use]
pub fn shell(shell: &str, why: &str) -> ChildOrder {
    ChildOrder {
        name: "shell".to_owned(),
        told: format!("{why}{}; exit comes back", visible(shell)),
        argv: vec![shell.to_owned()],
        env: Vec::new(),
        login: None,
        stays: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Body, BodyValue, Credential};
    use crate::model::{EndpointId, Origin, TlsOptions, Via};

    fn spec(address: &str, password: Option<SecretRef>, tls: Option<TlsOptions>) -> EndpointSpec {
        let texts = [("address", address), ("database", "host=elsewhere")];
        EndpointSpec {
            id: EndpointId { cluster: "lab".to_owned(), system: "postgres".to_owned(), name: "pg1".to_owned() },
            origin: Origin::Configured,
            zone: None,
            via: Via::Direct,
            read: Some(Credential { user: "reader".to_owned(), password }),
            write: Some(Credential { user: "admin".to_owned(), password: Some(SecretRef::Env("CANARY".to_owned())) }),
            tls,
            body: Body::new(texts.map(|(key, text)| (key.to_owned(), BodyValue::Text(text.to_owned())))),
        }
    }

    fn variables(order: &ChildOrder) -> String {
        order.env.iter().flat_map(|(name, value)| [name, "=", value, "\n"]).collect()
    }

    #[test]
    fn psql_is_told_where_and_as_whom_and_never_a_password() {
        let read_only = "PGOPTIONS=-c default_transaction_read_only=on\n";
        let common = "PGPORT=5432\nPGDATABASE=host=elsewhere\nPGAPPNAME=opsctl psql\nPGCONNECT_TIMEOUT=10\nPGUSER=reader\n";
        let order = psql(&spec("[::1]:5432", Some(SecretRef::File("/secret/canary".to_owned())), None), true).expect("an order");
        assert_eq!(variables(&order), format!("PGHOST=::1\n{common}{read_only}"));
        assert_eq!(order.argv, ["psql"]);
        let login = |order: &ChildOrder| order.login.as_ref().map(|login| format!("{}:{}:{} {}", login.host, login.port, login.user, login.password));
        assert_eq!(login(&order).as_deref(), Some("::1:5432:reader file:/secret/canary"));
        let order = psql(&spec("/run/postgresql:5432", Some(SecretRef::Pgpass(Some("/home/me/.pgpass".to_owned()))), None), false).expect("an order");
        assert_eq!(variables(&order), format!("PGHOST=/run/postgresql\n{common}PGPASSFILE=/home/me/.pgpass\n"));
        assert_eq!(login(&order), None, "libpq reads that file itself");
        assert_eq!(login(&psql(&spec("[::1]:5432", None, None), true).expect("an order")), None);
        assert!(psql(&spec("nowhere", None, None), true).is_err());
    }

    #[test]
    fn where_the_console_verifies_psql_does_too() {
        let tls = TlsOptions {
            ca: Some("/ca.pem".to_owned()),
            cert: Some("/c.pem".to_owned()),
            key: Some(SecretRef::File("/c.key".to_owned())),
            server_name: Some("pg1.internal".to_owned()),
        };
        let order = psql(&spec("10.0.0.1:5432", Some(SecretRef::Env("READ".to_owned())), Some(tls)), true).expect("an order");
        assert_eq!(order.login.as_ref().map(|login| login.host.as_str()), Some("pg1.internal"));
        let told = variables(&order);
        for line in
            ["PGSSLMODE=verify-full", "PGSSLROOTCERT=/ca.pem", "PGSSLCERT=/c.pem", "PGSSLKEY=/c.key", "PGHOST=pg1.internal", "PGHOSTADDR=10.0.0.1"]
        {
            assert!(told.contains(&format!("{line}\n")), "{line}: {told}");
        }
        assert!(!told.contains("PGHOST=10.0.0.1"), "{told}");
    }
}
