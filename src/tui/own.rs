//! Commands of one's own: a program for what is selected, each placeholder one whole word of its arguments, no shell between. Pure.
//!
//! What comes from a server cannot become an option of the program, nor a second word, nor, unless a person allowed that, anything that a shell further on
//! would read as more than a word; and what changes something is refused while the console only reads: writing to the cluster of what is selected has to be
//! unlocked, and what is shown has to be now.

use super::command::OwnCommand;
use super::effect::Effect;
use super::errand::Errand;
use super::errand::child::Outing;
use super::notice::Notice;
use super::state::State;
use super::target::Target;
use crate::app::child::ChildOrder;
use crate::config::UserCommand;
use crate::config::commands::{is_plain_word, placeholder};
use crate::text::untrusted::visible;

/// The command that `said` is.
#[must_use]
pub fn command(said: &UserCommand) -> OwnCommand {
    OwnCommand::new(said, |said, state| order(said, state).is_ok(), run)
}

fn run(said: &UserCommand, state: &mut State) -> Option<Effect> {
    match order(said, state) {
        Ok(order) => Some(Effect::Errand(Errand::Child(Outing::Program(order)))),
        Err(why) => {
            state.notice = Some(Notice::warning(why));
            None
        }
    }
}

/// The program with the words of what is selected.
///
/// # Errors
/// One safe sentence why it is not run.
fn order(said: &UserCommand, state: &State) -> Result<ChildOrder, String> {
    let name = visible(&said.name);
    let target = Target::of(state);
    if said.writes
        && let Err(why) = may_write(state, target.cluster.as_deref())
    {
        return Err(format!("{name} changes something (writes = true, {}), and {why}: it was not run", visible(&said.written)));
    }
    let mut argv = Vec::new();
    for word in &said.argv {
        let Some(asked) = placeholder(word) else {
            argv.push(word.clone());
            continue;
        };
        let value = target.word(state, asked).filter(|value| !value.is_empty() && !value.contains('\0'));
        let value = value.ok_or_else(|| format!("{name} is called with {{{asked}}}, and what is selected has none"))?;
        if value.starts_with('-') {
            return Err(format!("{name} was not run: its {{{asked}}} is '{}', which a program would take for an option", visible(&value)));
        }
        // behind ssh, or in a script, a shell may read it once more
        if !said.any_value && !is_plain_word(&value) {
            return Err(format!(
                "{name} was not run: its {{{asked}}} is '{}', and a shell further on would read more than a word in it; any_value = true ({}) allows it",
                visible(&value),
                visible(&said.written)
            ));
        }
        argv.push(value);
    }
    Ok(ChildOrder { told: visible(&format!("{}: {}", said.name, argv.join(" "))), name, argv, env: Vec::new(), login: None, stays: true })
}

/// Whether what is selected may be changed: as for a run, writing to its cluster was unlocked, and not for longer than that.
fn may_write(state: &State, cluster: Option<&str>) -> Result<(), String> {
    let Some(cluster) = cluster else { return Err("what is selected is of no cluster".to_owned()) };
    if !state.picture.mode().is_live() {
        return Err("the picture is not live".to_owned());
    }
    let left = state.unlocked.as_ref().and_then(|unlock| unlock.left(cluster, state.picture.seen_at()));
    left.map(|_| ()).ok_or_else(|| format!("this console only reads, unless :write 15m unlocks writing to {}", visible(cluster)))
}

#[cfg(test)]
mod tests {
    use crate::config::commands::SCREENS;
    use crate::tui::place::Place;

    #[test]
    fn the_configuration_knows_every_screen_that_has_something_to_select() {
        let words: Vec<&str> = Place::ALL.iter().filter(|place| **place != Place::Help).map(|place| place.word()).collect();
        assert_eq!(words, SCREENS);
    }
}
