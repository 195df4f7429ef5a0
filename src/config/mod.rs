//! The configuration: layered TOML with the file, line and column of each value, and the inventory made from it.
//!
//! Layers, the weakest first: built-in, system (`/etc/opsctl`), user (`$XDG_CONFIG_HOME/opsctl`), project (`.opsctl.toml` in the working directory; only
//! `[poll]` and `[console]` unless it is the user's own with mode 0600), environment (`OPSCTL__section__key`), flag (`--set`). `--config` and
//! `OPSCTL_CONFIG` name a file, or a folder, that stands in for system, user and project. A folder has `config.toml` and `clusters.d/*.toml`; each file of
//! `clusters.d` is a group whose `[defaults]` hold for its own clusters.
//! Merging: tables key by key, `[[cluster]]`, `[[notify]]` and `[[command]]` by name, `[[cluster.endpoint]]` by system and name, everything else replaced.
//!
//! It must know no system: the body of an endpoint is only kept here, with its place; the system checks it. It must never hold a secret, only
//! references to secrets, and never repeat what could be one.

mod build;
pub mod commands;
mod defaults;
pub mod diagnostic;
pub mod draft;
pub mod explain;
mod hidden;
pub mod inventory;
pub mod keys;
mod lists;
mod merge;
pub mod notices;
pub mod page;
mod parse;
pub mod path;
pub mod place;
pub mod quantity;
mod raw;
mod reference;
pub mod regular;
pub mod schema;
pub mod settings;
mod shape;
pub mod sources;
pub mod state;
pub mod themes;
pub mod tree;
mod values;
pub mod write;

pub use build::body_value;
pub use commands::UserCommand;
pub use diagnostic::Diagnostic;
pub use draft::{Config, Draft, read};
pub use inventory::{Body, BodyValue, ClusterSpec, Credential, EndpointSpec, Inventory};
pub use notices::{NoticeTarget, NoticeTo};
pub use parse::alone;
pub use place::{Layer, Place};
pub use quantity::Quantity;
pub use raw::{RawBody, RawThreshold};
pub use reference::parse as secret_reference;
pub use settings::{Console, Poll, Ring};
pub use sources::Sources;
pub use themes::Themes;
