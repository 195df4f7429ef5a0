//! Endpoints of one cluster answer for different ones: another scope, or another database. Nothing else that is said of this cluster can be right.

use crate::health::patroni::Told;
use crate::health::rule::{ClusterRule, ClusterView};
use crate::model::Severity;
use crate::systems::contract::{Knobs, Raised, RuleInfo, Verdict, View};
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

/// What a member says of its cluster.
type Mark = fn(&Snapshot) -> Option<&str>;

const MARKS: [(&str, Mark); 2] =
    [("scope", |snapshot| snapshot.own.scope.as_deref()), ("system identifier", |snapshot| snapshot.own.system_identifier.as_deref())];

fn judge(view: &ClusterView<'_>, _knobs: &Knobs<'_>) -> Verdict {
    let mut raised = members(view);
    raised.extend(servers(view));
    Ok(raised)
}

/// Servers whose data are another cluster's than most of them have.
fn servers(view: &ClusterView<'_>) -> Vec<Raised> {
    let (views, _silent) = view.known::<Postgres>();
    let mark = |one: &View<'_, postgres::Snapshot>| one.snapshot.identity.value().map(|identity| identity.system_identifier);
    let marks: Vec<u64> = views.iter().filter_map(mark).collect();
    let Some(usual) = marks.iter().copied().max_by_key(|mark| marks.iter().filter(|other| *other == mark).count()) else { return Vec::new() };
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

fn members(view: &ClusterView<'_>) -> Vec<Raised> {
    let told = Told::of(view);
    let Some(first) = told.views().next() else { return Vec::new() };
    let differs = |member: &View<'_, Snapshot>| {
        MARKS.into_iter().find_map(|(what, of)| {
            let (here, there) = (of(member.snapshot)?, of(first.snapshot)?);
            (here != there).then(|| (what, here.to_owned(), there.to_owned()))
        })
    };
    let raised = told.views().filter_map(|member| differs(member).map(|found| (member, found))).map(|(member, (what, here, there))| {
        let (name, other) = (member.name(), first.name());
        Raised::new(Severity::Critical, format!("{name} belongs to another cluster than {other}: {what} {here} and {there}"))
            .on(name)
            .seen(format!("GET /patroni of {name}"), format!("{what} {here}"), member.snapshot.exchange.answered)
            .seen(format!("GET /patroni of {other}"), format!("{what} {there}"), first.snapshot.exchange.answered)
    });
    raised.collect()
}
