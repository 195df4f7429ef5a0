//! A transaction is open for long, or the horizon of dead rows is held back: vacuum cannot clean up behind it, and locks are kept.

use super::{MOST, read, seconds_text, witness};
use crate::config::Quantity;
use crate::model::Severity;
use crate::systems::contract::{Knob, Knobs, Raised, Rule, RuleInfo, Verdict, View, settled};
use crate::systems::postgres::Snapshot;
use std::time::Duration;

pub(super) const RULE: Rule<Snapshot> = Rule {
    info: RuleInfo {
        id: "long-transaction",
        sentence: "a transaction is open for long, or old rows are held back",
        required: false,
        knobs: &[
            Knob { name: "idle", default: Quantity::Time(Duration::from_mins(5)), doc: "idle in a transaction for this long is a warning" },
            Knob { name: "open", default: Quantity::Time(Duration::from_hours(1)), doc: "any transaction of a client of this age is a warning" },
            Knob {
                name: "horizon",
                default: Quantity::Count(50_000_000),
                doc: "whoever holds back the horizon by this many transactions is a warning",
            },
        ],
        cure: "Ask the owner of the session; a client that forgot its transaction is ended with `pg_terminate_backend`. Against the next one: \
               `idle_in_transaction_session_timeout` for that role. A horizon held by a slot or by a standby's feedback ends with its reader.",
    },
    judge,
};

fn judge(view: &View<'_, Snapshot>, knobs: &Knobs<'_>) -> Verdict {
    let activity = read(view, &view.snapshot.activity, "open transactions")?;
    let clients = activity.value.iter().filter(|session| session.is_client());
    let mut long: Vec<_> = clients
        .filter_map(|session| {
            let age = session.xact_age_s?;
            // idle since its last statement, not since the transaction began
            let idle = session.is_idle_in_transaction() && session.in_state_s.unwrap_or(age) >= knobs.seconds("idle");
            (idle || age >= knobs.seconds("open")).then_some((session, age))
        })
        .collect();
    long.sort_by(|a, b| b.1.total_cmp(&a.1));
    let more = long.len().saturating_sub(MOST);
    let mut raised: Vec<Raised> = Vec::new();
    for (session, age) in long.into_iter().take(MOST) {
        let state = session.state.as_ref().map_or("in an unknown state", |state| state.raw());
        let others = if raised.is_empty() && more > 0 { format!(" (and {more} more beyond those shown)") } else { String::new() };
        let sentence = format!(
            "pid {} on {} ({}) is {state}, its transaction is open for {}{others}",
            session.pid,
            view.name(),
            session.who(),
            seconds_text(age)
        );
        let query = session.query.as_ref().map_or("-", |query| query.raw());
        let object = session.backend_start.map_or_else(|| session.pid.to_string(), |start| format!("{} since {start}", session.pid));
        let fact = format!("{state}, last statement: {query}");
        raised.push(
            Raised::new(Severity::Warning, sentence)
                .object(object)
                .seen(witness(view, "pg_stat_activity"), fact, activity.taken_at)
                .began(session.xact_start),
        );
    }
    let horizon = match read(view, &view.snapshot.xmin_horizon, "xmin horizon") {
        Ok(horizon) => horizon,
        Err(gap) => return settled(raised, Some(gap)),
    };
    let worst = horizon.value.iter().filter_map(|holder| Some((holder, u64::try_from(holder.xmin_age?).ok()?))).max_by_key(|(_, age)| *age);
    if let Some((holder, age)) = worst.filter(|(_, age)| *age >= knobs.count("horizon")) {
        let who = holder.who.as_ref().map_or("?", |who| who.raw());
        let sentence = format!("{} {who} holds back the removal of dead rows on {} by {age} transactions", holder.src.raw(), view.name());
        let finding = Raised::new(Severity::Warning, sentence).object(format!("xmin {} {who}", holder.src.raw()));
        raised.push(finding.seen(witness(view, "xmin horizon"), format!("age {age}"), horizon.taken_at));
    }
    Ok(raised)
}
