//! What the configuration keeps raw, with its places, until the systems have checked it.

use super::place::Place;
use super::quantity::Quantity;
use super::tree::Entry;

/// The keys of an endpoint that only its system understands.
#[derive(Debug)]
pub struct RawBody {
    /// `cluster.lab.endpoint.patroni/pg1`.
    pub label: String,
    pub system: String,
    /// Where the system is named.
    pub system_place: Place,
    /// The endpoint as a whole.
    pub place: Place,
    /// `false`: defaults of a system, where nothing is missing.
    pub complete: bool,
    pub keys: Vec<Entry>,
    /// The keys beside them that name a password file of libpq, and where: `read.password`.
    pub pgpass: Vec<(String, Place)>,
}

/// One threshold.
#[derive(Debug)]
pub struct RawThreshold {
    /// `cluster.lab.rules.replica-lag`.
    pub label: String,
    pub rule: String,
    pub rule_place: Place,
    pub knob: Entry,
    pub value: Quantity,
}
