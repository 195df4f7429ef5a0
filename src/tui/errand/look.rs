//! Themes of one's own, while somebody works on them: their files are looked at several times a second, and what changed is worn at once.

use super::Done;
use crate::fleet::supervise;
use crate::model::Clock;
use crate::tui::look::Look;
use crate::tui::looks::Looks;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// From one look at the files to the next.
const EVERY: Duration = Duration::from_millis(400);

/// The file of a theme changed.
#[derive(Clone, Debug, PartialEq)]
pub struct Changed {
    /// Its theme.
    pub name: String,
    /// What it looks like now, or in one safe line why the look of before stays.
    pub made: Result<Box<Look>, String>,
}

/// Looks at the files of the themes in use until `stop`; does nothing where all are of this program.
pub(in crate::tui) fn follow(looks: &Looks, clock: &Clock, stop: CancellationToken, tell: impl Fn(Done) + Send + Sync + 'static) {
    let known = looks.stamps();
    if known.is_empty() {
        return;
    }
    let (looks, known, tell, own) = (Arc::new(looks.clone()), Arc::new(Mutex::new(known)), Arc::new(tell), clock.clone());
    let work = move || {
        let (looks, known, tell, clock) = (Arc::clone(&looks), Arc::clone(&known), Arc::clone(&tell), own.clone());
        async move {
            loop {
                clock.sleep(EVERY).await;
                let (looks, known) = (Arc::clone(&looks), Arc::clone(&known));
                // a home that hangs holds up this task alone
                let changed = tokio::task::spawn_blocking(move || changes(&looks, &known)).await.unwrap_or_default();
                for one in changed {
                    tell(Done::Look(one));
                }
            }
        }
    };
    let _watched = supervise::supervise("themes".to_owned(), clock.clone(), stop, work);
}

type Stamps = Vec<(String, Option<crate::config::themes::Stamp>)>;

/// The themes whose files are not as they were.
fn changes(looks: &Looks, known: &Mutex<Stamps>) -> Vec<Changed> {
    let now = looks.stamps();
    let mut known = known.lock().unwrap_or_else(PoisonError::into_inner);
    let former = std::mem::replace(&mut *known, now.clone());
    let changed = now.into_iter().filter(|(name, stamp)| former.iter().any(|(known, old)| known == name && old != stamp));
    // a file that is gone leaves the look it had
    let there = changed.filter(|(_, stamp)| stamp.is_some());
    there.map(|(name, _)| Changed { made: looks.made(&name).map(Box::new), name }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Console, Sources, Themes};
    use crate::theme::{Depth, Role};
    use crate::tui::looks::Said;
    use std::fs;

    #[test]
    fn what_changed_is_made_anew_and_what_is_broken_says_where() {
        let home = tempfile::tempdir().expect("a folder");
        let folder = home.path().join("themes");
        fs::create_dir(&folder).expect("made");
        let file = folder.join("mine.toml");
        fs::write(&file, "extends = \"paper\"\n").expect("written");
        let themes = Themes::of(&Sources { chosen: Some(home.path().to_owned()), ..Sources::default() });
        let console = Console { theme: Some("mine".to_owned()), themes, ..Console::default() };
        let looks = Looks::decide(Said { depth: Some(Depth::True), ..Said::default() }, &console, |_| None).expect("looks");
        assert!(looks.flaws.is_empty(), "{:?}", looks.flaws);
        let known = Mutex::new(looks.stamps());
        assert_eq!(known.lock().expect("whole").len(), 1);
        assert!(changes(&looks, &known).is_empty());
        fs::write(&file, "extends = \"paper\"\n[palette]\ncrit = \"#ff0000\"\n").expect("written");
        let changed = changes(&looks, &known);
        let [Changed { name, made: Ok(look) }] = changed.as_slice() else { panic!("{changed:?}") };
        assert_eq!((name.as_str(), look.style(Role::Critical).fg), ("mine", Some(ratatui::style::Color::Rgb(255, 0, 0))));
        fs::write(&file, "extends = \"paper\"\n[palette]\ncrit = \"#ff000\"\n").expect("written");
        let changed = changes(&looks, &known);
        let [Changed { made: Err(why), .. }] = changed.as_slice() else { panic!("{changed:?}") };
        assert!(why.contains("mine.toml:3:8: crit = \"#ff000\" is not #rrggbb"), "{why}");
        assert!(changes(&looks, &known).is_empty(), "told twice");
        fs::remove_file(&file).expect("removed");
        assert!(changes(&looks, &known).is_empty());
    }
}
