//! `balancers`: every backend of every HAProxy with its servers.

use super::ViewDef;
use super::members::{self, Detail};
use crate::systems::haproxy::{self, BalancerSnapshot, Haproxy};

pub(super) const VIEW: ViewDef = ViewDef {
    name: "balancers",
    doc: "Every backend of every HAProxy with its servers: who takes sessions, checks, queues",
    argument: None,
    page: |observed, pick| members::page::<Haproxy>(observed, pick, "Balancers", &SERVERS),
};

const SERVERS: Detail<BalancerSnapshot> = Detail {
    key: "servers",
    title: "SERVERS",
    endpoint: "BALANCER",
    columns: haproxy::present::SERVER_COLUMNS,
    when_empty: "no HAProxy is configured, or none has a backend",
    rows: |view| Ok(haproxy::present::server_rows(view)),
};
