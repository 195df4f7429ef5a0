//! Required facts that nobody is asked for: a cluster of Patroni has PostgreSQL in it, and where none of its servers is configured, the rules on them
//! have nobody to ask. That is a gap like any other, and must never read as healthy.
//!
//! It must never list what a cluster may do without: a pooler or a balancer that nobody configured is not known to be there.

use super::rules;
use crate::fleet::Cluster;
use crate::model::{Gap, Reason, Subject};
use crate::systems::contract::{Rule, RuleInfo, System};
use crate::systems::patroni::Patroni;
use crate::systems::postgres::{self, Postgres};

/// The required rules on PostgreSQL that no endpoint of `cluster` answers for, with what is missing. Those that a rule over the cluster judges by another
/// witness are left to that.
pub(super) fn of(cluster: &Cluster) -> Vec<(&'static RuleInfo, Subject, Gap)> {
    if cluster.of(Patroni::NAME).next().is_none() || cluster.of(Postgres::NAME).next().is_some() {
        return Vec::new();
    }
    let elsewhere = |id: &str| rules::RULES.iter().any(|rule| rule.info.id == id);
    let wanted = Postgres::rules().iter().filter(|rule: &&Rule<postgres::Snapshot>| rule.info.required && !elsewhere(rule.info.id));
    let gap = |rule: &'static Rule<postgres::Snapshot>| {
        let why = "no endpoint of PostgreSQL in this cluster; `opsctl init` writes a configuration to add them to".to_owned();
        let subject = Subject { cluster: cluster.spec.name.clone(), system: Some(Postgres::NAME.to_owned()), member: None, object: None };
        (&rule.info, subject, Gap::new(format!("whether {}", rule.info.sentence), Reason::NotConfigured(why)))
    };
    wanted.map(gap).collect()
}
