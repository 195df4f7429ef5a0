//! A server that does not answer, in each of the ways in which servers do not answer, and a configuration that names it.

use std::io::Write;
use std::net::{TcpListener, TcpStream};

/// How it does not answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// Nothing listens.
    Refuses,
    /// The kernel takes the connection, nobody reads it.
    AcceptsAndKeepsSilent,
    /// Packets go nowhere: the queue of the listener is full, so the kernel drops every new connection.
    DropsEverything,
}

/// Such a server on loopback.
pub(crate) struct Silent {
    address: String,
    _held: (Option<TcpListener>, Vec<TcpStream>),
}

impl Silent {
    pub(crate) fn start(way: Way) -> Silent {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address").to_string();
        let held = match way {
            Way::Refuses => (None, Vec::new()),
            Way::AcceptsAndKeepsSilent => (Some(listener), Vec::new()),
            Way::DropsEverything => {
                // a queue of one is full after two connections that nobody accepts
                rustix::net::listen(&listener, 0).expect("a short queue");
                let mut waiting = Vec::new();
                while let Ok(stream) = TcpStream::connect_timeout(&address.parse().expect("an address"), std::time::Duration::from_millis(200)) {
                    waiting.push(stream);
                    assert!(waiting.len() < 64, "the queue never fills");
                }
                (Some(listener), waiting)
            }
        };
        Silent { address, _held: held }
    }

    /// `HOST:PORT`
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// The configuration `text` with this server in place of the first endpoint of `system`.
    pub(crate) fn in_place_of(&self, text: &str, system: &str, key: &str) -> tempfile::NamedTempFile {
        let mut done = false;
        let mut out = String::new();
        for block in text.split_inclusive("\n\n") {
            let mine = !done && block.contains(&format!("system = \"{system}\""));
            for line in block.lines() {
                let name = line.split('=').next().unwrap_or("").trim();
                if mine && name == key {
                    let old = line.split('"').nth(1).unwrap_or("");
                    let path = old.split_once("://").and_then(|(_, rest)| rest.split_once('/')).map_or(String::new(), |(_, path)| format!("/{path}"));
                    let new = if old.starts_with("http") { format!("http://{}{path}", self.address) } else { self.address.clone() };
                    out.push_str(&format!("{key} = \"{new}\"\n"));
                    done = true;
                } else if mine && system == "haproxy" && name == "socket" {
                    // the other way to the same server
                } else {
                    out.push_str(line);
                    out.push('\n');
                }
            }
        }
        assert!(done, "no {system} in the configuration of the lab");
        let mut file = tempfile::NamedTempFile::new().expect("a file");
        file.write_all(out.as_bytes()).expect("written");
        file
    }
}
