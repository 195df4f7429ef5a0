//! Endpoints of one cluster answer for different ones: another scope, or another database. Nothing else that is said of this cluster can be right.

use crate::health::patroni::Told;
use crate::health::rule::{ClusterRule, ClusterView};
use crate::model::Severity;
use crate::systems::contract::{Knobs, Raised, RuleInfo, Verdict, View};
use crate::systems::etcd::Etcd;
use crate::systems::patroni::snapshot::Snapshot;
use crate::systems::postgres::{self, Postgres};

pub(super) const RULE: ClusterRule = ClusterRule {
    info: RuleInfo {
        id: "foreign-member",
        sentence: "endpoints of one cluster belong to different clusters",
        required: false,
        knobs: &[],
        cure: "Correct the addresses in the configuration. If they are right, a member was started with another scope or on the data of another cluster.",
    },
    judge,
};

/// What a member says of its cluster: of itself, and as its store has it.
type Mark = fn(&Snapshot) -> Option<&str>;

const MARKS: [(&str, &str, Mark); 3] = [
    ("scope", "GET /patroni", |snapshot| snapshot.own.scope.as_deref()),
    ("system identifier", "GET /patroni", |snapshot| snapshot.own.system_identifier.as_deref()),
    ("scope", "GET /cluster", |snapshot| snapshot.cluster.value().and_then(|picture| picture.scope.as_deref())),
];

fn judge(view: &ClusterView<'_>, _knobs: &Knobs<'_>) -> Verdict {
    let mut raised = members(view);
    raised.extend(servers(view));
    raised.extend(stores(view));
    Ok(raised)
}

/// What most of `marks` are; among equals the one that came first. `None` where there is none.
fn usual<T: PartialEq + Copy>(marks: &[T]) -> Option<T> {
    let count = |mark: &T| marks.iter().filter(|other| *other == mark).count();
    marks.iter().rev().copied().max_by_key(count)
}

/// Servers whose data are another cluster's than most of them have.
fn servers(view: &ClusterView<'_>) -> Vec<Raised> {
    let (views, _silent) = view.known::<Postgres>();
    let mark = |one: &View<'_, postgres::Snapshot>| one.snapshot.identity.value().map(|identity| identity.system_identifier);
    let marks: Vec<u64> = views.iter().filter_map(mark).collect();
    let Some(usual) = usual(&marks) else { return Vec::new() };
    let foreign = views.iter().filter_map(|one| mark(one).filter(|mark| *mark != usual).map(|mark| (one, mark)));
    let raised = foreign.map(|(one, mark)| {
        let name = one.name();
        Raised::new(Severity::Critical, format!("PostgreSQL {name} has the data of another cluster: system identifier {mark} and not {usual}"))
            .on(name)
            .object("postgres")
            .seen(format!("pg_control_system() of {name}"), format!("system identifier {mark}"), one.taken_at)
    });
    raised.collect()
}

/// Members of etcd that belong to another cluster of etcd than most of them do.
fn stores(view: &ClusterView<'_>) -> Vec<Raised> {
    let (views, _silent) = view.known::<Etcd>();
    let marks: Vec<u64> = views.iter().filter_map(|one| one.snapshot.status.cluster_id).collect();
    let Some(usual) = usual(&marks) else { return Vec::new() };
    let foreign = views.iter().filter_map(|one| one.snapshot.status.cluster_id.filter(|mark| *mark != usual).map(|mark| (one, mark)));
    let raised = foreign.map(|(one, mark)| {
        let name = one.name();
        Raised::new(Severity::Critical, format!("etcd {name} belongs to another cluster of etcd: cluster id {mark:x} and not {usual:x}"))
            .on(name)
            .object("etcd")
            .seen(format!("status of {name}"), format!("cluster id {mark:x}"), one.snapshot.answered)
    });
    raised.collect()
}

fn members(view: &ClusterView<'_>) -> Vec<Raised> {
    let told = Told::of(view);
    // the store names the same scope that its members do, so both count for what is usual
    let usual_of = |what: &str| {
        let same = MARKS.iter().filter(|(mark, ..)| *mark == what);
        let marks: Vec<&str> = same.flat_map(|(_, _, of)| told.views().filter_map(|member| of(member.snapshot))).collect();
        usual(&marks)
    };
    let usual = MARKS.map(|(what, ..)| usual_of(what));
    let differs = |member: &View<'_, Snapshot>| {
        MARKS.into_iter().zip(usual).find_map(|((what, question, of), usual)| {
            let (here, there) = (of(member.snapshot)?, usual?);
            (here != there).then(|| (what, question, here.to_owned(), there.to_owned()))
        })
    };
    let raised = told.views().filter_map(|member| differs(member).map(|found| (member, found))).map(|(member, (what, question, here, there))| {
        let name = member.name();
        Raised::new(Severity::Critical, format!("{name} belongs to another cluster than most: {what} {here} and not {there}")).on(name).seen(
            format!("{question} of {name}"),
            format!("{what} {here}"),
            member.snapshot.exchange.answered,
        )
    });
    raised.collect()
}

#[cfg(test)]
mod tests {
    use super::usual;

    #[test]
    fn the_first_one_is_no_yardstick() {
        assert_eq!(usual(&["stranger", "orders", "orders"]), Some("orders"));
        assert_eq!(usual(&[1, 2]), Some(1));
        assert_eq!(usual::<u64>(&[]), None);
    }
}
