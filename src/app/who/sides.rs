//! What each endpoint answered about its connections, and addresses in a form that two programs agree about.

use crate::model::{EndpointId, Gap, Moment};
use crate::systems::haproxy::sessions::Session as Balanced;
use crate::systems::pgbouncer::sessions::Session as Pooled;
use crate::systems::postgres::snapshot::sessions::Session as Backend;
use crate::text::Untrusted;
use std::net::IpAddr;

/// One end of a TCP connection. An IPv4 address in the clothes of IPv6 is the IPv4 address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    pub host: IpAddr,
    pub port: u16,
}

impl Place {
    /// From the two columns of `PostgreSQL` or `PgBouncer`; `None` for a unix socket and for what was hidden.
    #[must_use]
    pub fn of(host: Option<&Untrusted>, port: Option<u16>) -> Option<Place> {
        let host: IpAddr = host?.raw().trim_start_matches('[').trim_end_matches(']').parse().ok()?;
        Some(Place { host: host.to_canonical(), port: port.filter(|port| *port != 0)? })
    }

    /// From `HOST:PORT`, IPv6 with or without brackets; `None` for `unix:1` and names of hosts.
    #[must_use]
    pub fn parse(text: &str) -> Option<Place> {
        let (host, port) = text.rsplit_once(':')?;
        Place::of(Some(&host.into()), port.parse().ok())
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::net::SocketAddr::new(self.host, self.port).fmt(f)
    }
}

/// The process that is asked about.
#[derive(Clone, Debug, PartialEq)]
pub struct ServerSide {
    pub endpoint: EndpointId,
    /// Where the server listens, as configured.
    pub listens: Option<Place>,
    pub session: Backend,
    pub taken_at: Moment,
    /// Names of all servers of the cluster: how a balancer may call them.
    pub all: Vec<String>,
    /// Whether every server of the cluster answered and no other one has this pid.
    pub alone: bool,
}

impl ServerSide {
    /// Its client, as the server sees it.
    #[must_use]
    pub fn client(&self) -> Option<Place> {
        let port = self.session.client_port.and_then(|port| u16::try_from(port).ok());
        Place::of(self.session.client_addr.as_ref(), port)
    }
}

/// One pooler: servers before and after its clients, so that a link that moved on meanwhile is seen.
#[derive(Clone, Debug, PartialEq)]
pub struct PoolerSide {
    pub endpoint: EndpointId,
    pub taken_at: Moment,
    pub told: Result<Connections, Gap>,
}

/// Three answers of one session with the console, in this order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Connections {
    pub before: Vec<Pooled>,
    pub clients: Vec<Pooled>,
    pub after: Vec<Pooled>,
}

/// One balancer.
#[derive(Clone, Debug, PartialEq)]
pub struct BalancerSide {
    pub endpoint: EndpointId,
    pub taken_at: Moment,
    pub told: Result<Vec<Balanced>, Gap>,
    /// Whether `told` is of the long form, with the balancer's own addresses.
    pub whole: bool,
}

/// The pooler's own end of a connection.
#[must_use]
pub fn local(session: &Pooled) -> Option<Place> {
    Place::of(session.local_address.as_ref(), session.local_port.and_then(|port| u16::try_from(port).ok()))
}

/// The other end of a connection of a pooler.
#[must_use]
pub fn remote(session: &Pooled) -> Option<Place> {
    Place::of(session.address.as_ref(), session.port.and_then(|port| u16::try_from(port).ok()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_the_same_in_every_form() {
        let place = Place::parse("127.0.0.1:53640");
        assert_eq!(place, Place::of(Some(&"::ffff:127.0.0.1".into()), Some(53_640)));
        assert_eq!(Place::parse("::1:5432"), Place::parse("[::1]:5432"));
        assert_eq!(Place::parse("::1:5432").map(|place| place.to_string()), Some("[::1]:5432".to_owned()));
        for none in ["unix:1", "db.example:5432", "127.0.0.1", "127.0.0.1:0", "127.0.0.1:70000", ""] {
            assert_eq!(Place::parse(none), None, "{none}");
        }
        assert_eq!(Place::of(Some(&"unix".into()), Some(6_432)), None);
    }
}
