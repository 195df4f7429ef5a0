//! Our own keys in etcd, by the scope of the cluster that they are about. Nothing here is Patroni's.

use crate::config::state::{cluster_name, folder_name};
use crate::text::Untrusted;

/// Below it stands all of them.
#[cfg(test)]
pub(super) const OURS: &str = "/opsctl/";
/// Below it stands who holds the lock of a cluster against other runs; it goes with its lease.
pub(super) const LOCKS: &str = "/opsctl/lock/";
/// Below it stands who left a run open on a cluster; it stays until the run is ended.
pub(super) const OPEN_RUNS: &str = "/opsctl/open-run/";

/// Below it stand copies of runs, by the scope of their cluster and by run.
pub(super) const RUNS: &str = "/opsctl/runs/";

/// The key of `scope` below `prefix`. What a scope may have and a level of keys may not is written `%2F`.
pub(super) fn of(prefix: &str, scope: &str) -> String {
    format!("{prefix}{}", folder_name(scope))
}

/// What stands below `prefix`, by scope.
pub(super) fn by_scope(prefix: &str, pairs: Vec<(String, Vec<u8>)>) -> Vec<(String, Untrusted)> {
    super::range::values(prefix, pairs).into_iter().map(|(name, value)| (cluster_name(&name), value)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_is_read_as_it_was_written() {
        for scope in ["orders", "orders/eu", "a%b", "\u{fc}ber"] {
            let key = of(LOCKS, scope);
            assert!(key.starts_with(OURS) && !key[LOCKS.len()..].contains('/'), "{key}");
            assert_eq!(by_scope(LOCKS, vec![(key, b"x".to_vec())]), [(scope.to_owned(), "x".into())]);
        }
    }
}
