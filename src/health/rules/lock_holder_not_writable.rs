//! A member holds the leader lock and does not take writes, or does not answer at all: the store and the load balancer follow the lock.
//!
//! PostgreSQL of that member decides where it can be asked; else the member's own Patroni, which asks it too.

use crate::fleet::{Entry, Member};
use crate::health::patroni::{Told, is_unreachable};
use crate::health::rule::{ClusterRule, ClusterView};
use crate::model::{Gap, Reading, Reason, Severity};
use crate::systems::contract::{Knobs, Raised, RuleInfo, Verdict};
use crate::systems::patroni::picture::Row;
use crate::systems::patroni::snapshot::Snapshot;
use crate::systems::patroni::words::ClusterRole;
use crate::systems::postgres::{Postgres, is_writable};

pub(super) const RULE: ClusterRule = ClusterRule {
    info: RuleInfo {
        id: "lock-holder-not-writable",
        sentence: "the member that holds the leader lock does not take writes",
        required: true,
        knobs: &[],
        cure: "If it does not answer: it is lost, and a standby is promoted when its lease ends (one ttl at most); start its host or fence it. If it is \
               `stopping`: a client, a WAL sender or the archive command holds the shutdown, end that. If it is in recovery: promotion is under way or failed, \
               read its log.",
    },
    judge,
};

fn judge(view: &ClusterView<'_>, _knobs: &Knobs<'_>) -> Verdict {
    let told = Told::of(view);
    if told.is_absent() {
        return Ok(Vec::new());
    }
    let picture = match told.picture() {
        Ok(picture) => picture,
        // a primary that goes on without the store holds no lock that could be looked up
        Err(_) if told.views().any(|member| member.snapshot.says_writable()) => return Ok(Vec::new()),
        Err(gap) => return Err(gap),
    };
    // nobody holds it: that is another rule's
    let Some(holder) = picture.value.holder()? else { return Ok(Vec::new()) };
    let Some(member) = told.member_of(holder) else {
        return Err(Gap::new(format!("own words of {}", holder.name), Reason::NotConfigured("no endpoint for this member".to_owned())));
    };
    let name = member.name();
    let raised = match asked_directly(view, holder, name) {
        Some(Ok(())) => return Ok(Vec::new()),
        Some(Err(raised)) => raised,
        None => match by_own_words(member, holder)? {
            Some(raised) => raised,
            None => return Ok(Vec::new()),
        },
    };
    let fact = format!("{} is {}, {}", holder.name, holder.role.word(), holder.state.word());
    Ok(vec![raised.on(name).seen(picture.witness, fact, picture.taken_at)])
}

/// Whether PostgreSQL of the holder takes writes, or what to say if not. `None` where none of its endpoints could be asked, or it is not meant to.
fn asked_directly(view: &ClusterView<'_>, holder: &Row, name: &str) -> Option<Result<(), Raised>> {
    if holder.role != ClusterRole::Leader {
        return None;
    }
    let address = holder.address();
    let is_his = |entry: &Entry| entry.spec.id.name == name || address.is_some() && entry.spec.body.text("address") == address.as_deref();
    let member = view.members::<Postgres>().into_iter().find(|member| is_his(member.entry))?;
    let server = member.view.ok()?;
    let Reading::Known(writable) = is_writable(server.snapshot) else { return None };
    if writable.value {
        return Some(Ok(()));
    }
    let raised = Raised::new(Severity::Critical, format!("{name} holds the leader lock and takes no writes: it is in recovery"));
    Some(Err(raised.seen(format!("pg_is_in_recovery() of {}", server.name()), "true", writable.taken_at)))
}

/// The same by the word of the member's own Patroni, or by its silence.
fn by_own_words(member: &Member<'_, Snapshot>, holder: &Row) -> Result<Option<Raised>, Gap> {
    let name = member.name();
    Ok(Some(match &member.view {
        Ok(own) if own.snapshot.says_writable() => return Ok(None),
        Ok(own) if holder.role == ClusterRole::StandbyLeader && own.snapshot.says_standby_leader() => return Ok(None),
        Ok(own) => {
            let (role, state) = (own.snapshot.own.role.word(), own.snapshot.own.state.word());
            Raised::new(Severity::Critical, format!("{name} holds the leader lock and takes no writes: it is {state} (role {role})")).seen(
                format!("GET /patroni of {name}"),
                format!("state {state}, role {role}"),
                own.snapshot.exchange.answered,
            )
        }
        Err(gap) if is_unreachable(member.entry) => {
            let failure = member.entry.failure.as_ref().map(|failure| (failure.error.to_string(), failure.last));
            let raised = Raised::new(Severity::Critical, format!("{name} holds the leader lock and does not answer: {}", gap.reason.phrase()));
            match failure {
                Some((fact, at)) => raised.seen(format!("GET /patroni of {name}"), fact, at),
                None => raised,
            }
        }
        Err(gap) => return Err(gap.clone()),
    }))
}
