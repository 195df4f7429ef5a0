//! Asks all that could know a process, at once, and again while what it says moves.

use super::chain::{Chain, link};
use super::sides::{BalancerSide, Connections, Place, PoolerSide, ServerSide};
use super::{Pool, Queue, Queueing, Traced, Tracer, Tracing};
use crate::config::{ClusterSpec, EndpointSpec, Inventory};
use crate::model::{Clock, Gap, Reason};
use crate::systems::contract::{System, Wiring};
use crate::systems::haproxy::Haproxy;
use crate::systems::pgbouncer::sessions::Side;
use crate::systems::pgbouncer::{Pgbouncer, PoolerClient};
use crate::systems::postgres::Postgres;
use crate::systems::postgres::snapshot::sessions::Session;
use crate::transport::{ProbeError, Trouble};
use futures_util::future::join_all;
use std::sync::Arc;
use std::time::Duration;

/// A link that moves on is looked at so often.
const TRIES: usize = 4;

/// Traces by asking the configured endpoints, with their read credentials.
#[derive(Clone, Debug)]
pub struct Inquiry {
    clusters: Vec<Arc<ClusterSpec>>,
    wiring: Wiring,
}

impl Inquiry {
    /// `deadline` bounds each endpoint on its own.
    #[must_use]
    pub fn new(inventory: &Inventory, clock: &Clock, deadline: Duration) -> Self {
        Inquiry { clusters: inventory.clusters.clone(), wiring: Wiring::alone(clock, deadline) }
    }

    async fn within<T>(&self, asked: &str, work: impl Future<Output = Result<T, ProbeError>>) -> Result<T, ProbeError> {
        let late = || Err(ProbeError::new(Trouble::AnswerTimeout, asked, ""));
        self.wiring.clock.timeout(self.wiring.deadline, work).await.unwrap_or_else(late)
    }

    async fn session(&self, spec: &EndpointSpec, pid: i32) -> Result<Option<Session>, ProbeError> {
        let Ok(pid) = u32::try_from(pid) else { return Ok(None) };
        let work = Box::pin(async { Postgres::connect(spec, &self.wiring)?.session(pid).await });
        self.within(&spec.id.to_string(), work).await
    }

    async fn connections(&self, spec: &EndpointSpec, console: &mut Option<PoolerClient>) -> Result<Connections, ProbeError> {
        let work = Box::pin(async {
            if console.is_none() {
                *console = Some(Pgbouncer::connect(spec, &self.wiring)?);
            }
            let Some(console) = console.as_mut() else { return Ok(Connections::default()) };
            let before = console.sessions(Side::Servers).await?;
            let clients = console.sessions(Side::Clients).await?;
            Ok(Connections { before, clients, after: console.sessions(Side::Servers).await? })
        });
        self.within(&spec.id.to_string(), work).await
    }

    async fn balanced(&self, spec: &EndpointSpec, whole: bool) -> BalancerSide {
        let told = self.within(&spec.id.to_string(), async { Haproxy::connect(spec, &self.wiring)?.sessions(whole).await }).await;
        let told = told.map_err(|error| gap("sessions", spec, &error));
        BalancerSide { endpoint: spec.id.clone(), taken_at: self.wiring.clock.now(), told, whole }
    }

    async fn find(&self, cluster: &ClusterSpec, member: Option<&str>, pid: i32) -> Traced {
        let specs: Vec<&Arc<EndpointSpec>> = cluster.of(Postgres::NAME).filter(|spec| member.is_none_or(|name| spec.id.name == name)).collect();
        if specs.is_empty() {
            let why = Reason::NotConfigured("no endpoint of postgres tells of its sessions".to_owned());
            return Traced::Nowhere { unread: vec![Gap::new(format!("sessions of {}", member.unwrap_or(&cluster.name)), why)] };
        }
        let told = join_all(specs.iter().map(|spec| self.session(spec, pid))).await;
        let mut found = Vec::new();
        let mut unread = Vec::new();
        for (spec, told) in specs.iter().zip(told) {
            match told {
                Ok(Some(session)) => found.push((Arc::clone(spec), session)),
                Ok(None) => {}
                Err(error) => unread.push(gap("sessions", spec, &error)),
            }
        }
        if found.len() > 1 {
            return Traced::Several(found.into_iter().map(|(spec, _)| spec.id.name.clone()).collect());
        }
        let Some((spec, session)) = found.pop() else { return Traced::Nowhere { unread } };
        let server = ServerSide {
            endpoint: spec.id.clone(),
            listens: spec.body.text("address").and_then(Place::parse),
            session,
            taken_at: self.wiring.clock.now(),
            all: cluster.of(Postgres::NAME).map(|spec| spec.id.name.clone()).collect(),
            alone: member.is_none() && unread.is_empty(),
        };
        Traced::Chain(Box::pin(self.follow(cluster, server)).await)
    }

    async fn follow(&self, cluster: &ClusterSpec, mut server: ServerSide) -> Chain {
        let poolers: Vec<&Arc<EndpointSpec>> = cluster.of(Pgbouncer::NAME).collect();
        let balancers: Vec<&Arc<EndpointSpec>> = cluster.of(Haproxy::NAME).collect();
        let mut consoles: Vec<Option<PoolerClient>> = poolers.iter().map(|_| None).collect();
        let mut whole = false;
        let mut tries = 0;
        loop {
            tries += 1;
            let asked = poolers.iter().zip(consoles.iter_mut()).map(|(spec, console)| async move {
                let told = self.connections(spec, console).await.map_err(|error| gap("connections", spec, &error));
                PoolerSide { endpoint: spec.id.clone(), taken_at: self.wiring.clock.now(), told }
            });
            let (poolers_told, balancers_told) = tokio::join!(join_all(asked), join_all(balancers.iter().map(|spec| self.balanced(spec, whole))));
            let mut chain = link(&server, &poolers_told, &balancers_told);
            if chain.wants_whole && !whole {
                whole = true;
                let told = join_all(balancers.iter().map(|spec| self.balanced(spec, true))).await;
                chain = link(&server, &poolers_told, &told);
            }
            if !chain.moved || tries >= TRIES {
                return chain;
            }
            // a process that ended and one of the same number that began are two
            let spec = cluster.of(Postgres::NAME).find(|spec| spec.id == server.endpoint);
            if let Some(spec) = spec
                && let Ok(Some(session)) = self.session(spec, server.session.pid).await
                && session.backend_start == server.session.backend_start
            {
                server.session = session;
                server.taken_at = self.wiring.clock.now();
            }
        }
    }
}

impl Tracer for Inquiry {
    fn trace<'a>(&'a self, cluster: &'a str, member: Option<&'a str>, pid: i32) -> Tracing<'a> {
        Box::pin(async move {
            let Some(spec) = self.clusters.iter().find(|spec| spec.name == cluster) else {
                let why = Reason::NotConfigured("there is no such cluster".to_owned());
                return Traced::Nowhere { unread: vec![Gap::new(format!("cluster {cluster}"), why)] };
            };
            self.find(spec, member, pid).await
        })
    }

    fn waiting<'a>(&'a self, cluster: &'a str, pooler: &'a str, pool: Option<&'a Pool>) -> Queueing<'a> {
        Box::pin(async move {
            let cluster = self.clusters.iter().find(|spec| spec.name == cluster);
            let spec = cluster.and_then(|cluster| cluster.of(Pgbouncer::NAME).find(|spec| spec.id.name == pooler));
            let why = || Reason::NotConfigured("no pooler of this name is configured".to_owned());
            let spec = spec.ok_or_else(|| Gap::new(format!("clients of {pooler}"), why()))?;
            let asked = Box::pin(async { Pgbouncer::connect(spec, &self.wiring)?.sessions(Side::Clients).await });
            let clients = self.within(&spec.id.to_string(), asked).await.map_err(|error| gap("clients", spec, &error))?;
            Ok(Queue::of(&spec.id, clients, pool, self.wiring.clock.now()))
        })
    }
}

fn gap(what: &str, spec: &EndpointSpec, error: &ProbeError) -> Gap {
    Gap::new(format!("{what} of {} {}", spec.id.system, spec.id.name), error.reason())
}
