//! Which process of this host tells the targets: the service, for the clusters whose rings it holds; for others one of the open consoles.
//!
//! It must never have two tell the same where that can be seen: locks settle it, which the operating system takes back from whoever ends. Who tells goes on
//! from what the one before told, and from how much of the hour is used up.

use super::memory::{self, Kept};
use crate::app::ring::{Held, Holder, is_held};
use crate::config::state::State;
use crate::config::state::folder_name;
use crate::config::{NoticeTarget, NoticeTo};
use crate::model::{Clock, Moment};
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Who holds what is looked at again after this.
const AGAIN: Duration = Duration::from_secs(5);

/// A process that may tell.
#[derive(Debug)]
pub enum Sender {
    /// `watch --headless`: it holds the rings of its clusters, which lie there, and has no terminal.
    Service(Option<State>),
    Console(Console),
}

/// An open console.
#[derive(Debug)]
pub struct Console {
    state: Option<State>,
    clock: Clock,
    seen: Mutex<Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    at: Option<Moment>,
    /// Clusters that a service tells of.
    served: BTreeMap<String, bool>,
    /// The lock of the one console that tells; kept once it is had.
    lock: Option<Holder>,
    /// Another console has it.
    other: bool,
}

impl Sender {
    /// A console whose locks lie in `state`; without one, nobody else can be seen.
    #[must_use]
    pub fn console(state: Option<State>, clock: &Clock) -> Self {
        Sender::Console(Console { state, clock: clock.clone(), seen: Mutex::default() })
    }

    /// Whether a target of this kind is told of `cluster` by this process.
    #[must_use]
    pub fn tells(&self, to: &NoticeTo, cluster: &str) -> bool {
        match (self, to) {
            (Sender::Service(_), to) => *to != NoticeTo::Terminal,
            (Sender::Console(_), NoticeTo::Terminal) => true,
            (Sender::Console(console), _) => console.tells(cluster),
        }
    }

    /// Where it is kept what `target` was told of `cluster`: beside the ring of the cluster, so that a console and a service of one person go on from each
    /// other. In a folder that colleagues share, consoles keep nothing: the file is for one owner alone, and they take turns. A terminal is told of what
    /// comes after it was opened.
    #[must_use]
    pub fn memory(&self, target: &NoticeTarget, cluster: &str) -> Option<PathBuf> {
        let state = match self {
            Sender::Service(state) => state.as_ref(),
            Sender::Console(console) => console.state.as_ref().filter(|state| !state.shared && target.to != NoticeTo::Terminal),
        };
        Some(memory::path(&state?.rings().join(folder_name(cluster)), &target.name))
    }

    /// Keeps at `path` what [`Sender::memory`] is for. The folder of a service is there; where a console cannot make one it keeps nothing and says nothing: a
    /// console is for what is wrong elsewhere.
    ///
    /// # Errors
    /// The file cannot be made.
    pub fn keep(&self, path: &Path, kept: Kept) -> io::Result<()> {
        if let (Sender::Console(Console { state: Some(state), .. }), Some(folder)) = (self, path.parent())
            && let Err(error) = state.make(folder)
        {
            tracing::debug!(folder = %folder.display(), %error, "what a target was told is not kept");
            return Ok(());
        }
        memory::save(path, kept)
    }

    /// A person looks at a console: what is there when it opens is no news.
    #[must_use]
    pub const fn is_watched(&self) -> bool {
        matches!(self, Sender::Console(_))
    }
}

impl Console {
    fn tells(&self, cluster: &str) -> bool {
        let Some(state) = &self.state else { return true };
        let now = self.clock.now();
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.at.is_none_or(|at| now.since(at) >= AGAIN) {
            seen.at = Some(now);
            seen.served.clear();
            seen.other = seen.lock.is_none() && !seen.take(state);
        }
        if seen.other {
            return false;
        }
        !*seen.served.entry(cluster.to_owned()).or_insert_with(|| is_held(&state.rings().join(folder_name(cluster))))
    }
}

impl Seen {
    /// Takes the lock of the telling console; `false` when another has it, or may have it. Where no lock can be made for another reason, nobody has.
    fn take(&mut self, state: &State) -> bool {
        let folder = state.path.join("notify");
        let who = format!("the console of process {}", std::process::id());
        match state.make(&folder).map_err(Held::Io).and_then(|()| Holder::take(&folder, state.lock_mode(), &who)) {
            Ok(holder) => {
                self.lock = Some(holder);
                true
            }
            Err(held) => is_nobody(&held),
        }
    }
}

/// Whether a lock that was not taken is nobody's. What this user may not open is somebody else's.
fn is_nobody(held: &Held) -> bool {
    matches!(held, Held::Io(error) if error.kind() != io::ErrorKind::PermissionDenied)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::SecretRef;

    #[test]
    fn one_process_tells_of_a_cluster_and_each_console_has_its_terminal() {
        let folder = tempfile::tempdir().expect("folder");
        let state = State { path: folder.path().to_owned(), shared: false };
        let clock = Clock::real();
        let hook = NoticeTo::Webhook(SecretRef::Env("X".to_owned()));
        let console = || Sender::console(Some(state.clone()), &clock);
        let first = console();
        assert!(first.tells(&hook, "orders") && first.tells(&NoticeTo::Terminal, "orders"));
        let second = console();
        assert!(!second.tells(&hook, "orders") && second.tells(&NoticeTo::Terminal, "orders"));
        drop(first);
        let ring = state.rings().join("orders");
        std::fs::create_dir_all(&ring).expect("made");
        let service = Holder::take(&ring, 0o600, "the service").expect("free");
        let third = console();
        assert!(!third.tells(&hook, "orders") && third.tells(&hook, "shop") && third.tells(&NoticeTo::Terminal, "orders"));
        assert!(Sender::Service(None).tells(&hook, "orders") && !Sender::Service(None).tells(&NoticeTo::Terminal, "orders"));
        drop((service, third));
        assert!(console().tells(&hook, "orders"));
        assert!(Sender::console(None, &clock).tells(&hook, "orders"));
    }

    #[test]
    fn what_may_not_be_opened_is_told_of_by_somebody_else() {
        let failed = |kind: io::ErrorKind| Held::Io(kind.into());
        assert!(!is_nobody(&failed(io::ErrorKind::PermissionDenied)) && !is_nobody(&Held::By("ana".to_owned())));
        assert!(is_nobody(&failed(io::ErrorKind::ReadOnlyFilesystem)));
        // a folder cannot be made in the place of a file
        let folder = tempfile::tempdir().expect("folder");
        std::fs::write(folder.path().join("notify"), "").expect("written");
        let state = State { path: folder.path().to_owned(), shared: true };
        assert!(Seen::default().take(&state));
    }
}
