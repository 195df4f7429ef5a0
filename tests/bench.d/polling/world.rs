//! Who is in the world of the bench: a thousand members in clusters of four, each with an address of its own on loopback.

use std::net::Ipv4Addr;

pub const MEMBERS: u16 = 1_000;
const CLUSTER: u16 = 4;

pub fn address(member: u16) -> Ipv4Addr {
    let [high, low] = member.to_be_bytes();
    Ipv4Addr::new(127, 17, high, low)
}

pub fn member_at(address: Ipv4Addr) -> Option<u16> {
    match address.octets() {
        [127, 17, high, low] => Some(u16::from_be_bytes([high, low])),
        _ => None,
    }
}

pub fn cluster(member: u16) -> u16 {
    member / CLUSTER
}

pub fn name(member: u16) -> String {
    format!("m{member}")
}

pub fn scope(member: u16) -> String {
    format!("c{}", cluster(member))
}

/// What `GET /patroni` says.
pub fn own(member: u16) -> String {
    let (scope, name) = (scope(member), name(member));
    let seen = std::time::UNIX_EPOCH.elapsed().map_or(0, |since| since.as_secs());
    let rest = format!(
        r#""timeline": 1, "dcs_last_seen": {seen}, "database_system_identifier": "7710570676366241681", "patroni": {{"version": "4.1.5", "scope": "{scope}", "name": "{name}"}}"#
    );
    let head = r#""state": "running", "postmaster_start_time": "2026-11-21 10:32:16.229409+00:00", "server_version": 150018"#;
    match member % CLUSTER {
        0 => format!(r#"{{{head}, "role": "primary", "xlog": {{"location": 67917360}}, {rest}}}"#),
        rank => {
            let sync = if rank == 1 { r#""sync_standby": true, "# } else { "" };
            let xlog = r#"{"received_location": 67917360, "replayed_location": 67917360, "replayed_timestamp": null, "paused": false}"#;
            format!(r#"{{{head}, "role": "replica", "xlog": {xlog}, {sync}"replication_state": "streaming", {rest}}}"#)
        }
    }
}

/// What `GET /cluster` says.
pub fn picture(member: u16, port: u16) -> String {
    let first = cluster(member) * CLUSTER;
    let members: Vec<String> = (first..first + CLUSTER)
        .map(|member| {
            let (name, address) = (name(member), address(member));
            let place = format!(r#""api_url": "http://{address}:{port}/patroni", "host": "{address}", "port": 5432, "timeline": 1"#);
            match member % CLUSTER {
                0 => format!(r#"{{"name": "{name}", "role": "leader", "state": "running", {place}}}"#),
                rank => {
                    let role = if rank == 1 { "sync_standby" } else { "replica" };
                    format!(
                        r#"{{"name": "{name}", "role": "{role}", "state": "streaming", {place}, "receive_lag": 0, "receive_lsn": "0/40C5630", "replay_lag": 0, "replay_lsn": "0/40C5630", "lag": 0, "lsn": "0/40C5630"}}"#
                    )
                }
            }
        })
        .collect();
    format!(r#"{{"members": [{}], "scope": "{}"}}"#, members.join(", "), scope(member))
}

/// What `GET /config` says.
pub const CONFIG: &str = r#"{"ttl": 30, "loop_wait": 10, "retry_timeout": 10, "maximum_lag_on_failover": 1048576, "synchronous_mode": true, "postgresql": {"parameters": {"max_connections": 100}}}"#;
