//! When the records of a run are copied while it goes on: each intent before its effect, each result after it, in one request.
//!
//! Where the store does not take them nothing new is begun. It must never keep waiting whom a step holds: what is owed goes before its copy.

use super::copier::{Behind, Copier, tell};
use super::desk::Desk;
use super::event::Event;
use super::mirror::MirrorError;
use super::states::StepEvent;
use crate::model::Moment;
use std::time::Duration;

/// How long the copy of a result is waited for.
const RESULT_WITHIN: Duration = Duration::from_secs(2);
/// How long somebody who is to be freed is kept waiting for one.
const OWED_WITHIN: Duration = Duration::from_millis(500);

impl Desk<'_> {
    /// Copies what is not kept yet, until `end` at the latest; what became of it is told to who watches.
    async fn copy(&self, end: Moment) -> Result<(), String> {
        let Some(copier) = &self.copier else { return Ok(()) };
        let left = end.since(self.now());
        let copied = match self.world.clock.timeout(left, copier.copy()).await {
            Some(copied) => copied.map_err(|error| error.to_string()),
            None => Err(MirrorError::Store(format!("nothing came of it within {} ms", left.as_millis())).to_string()),
        };
        let before = copier.behind.replace(copied.as_ref().err().cloned());
        match (&copied, before) {
            (Ok(()), Some(_)) => {
                tell(copier.folder, None);
                self.tell(Event::Note { text: "all records of the run are copied again".to_owned() });
            }
            (Err(why), None) => {
                tell(copier.folder, Some(Behind { since: self.now().wall, why: why.clone() }));
                self.tell(Event::Note { text: format!("the copy of the run is behind: {why}") });
            }
            _ => {}
        }
        copied
    }

    /// Copies what an earlier attempt could not, before anything new is intended.
    pub(super) async fn caught_up(&self, event: StepEvent) -> Result<(), String> {
        let behind = self.copier.as_ref().is_some_and(Copier::is_behind);
        if behind && event != StepEvent::Release { self.copy(self.now().plus(RESULT_WITHIN)).await } else { Ok(()) }
    }

    /// Copies the intent of `event`, of which nothing leaves after `before`. What is owed leaves whether it could be or not.
    pub(super) async fn intent_copied(&self, event: StepEvent, before: Moment) -> Result<(), String> {
        if event != StepEvent::Release {
            return self.copy(before).await;
        }
        if self.copier.as_ref().is_some_and(|copier| !copier.is_behind()) {
            let _goes_anyway = self.copy(self.now().plus(OWED_WITHIN)).await;
        }
        Ok(())
    }

    /// Copies what came of `event`. What cannot be copied now is before anything new is begun.
    pub(super) async fn result_copied(&self, event: StepEvent) {
        let within = if event == StepEvent::Release { OWED_WITHIN } else { RESULT_WITHIN };
        // nobody who is to be freed next is kept waiting for a store that is known to be gone
        if event != StepEvent::Release || self.copier.as_ref().is_some_and(|copier| !copier.is_behind()) {
            let _told = self.copy(self.now().plus(within)).await;
        }
    }

    /// Copies where the run stands now.
    pub(super) async fn standing_copied(&self) {
        let _told = self.copy(self.now().plus(RESULT_WITHIN)).await;
    }
}
