//! What a patronictl.yaml or the configuration of a Patroni node says about where things are. Pure: the text comes in, nothing is contacted.
//!
//! It must never carry a password out of the file: only that there is one, and below which keys.
//! <https://patroni.readthedocs.io/en/latest/yaml_configuration.html>

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_saphyr::Spanned;

/// The parts that tell where a cluster is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// `None` in a patronictl.yaml that serves several clusters.
    pub scope: Option<String>,
    /// The line of the scope, or of the store when there is none.
    pub line: u64,
    /// `/service/` unless said.
    pub namespace: Option<String>,
    /// The member whose configuration this is.
    pub member: Option<String>,
    /// Where that member's REST API answers: scheme, host, port.
    pub url: Option<String>,
    /// User of the REST API, for what writes; its password stands at [`REST_PASSWORD`].
    pub rest_user: Option<String>,
    pub rest_tls: Files,
    pub store: Store,
    /// What cannot be done with this file, in sentences.
    pub notes: Vec<String>,
}

/// The store of the cluster.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Store {
    #[default]
    Unnamed,
    /// URLs of its members.
    Etcd { urls: Vec<String>, tls: Files },
    /// `consul`, `zookeeper`…: not read yet.
    Other(&'static str),
}

/// Certificates by their files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Files {
    pub ca: Option<String>,
    pub cert: Option<String>,
    pub key: Option<String>,
}

/// Keys below which a file has the password of its REST API.
pub const REST_PASSWORD: [&str; 3] = ["restapi", "authentication", "password"];
/// Port of etcd where none is said.
const ETCD_PORT: u16 = 2379;

#[derive(Deserialize)]
struct Raw {
    scope: Option<Spanned<String>>,
    namespace: Option<String>,
    name: Option<String>,
    restapi: Option<RestApi>,
    ctl: Option<Ctl>,
    etcd: Option<Spanned<Etcd>>,
    etcd3: Option<Spanned<Etcd>>,
    consul: Option<IgnoredAny>,
    zookeeper: Option<IgnoredAny>,
    exhibitor: Option<IgnoredAny>,
    kubernetes: Option<IgnoredAny>,
    raft: Option<IgnoredAny>,
}

#[derive(Deserialize)]
struct RestApi {
    connect_address: Option<String>,
    listen: Option<String>,
    certfile: Option<String>,
    authentication: Option<Login>,
}

#[derive(Deserialize)]
struct Login {
    username: Option<String>,
    password: Option<IgnoredAny>,
}

#[derive(Deserialize)]
struct Ctl {
    #[serde(default)]
    insecure: bool,
    cacert: Option<String>,
    certfile: Option<String>,
    keyfile: Option<String>,
    keyfile_password: Option<IgnoredAny>,
    authentication: Option<Login>,
}

#[derive(Deserialize)]
struct Etcd {
    host: Option<String>,
    hosts: Option<Hosts>,
    url: Option<String>,
    proxy: Option<String>,
    srv: Option<IgnoredAny>,
    protocol: Option<String>,
    username: Option<IgnoredAny>,
    cacert: Option<String>,
    cert: Option<String>,
    key: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Hosts {
    /// `a:2379, b:2379`
    Text(String),
    List(Vec<String>),
}

/// Reads the text of a file.
///
/// # Errors
/// It is not of this form; the words never quote the file.
pub fn read(text: &str) -> Result<Settings, String> {
    let raw: Raw = serde_saphyr::from_str(text).map_err(|error| {
        // the parser quotes what it read, which may be a password
        let at = error.location().map_or_else(String::new, |at| format!(" at line {}, column {}", at.line(), at.column()));
        format!("not readable as a configuration of Patroni{at}")
    })?;
    let mut settings = Settings { namespace: raw.namespace, member: raw.name, ..Settings::default() };
    let stores = [raw.etcd3, raw.etcd];
    settings.line = match (&raw.scope, stores.iter().flatten().next()) {
        (Some(scope), _) => scope.referenced.line(),
        (None, Some(store)) => store.referenced.line(),
        (None, None) => 1,
    };
    settings.scope = raw.scope.map(|scope| scope.value).filter(|scope| !scope.is_empty());
    let others = [
        ("consul", raw.consul.is_some()),
        ("zookeeper", raw.zookeeper.is_some()),
        ("exhibitor", raw.exhibitor.is_some()),
        ("kubernetes", raw.kubernetes.is_some()),
        ("raft", raw.raft.is_some()),
    ];
    settings.store = match (stores.into_iter().flatten().next(), others.iter().find(|(_, there)| *there)) {
        (Some(etcd), _) => store(etcd.value, &mut settings.notes),
        (None, Some((name, _))) => Store::Other(name),
        (None, None) => Store::Unnamed,
    };
    if let Store::Other(name) = settings.store {
        settings.notes.push(format!("members are not read through {name} yet"));
    }
    rest(raw.restapi, raw.ctl, &mut settings);
    Ok(settings)
}

fn rest(api: Option<RestApi>, ctl: Option<Ctl>, settings: &mut Settings) {
    let ctl = ctl.unwrap_or(Ctl { insecure: false, cacert: None, certfile: None, keyfile: None, keyfile_password: None, authentication: None });
    if ctl.insecure {
        settings.notes.push("`ctl.insecure` is not followed: certificates are always verified".to_owned());
    }
    if ctl.keyfile_password.is_some() {
        settings.notes.push("`ctl.keyfile` has a password and is not used".to_owned());
    }
    let key = ctl.keyfile.filter(|_| ctl.keyfile_password.is_none());
    // Patroni takes a certificate without a key file when both are in one file
    let key = key.or_else(|| ctl.certfile.clone().filter(|_| ctl.keyfile_password.is_none()));
    settings.rest_tls = Files { ca: ctl.cacert, cert: ctl.certfile.filter(|_| key.is_some()), key };
    let Some(api) = api else {
        if ctl.authentication.is_some() {
            settings.notes.push("`ctl.authentication` is not used: reading needs none".to_owned());
        }
        return;
    };
    let scheme = if api.certfile.is_some() { "https" } else { "http" };
    let everywhere = |address: &String| ["0.0.0.0", "[::]", "*", ":"].iter().any(|any| address.starts_with(any));
    let address = api.connect_address.or(api.listen.filter(|address| !everywhere(address)));
    settings.url = address.map(|address| format!("{scheme}://{address}"));
    if let Some(Login { username: Some(user), password: Some(_) }) = api.authentication {
        settings.rest_user = Some(user);
    }
}

fn store(etcd: Etcd, notes: &mut Vec<String>) -> Store {
    if etcd.username.is_some() {
        notes.push("the store wants a login, which is not supported yet".to_owned());
    }
    if etcd.srv.is_some() {
        notes.push("`etcd.srv` is not looked up; name the members with `hosts`".to_owned());
    }
    let mut hosts: Vec<String> = match etcd.hosts {
        Some(Hosts::List(list)) => list,
        Some(Hosts::Text(text)) => text.split(',').map(|host| host.trim().trim_matches(['\'', '"']).to_owned()).collect(),
        None => Vec::new(),
    };
    hosts.extend([etcd.host, etcd.url, etcd.proxy].into_iter().flatten());
    let scheme = etcd.protocol.unwrap_or_else(|| "http".to_owned());
    let urls = hosts.iter().map(|host| host.trim()).filter(|host| !host.is_empty()).map(|host| url(&scheme, host));
    Store::Etcd { urls: urls.collect(), tls: Files { ca: etcd.cacert, cert: etcd.cert, key: etcd.key } }
}

/// `host`, `host:port` or a URL, as a URL with a port and without a path.
fn url(scheme: &str, host: &str) -> String {
    let (scheme, rest) = host.split_once("://").unwrap_or((scheme, host));
    let authority = rest.split('/').next().unwrap_or(rest);
    let after_bracket = authority.rsplit(']').next().unwrap_or(authority);
    if after_bracket.contains(':') { format!("{scheme}://{authority}") } else { format!("{scheme}://{authority}:{ETCD_PORT}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn etcd(text: &str) -> Vec<String> {
        match read(text).expect("read").store {
            Store::Etcd { urls, .. } => urls,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn every_way_to_name_the_members_of_the_store() {
        for text in [
            "etcd3:\n  hosts: [a:2379, 'b:2379']\n",
            "etcd3:\n  hosts: a:2379, b:2379\n",
            "etcd3:\n  hosts:\n  - a:2379\n  - b\n",
            "etcd:\n  hosts: \"'a:2379','b:2379'\"\n",
        ] {
            assert_eq!(etcd(text), ["http://a:2379", "http://b:2379"], "{text}");
        }
        assert_eq!(etcd("etcd: {host: '[::1]'}"), ["http://[::1]:2379"]);
        assert_eq!(etcd("etcd3: {host: a:2380, protocol: https, cacert: /ca}"), ["https://a:2380"]);
        assert_eq!(etcd("etcd: {url: 'https://a:2379/v2'}"), ["https://a:2379"]);
    }

    #[test]
    fn a_node_tells_its_own_address_and_keeps_its_passwords() {
        let text = "scope: lab\nname: pg1\nnamespace: /db/\nrestapi:\n  listen: 0.0.0.0:8008\n  connect_address: 10.0.0.1:8008\n  certfile: /c\n  \
                    authentication: {username: ops, password: canary}\nctl: {cacert: /ca, certfile: /cert, insecure: on}\netcd3: {host: a}\n\
                    postgresql: {authentication: {superuser: {username: postgres, password: canary}}}\n";
        let settings = read(text).expect("read");
        assert_eq!((settings.scope.as_deref(), settings.member.as_deref(), settings.line), (Some("lab"), Some("pg1"), 1));
        assert_eq!((settings.url.as_deref(), settings.rest_user.as_deref()), (Some("https://10.0.0.1:8008"), Some("ops")));
        assert_eq!(settings.rest_tls, Files { ca: Some("/ca".into()), cert: Some("/cert".into()), key: Some("/cert".into()) });
        assert!(settings.notes.iter().any(|note| note.contains("always verified")));
        assert!(!format!("{settings:?}").contains("canary"));
    }

    #[test]
    fn what_cannot_be_read_is_said_without_quoting() {
        for text in ["etcd3: [", "scope: [canary]\n", "etcd3: {hosts: {canary: 1}}", "password: 'canary", "- canary"] {
            let error = read(text).expect_err(text);
            assert!(!error.contains("canary"), "{error}");
        }
        assert_eq!(read("scope: x\nconsul: {host: c}\n").expect("read").store, Store::Other("consul"));
        assert_eq!(read("scope: x\n").expect("read").store, Store::Unnamed);
        assert!(read("").is_ok_and(|settings| settings.scope.is_none()) || read("").is_err());
    }
}
