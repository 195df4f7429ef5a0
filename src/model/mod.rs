//! The words of the field: positions in the WAL, sizes, instants, findings, secrets. Every other room speaks in these types.
//!
//! It must never read a file, open a socket, spawn a task or know a system by name. [`Clock`] alone touches the operating system, to tell the time.

pub mod armed;
pub mod bytes;
pub mod clock;
pub mod endpoint;
pub mod finding;
pub mod fingerprint;
pub mod lsn;
pub mod reading;
pub mod secret;
pub mod severity;
pub mod timeline;

pub use armed::Armed;
pub use bytes::Bytes;
pub use clock::{Clock, Moment};
pub use endpoint::{APPLICATION, EndpointId, Environment, Origin, TlsOptions, Via, Zone};
pub use finding::{Cure, Evidence, Finding, Identity, Since, Subject};
pub use fingerprint::Fingerprint;
pub use lsn::Lsn;
pub use reading::{Gap, Reading, Reason, Sample};
pub use secret::{Secret, SecretRef};
pub use severity::Severity;
pub use timeline::Timeline;
