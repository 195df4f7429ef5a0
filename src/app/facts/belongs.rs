//! Whether who answers is of the cluster at all: a wrong URL, an address that moved, a member that was begun on other data. Names do not tell: most clusters call
//! their members alike.
//!
//! It must never take who answers first, or who stands first in the configuration, for the yardstick.

use crate::config::ClusterSpec;
use crate::model::Reason;
use crate::systems::patroni::own::Own;
use crate::systems::postgres;
use crate::text::untrusted::visible;

/// The system identifier of the data of the cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Data {
    Known(String),
    /// Nobody tells one.
    Untold,
    /// They tell different ones, and none of them most.
    Disputed(Vec<String>),
}

/// By the store, where it says so; else what more than half of `marks` are: what Patroni and PostgreSQL of each member say.
pub(super) fn data(stored: Option<&str>, marks: Vec<String>) -> Data {
    stored.filter(|mark| !mark.is_empty()).map_or_else(|| most(marks), |stored| Data::Known(stored.to_owned()))
}

/// The system identifier that a Patroni tells; what another scope says of its data is no voice here.
pub(super) fn mark_of_own(cluster: &ClusterSpec, own: &Own) -> Option<String> {
    scope(cluster, own).ok()?;
    own.system_identifier.clone()
}

/// What more than half of `marks` are.
fn most(marks: Vec<String>) -> Data {
    let count = |mark: &String| marks.iter().filter(|other| *other == mark).count();
    match marks.iter().find(|mark| count(mark) * 2 > marks.len()) {
        Some(mark) => Data::Known(mark.clone()),
        None if marks.is_empty() => Data::Untold,
        None => {
            let mut several = marks;
            several.sort_unstable();
            several.dedup();
            Data::Disputed(several)
        }
    }
}

/// The system identifier that a PostgreSQL tells.
pub(super) fn mark_of(snapshot: &postgres::Snapshot) -> Option<String> {
    snapshot.identity.value().map(|identity| identity.system_identifier.to_string())
}

/// Whether this Patroni is of the cluster.
///
/// # Errors
/// It belongs to another cluster, or nobody knows which one it belongs to.
pub(super) fn patroni(cluster: &ClusterSpec, data: &Data, own: &Own) -> Result<(), Reason> {
    scope(cluster, own)?;
    same(data, own.system_identifier.as_deref())
}

/// Whether this PostgreSQL is of the cluster.
///
/// # Errors
/// As [`patroni`].
pub(super) fn server(data: &Data, snapshot: &postgres::Snapshot) -> Result<(), Reason> {
    same(data, mark_of(snapshot).as_deref())
}

fn scope(cluster: &ClusterSpec, own: &Own) -> Result<(), Reason> {
    own.is_of_another(&cluster.name, &cluster.scope).map_or(Ok(()), |why| Err(Reason::Untold(why)))
}

fn same(data: &Data, mark: Option<&str>) -> Result<(), Reason> {
    match (data, mark) {
        (Data::Known(ours), Some(mark)) if ours != mark => {
            Err(Reason::Untold(format!("it belongs to another cluster: system identifier {}, and not {}", visible(mark), visible(ours))))
        }
        (Data::Disputed(several), Some(mark)) => Err(Reason::Untold(format!(
            "nobody knows whether it belongs to another cluster: it says system identifier {}, and there are {}",
            visible(mark),
            several.iter().map(|one| visible(one)).collect::<Vec<_>>().join(", ")
        ))),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_most_say_is_a_yardstick() {
        let of = |marks: &[&str]| most(marks.iter().map(|&mark| mark.to_owned()).collect());
        assert_eq!(of(&["9", "7", "7"]), Data::Known("7".to_owned()));
        assert_eq!(of(&["9", "7"]), Data::Disputed(vec!["7".to_owned(), "9".to_owned()]));
        assert_eq!(of(&[]), Data::Untold);
        assert!(same(&of(&["9", "7"]), Some("7")).is_err());
        assert!(same(&of(&["9", "7"]), None).is_ok());
        assert!(same(&Data::Untold, Some("7")).is_ok());
    }
}
