//! The state of the console: what is observed, where one is, how large the window is. Changed by `update` alone.

use super::arranged::Memo;
use super::errand::who::WhoAnswer;
use super::journey::Travel;
use super::notice::Notice;
use super::picture::Picture;
use super::place::{Place, Screen, Subject};
use super::scope::Scope;
use crate::app::Observed;
use crate::model::Moment;
use std::sync::{Arc, LazyLock};

/// Lines around the body of a screen: header, what is selected, footer.
const CHROME: usize = 3;

/// Everything that a frame is made of.
#[derive(Clone, Debug)]
pub struct State {
    pub picture: Picture,
    pub scope: Scope,
    /// Columns and rows of the window.
    pub size: (u16, u16),
    /// Where one came from, and last where one is; never empty.
    trail: Vec<Screen>,
    /// About the last key, until the next one.
    pub notice: Option<Notice>,
    /// How one moves in time.
    pub travel: Travel,
    /// The tables of the screen as they were arranged last.
    pub memo: Memo,
}

impl State {
    /// The state in which the console opens: with one cluster, on it; with more, on the fleet.
    #[must_use]
    pub fn open(observed: Arc<Observed>, scope: Scope, size: (u16, u16), now: Moment) -> Self {
        let mut trail = vec![Screen::fleet()];
        if let [only] = scope.worst_first(&observed)[..] {
            trail.push(Screen::cluster(&only.spec.name));
        }
        State { picture: Picture::new(observed, now), scope, size, trail, notice: None, travel: Travel::default(), memo: Memo::default() }
    }

    /// The screen that is shown.
    #[must_use]
    pub fn screen(&self) -> &Screen {
        static NOWHERE: LazyLock<Screen> = LazyLock::new(Screen::help);
        // never empty: `back` keeps the first
        self.trail.last().unwrap_or(&NOWHERE)
    }

    pub fn screen_mut(&mut self) -> Option<&mut Screen> {
        self.trail.last_mut()
    }

    /// The cluster that is open, on this screen or on one that led here.
    #[must_use]
    pub fn cluster(&self) -> Option<&str> {
        self.trail.iter().rev().find_map(|screen| screen.cluster.as_deref())
    }

    /// The same screens of the cluster called `name`.
    pub fn turn_to(&mut self, name: &str) {
        for screen in self.trail.iter_mut().filter(|screen| screen.cluster.is_some()) {
            screen.cluster = Some(name.to_owned());
            screen.hands.clear();
        }
    }

    /// From the first screen to the one that is shown.
    #[must_use]
    pub fn trail(&self) -> &[Screen] {
        &self.trail
    }

    #[must_use]
    pub fn place(&self) -> Place {
        self.screen().place
    }

    /// Shows `screen`; one comes back from it.
    pub fn go(&mut self, screen: Screen) {
        self.trail.push(screen);
    }

    /// Back to where one came from; `false` at the beginning.
    pub fn back(&mut self) -> bool {
        let can = self.trail.len() > 1;
        if can {
            self.trail.pop();
        }
        can
    }

    /// Puts the answer to where it was asked for; `false` when nobody waits for it any more.
    pub fn answered(&mut self, answer: &Arc<WhoAnswer>) -> bool {
        let mut heard = false;
        for screen in &mut self.trail {
            if let Some(Subject::Process(asked)) = &mut screen.subject
                && asked.order == answer.order
            {
                asked.answer = Some(Arc::clone(answer));
                heard = true;
            }
        }
        heard
    }

    /// Rows between header and footer.
    #[must_use]
    pub fn body_rows(&self) -> usize {
        usize::from(self.size.1).saturating_sub(CHROME)
    }

    /// Whether something on the screen grows older by itself: a still picture does not, and neither does no picture.
    #[must_use]
    pub fn is_aging(&self) -> bool {
        (self.picture.mode().is_live() || self.travel.is_playing()) && self.size.0 > 0 && self.size.1 > 0
    }
}
