//! Errands: what the console asks to be done outside of it, and what comes back. Each kind has a file here with its payload and how it is done, and an arm in
//! the two lists below.
//!
//! The state never waits for an errand: `update` sends one off, the loop has it done, and what became of it comes back as a message like any other. What takes
//! time runs in [`supervise::errand`](crate::fleet::supervise::errand); what writes to the terminal runs on its owner's thread.

pub mod announce;
pub mod bundle;
pub mod change;
pub mod child;
pub mod copy;
pub mod look;
pub mod travel;
pub mod who;

use super::notice::Notice;
use crate::app::change::{Answer, Order, Question};
use bundle::BundleOrder;
use change::Heard;
use child::Outing;
use look::Changed;
use std::sync::Arc;
use std::time::Duration;
use travel::{Arrival, TravelOrder};
use who::{WhoAnswer, WhoOrder};

/// What is to be done.
#[derive(Clone, Debug, PartialEq)]
pub enum Errand {
    /// Puts a text into the clipboard of the person's own machine.
    Copy(String),
    /// Has the terminal tell of something, wherever the person looks.
    Announce { title: String, text: String },
    /// Finds the client behind a process of a server.
    Who(WhoOrder),
    /// Shows another moment.
    Travel(TravelOrder),
    /// Writes a bundle of the incident.
    Bundle(BundleOrder),
    /// Gives the terminal to another program.
    Child(Outing),
    /// Finds out something about change, after this time.
    Ask { question: Question, after: Duration },
    /// Has something done that a person confirmed.
    Order(Order),
}

/// What became of one.
#[derive(Clone, Debug)]
pub enum Done {
    /// There is nothing to it but a sentence.
    Told(Notice),
    /// A verdict changed that somebody wants to be told of.
    Announce { title: String, text: String },
    /// A process was traced, or not.
    Who(Arc<WhoAnswer>),
    /// The other moment, or why there is none.
    Arrived(Arrival),
    /// The file of a theme in use changed.
    Look(Changed),
    /// What was asked about change, as it stands.
    Answered(Arc<Answer>),
    /// What became of an order.
    Ordered(Heard),
}
