//! Where an endpoint answers, by the keys that systems use for it.
//!
//! It must never resolve a name: two names of one host are two places here.

use crate::config::EndpointSpec;
use crate::transport::pg::split_address;

/// Where it answers, as the configuration has it.
#[must_use]
pub fn address(spec: &EndpointSpec) -> Option<&str> {
    ["address", "url", "stats", "socket"].iter().find_map(|key| spec.body.text(key))
}

/// Host and port of the address; of a URL without a port, that of its scheme.
#[must_use]
pub fn host_and_port(spec: &EndpointSpec) -> Option<(String, u16)> {
    let address = address(spec)?;
    let (usual, rest) = match address.split_once("://") {
        Some(("https", rest)) => (443, rest),
        Some((_, rest)) => (80, rest),
        None => (0, address),
    };
    let rest = if usual == 0 { rest } else { rest.split(['/', '?', '#']).next().unwrap_or_default() };
    match split_address(rest) {
        Some((host, port)) => Some((host.to_owned(), port)),
        None if usual > 0 => Some((rest.trim_matches(['[', ']']).to_owned(), usual)),
        None => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Body;
    use crate::model::{EndpointId, Origin, Via};

    #[test]
    fn a_url_an_address_and_a_socket_have_their_place() {
        let of = |key: &str, text: &str| {
            let id = EndpointId { cluster: "lab".into(), system: "postgres".into(), name: "pg1".into() };
            let body = Body::one(key, text);
            host_and_port(&EndpointSpec { id, origin: Origin::Configured, zone: None, via: Via::Direct, read: None, write: None, tls: None, body })
        };
        let at = |host: &str, port: u16| Some((host.to_owned(), port));
        assert_eq!(of("url", "http://10.0.0.1:8008/patroni"), at("10.0.0.1", 8_008));
        assert_eq!(of("url", "https://[::1]"), at("::1", 443));
        assert_eq!(of("stats", "http://hap:7000/;csv"), at("hap", 7_000));
        assert_eq!(of("address", "[::1]:5432"), at("::1", 5_432));
        assert_eq!(of("address", "/run/postgresql:5432"), at("/run/postgresql", 5_432));
        assert_eq!(of("socket", "/run/haproxy/admin.sock"), None);
    }
}
