//! The one face that sends what changes something: one request to one target, with the proof that its intent was synced, and the truth about what became
//! of it.
//!
//! The first byte leaves before the window closes or not at all. It must never send twice, follow a redirect, or say that nothing happened when it cannot
//! know that.

mod atomic;
mod console;
mod http;
mod line;
mod program;
mod reply;
mod sql;
mod window;

pub use crate::transport::bound::Returned;
pub use crate::transport::value::Text;
pub use console::console;
pub use http::{Request, http};
pub use line::line;
pub use program::{Ended, Program, Stream, program};
pub use reply::Reply;
pub use sql::sql;
pub use window::{Sent, Window};
