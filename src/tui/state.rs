//! The state of the console: what is observed, where one is, how large the window is. Changed by `update` alone.

use super::arranged::Memo;
use super::dialog::Dialog;
use super::errand::who::WhoAnswer;
use super::inquiry::Inquiry;
use super::journey::Travel;
use super::memory::Memory;
use super::notice::Notice;
use super::picture::Picture;
use super::place::{Place, Screen, Subject};
use super::scope::Scope;
use crate::app::Observed;
use crate::app::change::{Answer, Question, Unlock};
use crate::config::UserCommand;
use crate::model::{Environment, Moment};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

/// Lines around the body of a screen: header, what is selected, footer.
const CHROME: usize = 3;
/// Ways that can be gone back; more than anybody remembers.
const REMEMBERED: usize = 100;
/// What was said in the palette, to be found first.
const RECENT: usize = 20;

/// Everything that a frame is made of.
#[derive(Clone, Debug)]
pub struct State {
    pub picture: Picture,
    pub scope: Scope,
    /// Who sits here: `alice@jump1`; `None`: nobody says.
    pub user: Option<String>,
    /// Columns and rows of the window.
    pub size: (u16, u16),
    /// Where one came from, and last where one is; never empty.
    trail: Vec<Screen>,
    /// Where one was before, oldest first, and where one came back from; each a whole trail.
    past: Vec<Vec<Screen>>,
    ahead: Vec<Vec<Screen>>,
    /// Commands of one's own, as the help tells them.
    pub own: Arc<[UserCommand]>,
    /// Hosts that a row may lead to.
    pub links: Arc<[String]>,
    /// Themes that can be worn, by their names.
    pub themes: Arc<[String]>,
    /// The mouse is ours; else the terminal selects text with it.
    pub mouse: bool,
    /// What is being typed or chosen; it has the keys.
    pub dialog: Option<Dialog>,
    /// How tables are shown, beyond this session.
    pub memory: Memory,
    /// What was run from the palette, newest first.
    recent: Vec<String>,
    /// About the last key, until the next one.
    pub notice: Option<Notice>,
    /// How one moves in time.
    pub travel: Travel,
    /// Writing that was unlocked here, and until when.
    pub unlocked: Option<Unlock>,
    /// Questions about change that are out.
    pub asking: Vec<Question>,
    /// The tables of the screen as they were arranged last.
    pub memo: Memo,
}

impl State {
    /// Nothing of the console changes a server yet; what it starts is told the same.
    pub const READ_ONLY: bool = true;

    /// The state in which the console opens: with one cluster, on it; with more, on the fleet.
    #[must_use]
    pub fn open(observed: Arc<Observed>, scope: Scope, size: (u16, u16), now: Moment) -> Self {
        let mut trail = vec![Screen::fleet()];
        if let [only] = scope.worst_first(&observed)[..] {
            trail.push(Screen::cluster(&only.spec.name));
        }
        State {
            picture: Picture::new(observed, now),
            scope,
            user: None,
            size,
            trail,
            past: Vec::new(),
            ahead: Vec::new(),
            own: Arc::default(),
            links: Arc::default(),
            themes: crate::theme::names().map(str::to_owned).collect(),
            mouse: true,
            dialog: None,
            memory: Memory::default(),
            recent: Vec::new(),
            notice: None,
            travel: Travel::default(),
            unlocked: None,
            asking: Vec::new(),
            memo: Memo::default(),
        }
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

    /// The environment of the cluster that is open.
    #[must_use]
    pub fn environment(&self) -> Option<Environment> {
        Some(self.picture.shown().fleet.cluster(self.cluster()?)?.spec.environment)
    }

    /// The same screens of the cluster called `name`; what tables are narrowed to stays.
    pub fn turn_to(&mut self, name: &str) {
        self.leave();
        // a process is one of the cluster that is left
        self.trail.retain(|screen| !matches!(screen.place, Place::Who | Place::Plan | Place::Run));
        for screen in self.trail.iter_mut().filter(|screen| screen.cluster.is_some()) {
            screen.cluster = Some(name.to_owned());
            if let Some(Inquiry { question: Question::Runbooks { .. }, .. }) = screen.asked {
                screen.asked = Some(Inquiry::new(Question::Runbooks { cluster: name.to_owned() }));
            }
            for hand in screen.hands.values_mut() {
                hand.cursor = super::place::Cursor::default();
            }
        }
    }

    /// Remembers where one is, before one goes elsewhere.
    fn leave(&mut self) {
        self.ahead.clear();
        self.past.push(self.trail.clone());
        if self.past.len() > REMEMBERED {
            self.past.remove(0);
        }
    }

    /// To where one was before, however one left it; `false` when that is nowhere.
    pub fn rewind(&mut self) -> bool {
        let Some(former) = self.past.pop() else { return false };
        self.ahead.push(std::mem::replace(&mut self.trail, former));
        true
    }

    /// Again to where [`State::rewind`] came back from.
    pub fn advance(&mut self) -> bool {
        let Some(next) = self.ahead.pop() else { return false };
        self.past.push(std::mem::replace(&mut self.trail, next));
        true
    }

    /// To where one was last, and from there to here again.
    pub fn swap(&mut self) -> bool {
        let Some(former) = self.past.pop() else { return false };
        self.past.push(std::mem::replace(&mut self.trail, former));
        true
    }

    /// What was run from the palette, newest first.
    #[must_use]
    pub fn recent(&self) -> &[String] {
        &self.recent
    }

    /// `said` was run from the palette.
    pub fn ran(&mut self, said: String) {
        self.recent.retain(|known| *known != said);
        self.recent.insert(0, said);
        self.recent.truncate(RECENT);
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
        self.leave();
        self.trail.push(screen);
    }

    /// Shows the page `next` in the place of the page that is open, and of what was opened on it; one that is open already keeps what was done to it.
    pub fn turn_page(&mut self, next: Screen) {
        let page = self.trail.iter().rposition(|screen| screen.place.is_page() || matches!(screen.place, Place::Fleet | Place::Cluster)).unwrap_or(0);
        let same = self.trail.get(page).is_some_and(|screen| screen.place == next.place && screen.cluster == next.cluster);
        if same && page + 1 == self.trail.len() {
            return;
        }
        self.leave();
        let is_page = self.trail.get(page).is_some_and(|screen| screen.place.is_page());
        self.trail.truncate(page + usize::from(same || !is_page));
        if !same {
            self.trail.push(next);
        }
    }

    /// Shows the last of `screens`, which are the way there from the fleet.
    pub fn visit(&mut self, screens: impl IntoIterator<Item = Screen>) {
        self.leave();
        self.trail.truncate(1);
        self.trail.extend(screens);
    }

    /// Shows the fleet, the beginning of every way.
    pub fn home(&mut self) {
        self.leave();
        self.trail.truncate(1);
    }

    /// Back to where one came from; `false` at the beginning.
    pub fn back(&mut self) -> bool {
        let can = self.trail.len() > 1;
        if can {
            self.leave();
            self.trail.pop();
        }
        can
    }

    /// Puts the answer to where it was asked for, shown now or before; `false` when nobody waits for it any more.
    pub fn answered(&mut self, answer: &Arc<WhoAnswer>) -> bool {
        let mut heard = false;
        for screen in self.past.iter_mut().chain(&mut self.ahead).chain([&mut self.trail]).flatten() {
            if let Some(Subject::Process(asked)) = &mut screen.subject
                && asked.order == answer.order
            {
                asked.answer = Some(Arc::clone(answer));
                heard = true;
            }
        }
        heard
    }

    /// Puts what came back about change to where it was asked for, shown now or before.
    pub fn heard(&mut self, answer: &Arc<Answer>) {
        self.asking.retain(|question| *question != answer.question);
        for screen in self.past.iter_mut().chain(&mut self.ahead).chain([&mut self.trail]).flatten() {
            if let Some(asked) = screen.asked.as_mut().filter(|asked| asked.question == answer.question) {
                asked.answer = Some(Arc::clone(answer));
            }
        }
    }

    /// How long writing to the cluster that is open stays unlocked.
    #[must_use]
    pub fn writes_for(&self) -> Option<Duration> {
        self.unlocked.as_ref()?.left(self.cluster()?, self.picture.seen_at())
    }

    /// Rows between header and footer.
    #[must_use]
    pub fn body_rows(&self) -> usize {
        usize::from(self.size.1).saturating_sub(CHROME)
    }

    /// Whether something on the screen grows older by itself: a still picture does not, and neither does no picture.
    #[must_use]
    pub fn is_aging(&self) -> bool {
        // a run goes on while the picture stands still
        let asked = self.screen().asked.is_some() && !self.travel.is_replay();
        (self.picture.mode().is_live() || self.travel.is_playing() || asked) && self.size.0 > 0 && self.size.1 > 0
    }
}
