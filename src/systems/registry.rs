//! The one list of systems. A new system is a folder beside this file and a line here; it then shows in the console, in `status` and in JSON.

use super::contract::{AnySystem, Erased};
use super::postgres::Postgres;

/// All systems, in the order in which they are shown.
pub static SYSTEMS: &[&dyn AnySystem] = &[&Erased::<Postgres>::new()];

/// The system called `name`.
#[must_use]
pub fn find(name: &str) -> Option<&'static dyn AnySystem> {
    SYSTEMS.iter().copied().find(|system| system.name() == name)
}
