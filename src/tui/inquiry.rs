//! What a screen asks about change, with what came back last: it is made of that, and of nothing else.

use crate::app::change::question::{Audited, Drawn, OnShelf};
use crate::app::change::{Answer, Question, Sight, Told};
use crate::systems::view::Table;
use std::sync::Arc;

/// A question, and its newest answer.
#[derive(Clone, Debug)]
pub struct Inquiry {
    pub question: Question,
    pub answer: Option<Arc<Answer>>,
}

/// Two answers are the same only when they are one: what they tell of moved on meanwhile.
impl PartialEq for Inquiry {
    fn eq(&self, other: &Self) -> bool {
        self.question == other.question && self.answer.as_ref().map(Arc::as_ptr) == other.answer.as_ref().map(Arc::as_ptr)
    }
}

impl Eq for Inquiry {}

impl Inquiry {
    /// Nobody has answered yet.
    #[must_use]
    pub const fn new(question: Question) -> Self {
        Inquiry { question, answer: None }
    }

    /// What was told; `None`: nothing yet, or why nobody can say.
    #[must_use]
    pub fn told(&self) -> Option<&Told> {
        self.answer.as_ref()?.told.as_ref().ok()
    }

    #[must_use]
    pub fn shelf(&self) -> Option<&[OnShelf]> {
        if let Told::Runbooks(shelf) = self.told()? { Some(shelf) } else { None }
    }

    #[must_use]
    pub fn runs(&self) -> Option<&Table> {
        if let Told::Runs(table) = self.told()? { Some(table) } else { None }
    }

    #[must_use]
    pub fn audited(&self) -> Option<&Audited> {
        if let Told::Audit(audited) = self.told()? { Some(audited) } else { None }
    }

    #[must_use]
    pub fn drawn(&self) -> Option<&Drawn> {
        if let Told::Plan(drawn) = self.told()? { Some(drawn) } else { None }
    }

    #[must_use]
    pub fn sight(&self) -> Option<&Sight> {
        if let Told::Run(sight) = self.told()? { Some(sight) } else { None }
    }
}
