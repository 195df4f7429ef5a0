//! What watches when nobody looks: one process that keeps a ring for each cluster, which a console opened after the page can look back into.
//!
//! It must never end because a disk is full or a file is broken: it says so, once for each kind of trouble, and goes on with the next instant.

use super::observe::Observed;
use super::ring::{Held, Holder, Limits, Ring};
use crate::config::state::State;
use crate::config::state::folder_name;
use std::io;
use std::path::PathBuf;

/// The rings of all clusters, held by this process.
#[derive(Debug)]
pub struct Service {
    rings: Vec<Kept>,
}

#[derive(Debug)]
struct Kept {
    cluster: String,
    ring: Ring,
    /// The trouble that was told last; told again when it is another, or was gone.
    told: Option<String>,
    _holder: Holder,
}

/// Why the service cannot begin.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    #[error("the ring of {cluster} is written by {holder}")]
    Held { cluster: String, holder: String },
    #[error("cannot keep rings in {}: {error}", path.display())]
    Io { path: PathBuf, error: io::Error },
}

impl Service {
    /// Takes the rings of `clusters`; `who` is shown to whoever wants them too.
    ///
    /// # Errors
    /// Somebody else writes one of them, or the folder cannot be written.
    pub fn begin<'a>(state: &State, clusters: impl IntoIterator<Item = &'a str>, limits: Limits, who: &str) -> Result<Service, ServiceError> {
        let mut rings = Vec::new();
        for cluster in clusters {
            let folder = state.rings().join(folder_name(cluster));
            let failed = |error: io::Error| ServiceError::Io { path: folder.clone(), error };
            state.make(&folder).map_err(failed)?;
            let holder = Holder::take(&folder, state.lock_mode(), who).map_err(|held| match held {
                Held::By(holder) => ServiceError::Held { cluster: cluster.to_owned(), holder },
                Held::Io(error) => failed(error),
            })?;
            let ring = Ring::new(&folder, state.file_mode(), cluster, limits).map_err(failed)?;
            rings.push(Kept { cluster: cluster.to_owned(), ring, told: None, _holder: holder });
        }
        Ok(Service { rings })
    }

    /// Writes what is due; gives the troubles that nobody was told of yet.
    pub fn take(&mut self, observed: &Observed) -> Vec<String> {
        let mut news = Vec::new();
        for kept in &mut self.rings {
            let taken = kept.ring.take(observed);
            news.extend(kept.ring.news().into_iter().map(|sentence| format!("the ring of {}: {sentence}", kept.cluster)));
            let trouble = match taken {
                // nothing was tried: what was wrong may still be
                Ok(false) => continue,
                Ok(true) => None,
                Err(error) => Some(format!("the ring of {}: {error}", kept.cluster)),
            };
            if trouble != kept.told {
                news.extend(trouble.clone());
            }
            kept.told = trouble;
        }
        news
    }

    /// Bytes of all rings.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.rings.iter().map(|kept| kept.ring.bytes()).sum()
    }
}
