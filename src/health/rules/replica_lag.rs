//! The lag of a replica by the word of Patroni, where no PostgreSQL is asked that sends to it. A hint, in bytes alone: the store samples positions once a
//! loop, and the members' own positions are read one after the other. Where both are told, the smaller lag counts: each overstates it for its own reason.

use crate::health::patroni::{Told, known_as};
use crate::health::rule::{ClusterRule, ClusterView};
use crate::model::{Bytes, Gap, Moment, Reason, Severity};
use crate::systems::contract::{Knobs, Raised, Verdict};
use crate::systems::patroni::picture::Row;
use crate::systems::patroni::wire::Lag;
use crate::systems::patroni::words::Phase;
use crate::systems::postgres::Postgres;
use crate::systems::twofold::REPLICA_LAG;

pub(super) const RULE: ClusterRule = ClusterRule { info: REPLICA_LAG, judge };

fn judge(view: &ClusterView<'_>, knobs: &Knobs<'_>) -> Verdict {
    let told = Told::of(view);
    if told.is_absent() {
        return Ok(Vec::new());
    }
    let (servers, _) = view.known::<Postgres>();
    let senders = || servers.iter().filter_map(|server| server.snapshot.senders.value()).flatten();
    let picture = match told.picture() {
        Ok(picture) => picture,
        // a server that sends tells it better than the store would
        Err(_) if senders().next().is_some() => return Ok(Vec::new()),
        Err(gap) => return Err(gap),
    };
    let asked = |row: &Row| senders().any(|sender| sender.name.raw() == row.name && sender.replay_lag_bytes.is_some());
    let mut raised = Vec::new();
    let mut gap = None;
    // who does not run is another rule's
    for row in picture.value.members.iter().filter(|row| !row.role.holds_lock() && row.state.phase() == Phase::Up && !asked(row)) {
        let name = known_as(&told, row);
        let (sampled, own) = (sampled(row), own(&told, row));
        let bytes = match (&sampled, &own) {
            (Ok(sampled), Some((own, _))) => *sampled.min(own),
            (Ok(bytes), None) | (Err(_), Some((bytes, _))) => *bytes,
            (Err(reason), None) => {
                gap = gap.or_else(|| Some(Gap::new(format!("lag of {name}"), reason.clone())));
                continue;
            }
        };
        if bytes < knobs.bytes("bytes") {
            continue;
        }
        let mut finding = Raised::new(Severity::Warning, format!("{name} is {} behind the leader, as Patroni says", Bytes(bytes))).on(name.as_str());
        if let Ok(sampled) = sampled {
            let fact = format!("{}: {} behind at the last sample", row.name, Bytes(sampled));
            finding = finding.seen(picture.witness.as_str(), fact, picture.taken_at);
        }
        if let Some((own, at)) = own {
            finding = finding.seen(format!("GET /patroni of {name}"), format!("its position is {} behind the leader's", Bytes(own)), at);
        }
        raised.push(finding);
    }
    match gap {
        Some(gap) if raised.is_empty() => Err(gap),
        _ => Ok(raised),
    }
}

/// By the positions that it and the leader tell of themselves.
fn own(told: &Told<'_>, row: &Row) -> Option<(u64, Moment)> {
    let end = told.head()?.snapshot.own.location?;
    let member = told.member_of(row)?.view.as_ref().ok()?;
    let own = &member.snapshot.own;
    let position = [own.received, own.replayed].into_iter().flatten().min()?;
    Some((end.0.saturating_sub(position.0), member.snapshot.exchange.answered))
}

/// As the store sampled it: the larger of what it did not receive and what it did not replay.
fn sampled(row: &Row) -> Result<u64, Reason> {
    let mut most = None;
    for lag in [&row.receive_lag, &row.replay_lag].into_iter().flatten() {
        let bytes = match lag {
            Lag::Bytes(bytes) => *bytes,
            Lag::Word(word) => return Err(Reason::Malformed(format!("the store says \"{word}\""))),
            Lag::Odd(value) => return Err(Reason::Malformed(format!("the store says {value}"))),
        };
        most = most.max(Some(bytes));
    }
    most.ok_or(Reason::NotReported)
}
