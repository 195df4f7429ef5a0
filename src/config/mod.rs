//! The configuration: layered TOML with the file, line and column of each value, and the inventory made from it.
//!
//! It must know no system: the body of an endpoint is only kept here, with its place; the system checks it. It must never hold a secret, only
//! references to secrets.

pub mod inventory;
pub mod quantity;

pub use inventory::{Body, BodyValue, ClusterSpec, Credential, EndpointSpec, Inventory};
pub use quantity::Quantity;
