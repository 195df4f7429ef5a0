//! The state of the console: what is observed, where one is, how large the window is. Changed by `update` alone.

use super::picture::Picture;
use super::screens::{Place, Screen};
use crate::app::Observed;
use crate::fleet::Cluster;
use crate::health::Standing;
use crate::model::Moment;
use crate::systems::contract::AnySystem;
use std::cmp::Reverse;
use std::sync::Arc;

/// What the console is about: it stays as it was opened.
#[derive(Clone)]
pub struct Scope {
    /// Clusters by name; empty: all.
    pub clusters: Vec<String>,
    /// The systems that have a panel, in that order.
    pub systems: &'static [&'static dyn AnySystem],
}

impl std::fmt::Debug for Scope {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Scope").field("clusters", &self.clusters).finish_non_exhaustive()
    }
}

impl Scope {
    /// The clusters that are shown, worst first; among equals by name, so that rows stand still.
    #[must_use]
    pub fn worst_first<'a>(&self, observed: &'a Observed) -> Vec<&'a Cluster> {
        let wanted = |cluster: &&Cluster| self.clusters.is_empty() || self.clusters.contains(&cluster.spec.name);
        let mut clusters: Vec<&Cluster> = observed.fleet.clusters.iter().filter(wanted).collect();
        clusters.sort_by_key(|cluster| (Reverse(standing(observed, cluster)), cluster.spec.name.as_str()));
        clusters
    }
}

/// How a cluster stands.
#[must_use]
pub fn standing(observed: &Observed, cluster: &Cluster) -> Standing {
    observed.judgement.standing(&cluster.spec.name)
}

/// Everything that a frame is made of.
#[derive(Clone, Debug)]
pub struct State {
    pub picture: Picture,
    pub scope: Scope,
    /// Columns and rows of the window.
    pub size: (u16, u16),
    /// Where one came from, and last where one is; never empty.
    trail: Vec<Screen>,
    /// One sentence about the last key, until the next one.
    pub notice: Option<&'static str>,
}

impl State {
    /// The state in which the console opens: with one cluster, on it; with more, on the fleet.
    #[must_use]
    pub fn open(observed: Arc<Observed>, scope: Scope, size: (u16, u16), now: Moment) -> Self {
        let mut trail = vec![Screen::fleet()];
        if let [only] = scope.worst_first(&observed)[..] {
            trail.push(Screen::cluster(&only.spec.name));
        }
        State { picture: Picture::new(observed, now), scope, size, trail, notice: None }
    }

    /// The screen that is shown.
    #[must_use]
    pub fn screen(&self) -> &Screen {
        // never empty: `back` keeps the first
        self.trail.last().unwrap_or(&Screen::Help { scroll: 0 })
    }

    pub fn screen_mut(&mut self) -> Option<&mut Screen> {
        self.trail.last_mut()
    }

    /// From the first screen to the one that is shown.
    #[must_use]
    pub fn trail(&self) -> &[Screen] {
        &self.trail
    }

    #[must_use]
    pub fn place(&self) -> Place {
        self.screen().place()
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

    /// Rows between header and footer.
    #[must_use]
    pub fn body_rows(&self) -> usize {
        usize::from(self.size.1).saturating_sub(super::screens::CHROME)
    }

    /// Whether something on the screen grows older by itself: a still picture does not, and neither does no picture.
    #[must_use]
    pub fn is_aging(&self) -> bool {
        self.picture.frozen().is_none() && self.size.0 > 0 && self.size.1 > 0
    }
}
