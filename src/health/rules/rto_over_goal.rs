//! The lease is longer than the goal allows: when the leader dies, nobody is promoted before its ttl has passed, whatever else works.
//!
//! It must never count in another way than what foretells the crash of the leader: the figure is asked there.

use crate::config::quantity::time_text;
use crate::health::foresee::crash;
use crate::health::patroni::Told;
use crate::health::rule::{ClusterRule, ClusterView};
use crate::model::Severity;
use crate::systems::contract::{Knobs, Raised, RuleInfo, Verdict};

pub(super) const RULE: ClusterRule = ClusterRule {
    info: RuleInfo {
        id: "rto-over-goal",
        sentence: "the lease of the leader allows a longer outage than the goal",
        required: false,
        knobs: &[],
        cure: "Lower ttl (20 s is Patroni's least, with loop_wait 5 and retry_timeout 5 or less: ttl >= loop_wait + 2 * retry_timeout) or server_login_retry \
               of the poolers, or set rto_goal of the cluster to what is really promised.",
    },
    judge,
};

fn judge(view: &ClusterView<'_>, _knobs: &Knobs<'_>) -> Verdict {
    let told = Told::of(view);
    if told.is_absent() {
        return Ok(Vec::new());
    }
    let config = told.config()?;
    let goal = view.cluster.spec.rto_goal;
    // what only a person ends is told by the rules on pause, candidates and the store
    let Some(crash) = crash(view, config.value)? else { return Ok(Vec::new()) };
    // where a pooler does not tell what it adds, the database alone may already be too late
    let worst = match crash.way {
        Ok(way) => crash.database + way,
        Err(_) if crash.database > goal => crash.database,
        Err(gap) => return Err(gap),
    };
    if worst <= goal {
        return Ok(Vec::new());
    }
    let sentence = format!("a crash of the leader stops writes for up to {:.1} s, the goal is {}", worst.as_secs_f64(), time_text(goal));
    let ttl = config.value.ttl().map_or_else(String::new, time_text);
    let adds = worst.saturating_sub(crash.database);
    let way = if adds.is_zero() { String::new() } else { format!(", the way of the clients adds up to {}", time_text(adds)) };
    Ok(vec![Raised::new(Severity::Warning, sentence).seen(config.witness, format!("ttl {ttl}{way}"), config.taken_at)])
}
