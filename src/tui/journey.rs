//! How far a journey through time has come: what is replayed, whether it plays, which steps wait. What keys make of it is in [`travel`](super::travel).

use super::picture::Mode;
use crate::app::history::Step;
use crate::model::Moment;
use std::collections::VecDeque;
use std::sync::Arc;

/// Steps that wait; more presses than that are not counted.
const MOST: usize = 64;

/// The journey through time.
#[derive(Clone, Debug, Default)]
pub struct Travel {
    /// The ends of the recording that is replayed; `None` in a live console.
    pub(super) of: Option<(Moment, Moment)>,
    /// What is damaged in that recording, a safe sentence for each place.
    pub(super) damage: Arc<[String]>,
    /// A replay that goes on by itself.
    pub(super) playing: bool,
    /// A step is out.
    pub(super) out: bool,
    /// Whoever asked for the step that is out has gone live meanwhile: it leads nowhere.
    pub(super) recalled: bool,
    pub(super) waiting: VecDeque<Step>,
}

impl Travel {
    /// That of a console which replays a recording with these ends.
    #[must_use]
    pub fn of_replay(of: (Moment, Moment)) -> Self {
        Travel { of: Some(of), ..Travel::default() }
    }

    #[must_use]
    pub const fn is_replay(&self) -> bool {
        self.of.is_some()
    }

    /// What is damaged in the recording that is replayed, a safe sentence for each place.
    #[must_use]
    pub fn damage(&self) -> &[String] {
        &self.damage
    }

    #[must_use]
    pub const fn is_playing(&self) -> bool {
        self.playing
    }

    /// What is replayed, shown at `at`.
    #[must_use]
    pub fn mode(&self, at: Moment) -> Option<Mode> {
        self.of.map(|of| Mode::Replay { at, of })
    }

    /// Lines `step` up.
    pub(super) fn want(&mut self, step: Step) {
        if self.waiting.len() < MOST {
            self.waiting.push_back(step);
        }
    }
}
