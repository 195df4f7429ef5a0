//! Carries out what was planned and confirmed: one loop that writes down its intent, acts, proves, writes down the result, and can be killed at any instant.
//!
//! It must never know a system, an expression language or a face: rooms above implement its traits. Nothing changes a server without an entry of the journal
//! that was synced before; what became of a run is what its journal says, and nothing else.

mod asking;
pub mod audit;
pub mod chain;
pub mod consent;
pub mod control;
pub mod copier;
mod copying;
mod desk;
pub mod digest;
pub mod ending;
pub mod entry;
pub mod event;
pub mod execute;
pub mod expression;
pub mod facts;
pub mod file_lock;
pub mod folder;
pub mod guard_log;
mod guarded;
pub mod guards;
pub mod history;
pub mod hold;
mod intent;
pub mod journal;
pub mod kind;
pub mod lock;
pub mod mirror;
pub mod output;
pub mod plan;
pub mod process;
mod proof;
pub mod rebuild;
pub mod regular;
pub mod run_id;
pub mod sent;
pub mod shared_lock;
pub mod standing;
pub mod states;
pub mod take;
#[cfg(test)]
mod trials;
pub mod work;

pub use desk::World;
pub use ending::Ending;
pub use expression::{Expr, Language, Scope, Truth};
pub use facts::{Fact, FactDef, FactKind, Facts};
pub use kind::{BodyProblem, Building, Effect, Hands, StepKind, schema_to};
pub use plan::{Job, Plan, Step};
pub use run_id::RunId;
pub use work::{Changes, Doing, Outcome, Question, Reads, Task, Work};
