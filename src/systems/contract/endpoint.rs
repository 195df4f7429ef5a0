//! How an endpoint of a system is configured and asked: its keys, how often, with which deadline. It must never know which system.

use crate::model::Clock;
use std::time::Duration;

/// How often something is asked: each tier includes the ones before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tier {
    /// Each second: role, positions, pools, backends, quorum.
    Fast,
    /// Each 15 s.
    Slow,
    /// Each 5 min; `status` asks it once.
    Rare,
}

/// What a client is made with.
#[derive(Clone, Debug)]
pub struct Wiring {
    pub clock: Clock,
    /// Bounds each question to a server.
    pub deadline: Duration,
}

/// A key in `[[cluster.endpoint]]` that a system understands. Schema, checks, reference and `config explain` come from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    pub key: &'static str,
    pub form: Form,
    pub required: bool,
    pub doc: &'static str,
    pub example: &'static str,
}

/// The form of a value in the body of an endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Text,
    /// `http://` or `https://`, host, optional port, path as said.
    Url,
    /// `HOST:PORT`, or `/directory:PORT` of a unix socket.
    Address,
    /// An absolute path.
    Path,
    Number,
    Flag,
    List,
    /// One of these words.
    OneOf(&'static [&'static str]),
}
