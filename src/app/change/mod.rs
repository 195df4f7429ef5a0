//! Changing something from a console: what can be asked about runbooks, plans, runs and the audit, what comes back, and what a person orders.
//!
//! `question`, `sight` and `order` are plain data, `pages` and `stop` make what is shown of them and are pure; `own` asks and orders: it reads the folders of
//! runs, plans with what the servers say, and hands what was confirmed to `run`. It must never send anything to a server of the platform: that is the process of
//! the run alone. It must never begin anything that nobody unlocked, whoever calls it.

pub mod cures;
pub mod order;
pub mod own;
pub mod pages;
pub mod question;
mod shelf;
pub mod sight;
pub mod stop;
#[cfg(test)]
mod tests;
mod watch;

pub use order::{Order, Outcome, Refusal, Unlock};
pub use own::Own;
pub use question::{Answer, Question, Told, Wish};
pub use sight::Sight;

/// Who asks and orders for a console, which names no client and no file of its own. Every call takes as long as files and servers take: it is made beside the
/// loop, on a thread that may wait.
pub trait Operator: std::fmt::Debug + Send + Sync {
    /// What `question` wants to know.
    ///
    /// # Errors
    /// Why nobody can say: one sentence, words of others raw.
    fn ask(&self, question: &Question) -> Result<Told, String>;

    /// Does what a person ordered.
    ///
    /// # Errors
    /// Why it was not done; nothing was sent.
    fn order(&self, order: &Order) -> Result<Done, Refusal>;
}

/// What became of an order.
pub struct Done {
    pub outcome: Outcome,
    /// Watches the process that was started until it is gone, and tells what nobody would hear otherwise: it has to be called, on a thread that may wait.
    pub watch: Option<Watch>,
}

/// Waits for the end of a process; a sentence where it did not begin, or went away without a word.
pub type Watch = Box<dyn FnOnce() -> Option<String> + Send>;
