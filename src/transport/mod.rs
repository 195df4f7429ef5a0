//! The only room that opens a client socket or starts a process. It gives bytes with a deadline, or a typed [`ProbeError`]; it knows no system.
//!
//! Its faces: [`read`] (per protocol, only what the allow-lists in `read.rs` and `sql.rs` name), the login that a read needs, [`coordinate`], which writes keys of our
//! own in the store of a cluster and no other, and [`notify`], which tells whom the configuration names and changes nothing that is operated. [`send`] alone changes that, and takes an [`Armed`](crate::model::Armed) by value. [`child`] starts what a person asked for on their own
//! terminal. It must never retry, follow a redirect, use a proxy of the environment or log a secret.

mod body;
pub mod bound;
pub mod child;
pub mod coordinate;
mod errand;
pub mod error;
mod group;
pub mod handed;
pub mod http;
pub mod learned;
pub mod line;
pub mod notify;
pub mod passfile;
pub mod pg;
mod portion;
pub mod reach;
pub mod read;
pub mod secret;
pub mod send;
pub mod sql;
pub mod timing;
pub mod tls;
pub mod value;
mod yaml;

pub use error::{ProbeError, Trouble};
