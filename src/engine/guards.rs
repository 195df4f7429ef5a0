//! Who stands guard over what a step holds, as the process of a run sees it: one stands and has answered before the intent is written. That its runner is gone,
//! or lets it go, is all that it is ever told.

use super::work::Task;

/// Who starts guards: the rooms above know how a process of ours is started.
pub trait Guards: Send + Sync {
    /// Starts the guard of `step` for this attempt at it; it stands when this returns.
    ///
    /// # Errors
    /// It does not start, or does not answer: nothing may be held then.
    fn stand<'a>(&'a self, step: &'a str, attempt: u32) -> Task<'a, Result<Box<dyn Guard>, String>>;
}

/// A guard that stands. Dropped, with our process or before, it looks whether there is something to free.
pub trait Guard: Send + Sync {
    /// Lets it go, and returns when it is gone.
    fn leave(self: Box<Self>) -> Task<'static, ()>;
}
