//! What the etcd of a cluster says of the clusters whose keys it holds. Pure; several rules ask for it.

use crate::fleet::Cluster;
use crate::health::rule::ClusterView;
use crate::model::{Gap, Moment};
use crate::systems::etcd::Etcd;

/// The names in a store, as one member passed them on.
pub(super) struct Store<'a> {
    pub(super) names: &'a [String],
    pub(super) namespace: &'a str,
    /// Whether the configuration names the namespace.
    pub(super) named: bool,
    pub(super) witness: &'a str,
    pub(super) taken_at: Moment,
}

/// The freshest list of names; `None` where no etcd is configured.
///
/// # Errors
/// Why no member could tell.
pub(super) fn told<'a>(view: &ClusterView<'a>) -> Result<Option<Store<'a>>, Gap> {
    let (views, mut missing) = view.known::<Etcd>();
    let mut best: Option<Store<'a>> = None;
    for member in views {
        match (member.snapshot.names.known(format!("names in {}", member.name())), member.snapshot.names.taken_at()) {
            (Ok(names), Some(taken_at)) if best.as_ref().is_none_or(|best| best.taken_at.mono < taken_at.mono) => {
                let named = member.endpoint.body.text("namespace").is_some();
                best = Some(Store { names, namespace: &member.snapshot.namespace, named, witness: &member.endpoint.id.name, taken_at });
            }
            (Err(gap), _) => missing = missing.or(Some(gap)),
            _ => {}
        }
    }
    match (best, missing) {
        (Some(store), _) => Ok(Some(store)),
        (None, Some(gap)) => Err(gap),
        (None, None) => Ok(None),
    }
}

/// Whether two clusters keep their keys in the same etcd, by the addresses of the configuration.
pub(super) fn shares(one: &Cluster, other: &Cluster) -> bool {
    let urls = |cluster: &Cluster| cluster.of("etcd").filter_map(|entry| entry.spec.body.text("url").map(str::to_owned)).collect::<Vec<_>>();
    let theirs = urls(other);
    urls(one).iter().any(|url| theirs.contains(url))
}
