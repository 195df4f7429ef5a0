//! The members of a cluster as its store tells them. Their addresses are data from outside: vetted, and asked without credentials.

use super::{Proposal, Store, endpoint, identifier};
use crate::config::{Body, ClusterSpec, EndpointSpec};
use crate::fleet::discovery::contactable;
use crate::model::{Clock, EndpointId, Origin};
use crate::systems::contract::Kv;
use crate::systems::etcd::kv::Hosts;
use crate::systems::patroni::dcs;
use crate::transport::{ProbeError, Trouble};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// Scope, then member and the base of its REST API.
pub type Members = BTreeMap<String, Vec<(String, String)>>;

/// The members below `namespace`, of one scope or of all; and what was left out, in sentences.
///
/// # Errors
/// The store could not be read, or has no such scope.
pub async fn through(kv: &mut dyn Kv, namespace: &str, scope: Option<&str>, notes: &mut Vec<String>) -> Result<Members, ProbeError> {
    let scopes = match scope {
        Some(scope) => BTreeMap::from([(scope.to_owned(), dcs::scope(kv, namespace, scope).await?)]),
        None => dcs::scopes(kv, namespace).await?,
    };
    let mut members = Members::new();
    for (scope, told) in scopes {
        let mut good = Vec::new();
        for (name, entry) in told.members {
            let url = match &entry {
                Ok(entry) => entry.api_url.as_deref().ok_or("it announces no REST API"),
                Err(_) => Err("its entry is not understood"),
            };
            match url.and_then(contactable) {
                Ok(base) => good.push((name, base)),
                Err(why) => notes.push(format!("member {name} of {scope} is not asked: {why}")),
            }
        }
        members.insert(scope, good);
    }
    Ok(members)
}

/// The clusters of one proposal, and what a person should know of them. Its store has `limit` to tell.
pub(super) async fn of(proposal: Proposal, clock: &Clock, limit: Duration) -> (Vec<ClusterSpec>, Vec<String>) {
    let mut notes = Vec::new();
    let told = match &proposal.store {
        Some(store) => ask(store, proposal.scope.as_deref(), clock, limit, &mut notes).await,
        None => None,
    };
    let Some(told) = told.filter(|told| !told.is_empty()) else {
        let scope = proposal.scope.clone().unwrap_or_else(|| proposal.fallback.clone());
        return (vec![cluster(&proposal, &scope, &[])], notes);
    };
    (told.iter().map(|(scope, members)| cluster(&proposal, scope, members)).collect(), notes)
}

async fn ask(store: &Store, scope: Option<&str>, clock: &Clock, limit: Duration, notes: &mut Vec<String>) -> Option<Members> {
    let mut hosts = Hosts::new(&store.urls, &store.tls, clock.clone(), limit);
    let late = || Err(ProbeError::new(Trouble::AnswerTimeout, store.urls.join(", "), format!("{} ms were left to ask it", limit.as_millis())));
    match clock.timeout(limit, through(&mut hosts, &store.namespace, scope, notes)).await.unwrap_or_else(late) {
        Ok(members) => Some(members),
        Err(error) => {
            notes.push(format!("members could not be read through etcd: {error}"));
            None
        }
    }
}

fn cluster(proposal: &Proposal, scope: &str, members: &[(String, String)]) -> ClusterSpec {
    let name = identifier(scope);
    let mut spec = ClusterSpec::named(&name, &proposal.found_in);
    // the group of a Citus cluster follows the scope that the members know
    scope.split('/').next().unwrap_or(scope).clone_into(&mut spec.scope);
    let mut endpoints: Vec<EndpointSpec> = proposal.endpoints.clone();
    for (member, url) in members {
        let known =
            |other: &EndpointSpec| other.id.system == "patroni" && (other.id.name == identifier(member) || other.body.text("url") == Some(url));
        if !endpoints.iter().any(known) {
            let tls = proposal.member_tls.clone();
            endpoints.push(EndpointSpec { origin: Origin::Discovered, tls, ..endpoint(&name, "patroni", member, Body::one("url", url)) });
        }
    }
    let owned = endpoints.into_iter().map(|endpoint| {
        let id = EndpointId { cluster: name.clone(), ..endpoint.id };
        Arc::new(EndpointSpec { id, ..endpoint })
    });
    spec.endpoints = owned.collect();
    spec
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::TlsOptions;
    use std::future::Future;
    use std::pin::Pin;

    type Pairs = Vec<(String, Vec<u8>)>;

    struct Fixed(Vec<(&'static str, String)>);

    impl Kv for Fixed {
        fn below<'a>(&'a mut self, prefix: &'a str) -> Pin<Box<dyn Future<Output = Result<Pairs, ProbeError>> + Send + 'a>> {
            let pairs = self.0.iter().filter(|(key, _)| key.starts_with(prefix)).map(|(key, value)| ((*key).to_owned(), value.clone().into_bytes()));
            let pairs = pairs.collect();
            Box::pin(async move { Ok(pairs) })
        }
    }

    fn member(url: &str) -> String {
        format!("{{\"conn_url\":\"postgres://x\",\"api_url\":\"{url}\",\"state\":\"running\",\"role\":\"replica\"}}")
    }

    #[tokio::test]
    async fn a_store_tells_of_many_clusters_and_a_lying_member_is_left_out() {
        let mut kv = Fixed(vec![
            ("/service/lab/members/pg1", member("http://10.0.0.1:8008/patroni")),
            ("/service/lab/members/pg2", member("http://169.254.169.254/latest")),
            ("/service/shop/0/members/w", member("https://10.0.0.9:8008/patroni")),
        ]);
        let mut notes = Vec::new();
        let told = through(&mut kv, "/service/", None, &mut notes).await.expect("told");
        assert_eq!(told["lab"], [("pg1".to_owned(), "http://10.0.0.1:8008".to_owned())]);
        assert!(notes.len() == 1 && notes[0].contains("pg2") && notes[0].contains("link-local"), "{notes:?}");
        let store = Store { urls: vec!["http://10.0.0.5:2379".to_owned()], tls: TlsOptions::default(), namespace: "/service/".to_owned() };
        let proposal = super::super::etcdctl::of_store(store, "ETCDCTL_ENDPOINTS");
        let shop = cluster(&proposal, "shop/0", &told["shop/0"]);
        assert_eq!((shop.name.as_str(), shop.scope.as_str(), shop.endpoints.len()), ("shop-0", "shop", 2));
        let patroni = shop.of("patroni").next().expect("member");
        assert_eq!((patroni.origin, patroni.read.is_none(), patroni.write.is_none()), (Origin::Discovered, true, true));
        assert_eq!(patroni.id.cluster, "shop-0");
    }

    #[tokio::test]
    async fn a_scope_that_the_store_does_not_have_is_an_error() {
        let error = through(&mut Fixed(Vec::new()), "/service/", Some("lab"), &mut Vec::new()).await.expect_err("missing");
        assert!(error.to_string().contains("/service/lab/"), "{error}");
    }
}
