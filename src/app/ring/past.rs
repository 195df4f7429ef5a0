//! Reading rings that a service keeps, also while it writes them.

use super::files;
use crate::app::observe::Observed;
use crate::app::record::Recording;
use crate::config::state::folder_name;
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
        self.gathered(|folder| {
            let mut unread = None;
            // the newest file may hold nothing yet, or be damaged: the one before it tells what was before
            for file in files::list(folder)?.iter().rev().filter(|file| file.begin <= at) {
                match last_of(&file.path, at) {
                    Ok(Some(observed)) => return Ok(Some(observed)),
                    Ok(None) => {}
                    Err(error) => unread = unread.or(Some(error)),
                }
            }
            unread.map_or(Ok(None), Err)
        })
    }

    /// What the rings tell first after `at` and before `until`. `None` when there is nothing. Files that begin later are not opened: a clock that was ahead
    /// leaves some that tell of no time that was.
    ///
    /// # Errors
    /// As of [`Rings::at`].
    pub fn after(&self, at: Timestamp, until: Timestamp) -> Result<Option<Observed>, RecordError> {
        let mut next: Option<Timestamp> = None;
        for folder in &self.folders {
            let files = files::list(folder)?;
            let first = files.iter().rposition(|file| file.begin <= at).unwrap_or(0);
            for file in files.iter().skip(first).take_while(|file| file.begin < until) {
                // one that cannot be read is passed over here; looking at its time says why
                let Ok(recording) = Recording::open(&file.path) else { continue };
                if let Some(stop) = recording.stops().iter().find(|stop| stop.at.wall > at && stop.at.wall < until) {
                    next = Some(next.map_or(stop.at.wall, |known| known.min(stop.at.wall)));
                    break;
                }
            }
        }
        next.map_or(Ok(None), |next| self.at(next))
    }

    /// What `tell` says of each cluster, as one. One that cannot be read hides no other.
    fn gathered(&self, tell: impl Fn(&Path) -> Result<Option<Observed>, RecordError>) -> Result<Option<Observed>, RecordError> {
        let (mut told, mut unread): (Option<Observed>, _) = (None, None);
        for folder in &self.folders {
            match tell(folder) {
                Ok(None) => {}
                Ok(Some(observed)) => {
                    told = Some(match told {
                        None => observed,
                        Some(others) => beside(&others, &observed),
                    });
                }
                Err(error) => unread = unread.or(Some(error)),
            }
        }
        match (told, unread) {
            (None, Some(error)) => Err(error),
            (told, _) => Ok(told),
        }
    }

    /// The first moment that any of them tells of.
    #[must_use]
    pub fn begin(&self) -> Option<Timestamp> {
        self.folders.iter().filter_map(|folder| files::list(folder).ok()?.first().map(|file| file.begin)).min()
    }
}

/// The last instant of the file at `path` that is not after `at`; `None` where that was lost with the beginning of the file.
fn last_of(path: &Path, at: Timestamp) -> Result<Option<Observed>, RecordError> {
    let recording = Recording::open(path)?;
    let number = recording.stops().iter().rposition(|stop| stop.at.wall <= at);
    number.map(|number| recording.instant(number)).transpose()
}

/// Two observations of different clusters as one.
fn beside(one: &Observed, other: &Observed) -> Observed {
    // by the calendar: the steady clocks of two boots have nothing to do with each other
    let now = if other.now.wall > one.now.wall { other.now } else { one.now };
    let mut fleet = one.fleet.as_ref().clone();
    fleet.clusters.extend(other.fleet.clusters.iter().cloned());
    let judged = one.judgement.clusters.iter().chain(&other.judgement.clusters).cloned().collect();
    let judgement = Judgement::assembled(one.judgement.rev, one.judgement.at, judged);
    let mut rings = one.rings.as_ref().clone();
    rings.join(&other.rings);
    Observed::new(fleet.into(), judgement.into(), rings.into(), now)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Inventory;
    use crate::model::Moment;
    use std::time::Duration;

    #[test]
    fn the_later_of_two_boots_is_so_by_the_calendar() {
        let observed = |mono: u64, wall: &str| {
            let now = Moment { mono: Duration::from_secs(mono), wall: wall.parse().expect("a moment") };
            Observed::nothing(&Inventory { clusters: Vec::new() }, now)
        };
        // the host of the first had been up for a month, that of the second for a minute
        let (before, after) = (observed(2_592_000, "2026-11-20T14:03:00Z"), observed(60, "2026-11-20T14:04:00Z"));
        assert_eq!(beside(&before, &after).now, after.now);
        assert_eq!(beside(&after, &before).now, after.now);
    }
}
