//! Clusters without a configuration: from the files and variables of the tools that operate them already. Read only; nothing is written, and nobody is
//! contacted whom no file or variable of this machine names, but the members that their own store tells of.
//!
//! The first source that names something counts, in this order: `PATRONICTL_CONFIG_FILE`, `~/.config/patroni/patronictl.yaml`, `/etc/patroni/*.yml`; then
//! the service file and `PG*` variables, `DATABASE_URL`; then `ETCDCTL_ENDPOINTS`. Members that a store tells of are asked without credentials.

mod etcdctl;
mod libpq;
mod members;
pub mod named;
mod patroni;

use crate::config::regular;
use crate::config::{Body, ClusterSpec, Credential, EndpointSpec};
use crate::model::{Clock, EndpointId, Origin, TlsOptions, Via};
use crate::text::untrusted::is_plain;
use futures_util::future::join_all;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::Duration;

pub use members::{Members, through as members_through};

/// Largest file that is read, in bytes.
const LARGEST: u64 = 1024 * 1024;

/// Where to look: an argument, so that tests bring their own.
#[derive(Clone, Debug, Default)]
pub struct Surroundings {
    pub variables: BTreeMap<String, String>,
    pub home: Option<PathBuf>,
    /// `/etc/patroni`
    pub patroni: PathBuf,
}

impl Surroundings {
    /// Those of this process.
    #[must_use]
    pub fn standard() -> Self {
        let variables = std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
        Surroundings { variables: variables.collect(), home: etcetera::home_dir().ok(), patroni: PathBuf::from("/etc/patroni") }
    }

    fn variable(&self, name: &str) -> Option<String> {
        self.variables.get(name).filter(|value| !value.is_empty()).cloned()
    }
}

/// Something that was found: a cluster, or a store that knows clusters.
#[derive(Clone, Debug)]
pub struct Proposal {
    /// `None` where only the store knows.
    pub scope: Option<String>,
    /// What it is called when nobody tells a scope.
    pub fallback: String,
    /// `FILE:LINE`, or a variable.
    pub found_in: String,
    /// What was named here: members of Patroni, servers, members of the store.
    pub endpoints: Vec<EndpointSpec>,
    /// Who can tell more.
    pub store: Option<Store>,
    /// TLS towards the members.
    pub member_tls: Option<TlsOptions>,
}

/// An etcd that holds clusters of Patroni.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Store {
    pub urls: Vec<String>,
    pub tls: TlsOptions,
    pub namespace: String,
}

/// What was found, and what a person should know of it.
#[derive(Clone, Debug, Default)]
pub struct Found {
    pub proposals: Vec<Proposal>,
    pub notes: Vec<String>,
}

/// Looks into files and variables; contacts nobody.
#[must_use]
pub fn look(around: &Surroundings) -> Found {
    let mut found = Found::default();
    for source in [patroni::look, libpq::look, etcdctl::look] {
        source(around, &mut found);
        if !found.proposals.is_empty() {
            break;
        }
    }
    found
}

/// The clusters of what was found, with the members that their stores tell of. All stores are asked at once, none longer than `limit`.
pub async fn clusters(found: Found, clock: &Clock, limit: Duration) -> (Vec<ClusterSpec>, Vec<String>) {
    let Found { proposals, mut notes } = found;
    let mut clusters: Vec<ClusterSpec> = Vec::new();
    for (told, more) in join_all(proposals.into_iter().map(|proposal| members::of(proposal, clock, limit))).await {
        notes.extend(more);
        for cluster in told {
            // several files of one cluster, one for each member
            match clusters.iter_mut().find(|known| known.name == cluster.name) {
                Some(known) => join(known, cluster),
                None => clusters.push(cluster),
            }
        }
    }
    (clusters, notes)
}

/// What is named in a file here wins over what a store tells of the same endpoint.
fn join(known: &mut ClusterSpec, more: ClusterSpec) {
    for endpoint in more.endpoints {
        match known.endpoints.iter_mut().find(|other| other.id == endpoint.id) {
            Some(other) if other.origin == Origin::Discovered => *other = endpoint,
            Some(_) => {}
            None => known.endpoints.push(endpoint),
        }
    }
}

/// An endpoint with nothing but its address.
fn endpoint(cluster: &str, system: &str, name: &str, body: Body) -> EndpointSpec {
    EndpointSpec {
        id: EndpointId { cluster: cluster.to_owned(), system: system.to_owned(), name: identifier(name) },
        origin: Origin::Configured,
        zone: None,
        via: Via::Direct,
        read: None,
        write: None,
        tls: None,
        body,
    }
}

/// The members of a store as endpoints, named by their hosts.
fn store_endpoints(store: &Store) -> Vec<EndpointSpec> {
    let hosts: BTreeSet<&str> = store.urls.iter().map(|url| host(url)).collect();
    let name = |url: &str| if hosts.len() == store.urls.len() { host(url).to_owned() } else { authority(url).replace(':', "-") };
    let tls = (store.tls != TlsOptions::default()).then(|| store.tls.clone());
    let named = store.urls.iter().map(|url| EndpointSpec { tls: tls.clone(), ..endpoint("", "etcd", &name(url), Body::one("url", url)) });
    named.collect()
}

/// A name from outside as a name that a configuration can hold.
#[must_use]
pub(super) fn identifier(raw: &str) -> String {
    let safe = |c: char| if is_plain(c) && !c.is_whitespace() && !matches!(c, '/' | '"' | '\'' | '\\') { c } else { '-' };
    let name: String = raw.chars().take(64).map(safe).collect();
    if name.is_empty() { "unnamed".to_owned() } else { name }
}

fn authority(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split('/').next().unwrap_or(rest)
}

/// Host of a URL, without port and brackets.
pub(super) fn host(url: &str) -> &str {
    let authority = authority(url);
    let host = authority.rsplit_once(':').filter(|(_, port)| !port.contains(']')).map_or(authority, |(host, _)| host);
    host.trim_start_matches('[').trim_end_matches(']')
}

/// Text of a file; `None` if there is none.
fn text_of(path: &Path, notes: &mut Vec<String>) -> Option<String> {
    match regular::text(path, LARGEST) {
        Ok(text) => Some(text),
        Err(error) if error.kind() == Some(std::io::ErrorKind::NotFound) => None,
        Err(error) => {
            notes.push(format!("{} is left out: {error}", path.display()));
            None
        }
    }
}

fn credential(user: Option<String>, password: Option<crate::model::SecretRef>) -> Option<Credential> {
    user.map(|user| Credential { user, password })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pipe_in_the_place_of_a_file_is_left_out_and_said() {
        let folder = tempfile::tempdir().expect("folder");
        let pipe = folder.path().join("patronictl.yaml");
        rustix::fs::mknodat(rustix::fs::CWD, &pipe, rustix::fs::FileType::Fifo, rustix::fs::Mode::RWXU, 0).expect("a pipe");
        let mut notes = Vec::new();
        assert_eq!(text_of(&pipe, &mut notes), None);
        assert_eq!(notes, [format!("{} is left out: it is a pipe, not a regular file", pipe.display())]);
    }

    #[test]
    fn names_from_outside_fit_into_a_configuration() {
        assert_eq!(identifier("orders/0"), "orders-0");
        assert_eq!(identifier("\u{1b}[2J x"), "-[2J-x");
        assert_eq!(identifier(""), "unnamed");
        assert_eq!((host("http://[::1]:2379"), host("https://a"), host("http://10.0.0.1:8008/x")), ("::1", "a", "10.0.0.1"));
    }

    #[test]
    fn members_of_a_store_on_one_host_are_told_apart_by_their_ports() {
        let store =
            |urls: &[&str]| Store { urls: urls.iter().map(|url| (*url).to_owned()).collect(), tls: TlsOptions::default(), namespace: String::new() };
        let names = |urls: &[&str]| store_endpoints(&store(urls)).into_iter().map(|endpoint| endpoint.id.name).collect::<Vec<_>>();
        assert_eq!(names(&["http://10.0.0.1:2379", "http://10.0.0.2:2379"]), ["10.0.0.1", "10.0.0.2"]);
        assert_eq!(names(&["http://127.0.0.1:2379", "http://127.0.0.1:2380"]), ["127.0.0.1-2379", "127.0.0.1-2380"]);
    }
}
