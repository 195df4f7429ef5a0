//! The lock of this host and the one that everybody shares, taken as one: the first keeps off who works here when the other cannot be asked, the second who
//! works from anywhere else.
//!
//! It must never be held by half: what is not got of one is given back of the other.

use super::file_lock::FileLock;
use super::lock::{Held, Holder, Known, Lock, LockError, Term};
use super::mirror::{Copies, Mirror};
use super::work::Task;

/// Both locks of one cluster.
pub struct SharedLock {
    pub host: FileLock,
    pub team: Box<dyn Lock>,
}

#[derive(Debug)]
struct Both {
    host: Box<dyn Held>,
    team: Box<dyn Held>,
}

impl Lock for SharedLock {
    fn take<'a>(&'a self, cluster: &'a str, holder: &'a Holder, than: u64) -> Task<'a, Result<Box<dyn Held>, LockError>> {
        Box::pin(async move {
            // given back by itself where the other one is not to be had
            let host = self.host.take(cluster, holder, than).await?;
            let team = self.team.take(cluster, holder, than.max(host.token())).await?;
            Ok(Box::new(Both { host, team }) as Box<dyn Held>)
        })
    }

    fn look<'a>(&'a self, cluster: &'a str) -> Task<'a, Result<Vec<Known>, LockError>> {
        Box::pin(async move {
            let mut known = self.team.look(cluster).await?;
            known.extend(self.host.look(cluster).await?);
            Ok(known)
        })
    }

    fn mirror(&self) -> Option<&dyn Mirror> {
        self.team.mirror()
    }
}

impl Held for Both {
    fn token(&self) -> u64 {
        self.team.token()
    }

    fn lost(&self) -> Option<String> {
        self.team.lost().or_else(|| self.host.lost())
    }

    fn term(&self) -> Option<Term> {
        self.team.term()
    }

    fn leave_open<'a>(&'a self, holder: &'a Holder) -> Task<'a, Result<(), LockError>> {
        Box::pin(async move {
            self.team.leave_open(holder).await?;
            self.host.leave_open(holder).await
        })
    }

    fn close(&self) -> Task<'_, Result<(), LockError>> {
        Box::pin(async move {
            // what one place still says is open can be closed by who looks at both
            let team = self.team.close().await;
            self.host.close().await.and(team)
        })
    }

    fn copies(&self) -> Option<&dyn Copies> {
        self.team.copies()
    }

    fn give_back(&self) -> Task<'_, ()> {
        Box::pin(async move {
            self.team.give_back().await;
            self.host.give_back().await;
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::state::State;
    use crate::engine::plan::Actor;
    use crate::engine::process::Process;
    use jiff::Timestamp;
    use std::path::Path;

    fn holder(run: &str) -> Holder {
        let by = Actor { name: "ana".to_owned(), host: "jump1".to_owned(), via: "login".to_owned() };
        Holder { run: run.to_owned(), runbook: "switchover".to_owned(), process: Process::own(), by, since: Timestamp::UNIX_EPOCH, folder: None }
    }

    fn files(folder: &Path) -> FileLock {
        FileLock::new(State { path: folder.to_owned(), shared: false })
    }

    fn both(host: &Path, team: &Path) -> SharedLock {
        SharedLock { host: files(host), team: Box::new(files(team)) }
    }

    fn folders() -> [tempfile::TempDir; 3] {
        [(); 3].map(|()| tempfile::tempdir().expect("folder"))
    }

    #[tokio::test]
    async fn two_hosts_are_kept_off_by_what_they_share_and_one_by_its_own() {
        let [one, two, team] = folders();
        let (here, there) = (both(one.path(), team.path()), both(two.path(), team.path()));
        let held = here.take("orders", &holder("a"), 0).await.expect("free");
        assert!(matches!(there.take("orders", &holder("b"), 0).await, Err(LockError::Held(other)) if other.run == "a"));
        // who breaks the glass here meets who is at work here, and the one over there was not left with half of it
        assert!(matches!(files(one.path()).take("orders", &holder("c"), 0).await, Err(LockError::Held(_))));
        assert!(files(two.path()).take("orders", &holder("c"), 0).await.is_ok());
        drop(held);
        let held = there.take("orders", &holder("b"), 0).await.expect("free");
        assert!(held.token() > files(two.path()).take("x", &holder("b"), 0).await.expect("free").token());
    }

    #[tokio::test]
    async fn an_open_run_is_left_and_closed_in_both_places() {
        let [one, two, team] = folders();
        let here = both(one.path(), team.path());
        let held = here.take("orders", &holder("a"), 0).await.expect("free");
        held.leave_open(&holder("a")).await.expect("written");
        let open = |known: Vec<Known>| known.into_iter().filter_map(|known| known.open).map(|open| open.run).collect::<Vec<_>>();
        assert_eq!(open(here.look("orders").await.expect("read")), ["a", "a"]);
        assert_eq!(open(both(two.path(), team.path()).look("orders").await.expect("read")), ["a"]);
        held.close().await.expect("closed");
        assert_eq!(open(here.look("orders").await.expect("read")), [""; 0]);
    }
}
