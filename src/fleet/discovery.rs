//! Which of the addresses that servers name may be contacted. An address from a server is data: it could point anywhere.
//!
//! Contacted are, without credentials: the same scheme and the same class of port as an endpoint of that system in the configuration, on a host that is
//! neither link-local nor unspecified nor a metadata service. Everything else is kept as rejected and becomes a finding. What a name leads to is judged
//! when it is resolved, by [`reach`]; how long an endpoint that was let in stays is said in [`attendance`](super::attendance).

use super::revision::Rejected;
use crate::config::{Body, BodyValue, EndpointSpec};
use crate::model::{EndpointId, Origin, TlsOptions, Via};
use crate::systems::contract::Discovered;
use crate::transport::reach;
use std::borrow::Cow;
use std::net::IpAddr;

/// The verdict on one address.
#[derive(Debug)]
pub enum Vetted {
    /// An endpoint of this name and system is in the fleet, and the address agrees with it or is no reason to look elsewhere.
    Known,
    New(Box<EndpointSpec>),
    Rejected(Rejected),
}

/// Judges what `by` said about `discovered`, knowing the endpoints of its cluster.
#[must_use]
pub fn vet(by: &EndpointId, discovered: &Discovered, known: &[&EndpointSpec]) -> Vetted {
    let address = discovered.address.raw();
    let reject = |why| {
        Vetted::Rejected(Rejected {
            named_by: by.to_string(),
            name: discovered.name.clone(),
            address: discovered.address.clone(),
            why: Cow::Borrowed(why),
        })
    };
    let peers = || known.iter().filter(|spec| spec.id.system == discovered.system);
    let Some(place) = Place::of(address) else { return reject("not an address of the form scheme://host:port") };
    if let Some(why) = place.forbidden() {
        return reject(why);
    }
    let same_place = |spec: &&&EndpointSpec| spec.body.text(discovered.field).and_then(Place::of).is_some_and(|known| known == place);
    if peers().any(|spec| same_place(&spec)) {
        return Vetted::Known;
    }
    let named: Vec<&&EndpointSpec> = peers().filter(|spec| spec.id.name == discovered.name.raw()).collect();
    if let Some(spec) = named.first() {
        // a member reached by another address than it announces is common (NAT, host names): worth rejecting only when scheme or host class differ
        let ours = spec.body.text(discovered.field).and_then(Place::of);
        return match ours {
            Some(ours) if ours.scheme != place.scheme => reject("another scheme than the configured address of this member"),
            _ => Vetted::Known,
        };
    }
    let name = safe_name(discovered.name.raw());
    if peers().any(|spec| spec.id.name == name) {
        return reject("its name, made safe to show, is that of another endpoint");
    }
    let like = |spec: &&&EndpointSpec| spec.body.text(discovered.field).and_then(Place::of).is_some_and(|known| known.scheme == place.scheme);
    if !peers().any(|spec| like(&spec)) {
        return reject("another scheme than the configured endpoints");
    }
    let class =
        |spec: &&&EndpointSpec| spec.body.text(discovered.field).and_then(Place::of).is_some_and(|known| (known.port < 1024) == (place.port < 1024));
    if !peers().any(|spec| class(&spec)) {
        return reject("another class of port than the configured endpoints");
    }
    Vetted::New(Box::new(EndpointSpec {
        id: EndpointId { cluster: by.cluster.clone(), system: discovered.system.to_owned(), name },
        origin: Origin::Discovered,
        zone: None,
        via: Via::Direct,
        read: None,
        write: None,
        // whom to trust is known; who we are is not told to somebody that only a server has named
        tls: peers().find_map(|spec| spec.tls.clone()).map(|tls| TlsOptions { ca: tls.ca, ..TlsOptions::default() }),
        body: Body::one(discovered.field, &place.base()),
    }))
}

/// Whether `discovered` is this endpoint, by its address: a name says less, for the address is what a server makes us contact.
#[must_use]
pub fn is_at(discovered: &Discovered, spec: &EndpointSpec) -> bool {
    let place = Place::of(discovered.address.raw());
    spec.id.system == discovered.system && place.is_some() && spec.body.text(discovered.field).and_then(Place::of) == place
}

/// The one thing that is known of a discovered endpoint.
#[must_use]
pub fn address(spec: &EndpointSpec) -> Option<&str> {
    spec.body.iter().find_map(|(_, value)| match value {
        BodyValue::Text(text) => Some(text.as_str()),
        _ => None,
    })
}

/// Scheme, host and port of an address that a store told of, where no endpoint is configured to compare it with.
///
/// # Errors
/// Why it must not be contacted.
pub fn contactable(address: &str) -> Result<String, &'static str> {
    let place = Place::of(address).ok_or("not an address of the form scheme://host:port")?;
    match place.forbidden() {
        Some(why) => Err(why),
        None if place.port < 1024 && !matches!(place.port, 80 | 443) => Err("a port below 1024 that is not HTTP's"),
        None => Ok(place.base()),
    }
}

/// A name from outside as an identifier: what could act on a terminal is made visible here once, since names go everywhere.
fn safe_name(raw: &str) -> String {
    crate::text::width::fit(&crate::text::untrusted::visible(raw), 64)
}

/// Scheme, host and port of a URL. Credentials in a URL make it no place.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Place {
    scheme: String,
    host: String,
    port: u16,
}

impl Place {
    fn of(url: &str) -> Option<Place> {
        let (scheme, rest) = url.split_once("://")?;
        let authority = rest.split(['/', '?', '#']).next()?;
        if authority.contains('@') || !authority.bytes().all(|b| b.is_ascii_graphic()) {
            return None;
        }
        let default = match scheme {
            "http" => 80,
            "https" => 443,
            _ => return None,
        };
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => (host, port.parse().ok()?),
            _ => (authority, default),
        };
        let host = host.trim_start_matches('[').trim_end_matches(']').to_ascii_lowercase();
        (!host.is_empty()).then(|| Place { scheme: scheme.to_owned(), host, port })
    }

    fn base(&self) -> String {
        let host = if self.host.contains(':') { format!("[{}]", self.host) } else { self.host.clone() };
        format!("{}://{host}:{}", self.scheme, self.port)
    }

    fn forbidden(&self) -> Option<&'static str> {
        if let Ok(address) = self.host.parse::<IpAddr>() {
            return reach::forbidden(address).map(|_why| "link-local, multicast or unspecified address, or a metadata service");
        }
        // only a plain name: what other notations mean (0xa9fea9fe, 2852039166), the library that connects decides, and it may find an address in them
        let name = self.host.trim_end_matches('.');
        let letters = |label: &str| !label.is_empty() && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
        let plain = name.split('.').all(letters) && name.rsplit('.').next().is_some_and(|last| last.starts_with(|c: char| c.is_ascii_alphabetic()));
        (!plain || name == "metadata.google.internal").then_some("not a host that may be contacted")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Untrusted;

    fn configured() -> EndpointSpec {
        EndpointSpec {
            id: EndpointId { cluster: "c".into(), system: "patroni".into(), name: "pg1".into() },
            origin: Origin::Configured,
            zone: None,
            via: Via::Direct,
            read: None,
            write: None,
            tls: None,
            body: Body::one("url", "http://10.0.0.1:8008"),
        }
    }

    fn verdict(name: &str, address: &str) -> Vetted {
        let known = configured();
        let discovered = Discovered { system: "patroni", name: Untrusted::from(name), field: "url", address: Untrusted::from(address) };
        vet(&known.id, &discovered, &[&known])
    }

    #[test]
    fn an_address_that_lies_is_kept_and_not_contacted() {
        for address in [
            "http://169.254.169.254:8008/patroni",
            "http://[fe80::1]:8008",
            "http://[::ffff:169.254.169.254]:8008",
            "http://0.0.0.0:8008",
            "https://10.0.0.2:8008",
            "http://10.0.0.2:22",
            "http://2852039166:8008",
            "http://0xa9fea9fe:8008",
            "http://169.0xfea9fe:8008",
            "http://0251.0376.0251.0376:8008",
            "http://%31%36%39.254.169.254:8008",
            "http://metadata.google.internal.:8008",
            "http://[fd00:ec2::254]:8008",
            "http://pg2..example:8008",
            "ftp://10.0.0.2",
            "http://user:pw@10.0.0.2:8008",
            "http://10.0.0.2:99999",
            "http://\u{1b}[2J:8008",
            "",
        ] {
            assert!(matches!(verdict("pg2", address), Vetted::Rejected(_)), "{address}");
        }
    }

    #[test]
    fn a_new_member_is_asked_without_credentials() {
        let Vetted::New(spec) = verdict("pg2", "http://10.0.0.2:8008/patroni") else { panic!("expected a new endpoint") };
        assert_eq!((spec.origin, spec.read.is_none(), spec.body.text("url")), (Origin::Discovered, true, Some("http://10.0.0.2:8008")));
        assert!(matches!(verdict("pg2", "http://pg2.db.example:8008/patroni"), Vetted::New(_)));
    }

    #[test]
    fn a_discovered_member_is_shown_no_certificate_of_ours() {
        let mut known = configured();
        known.body = Body::one("url", "https://10.0.0.1:8008");
        let key = crate::model::SecretRef::File("key".into());
        known.tls = Some(TlsOptions { ca: Some("ca".into()), cert: Some("cert".into()), key: Some(key), server_name: Some("pg1".into()) });
        let discovered = Discovered { system: "patroni", name: "pg2".into(), field: "url", address: "https://10.0.0.2:8008".into() };
        let Vetted::New(spec) = vet(&known.id, &discovered, &[&known]) else { panic!("expected a new endpoint") };
        assert_eq!(spec.tls, Some(TlsOptions { ca: Some("ca".into()), ..TlsOptions::default() }));
    }

    #[test]
    fn a_member_that_is_configured_is_not_doubled() {
        assert!(matches!(verdict("other-name", "http://10.0.0.1:8008/patroni"), Vetted::Known));
        assert!(matches!(verdict("pg1", "http://172.16.0.9:8008/patroni"), Vetted::Known));
        assert!(matches!(verdict("pg1", "https://172.16.0.9:8008/patroni"), Vetted::Rejected(_)));
    }

    #[test]
    fn two_names_that_are_shown_alike_do_not_become_one_endpoint() {
        let known = configured();
        let long = "m".repeat(80);
        let meet = |name: &str, address: &str, known: &[&EndpointSpec]| {
            vet(&known[0].id, &Discovered { system: "patroni", name: name.into(), field: "url", address: address.into() }, known)
        };
        let (first, second) = (format!("{long}-1"), format!("{long}-2"));
        assert_eq!(safe_name(&first), safe_name(&second));
        let Vetted::New(one) = meet(&first, "http://10.0.0.2:8008", &[&known]) else { panic!("expected a new endpoint") };
        assert!(matches!(meet(&first, "http://10.0.0.2:8008", &[&known, &one]), Vetted::Known));
        for name in [&first, &second] {
            let told = meet(name, "http://10.0.0.3:8008", &[&known, &one]);
            assert!(matches!(&told, Vetted::Rejected(rejected) if rejected.why.contains("name")), "{told:?}");
        }
    }
}
