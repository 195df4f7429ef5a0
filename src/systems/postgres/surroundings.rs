//! What the environment of libpq says about where a server is: `PG*` variables, a service file, `DATABASE_URL`. Pure: texts come in, nothing is contacted.
//!
//! It must never carry a password: only where one lies.
//! <https://www.postgresql.org/docs/current/libpq-envars.html>, <https://www.postgresql.org/docs/current/libpq-pgservice.html>

use crate::model::SecretRef;
use std::collections::BTreeMap;

/// One server as psql would reach it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Server {
    /// `HOST:PORT`, or `/directory:PORT` of a unix socket.
    pub address: String,
    pub database: Option<String>,
    pub user: Option<String>,
    pub password: Option<SecretRef>,
    /// `Some` where the connection has to be encrypted.
    pub tls: Option<Tls>,
}

/// Certificates by their files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tls {
    pub ca: Option<String>,
    pub cert: Option<String>,
    pub key: Option<String>,
}

/// The servers, and what could not be used of what was said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    pub servers: Vec<Server>,
    pub notes: Vec<String>,
}

/// The parameters of `[name]` in a service file, and the line of that head.
#[must_use]
pub fn service(text: &str, name: &str) -> Option<(BTreeMap<String, String>, usize)> {
    let mut lines = text.lines().enumerate().skip_while(|(_, line)| line.trim() != format!("[{name}]"));
    let (at, _) = lines.next()?;
    let own = lines.map(|(_, line)| line.trim()).take_while(|line| !line.starts_with('['));
    let pairs = own.filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once('='));
    Some((pairs.map(|(key, value)| (key.trim().to_owned(), value.trim().to_owned())).collect(), at + 1))
}

/// The parameters of a `postgres://` URL; of its password only that there is one, with an empty value.
#[must_use]
pub fn url(text: &str) -> Option<BTreeMap<String, String>> {
    let rest = text.strip_prefix("postgres://").or_else(|| text.strip_prefix("postgresql://"))?;
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (authority, database) = rest.split_once('/').unwrap_or((rest, ""));
    let (login, hosts) = authority.rsplit_once('@').unwrap_or(("", authority));
    let mut out = BTreeMap::new();
    let mut set = |key: &str, value: &str| {
        if !value.is_empty() {
            out.insert(key.to_owned(), decoded(value));
        }
    };
    for pair in query.split('&') {
        if let Some((key, value)) = pair.split_once('=') {
            set(key, if key == "password" { "" } else { value });
        }
    }
    let (user, password) = login.split_once(':').unwrap_or((login, ""));
    set("user", user);
    set("dbname", database);
    let (mut names, mut ports) = (Vec::new(), Vec::new());
    for host in hosts.split(',') {
        let (name, port) = match host.rsplit_once(':') {
            Some((name, port)) if !port.contains(']') => (name, port),
            _ => (host, ""),
        };
        names.push(name.trim_start_matches('[').trim_end_matches(']'));
        ports.push(port);
    }
    set("host", &names.join(","));
    if ports.iter().any(|port| !port.is_empty()) {
        set("port", &ports.join(","));
    }
    if !password.is_empty() || query.contains("password=") {
        out.insert("password".to_owned(), String::new());
    }
    Some(out)
}

/// `%2F` as `/`.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let hex = after.get(..2).and_then(|two| std::str::from_utf8(two).ok()).and_then(|two| u8::from_str_radix(two, 16).ok());
        if let (b'%', Some(byte)) = (first, hex) {
            bytes.push(byte);
            rest = after.get(2..).unwrap_or_default();
        } else {
            bytes.push(*first);
            rest = after;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The parameters that variables set, by the names of a service file; of `PGPASSWORD` only that it is set.
pub fn variables(variable: impl Fn(&str) -> Option<String>) -> BTreeMap<String, String> {
    let names = [
        ("PGHOST", "host"),
        ("PGHOSTADDR", "hostaddr"),
        ("PGPORT", "port"),
        ("PGDATABASE", "dbname"),
        ("PGUSER", "user"),
        ("PGPASSFILE", "passfile"),
        ("PGSSLMODE", "sslmode"),
        ("PGSSLROOTCERT", "sslrootcert"),
        ("PGSSLCERT", "sslcert"),
        ("PGSSLKEY", "sslkey"),
    ];
    let set = names.iter().filter_map(|(name, key)| Some(((*key).to_owned(), variable(name).filter(|value| !value.is_empty())?)));
    set.collect()
}

/// The servers that `parameters` name. `in_variable`: `PGPASSWORD` is set.
#[must_use]
pub fn servers(parameters: &BTreeMap<String, String>, in_variable: bool) -> Found {
    let get = |key: &str| parameters.get(key).map(String::as_str);
    let mut notes = Vec::new();
    if parameters.contains_key("password") {
        notes.push("the password written there is not used; a line in ~/.pgpass is".to_owned());
    }
    let password = match (in_variable, get("passfile")) {
        (true, _) => SecretRef::Env("PGPASSWORD".to_owned()),
        (false, passfile) => SecretRef::Pgpass(passfile.map(str::to_owned)),
    };
    let tls = match get("sslmode") {
        Some("require" | "verify-ca" | "verify-full") => {
            // `system` is libpq's word for the authorities of the machine
            let ca = get("sslrootcert").filter(|path| *path != "system").map(str::to_owned);
            let pair = get("sslcert").zip(get("sslkey"));
            Some(Tls { ca, cert: pair.map(|(cert, _)| cert.to_owned()), key: pair.map(|(_, key)| key.to_owned()) })
        }
        _ => None,
    };
    if get("sslmode") == Some("require") {
        notes.push("sslmode=require does not verify certificates; here they are verified".to_owned());
    }
    let hosts: Vec<&str> = get("hostaddr").or(get("host")).unwrap_or("").split(',').map(str::trim).filter(|host| !host.is_empty()).collect();
    let ports: Vec<&str> = get("port").unwrap_or("").split(',').map(str::trim).collect();
    let servers = hosts.iter().enumerate().map(|(at, host)| {
        let port = ports.get(at).or(ports.first()).copied().filter(|port| !port.is_empty()).unwrap_or("5432");
        let host = if host.contains(':') && !host.starts_with('[') { format!("[{host}]") } else { (*host).to_owned() };
        Server {
            address: format!("{host}:{port}"),
            database: get("dbname").map(str::to_owned),
            user: get("user").map(str::to_owned),
            password: Some(password.clone()),
            tls: tls.clone(),
        }
    });
    Found { servers: servers.collect(), notes }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn hosts_and_ports_pair_as_libpq_pairs_them() {
        let addresses = |pairs: &[(&str, &str)]| servers(&map(pairs), false).servers.into_iter().map(|server| server.address).collect::<Vec<_>>();
        assert_eq!(addresses(&[("host", "a,b"), ("port", "5432,5433")]), ["a:5432", "b:5433"]);
        assert_eq!(addresses(&[("host", "a, b"), ("port", "6000")]), ["a:6000", "b:6000"]);
        assert_eq!(addresses(&[("host", "/var/run/postgresql")]), ["/var/run/postgresql:5432"]);
        assert_eq!(addresses(&[("host", "pg1"), ("hostaddr", "fd00::1")]), ["[fd00::1]:5432"]);
        assert_eq!(addresses(&[("user", "me")]), Vec::<String>::new());
    }

    #[test]
    fn a_service_is_its_own_part_of_the_file() {
        let text = "# mine\n[other]\nhost=x\n\n[orders]\nhost = pg1\n#port=1\nuser=me\npassword=canary\n[last]\nhost=y\n";
        let (parameters, line) = service(text, "orders").expect("there");
        assert_eq!((parameters.get("host").map(String::as_str), parameters.get("port"), line), (Some("pg1"), None, 5));
        let found = servers(&parameters, false);
        assert!(found.notes[0].contains("not used") && !format!("{found:?}").contains("canary"), "{found:?}");
        assert!(service(text, "none").is_none());
    }

    #[test]
    fn a_url_gives_all_but_its_password() {
        let parameters = url("postgresql://me%40x:canary@pg1:5433,[::1]/orders?sslmode=verify-full&sslrootcert=/ca").expect("a URL");
        assert!(!format!("{parameters:?}").contains("canary"), "{parameters:?}");
        let found = servers(&parameters, false);
        let [first, second] = found.servers.as_slice() else { panic!("{found:?}") };
        assert_eq!((first.address.as_str(), first.user.as_deref(), first.database.as_deref()), ("pg1:5433", Some("me@x"), Some("orders")));
        assert_eq!((second.address.as_str(), first.tls.as_ref().and_then(|tls| tls.ca.as_deref())), ("[::1]:5432", Some("/ca")));
        assert!(!found.notes.is_empty() && url("mysql://x").is_none());
    }

    #[test]
    fn a_secret_is_named_where_libpq_would_look() {
        let password = |pairs: &[(&str, &str)], set| servers(&map(pairs), set).servers[0].password.clone();
        assert_eq!(password(&[("host", "a")], true), Some(SecretRef::Env("PGPASSWORD".into())));
        assert_eq!(password(&[("host", "a"), ("passfile", "/p")], false), Some(SecretRef::Pgpass(Some("/p".into()))));
        assert_eq!(password(&[("host", "a")], false), Some(SecretRef::Pgpass(None)));
    }
}
