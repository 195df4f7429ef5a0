//! A Patroni cluster read from its store, through a [`Kv`]: for finding the members when only the store and a scope are known, as a patronictl.yaml
//! does. Addresses found here are data from outside, and are asked like any other member before anything is believed.
//!
//! Keys: `/NAMESPACE/SCOPE/members/NAME`, `leader`, `config`, `sync`, `failover`, `status`, `history`; with Citus a group number follows the scope.
//! <https://github.com/patroni/patroni/blob/master/patroni/dcs/__init__.py>

use super::dynamic::Dynamic;
use super::strict::{Strict, StrictMap};
use super::words::{Role, State};
use crate::model::{Lsn, Timeline};
use crate::systems::contract::Kv;
use crate::transport::http::decode;
use crate::transport::{ProbeError, Trouble};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Patroni's default namespace.
pub const NAMESPACE: &str = "/service/";

/// One cluster as its store has it. A value that is not understood is kept as its error: the rest is still worth reading.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scope {
    pub members: BTreeMap<String, Result<Entry, ProbeError>>,
    /// Name of the member that holds the leader lock.
    pub leader: Option<String>,
    pub config: Option<Result<Dynamic, ProbeError>>,
    pub sync: Option<Result<Sync, ProbeError>>,
    /// A manual failover or a switchover that waits.
    pub failover: Option<Result<serde_json::Value, ProbeError>>,
    /// Position of the leader and of its slots.
    pub status: Option<Result<serde_json::Value, ProbeError>>,
    pub history: Option<Result<serde_json::Value, ProbeError>>,
    /// The system identifier of the data that the cluster was begun with; empty while nobody has begun it.
    pub initialize: Option<String>,
}

/// What a member wrote about itself. It lives as long as the member's lease.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// How clients reach `PostgreSQL`: `postgres://10.0.0.1:5432/postgres`.
    pub conn_url: Option<String>,
    /// `http://10.0.0.1:8008/patroni`
    pub api_url: Option<String>,
    pub state: Option<State>,
    pub role: Option<Role>,
    pub xlog_location: Option<Position>,
    pub timeline: Option<u32>,
    pub version: Option<String>,
}

/// A position in the WAL as a number of bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Position(pub u64);

impl Entry {
    #[must_use]
    pub fn lsn(&self) -> Option<Lsn> {
        self.xlog_location.map(|position| Lsn(position.0))
    }

    #[must_use]
    pub fn timeline(&self) -> Option<Timeline> {
        self.timeline.map(Timeline)
    }
}

/// Who may be promoted without loss: the value of `sync`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sync {
    pub leader: Option<String>,
    /// Names, separated by commas.
    pub sync_standby: Option<String>,
    pub quorum: Option<u32>,
}

impl Sync {
    pub fn standbys(&self) -> impl Iterator<Item = &str> {
        self.sync_standby.as_deref().unwrap_or("").split(',').map(str::trim).filter(|name| !name.is_empty())
    }
}

/// Every cluster below `namespace`, by its scope; `scope/GROUP` for the groups of a Citus cluster.
///
/// # Errors
/// The store could not be read. A value that is not understood is an error inside its cluster.
pub async fn scopes(kv: &mut dyn Kv, namespace: &str) -> Result<BTreeMap<String, Scope>, ProbeError> {
    let prefix = format!("/{}/", namespace.trim_matches('/'));
    let pairs = kv.below(&prefix).await?;
    Ok(gather(&prefix, &pairs))
}

/// One cluster.
///
/// # Errors
/// The store could not be read, or holds no such scope.
pub async fn scope(kv: &mut dyn Kv, namespace: &str, name: &str) -> Result<Scope, ProbeError> {
    let prefix = format!("/{}/", namespace.trim_matches('/'));
    let below = format!("{prefix}{name}/");
    let pairs = kv.below(&below).await?;
    gather(&prefix, &pairs).remove(name).ok_or_else(|| ProbeError::new(Trouble::WrongServer, below, "the store has no cluster of this scope"))
}

/// Sorts keys into clusters. Keys of another form belong to somebody else and are left out.
#[must_use]
pub fn gather(prefix: &str, pairs: &[(String, Vec<u8>)]) -> BTreeMap<String, Scope> {
    let mut scopes: BTreeMap<String, Scope> = BTreeMap::new();
    for (key, value) in pairs {
        let Some(rest) = key.strip_prefix(prefix) else { continue };
        let parts: Vec<&str> = rest.split('/').collect();
        let (scope, tail) = match parts.as_slice() {
            [scope, group, tail @ ..] if is_group(group) => (format!("{scope}/{group}"), tail),
            [scope, tail @ ..] => ((*scope).to_owned(), tail),
            [] => continue,
        };
        let known = ["members", "leader", "config", "sync", "failover", "status", "history", "initialize", "failsafe", "optime"];
        if tail.first().is_some_and(|first| known.contains(first)) {
            place(scopes.entry(scope).or_default(), tail, key, value);
        }
    }
    scopes
}

fn is_group(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn place(scope: &mut Scope, tail: &[&str], key: &str, value: &[u8]) {
    let json = || decode::<Strict>(value, key).map(|strict| strict.0);
    match tail {
        ["members", name] => {
            scope.members.insert((*name).to_owned(), decode(value, key));
        }
        ["leader"] => scope.leader = Some(String::from_utf8_lossy(value).into_owned()),
        ["config"] => scope.config = Some(decode::<StrictMap>(value, key).map(Dynamic::of)),
        ["sync"] => scope.sync = Some(decode(value, key)),
        ["failover"] => scope.failover = Some(json()),
        ["status"] => scope.status = Some(json()),
        ["history"] => scope.history = Some(json()),
        ["initialize"] => scope.initialize = Some(String::from_utf8_lossy(value).trim().to_owned()),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::systems::contract::Pending;

    struct Fixed(Vec<(String, Vec<u8>)>);

    impl Kv for Fixed {
        fn below<'a>(&'a mut self, prefix: &'a str) -> Pending<'a, Vec<(String, Vec<u8>)>> {
            Box::pin(async move { Ok(self.0.iter().filter(|(key, _)| key.starts_with(prefix)).cloned().collect()) })
        }
    }

    fn store(pairs: &[(&str, &str)]) -> Fixed {
        Fixed(pairs.iter().map(|(key, value)| ((*key).to_owned(), value.as_bytes().to_vec())).collect())
    }

    const PG1: &str = r#"{"conn_url":"postgres://127.0.1.1:5432/postgres","api_url":"http://127.0.1.1:8008/patroni","state":"running","role":"primary",
        "version":"4.1.5","xlog_location":67411752,"timeline":3}"#;

    #[tokio::test]
    async fn a_cluster_is_read_with_its_members() {
        let mut kv = store(&[
            ("/service/lab/config", r#"{"ttl":20,"loop_wait":2}"#),
            ("/service/lab/leader", "pg1"),
            ("/service/lab/members/pg1", PG1),
            ("/service/lab/members/pg2", "{"),
            ("/service/lab/sync", r#"{"leader":"pg1","sync_standby":"pg2, pg3","quorum":0}"#),
            ("/service/other/leader", "x"),
        ]);
        let lab = scope(&mut kv, "service", "lab").await.expect("scope");
        assert_eq!(lab.leader.as_deref(), Some("pg1"));
        let pg1 = lab.members["pg1"].as_ref().expect("member");
        assert_eq!(pg1.api_url.as_deref(), Some("http://127.0.1.1:8008/patroni"));
        assert_eq!((pg1.lsn(), pg1.timeline(), pg1.role.clone()), (Some(Lsn(67_411_752)), Some(Timeline(3)), Some(Role::Primary)));
        assert_eq!(lab.members["pg2"].as_ref().expect_err("cut").trouble, Trouble::Truncated);
        assert_eq!(lab.sync.expect("sync").expect("read").standbys().collect::<Vec<_>>(), ["pg2", "pg3"]);
        assert_eq!(lab.config.expect("config").expect("read").loop_wait(), Some(std::time::Duration::from_secs(2)));
    }

    #[tokio::test]
    async fn every_scope_is_found_and_foreign_keys_are_left_out() {
        let mut kv = store(&[("/service/a/leader", "x"), ("/service/b/0/members/w", "{}"), ("/service/c/notes", "hello"), ("/service/", "")]);
        let found = scopes(&mut kv, NAMESPACE).await.expect("scopes");
        assert_eq!(found.keys().collect::<Vec<_>>(), ["a", "b/0"]);
    }

    #[tokio::test]
    async fn a_scope_that_is_not_there_is_an_error_that_names_it() {
        let error = scope(&mut store(&[]), "/service/", "orders").await.expect_err("missing");
        assert!(error.to_string().contains("/service/orders/"), "{error}");
    }
}
