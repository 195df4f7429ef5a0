//! Patroni's store on the real lab: the members that etcd names are those of the configuration, by one host and by several of which some are dead.

use crate::support::lab::Lab;
use opsctl::app::TimeLimit;
use opsctl::app::load::{self, Wanted};
use opsctl::model::{Clock, TlsOptions};
use opsctl::systems::contract::{System, Wiring};
use opsctl::systems::etcd::{Etcd, Hosts};
use opsctl::systems::patroni::dcs;
use std::collections::BTreeSet;
use std::time::Duration;

const DEADLINE: Duration = Duration::from_secs(2);

#[tokio::test]
async fn the_members_are_found_through_etcd() {
    let Some(lab) = Lab::shared("lab_store::the_members_are_found_through_etcd") else { return };
    let limit = TimeLimit::start(&Clock::real(), DEADLINE);
    let loaded = load::load(&Wanted { config: Some(lab.config.clone()), ..Wanted::default() }, &limit).await.expect("the configuration of the lab");
    let cluster = loaded.inventory.clusters.first().expect("a cluster");
    let configured: BTreeSet<&str> = cluster.of("patroni").map(|endpoint| endpoint.id.name.as_str()).collect();
    let etcd = cluster.of("etcd").next().expect("a member of etcd");

    let mut one = Etcd::connect(etcd, &Wiring::alone(&Clock::real(), DEADLINE)).expect("a client");
    let scope = dcs::scope(&mut one, dcs::NAMESPACE, &cluster.scope).await.expect("the scope");
    assert_eq!(scope.members.keys().map(String::as_str).collect::<BTreeSet<_>>(), configured);
    let leader = scope.leader.as_deref().expect("a leader");
    let entry = scope.members[leader].as_ref().expect("the leader's entry");
    assert!(entry.lsn().is_some() && entry.timeline().is_some() && entry.api_url.is_some() && entry.conn_url.is_some(), "{entry:?}");
    let sync = scope.sync.expect("sync").expect("read");
    assert!(sync.standbys().all(|standby| configured.contains(standby)), "{sync:?}");
    let config = scope.config.expect("config").expect("read");
    assert!(config.ttl().is_some() && config.whole.contains_key("postgresql"));

    // nobody listens on the first, the second is no etcd
    let urls = ["http://127.0.0.1:1".to_owned(), entry.api_url.clone().expect("url"), etcd.body.text("url").expect("url").to_owned()];
    let mut several = Hosts::new(&urls, &TlsOptions::default(), Clock::real(), DEADLINE);
    let scopes = dcs::scopes(&mut several, dcs::NAMESPACE).await.expect("scopes");
    assert_eq!(scopes[&cluster.scope].members.len(), configured.len());
}
