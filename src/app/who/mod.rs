//! `who`: from a process of PostgreSQL back through pooler and balancer to the client's address and application.
//!
//! `sides` is what each endpoint answered, `chain` links the answers and is pure, `inquiry` asks; `queue` is the other way round, who waits at a pooler. A
//! link is told only where two sides agree about it: a wrong client named at 3 am is worse than none. It must never name a client by `application_name` alone:
//! that is the client's own word.

pub mod chain;
pub mod inquiry;
pub mod page;
pub mod queue;
pub mod sides;

pub use chain::{Chain, Station};
pub use inquiry::Inquiry;
pub use queue::{Pool, Queue};

use crate::config::EndpointSpec;
use crate::model::Gap;
use crate::systems::contract::System;
use crate::systems::pgbouncer::Pgbouncer;
use std::future::Future;
use std::pin::Pin;

/// What became of the question.
#[derive(Clone, Debug, PartialEq)]
pub enum Traced {
    Chain(Chain),
    /// No server that answered has such a process.
    Nowhere {
        /// Why the others could not be asked.
        unread: Vec<Gap>,
    },
    /// Several servers have a process of this number; one has to be named.
    Several(Vec<String>),
}

/// Who waits there, or why nobody tells, on the way.
pub type Queueing<'a> = Pin<Box<dyn Future<Output = Result<Queue, Gap>> + Send + 'a>>;

/// An answer that is on its way.
pub type Tracing<'a> = Pin<Box<dyn Future<Output = Traced> + Send + 'a>>;

/// Whether clients may wait at the endpoint of `spec`.
#[must_use]
pub fn is_pooler(spec: &EndpointSpec) -> bool {
    spec.id.system == Pgbouncer::NAME
}

/// Who can trace: the console asks through this, and names no client of its own.
pub trait Tracer: std::fmt::Debug + Send + Sync {
    /// Traces process `pid` of `member`, or of whichever server of `cluster` has it.
    fn trace<'a>(&'a self, cluster: &'a str, member: Option<&'a str>, pid: i32) -> Tracing<'a>;

    /// Asks the pooler called `pooler` of `cluster` which of its clients wait, of `pool` alone where it is said.
    fn waiting<'a>(&'a self, cluster: &'a str, pooler: &'a str, pool: Option<&'a Pool>) -> Queueing<'a>;
}
