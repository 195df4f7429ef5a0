//! Which addresses may be contacted for somebody whom only a server has named. An address from a server is data, and so is what its name resolves to.
//!
//! Never link-local, multicast or unspecified, and never a metadata service of a cloud: they answer every process of this machine with its credentials.
//! Names are resolved here and the connection goes to what was found here, so that a name cannot mean one address when judged and another when used.

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

/// Looks the addresses of a host name up; the port of each is 0.
pub type Lookup = Arc<dyn Fn(String) -> BoxFuture<'static, io::Result<Vec<SocketAddr>>> + Send + Sync>;

/// Services that tell a machine of a cloud its own credentials.
const METADATA: [IpAddr; 5] = [
    IpAddr::V4(Ipv4Addr::new(100, 100, 100, 200)),
    IpAddr::V4(Ipv4Addr::new(168, 63, 129, 16)),
    IpAddr::V4(Ipv4Addr::new(192, 0, 0, 192)),
    IpAddr::V6(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254)),
    IpAddr::V6(Ipv6Addr::new(0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254)),
];

/// Why `address` must not be contacted, if it must not: `link-local`, `multicast`, `unspecified`, `metadata service`.
#[must_use]
pub fn forbidden(address: IpAddr) -> Option<&'static str> {
    if METADATA.contains(&address) {
        return Some("metadata service");
    }
    match address {
        IpAddr::V4(v4) if v4.is_link_local() => Some("link-local"),
        IpAddr::V4(v4) if v4.is_multicast() || v4.is_broadcast() => Some("multicast"),
        // all of 0.0.0.0/8 is this machine
        IpAddr::V4(v4) => (v4.octets()[0] == 0).then_some("unspecified"),
        IpAddr::V6(v6) if v6.is_unicast_link_local() => Some("link-local"),
        IpAddr::V6(v6) if v6.is_multicast() => Some("multicast"),
        IpAddr::V6(v6) if v6.is_unspecified() => Some("unspecified"),
        IpAddr::V6(v6) => inside(v6).and_then(|v4| forbidden(IpAddr::V4(v4))),
    }
}

/// The address of version 4 that a gateway or the kernel would contact: mapped (`::ffff:0:0/96`), translated (`64:ff9b::/96`), tunnelled (`2002::/16`).
fn inside(v6: Ipv6Addr) -> Option<Ipv4Addr> {
    match v6.segments() {
        [0, 0, 0, 0, 0, 0xffff, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] | [0x2002, high, low, ..] => {
            Some(Ipv4Addr::from((u32::from(high) << 16) | u32::from(low)))
        }
        _ => None,
    }
}

/// A host that must not be contacted: it is no failure of the network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forbidden {
    pub host: String,
    pub address: IpAddr,
    pub why: &'static str,
}

impl fmt::Display for Forbidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} resolves to a {} address, {}", self.host, self.why, self.address)
    }
}

impl std::error::Error for Forbidden {}

/// What the resolver of this machine says.
#[must_use]
pub fn of_this_machine() -> Lookup {
    Arc::new(|host| async move { Ok(tokio::net::lookup_host((host, 0)).await?.collect()) }.boxed())
}

/// Resolves names and leaves out what must not be contacted.
#[derive(Clone)]
pub struct Careful(pub Lookup);

impl fmt::Debug for Careful {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Careful")
    }
}

impl Careful {
    /// The addresses of `host` that may be contacted.
    ///
    /// # Errors
    /// [`Forbidden`] when the host has addresses and none of them may be; the error of the lookup.
    pub async fn addresses(&self, host: String) -> Result<Vec<SocketAddr>, Box<dyn std::error::Error + Send + Sync>> {
        let all = (self.0)(host.clone()).await?;
        let bad = all.iter().find_map(|address| forbidden(address.ip()).map(|why| (address.ip(), why)));
        let good: Vec<SocketAddr> = all.into_iter().filter(|address| forbidden(address.ip()).is_none()).collect();
        match bad {
            Some((address, why)) if good.is_empty() => Err(Box::new(Forbidden { host, address, why })),
            _ => Ok(good),
        }
    }
}

impl reqwest::dns::Resolve for Careful {
    fn resolve(&self, name: reqwest::dns::Name) -> reqwest::dns::Resolving {
        let careful = self.clone();
        let host = name.as_str().to_owned();
        async move { careful.addresses(host).await.map(|good| Box::new(good.into_iter()) as reqwest::dns::Addrs) }.boxed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_judged_whatever_it_is_wrapped_in() {
        for (address, why) in [
            ("169.254.169.254", Some("link-local")),
            ("::ffff:169.254.169.254", Some("link-local")),
            ("64:ff9b::a9fe:a9fe", Some("link-local")),
            ("2002:a9fe:a9fe::1", Some("link-local")),
            ("fe80::1", Some("link-local")),
            ("febf::1", Some("link-local")),
            ("224.0.0.1", Some("multicast")),
            ("ff02::1", Some("multicast")),
            ("255.255.255.255", Some("multicast")),
            ("0.0.0.0", Some("unspecified")),
            ("0.1.2.3", Some("unspecified")),
            ("::", Some("unspecified")),
            ("::ffff:0.0.0.0", Some("unspecified")),
            ("fd00:ec2::254", Some("metadata service")),
            ("100.100.100.200", Some("metadata service")),
            ("::ffff:168.63.129.16", Some("metadata service")),
            ("10.0.0.2", None),
            ("127.0.0.1", None),
            ("::1", None),
            ("fd00::1", None),
            ("::ffff:10.0.0.2", None),
            ("2002:a00:1::1", None),
        ] {
            assert_eq!(forbidden(address.parse().expect("an address")), why, "{address}");
        }
    }

    #[tokio::test]
    async fn what_may_not_be_contacted_is_left_out_and_an_answer_of_nothing_else_is_an_error() {
        let given = |addresses: &[&str]| {
            let addresses: Vec<SocketAddr> = addresses.iter().map(|address| SocketAddr::new(address.parse().expect("an address"), 0)).collect();
            Careful(Arc::new(move |_host| std::future::ready(Ok(addresses.clone())).boxed()))
        };
        let good = given(&["169.254.169.254", "10.0.0.2", "fe80::1"]).addresses("pg2".to_owned()).await.expect("one is left");
        assert_eq!(good, [SocketAddr::new("10.0.0.2".parse().expect("an address"), 0)]);
        let error = given(&["169.254.169.254"]).addresses("pg2".to_owned()).await.expect_err("nothing is left");
        assert_eq!(error.to_string(), "pg2 resolves to a link-local address, 169.254.169.254");
        assert!(given(&[]).addresses("pg2".to_owned()).await.expect("no address is no offence").is_empty());
    }
}
