//! A rule over a whole cluster, and what it sees.

use crate::fleet::{Cluster, Fleet, Member};
use crate::model::{Gap, Moment};
use crate::systems::contract::{Knobs, RuleInfo, System, Verdict, View};

/// A rule that needs several members or systems at once.
pub struct ClusterRule {
    pub info: RuleInfo,
    pub judge: fn(&ClusterView<'_>, &Knobs<'_>) -> Verdict,
}

/// One cluster in one revision.
#[derive(Clone, Copy, Debug)]
pub struct ClusterView<'a> {
    pub fleet: &'a Fleet,
    pub cluster: &'a Cluster,
    pub now: Moment,
}

impl<'a> ClusterView<'a> {
    /// The endpoints of one system: each with its view, or the gap that stands for it.
    #[must_use]
    pub fn members<S: System>(&self) -> Vec<Member<'a, S::Snapshot>> {
        self.cluster.members::<S>(self.now)
    }

    /// Only those that can be judged by, and the first gap among the others.
    #[must_use]
    pub fn known<S: System>(&self) -> (Vec<View<'a, S::Snapshot>>, Option<Gap>) {
        let mut views = Vec::new();
        let mut missing = None;
        for member in self.members::<S>() {
            match member.view {
                Ok(view) => views.push(view),
                Err(gap) => missing = missing.or(Some(gap)),
            }
        }
        (views, missing)
    }
}
