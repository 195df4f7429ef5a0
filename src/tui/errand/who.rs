//! Tracing a process of PostgreSQL back to its client, and who waits at a pooler: asked of servers, poolers and balancers outside of the loop, so that none of
//! them holds up a key.

use super::Done;
use crate::app::who::{Pool, Queue, Traced, Tracer};
use crate::fleet::supervise;
use crate::model::Gap;
use crate::tui::notice::Notice;
use std::sync::Arc;

/// What is asked about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sought {
    /// The client behind the process of this number.
    Process(i32),
    /// Who waits at the pooler, in one of its pools or in all.
    Waiting(Option<Pool>),
}

/// Whom to trace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WhoOrder {
    pub cluster: String,
    /// The server it runs on, `None`: whichever has it; or the pooler.
    pub member: Option<String>,
    pub sought: Sought,
}

/// What became of an order.
#[derive(Clone, Debug, PartialEq)]
pub struct WhoAnswer {
    pub order: WhoOrder,
    /// What was found, or how the search itself failed.
    pub traced: Result<Told, String>,
}

/// What was found.
#[derive(Clone, Debug, PartialEq)]
pub enum Told {
    Process(Traced),
    /// Who waits, or why nobody tells.
    Waiting(Result<Queue, Gap>),
}

/// Asks `tracer` what `order` wants to know.
pub(in crate::tui) async fn ask(tracer: &dyn Tracer, order: &WhoOrder) -> Told {
    match &order.sought {
        Sought::Process(pid) => Told::Process(tracer.trace(&order.cluster, order.member.as_deref(), *pid).await),
        Sought::Waiting(pool) => Told::Waiting(tracer.waiting(&order.cluster, order.member.as_deref().unwrap_or_default(), pool.as_ref()).await),
    }
}

/// Has `order` traced; `tell` is called once.
pub(in crate::tui) fn trace(order: WhoOrder, tracer: Option<&Arc<dyn Tracer>>, tell: impl FnOnce(Done) + Send + 'static) {
    let Some(tracer) = tracer.map(Arc::clone) else {
        return tell(Done::Told(Notice::warning("nobody can be asked from here who a session belongs to")));
    };
    let asked = order.clone();
    let work = async move { ask(tracer.as_ref(), &asked).await };
    supervise::errand("who", work, move |traced| {
        tell(Done::Who(Arc::new(WhoAnswer { order, traced: traced.map_err(|error| error.to_string()) })));
    });
}
