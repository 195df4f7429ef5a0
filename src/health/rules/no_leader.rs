//! Nobody holds the leader lock: nobody may write, and nobody is being promoted.

use crate::health::patroni::Told;
use crate::health::rule::{ClusterRule, ClusterView};
use crate::model::{Reason, Severity};
use crate::systems::contract::{Knobs, Raised, RuleInfo, Verdict};

pub(super) const RULE: ClusterRule = ClusterRule {
    info: RuleInfo {
        id: "no-leader",
        sentence: "nobody holds the leader lock of the cluster",
        required: true,
        knobs: &[],
        cure: "Wait one ttl: Patroni promotes a standby by itself unless it is paused. If it does not, look why each member refuses (its log: `not healthy \
               enough`, `nofailover`, not in /sync). Start the former leader if its data is there; else fail over by hand and accept the loss that is shown.",
    },
    judge,
};

fn judge(view: &ClusterView<'_>, _knobs: &Knobs<'_>) -> Verdict {
    let told = Told::of(view);
    if told.is_absent() {
        return Ok(Vec::new());
    }
    let writable = told.views().find(|member| member.snapshot.says_writable());
    let raised = match told.picture() {
        Ok(picture) => {
            if picture.value.holder()?.is_some() {
                return Ok(Vec::new());
            }
            let (severity, but) = match writable {
                Some(member) => (Severity::Warning, format!(", though {} still takes writes", member.name())),
                None => (Severity::Critical, String::new()),
            };
            let fact = format!("{} members, none of them leader", picture.value.members.len());
            Raised::new(severity, format!("nobody holds the leader lock{but}")).seen(picture.witness, fact, picture.taken_at)
        }
        // without its store a primary may go on by failsafe; then there is a leader, though no lock
        Err(_) if writable.is_some() => return Ok(Vec::new()),
        Err(gap) => {
            let everybody = told.views().next().is_some() && told.views().all(|member| member.snapshot.own.unlocked.is_on());
            if !everybody {
                return Err(if told.views().next().is_some() { gap } else { told.gap("leader of the cluster", Reason::NotAskedYet) });
            }
            Raised::new(Severity::Critical, "nobody holds the leader lock, and the store of the cluster cannot be read")
        }
    };
    let unlocked = told.views().filter(|member| member.snapshot.own.unlocked.is_on());
    Ok(vec![unlocked.fold(raised, |raised, member| {
        raised.seen(format!("GET /patroni of {}", member.name()), "cluster_unlocked", member.snapshot.exchange.answered)
    })])
}
