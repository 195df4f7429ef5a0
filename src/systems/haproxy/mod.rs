//! `HAProxy`: which server takes writes, which take reads, what waits. 2.6 to 3.2, read through the runtime socket or the statistics page.
//!
//! A listener that is OPEN says nothing of health; the backend's own row and the number of servers that take sessions do. It must never send a
//! command that is not on the list of those that only show.

mod action;
pub mod client;
pub mod present;
mod rules;
pub mod sessions;
pub mod snapshot;
pub mod standing;
pub mod wire;

use super::contract::{Field, Form, Rule, System, Tier, Trend, View, Wiring};
use super::first_seen::FirstSeen;
use super::view::{Cell, Column};
use crate::config::EndpointSpec;
use crate::engine::StepKind;
use crate::model::{Origin, Reading};
use crate::transport::http::{HttpReader, Login};
use crate::transport::{ProbeError, Trouble};
use client::Page;

pub use client::BalancerClient;
pub use snapshot::BalancerSnapshot;

/// The system.
#[derive(Debug)]
pub struct Haproxy;

impl System for Haproxy {
    const NAME: &'static str = "haproxy";
    const TITLE: &'static str = "HAProxy";
    const FIELDS: &'static [Field] = &[
        Field {
            key: "stats",
            form: Form::Url,
            required: false,
            doc: "The statistics page, with its path; `;csv` is added where it is missing. This or `socket` has to be set",
            example: "http://10.0.0.31:7000/;csv",
        },
        Field {
            key: "socket",
            form: Form::Path,
            required: false,
            doc: "The runtime socket on this host; asked first when both are set, and it alone tells of the process",
            example: "/run/haproxy/admin.sock",
        },
        Field {
            key: "write_backend",
            form: Form::Text,
            required: false,
            doc: "The backend in which exactly one server has to be up",
            example: "postgres_write",
        },
        Field {
            key: "write_address",
            form: Form::Address,
            required: false,
            doc: "Where clients of `write_backend` connect, as poolers have it; needed where that is not the host of `stats`",
            example: "10.0.0.30:5432",
        },
        Field {
            key: "read_backend",
            form: Form::Text,
            required: false,
            doc: "The backend in which at least one server has to be up",
            example: "postgres_read",
        },
    ];

    type Client = BalancerClient;
    type Snapshot = BalancerSnapshot;

    fn connect(endpoint: &EndpointSpec, wiring: &Wiring) -> Result<Self::Client, ProbeError> {
        let asked = endpoint.id.to_string();
        let socket = endpoint.body.text("socket").map(str::to_owned);
        let page = endpoint.body.text("stats").map(|url| page(url, endpoint, wiring)).transpose()?;
        if socket.is_none() && page.is_none() {
            return Err(ProbeError::new(Trouble::NoAddress, asked, "one of `stats` and `socket` has to be set"));
        }
        Ok(BalancerClient {
            socket,
            page,
            clock: wiring.clock.clone(),
            deadline: wiring.deadline,
            queued: FirstSeen::default(),
            process: Reading::not_asked(),
            socket_trouble: None,
        })
    }

    async fn prepare(client: &mut Self::Client) -> Result<(), ProbeError> {
        client.prepare().await
    }

    async fn probe(client: &mut Self::Client, tier: Tier) -> Result<Self::Snapshot, ProbeError> {
        client.probe(tier).await
    }

    fn rules() -> &'static [Rule<Self::Snapshot>] {
        rules::ALL
    }

    fn columns() -> &'static [Column] {
        present::COLUMNS
    }

    fn present(view: &View<'_, Self::Snapshot>) -> Vec<Cell> {
        present::cells(view)
    }

    fn trends(view: &View<'_, Self::Snapshot>) -> Vec<Trend> {
        present::trends(view)
    }

    fn kinds() -> &'static [StepKind] {
        action::KINDS
    }

    fn privileges() -> &'static str {
        include_str!("privileges.txt")
    }
}

/// Splits the address of the page into scheme with host, and path.
fn page(url: &str, endpoint: &EndpointSpec, wiring: &Wiring) -> Result<Page, ProbeError> {
    let wrong = || ProbeError::new(Trouble::NoAddress, endpoint.id.to_string(), "`stats` has to be http://HOST:PORT/PATH");
    let (scheme, rest) = url.split_once("://").filter(|(scheme, _)| matches!(*scheme, "http" | "https")).ok_or_else(wrong)?;
    let (host, path) = rest.find('/').and_then(|at| rest.split_at_checked(at)).unwrap_or((rest, "/"));
    if host.is_empty() {
        return Err(wrong());
    }
    let path = if path.contains(";csv") { path.to_owned() } else { format!("{path};csv") };
    // what a server told us of is contacted without credentials
    let credential = endpoint.read.as_ref().filter(|_| endpoint.origin == Origin::Configured);
    let login = credential.map(|credential| Login { user: credential.user.clone(), password: credential.password.clone() });
    let tls = endpoint.tls.clone().unwrap_or_default();
    // where the socket is asked first, each way has half of the time
    let deadline = if endpoint.body.text("socket").is_some() { wiring.deadline / 2 } else { wiring.deadline };
    Ok(Page { reader: HttpReader::new(&format!("{scheme}://{host}"), login, tls, deadline).told_by(endpoint.origin), path })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Body, BodyValue};
    use crate::model::{Clock, EndpointId, Via};
    use std::time::Duration;

    fn connect(values: &[(&str, &str)]) -> Result<BalancerClient, ProbeError> {
        let endpoint = EndpointSpec {
            id: EndpointId { cluster: "c".into(), system: "haproxy".into(), name: "ha1".into() },
            origin: Origin::Configured,
            zone: None,
            via: Via::Direct,
            read: None,
            write: None,
            tls: None,
            body: Body::new(values.iter().map(|(key, value)| ((*key).to_owned(), BodyValue::Text((*value).to_owned())))),
        };
        Haproxy::connect(&endpoint, &Wiring::alone(&Clock::real(), Duration::from_secs(1)))
    }

    #[test]
    fn the_address_of_the_page_is_taken_apart() {
        for (url, base, path) in [
            ("http://h:7000/;csv", "http://h:7000", "/;csv"),
            ("http://h:7000", "http://h:7000", "/;csv"),
            ("https://h/haproxy/stats", "https://h", "/haproxy/stats;csv"),
            ("http://[::1]:7000/;csv;norefresh", "http://[::1]:7000", "/;csv;norefresh"),
        ] {
            let page = connect(&[("stats", url)]).expect(url).page.expect("page");
            assert_eq!((page.reader.base(), page.path.as_str()), (base, path), "{url}");
        }
    }

    #[test]
    fn one_way_at_least_has_to_be_named() {
        assert!(connect(&[("socket", "/run/haproxy.sock")]).is_ok());
        for values in [&[][..], &[("write_backend", "w")], &[("stats", "h:7000")], &[("stats", "http:///;csv")], &[("stats", "ftp://h/")]] {
            assert_eq!(connect(values).map(|_| ()).expect_err("refused").trouble, Trouble::NoAddress, "{values:?}");
        }
    }
}
