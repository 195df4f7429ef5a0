//! Going back in time: unpacking an instant takes a while, so it is done beside the loop, and the screen stays where it is until it comes.

use crate::app::history::{Found, History, Step};
use crate::model::Moment;
use std::sync::Arc;

/// Where to go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TravelOrder {
    /// The moment that is shown.
    pub from: Moment,
    pub step: Step,
}

/// Where one came to, or one safe sentence why not.
#[derive(Clone, Debug)]
pub struct Arrival(pub Result<Found, String>);

impl PartialEq for Arrival {
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Ok(Found::At(one)), Ok(Found::At(two))) => Arc::ptr_eq(one, two),
            (Ok(Found::Newest), Ok(Found::Newest)) => true,
            (Err(one), Err(two)) => one == two,
            _ => false,
        }
    }
}

/// Goes there.
#[must_use]
pub fn go(history: &dyn History, order: TravelOrder) -> Arrival {
    Arrival(history.near(order.from, order.step).map_err(|why| crate::text::untrusted::visible(&why)))
}
