//! Who holds up whom: from the edges that the server tells to trees that are read from their cause.

use crate::text::Untrusted;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// A session that waits for a lock or is waited for, from `blocking.sql`. Pid 0 stands for prepared transactions.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Blocking {
    pub pid: i32,
    /// Whom it waits for; `None` when it waits for no lock. Who stands before it in the queue is among them.
    pub blockers: Option<Vec<i32>>,
    pub backend_start: Option<Timestamp>,
    pub backend_type: Option<Untrusted>,
    pub usename: Option<Untrusted>,
    pub application_name: Option<Untrusted>,
    pub datname: Option<Untrusted>,
    pub client_addr: Option<Untrusted>,
    pub state: Option<Untrusted>,
    pub wait_event_type: Option<Untrusted>,
    pub wait_event: Option<Untrusted>,
    pub xact_start: Option<Timestamp>,
    pub xact_age_s: Option<f64>,
    pub query_age_s: Option<f64>,
    /// Since it waits for this lock, 14 and later; there the server leaves it empty for a moment at the start.
    pub wait_age_s_pg14: Option<f64>,
    /// The same as a time of the server's clock.
    pub waitstart_pg14: Option<Timestamp>,
    /// What it waits for: `transactionid`, `tuple`, `relation`…
    pub locktype: Option<Untrusted>,
    pub mode: Option<Untrusted>,
    pub relation: Option<Untrusted>,
    pub query: Option<Untrusted>,
}

impl Blocking {
    /// For how long it has waited: exact from 14 on, before that at most so long.
    #[must_use]
    pub fn waited_seconds(&self) -> Option<f64> {
        self.blockers.as_ref()?;
        self.wait_age_s_pg14.or(self.query_age_s)
    }

    /// `user@host (application)` as far as it is known.
    #[must_use]
    pub fn who(&self) -> String {
        if self.pid == 0 {
            return "a prepared transaction".to_owned();
        }
        super::sessions::who(self.usename.as_ref(), self.client_addr.as_ref(), self.application_name.as_ref())
    }
}

/// One tree: who holds up others and waits for nobody, and all behind it.
#[derive(Clone, Debug, PartialEq)]
pub struct LockTree<'a> {
    /// In the order of showing: the root, then each session after the one it waits for.
    pub rows: Vec<LockRow<'a>>,
    /// Sessions that wait behind the root, directly or not; those that wait behind another root as well are counted for both.
    pub held_up: usize,
    /// The longest wait behind the root, in seconds.
    pub longest_wait_s: Option<f64>,
    /// When the first of those who wait behind the root began to; `None` before 14, where the server does not tell.
    pub waiting_since: Option<Timestamp>,
}

/// One session in a tree.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LockRow<'a> {
    pub session: &'a Blocking,
    /// 0 for the root.
    pub depth: usize,
}

impl<'a> LockTree<'a> {
    #[must_use]
    pub fn root(&self) -> Option<&'a Blocking> {
        self.rows.first().map(|row| row.session)
    }

    /// How many sessions of the tree wait for `pid` directly.
    #[must_use]
    pub fn waiting_for(&self, pid: i32) -> usize {
        self.rows.iter().filter(|row| row.session.pid != pid && row.session.blockers.as_ref().is_some_and(|blockers| blockers.contains(&pid))).count()
    }
}

/// The trees of `sessions`, the one that holds up most first. Each session stands once, under the last of those that have to go before it can: of a chain
/// each stands below the one before. Who waits in one queue for the same stands side by side, however many stand before him there.
/// Sessions that wait for each other in a ring (a deadlock not yet ended) have the lowest pid as their root.
#[must_use]
pub fn lock_trees(sessions: &[Blocking]) -> Vec<LockTree<'_>> {
    let by_pid: BTreeMap<i32, &Blocking> = sessions.iter().map(|session| (session.pid, session)).collect();
    let mut behind: BTreeMap<i32, Vec<i32>> = BTreeMap::new();
    let mut waiting: BTreeSet<i32> = BTreeSet::new();
    for session in sessions {
        for blocker in session.blockers.iter().flatten().filter(|blocker| by_pid.contains_key(*blocker) && **blocker != session.pid) {
            behind.entry(*blocker).or_default().push(session.pid);
            waiting.insert(session.pid);
        }
    }
    let mut placed: BTreeMap<i32, (i32, usize)> = BTreeMap::new();
    let roots: Vec<i32> = behind.keys().copied().filter(|pid| !waiting.contains(pid)).collect();
    let mut trees_of: Vec<i32> = roots.clone();
    chain(&roots, sessions, &by_pid, &mut placed);
    near(&behind, &mut placed);
    // what no root reaches goes in a ring
    while let Some(&pid) = waiting.iter().find(|pid| !placed.contains_key(*pid)) {
        trees_of.push(pid);
        placed.insert(pid, (pid, 0));
        near(&behind, &mut placed);
    }
    let mut trees: Vec<LockTree<'_>> = trees_of.iter().map(|&root| tree(root, &by_pid, &behind, &placed)).collect();
    trees.sort_by_key(|tree| (std::cmp::Reverse(tree.held_up), tree.root().map(|session| session.pid)));
    trees
}

/// Whom `session` waits for that does not stand in the same queue; where all do, the one that waits for the fewest.
fn before<'a>(session: &Blocking, by_pid: &BTreeMap<i32, &'a Blocking>) -> Vec<&'a Blocking> {
    let known: Vec<&Blocking> =
        session.blockers.iter().flatten().filter(|pid| **pid != session.pid).filter_map(|pid| by_pid.get(pid).copied()).collect();
    let beside = |other: &&&Blocking| {
        let queue = |one: &Blocking| (one.locktype.clone(), one.mode.clone(), one.relation.clone());
        other.blockers.as_ref().is_some_and(|blockers| !blockers.is_empty()) && queue(other) == queue(session)
    };
    let others: Vec<&Blocking> = known.iter().filter(|other| !beside(other)).copied().collect();
    if !others.is_empty() {
        return others;
    }
    let first = known.into_iter().min_by_key(|other| (other.blockers.as_ref().map_or(0, Vec::len), other.pid));
    first.into_iter().collect()
}

/// Places `roots`, and each session below the deepest of those before it, once all of them are placed; who is in a ring, or behind one, is not.
fn chain(roots: &[i32], sessions: &[Blocking], by_pid: &BTreeMap<i32, &Blocking>, placed: &mut BTreeMap<i32, (i32, usize)>) {
    let mut followers: BTreeMap<i32, Vec<i32>> = BTreeMap::new();
    let mut missing: BTreeMap<i32, BTreeSet<i32>> = BTreeMap::new();
    for session in sessions {
        for other in before(session, by_pid) {
            if missing.entry(session.pid).or_default().insert(other.pid) {
                followers.entry(other.pid).or_default().push(session.pid);
            }
        }
    }
    let mut queue: VecDeque<i32> = VecDeque::new();
    for &root in roots {
        placed.insert(root, (root, 0));
        queue.push_back(root);
    }
    let mut under: BTreeMap<i32, (i32, usize)> = BTreeMap::new();
    while let Some(parent) = queue.pop_front() {
        let depth = placed.get(&parent).map_or(0, |(_, depth)| *depth);
        for &pid in followers.get(&parent).into_iter().flatten() {
            let best = under.entry(pid).or_insert((parent, depth + 1));
            if depth + 1 > best.1 {
                *best = (parent, depth + 1);
            }
            let Some(left) = missing.get_mut(&pid) else { continue };
            left.remove(&parent);
            if left.is_empty() {
                placed.insert(pid, *best);
                queue.push_back(pid);
            }
        }
    }
}

/// Places all that can be reached from who is placed, and is not yet, under the nearest of them: breadth first.
fn near(behind: &BTreeMap<i32, Vec<i32>>, placed: &mut BTreeMap<i32, (i32, usize)>) {
    let mut queue: VecDeque<i32> = placed.keys().copied().collect();
    while let Some(parent) = queue.pop_front() {
        let depth = placed.get(&parent).map_or(0, |(_, depth)| *depth);
        for &pid in behind.get(&parent).into_iter().flatten() {
            if let std::collections::btree_map::Entry::Vacant(free) = placed.entry(pid) {
                free.insert((parent, depth + 1));
                queue.push_back(pid);
            }
        }
    }
}

fn tree<'a>(root: i32, by_pid: &BTreeMap<i32, &'a Blocking>, behind: &BTreeMap<i32, Vec<i32>>, placed: &BTreeMap<i32, (i32, usize)>) -> LockTree<'a> {
    let mut rows = Vec::new();
    let mut stack = vec![root];
    while let Some(pid) = stack.pop() {
        let Some(session) = by_pid.get(&pid) else { continue };
        rows.push(LockRow { session, depth: placed.get(&pid).map_or(0, |(_, depth)| *depth) });
        let children = behind.get(&pid).into_iter().flatten();
        let mut own: Vec<i32> =
            children.copied().filter(|child| *child != root && placed.get(child).is_some_and(|(parent, _)| *parent == pid)).collect();
        own.sort_unstable_by(|a, b| b.cmp(a));
        own.dedup();
        stack.extend(own);
    }
    let all_behind = reach(root, behind);
    let waits = all_behind.iter().filter_map(|pid| by_pid.get(pid)?.waited_seconds());
    let waiting_since = all_behind.iter().filter_map(|pid| by_pid.get(pid)?.waitstart_pg14).min();
    LockTree { rows, held_up: all_behind.len(), longest_wait_s: waits.max_by(f64::total_cmp), waiting_since }
}

/// Everybody behind `root`, without it.
fn reach(root: i32, behind: &BTreeMap<i32, Vec<i32>>) -> BTreeSet<i32> {
    let mut found = BTreeSet::new();
    let mut stack = vec![root];
    while let Some(pid) = stack.pop() {
        for &next in behind.get(&pid).into_iter().flatten() {
            if next != root && found.insert(next) {
                stack.push(next);
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session(pid: i32, blockers: &[i32]) -> Blocking {
        let waits = (!blockers.is_empty()).then(|| blockers.to_vec());
        let json = serde_json::json!({"pid": pid, "blockers": waits, "query_age_s": f64::from(pid)});
        serde_json::from_value(json).expect("session")
    }

    fn shape(sessions: &[Blocking]) -> Vec<(usize, Vec<(i32, usize)>)> {
        lock_trees(sessions).iter().map(|tree| (tree.held_up, tree.rows.iter().map(|row| (row.session.pid, row.depth)).collect())).collect()
    }

    #[test]
    fn a_chain_stands_below_its_cause() {
        let sessions = [session(10, &[]), session(11, &[10]), session(12, &[11]), session(13, &[11, 12])];
        assert_eq!(shape(&sessions), vec![(3, vec![(10, 0), (11, 1), (12, 2), (13, 2)])]);
        assert_eq!(lock_trees(&sessions)[0].longest_wait_s, Some(13.0));
        let trees = lock_trees(&sessions);
        assert_eq!([10, 11, 12, 13].map(|pid| trees[0].waiting_for(pid)), [1, 2, 1, 0], "who stands in the middle holds up others too");
    }

    #[test]
    fn who_waits_for_the_middle_one_and_for_the_root_stands_below_the_middle_one() {
        let waiting =
            |pid: i32, blockers: &[i32], mode: &str| Blocking { mode: Some(mode.into()), relation: Some("orders".into()), ..session(pid, blockers) };
        // the root reads, the next one wants the table for itself, and a writer and a second owner stand behind both
        let sessions = [
            session(10, &[]),
            waiting(11, &[10], "AccessExclusiveLock"),
            waiting(12, &[10, 11], "ExclusiveLock"),
            waiting(13, &[10, 11, 12], "AccessExclusiveLock"),
            waiting(14, &[12, 13], "ShareLock"),
        ];
        assert_eq!(shape(&sessions), vec![(4, vec![(10, 0), (11, 1), (12, 2), (13, 3), (14, 4)])]);
        let queue = [session(10, &[]), waiting(11, &[10], "ExclusiveLock"), waiting(12, &[10, 11], "ExclusiveLock")];
        assert_eq!(shape(&queue), vec![(2, vec![(10, 0), (11, 1), (12, 1)])], "in one queue side by side");
    }

    #[test]
    fn a_queue_of_a_thousand_is_told_at_once() {
        // everyone waits for the root and for all before: 2^998 paths, 999 edges that matter
        let sessions: Vec<_> = (1..=1_000).map(|pid| session(pid, &(1..pid).collect::<Vec<_>>())).collect();
        let trees = lock_trees(&sessions);
        assert_eq!((trees.len(), trees[0].held_up, trees[0].rows.len()), (1, 999, 1_000));
        assert!(trees[0].rows.iter().skip(1).all(|row| row.depth == 1));
    }

    #[test]
    fn two_roots_count_whom_they_share_and_show_it_once() {
        let sessions = [session(1, &[]), session(2, &[]), session(3, &[1, 2]), session(4, &[2])];
        assert_eq!(shape(&sessions), vec![(2, vec![(2, 0), (4, 1)]), (1, vec![(1, 0), (3, 1)])]);
    }

    #[test]
    fn a_ring_and_one_who_waits_for_nobody_known_do_not_hang() {
        assert_eq!(shape(&[session(5, &[6]), session(6, &[5])]), vec![(1, vec![(5, 0), (6, 1)])]);
        assert_eq!(shape(&[session(7, &[99])]), vec![], "its blocker went away between the two looks");
        assert_eq!(shape(&[session(8, &[8])]), vec![]);
        assert_eq!(shape(&[]), vec![]);
    }
}
