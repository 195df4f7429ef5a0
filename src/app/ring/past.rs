//! Reading rings that a service keeps, also while it writes them.

use super::files::{self, folder_name};
use crate::app::observe::Observed;
use crate::app::record::Recording;
use crate::fleet::record::RecordError;
use crate::health::Judgement;
use jiff::Timestamp;
use std::path::{Path, PathBuf};

/// The rings of some clusters.
#[derive(Clone, Debug)]
pub struct Rings {
    folders: Vec<PathBuf>,
}

impl Rings {
    /// Those of `clusters` below `root`; whether there are any is seen when they are asked.
    pub fn of<'a>(root: &Path, clusters: impl IntoIterator<Item = &'a str>) -> Self {
        Rings { folders: clusters.into_iter().map(|cluster| root.join(folder_name(cluster))).collect() }
    }

    /// What the rings tell of `at`: for each cluster the last instant that is not after it. `None` when none goes back so far.
    ///
    /// # Errors
    /// A file that should tell cannot be read.
    pub fn at(&self, at: Timestamp) -> Result<Option<Observed>, RecordError> {
        let mut told = None;
        for folder in &self.folders {
            let files = files::list(folder)?;
            let Some(file) = files.iter().rev().find(|file| file.begin <= at) else { continue };
            let observed = Recording::open(&file.path)?.at(at)?;
            told = Some(match told {
                None => observed,
                Some(others) => beside(&others, &observed),
            });
        }
        Ok(told)
    }

    /// The first moment that any of them tells of.
    #[must_use]
    pub fn begin(&self) -> Option<Timestamp> {
        self.folders.iter().filter_map(|folder| files::list(folder).ok()?.first().map(|file| file.begin)).min()
    }
}

/// Two observations of different clusters as one.
fn beside(one: &Observed, other: &Observed) -> Observed {
    let now = if other.now.mono > one.now.mono { other.now } else { one.now };
    let mut fleet = one.fleet.as_ref().clone();
    fleet.clusters.extend(other.fleet.clusters.iter().cloned());
    let judged = one.judgement.clusters.iter().chain(&other.judgement.clusters).cloned().collect();
    let judgement = Judgement::assembled(one.judgement.rev, one.judgement.at, judged);
    let mut rings = one.rings.as_ref().clone();
    rings.join(&other.rings);
    Observed::new(fleet.into(), judgement.into(), rings.into(), now)
}
