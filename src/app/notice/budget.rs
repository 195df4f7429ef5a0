//! What is left of the hour of a target, for whoever asks whether somebody would be told: from what the process that tells it has kept.
//!
//! It must never send anything, nor change what was kept.

use super::memory;
use super::policy::Policy;
use crate::app::Observed;
use crate::app::targets::{Budget, Looked};
use crate::config::NoticeTo;
use crate::config::state::{State, folder_name};

/// `looked`, with what is left of each target's hour as the memories in `state` have it. A terminal keeps none.
#[must_use]
pub fn told(looked: Vec<Looked>, observed: &Observed, state: Option<&State>) -> Vec<Looked> {
    let with = |one: Looked| {
        let kept = state.filter(|_| one.target.to != NoticeTo::Terminal).map(|state| budget(&one, observed, state));
        Looked { budget: kept, ..one }
    };
    looked.into_iter().map(with).collect()
}

fn budget(looked: &Looked, observed: &Observed, state: &State) -> Result<Budget, String> {
    let mut policy = Policy::new(&looked.target);
    for cluster in &observed.fleet.clusters {
        let name = cluster.spec.name.as_str();
        let path = memory::path(&state.rings().join(folder_name(name)), &looked.target.name);
        policy.restore(name, memory::load(&path)?, observed.now);
    }
    policy.see(observed, |_| true);
    Ok(policy.budget(observed.now))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::targets::{Room, table};
    use crate::config::{ClusterSpec, Inventory, NoticeTarget};
    use crate::health::{Judgement, Standing};
    use crate::model::{Clock, Cure, Finding, Moment, Severity, Since, Subject};
    use std::sync::Arc;
    use std::time::Duration;

    fn finding(rule: &str, now: Moment) -> Finding {
        Finding {
            rule: rule.to_owned(),
            severity: Severity::Warning,
            subject: Subject { cluster: "lab".to_owned(), system: None, member: None, object: None },
            sentence: "s".into(),
            evidence: Vec::new(),
            since: Since::FirstSeen(now.wall),
            cure: Cure::Procedure(String::new()),
            members: Vec::new(),
            confirmed: true,
        }
    }

    #[test]
    fn a_spent_hour_says_until_when_and_how_much_is_held_back() {
        let folder = tempfile::tempdir().expect("a folder");
        let state = State { path: folder.path().to_owned(), shared: false };
        let now = Clock::real().now();
        let inventory = Inventory { clusters: vec![Arc::new(ClusterSpec::named("lab", "test"))] };
        let nothing = Observed::nothing(&inventory, now);
        let findings = [finding("a", now), finding("b", now)];
        let judgement = Judgement::told(&nothing.fleet, 1, now, &findings, &[], &[("lab".to_owned(), Standing::Warning)]);
        let observed = Observed { judgement: Arc::new(judgement), ..nothing };
        let argv = NoticeTo::Command(vec!["/bin/true".to_owned()]);
        let target = NoticeTarget { name: "pager".to_owned(), to: argv, least: Severity::Warning, per_hour: 4 };
        let path = memory::path(&state.rings().join("lab"), "pager");
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        let minutes_ago = |minutes: u64| now.wall - Duration::from_secs(60 * minutes);
        let after = |sends: &[u64]| {
            let kept = memory::Kept { told: Vec::new(), sent: sends.iter().map(|minutes| minutes_ago(*minutes)).collect() };
            memory::save(&path, kept).expect("kept");
            let looked = vec![Looked { target: target.clone(), tried: Some(Ok(())), budget: None }];
            told(looked, &observed, Some(&state)).remove(0)
        };
        let budget = |looked: &Looked| looked.budget.clone().expect("looked").expect("read");
        assert_eq!(budget(&after(&[50])), Budget { sent: 1, held: 0, room: Room::Open });
        let some = budget(&after(&[50, 20, 10]));
        assert_eq!((some.sent, some.held), (3, 2));
        let Room::CriticalOnly(until) = some.room else { panic!("{some:?}") };
        assert_eq!(until.duration_since(now.wall).as_mins(), 40, "one that was sent 20 minutes ago goes in 40");
        let spent = after(&[50, 20, 10, 5, 70]);
        let Room::Spent(until) = budget(&spent).room else { panic!("{spent:?}") };
        assert_eq!((until.duration_since(now.wall).as_mins(), budget(&spent).sent), (10, 4), "what is older than an hour does not count");
        let shown = table(std::slice::from_ref(&spent));
        let at = |key: &str| shown.columns.iter().position(|column| column.key == key).expect("the column");
        let words = |key: &str| crate::app::cells::words(&shown.rows[0].cells[at(key)]).0;
        assert_eq!([words("ready"), words("sent"), words("held_back")], ["spent", "4", "2"]);
    }
}
