//! `who`: from a process of PostgreSQL back through pooler and balancer to the client's address and application.
//!
//! `sides` is what each endpoint answered, `chain` links the answers and is pure, `inquiry` asks. A link is told only where two sides agree about it: a wrong
//! client named at 3 am is worse than none. It must never name a client by `application_name` alone: that is the client's own word.

pub mod chain;
pub mod inquiry;
pub mod page;
pub mod sides;

pub use chain::{Chain, Station};
pub use inquiry::Inquiry;

use std::future::Future;
use std::pin::Pin;

/// What became of the question.
#[derive(Clone, Debug, PartialEq)]
pub enum Traced {
    Chain(Chain),
    /// No server that answered has such a process.
    Nowhere {
        /// Why the others could not be asked.
        unread: Vec<crate::model::Gap>,
    },
    /// Several servers have a process of this number; one has to be named.
    Several(Vec<String>),
}

/// An answer that is on its way.
pub type Tracing<'a> = Pin<Box<dyn Future<Output = Traced> + Send + 'a>>;

/// Who can trace: the console asks through this, and names no client of its own.
pub trait Tracer: std::fmt::Debug + Send + Sync {
    /// Traces process `pid` of `member`, or of whichever server of `cluster` has it.
    fn trace<'a>(&'a self, cluster: &'a str, member: Option<&'a str>, pid: i32) -> Tracing<'a>;
}
