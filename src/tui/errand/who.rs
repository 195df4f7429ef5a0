//! Tracing a process of PostgreSQL back to its client: asked of servers, poolers and balancers outside of the loop, so that none of them holds up a key.

use super::Done;
use crate::app::who::{Traced, Tracer};
use crate::fleet::supervise;
use crate::tui::notice::Notice;
use std::sync::Arc;

/// Whom to trace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WhoOrder {
    pub cluster: String,
    /// The server it runs on; `None`: whichever has it.
    pub member: Option<String>,
    pub pid: i32,
}

/// What became of an order.
#[derive(Clone, Debug, PartialEq)]
pub struct WhoAnswer {
    pub order: WhoOrder,
    /// What was found, or how the search itself failed.
    pub traced: Result<Traced, String>,
}

/// Has `order` traced; `tell` is called once.
pub(in crate::tui) fn trace(order: WhoOrder, tracer: Option<&Arc<dyn Tracer>>, tell: impl FnOnce(Done) + Send + 'static) {
    let Some(tracer) = tracer.map(Arc::clone) else {
        return tell(Done::Told(Notice::warning("nobody can be asked from here who a session belongs to")));
    };
    let asked = order.clone();
    let work = async move { tracer.trace(&asked.cluster, asked.member.as_deref(), asked.pid).await };
    supervise::errand("who", work, move |traced| {
        tell(Done::Who(Arc::new(WhoAnswer { order, traced: traced.map_err(|error| error.to_string()) })));
    });
}
