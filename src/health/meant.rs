//! What a system's rule raises, and another system says is meant to be so: one line each. A system knows nothing of the others, so its rule cannot.
//!
//! It must never silence what nobody says is meant: a system that cannot be read means nothing.

use super::rule::ClusterView;
use crate::model::EndpointId;
use crate::systems::contract::RuleInfo;
use crate::systems::patroni::Patroni;
use crate::systems::twofold::REPLICA_NOT_STREAMING;

/// A rule of one endpoint, and who says that what it raises there is meant.
struct Meant {
    rule: &'static str,
    by: fn(&ClusterView<'_>, &EndpointId) -> bool,
}

static MEANT: &[Meant] = &[Meant { rule: REPLICA_NOT_STREAMING.id, by: lives_on_the_archive }];

/// Whether what `rule` raises about the endpoint `id` is meant.
pub(super) fn is_meant(view: &ClusterView<'_>, rule: &RuleInfo, id: &EndpointId) -> bool {
    MEANT.iter().any(|meant| meant.rule == rule.id && (meant.by)(view, id))
}

/// Patroni tells that member to take its WAL from the archive, and it does.
fn lives_on_the_archive(view: &ClusterView<'_>, id: &EndpointId) -> bool {
    let members = view.members::<Patroni>();
    members
        .iter()
        .filter(|member| member.name() == id.name)
        .any(|member| member.view.as_ref().is_ok_and(|view| view.snapshot.says_archive_as_meant()))
}
