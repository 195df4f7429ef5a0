//! Sessions wait behind one that holds a lock. The root is named, with how many it holds up.

use super::{MOST, counted, read, seconds_text, witness};
use crate::config::Quantity;
use crate::model::Severity;
use crate::systems::contract::{Knob, Knobs, Raised, Rule, RuleInfo, Verdict, View};
use crate::systems::postgres::Snapshot;
use crate::systems::postgres::snapshot::blocking::{Blocking, LockTree, lock_trees};
use std::time::Duration;

pub(super) const RULE: Rule<Snapshot> = Rule {
    info: RuleInfo {
        id: "lock-tree",
        sentence: "sessions wait for locks behind one session",
        required: false,
        knobs: &[
            Knob { name: "above", default: Quantity::Time(Duration::from_secs(1)), doc: "a tree in which somebody waits this long is a warning" },
            Knob { name: "sessions", default: Quantity::Count(20), doc: "such a tree that holds up this many sessions is critical" },
        ],
        cure: "Look at the root: if it is idle in a transaction, its client forgot it, and ending it (`pg_terminate_backend`) frees all behind it. If it works, \
               ask its owner; a statement that waits for an exclusive lock stops every reader behind it and may be cancelled first.",
    },
    judge,
};

fn judge(view: &View<'_, Snapshot>, knobs: &Knobs<'_>) -> Verdict {
    let sample = read(view, &view.snapshot.blocking, "blocking tree")?;
    let trees = lock_trees(&sample.value);
    let long = trees.iter().filter(|tree| tree.longest_wait_s.is_some_and(|wait| wait >= knobs.seconds("above")));
    let raised = long.take(MOST).filter_map(|tree| {
        let root = tree.root()?;
        let held_up = u64::try_from(tree.held_up).unwrap_or(u64::MAX);
        let severity = if held_up >= knobs.count("sessions") { Severity::Critical } else { Severity::Warning };
        let mut finding = Raised::new(severity, sentence(view, tree, root)).object(object(root)).began(tree.waiting_since);
        finding = finding.seen(witness(view, "pg_stat_activity"), format!("root: {}", portrait(root)), sample.taken_at);
        finding = match cure(view, root) {
            Some(cure) => finding.cured(cure),
            None => finding,
        };
        for row in tree.rows.iter().skip(1).take(3) {
            finding = finding.seen(witness(view, "pg_blocking_pids()"), format!("waits: {}", portrait(row.session)), sample.taken_at);
        }
        Some(finding)
    });
    Ok(raised.collect())
}

fn sentence(view: &View<'_, Snapshot>, tree: &LockTree<'_>, root: &Blocking) -> String {
    let held_up = counted(u64::try_from(tree.held_up).unwrap_or(u64::MAX), "session");
    let state = root.state.as_ref().map_or("", |state| state.raw());
    let since = root.xact_age_s.map_or_else(String::new, |age| format!(", in its transaction for {}", seconds_text(age)));
    let longest = tree.longest_wait_s.map_or_else(String::new, |wait| format!(", the longest for {}", seconds_text(wait)));
    format!("pid {} on {} ({}, {state}{since}) holds up {held_up}{longest}", root.pid, view.name(), root.who())
}

/// The statement that frees the others, where nobody works: the client forgot its transaction.
fn cure(view: &View<'_, Snapshot>, root: &Blocking) -> Option<String> {
    let idle = root.state.as_ref().is_some_and(|state| state.raw().starts_with("idle in transaction"));
    (idle && root.pid > 0).then(|| {
        let (pid, name) = (root.pid, view.name());
        format!(
            "Its client is idle and keeps its transaction open: ask {who} to end it, else on {name}: `select pg_terminate_backend({pid});` frees all behind it. \
             `opsctl who {pid} -m {name}` tells which client process that is. Against the next one: `idle_in_transaction_session_timeout` for that role.",
            who = root.who()
        )
    })
}

/// Pid and start together name a session for ever; a pid alone comes again.
fn object(root: &Blocking) -> String {
    root.backend_start.map_or_else(|| root.pid.to_string(), |start| format!("{} since {start}", root.pid))
}

fn portrait(session: &Blocking) -> String {
    let raw = |text: &Option<crate::text::Untrusted>| text.as_ref().map_or_else(|| "-".to_owned(), |text| text.raw().to_owned());
    let waits = session.waited_seconds().map_or_else(String::new, |wait| {
        let relation = session.relation.as_ref().map_or_else(String::new, |name| format!(" on {}", name.raw()));
        format!(" for {} for a {} lock ({}){relation}", seconds_text(wait), raw(&session.locktype), raw(&session.mode))
    });
    format!("pid {} {}{waits}: {}", session.pid, session.who(), raw(&session.query))
}
