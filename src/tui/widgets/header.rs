//! The first line: where one is, in which environment, whether anything can be changed, what time it is, how fresh the data is.

use super::canvas::{Canvas, Piece};
use crate::app::cells::seconds_text;
use crate::fleet::Cluster;
use crate::model::{Environment, Moment};
use crate::text::untrusted::visible;
use crate::text::width::columns;
use crate::theme::{Role, State as Mark};
use crate::tui::picture::{Freshness, freshness};
use crate::tui::state::State;
use ratatui::layout::Rect;

/// A group of pieces that is shown or left out as a whole; those with the highest rank go first.
struct Group {
    rank: u8,
    pieces: Vec<Piece>,
}

impl Group {
    fn width(&self) -> usize {
        self.pieces.iter().map(|(text, _)| columns(text)).sum()
    }
}

/// Draws the header of `clusters`; `counts` say how they stand.
pub fn draw(canvas: &mut Canvas<'_>, area: Rect, state: &State, crumbs: &[String], clusters: &[&Cluster], counts: Vec<Piece>) {
    let now = state.picture.shown().now;
    let mut groups = vec![Group { rank: 0, pieces: path(canvas, crumbs) }];
    if let [cluster] = clusters {
        groups.push(Group { rank: 1, pieces: vec![banner(cluster.spec.environment, cluster.spec.environment_assumed)] });
    }
    groups.push(Group { rank: 2, pieces: vec![("RO".to_owned(), Role::ReadOnly)] });
    match state.picture.frozen() {
        Some(at) => groups.push(Group { rank: 1, pieces: vec![(format!(" FROZEN {} ", clock(at)), Role::Frozen)] }),
        None => groups.push(Group { rank: 5, pieces: vec![(clock(now), Role::Text)] }),
    }
    if state.picture.has_ended() {
        groups.push(Group { rank: 1, pieces: vec![canvas.state(Mark::Critical, "polling has ended")] });
    }
    groups.push(Group { rank: 3, pieces: vec![fresh(canvas, freshness(clusters, now))] });
    groups.push(Group { rank: 4, pieces: counts });
    let gap = if area.width >= 100 { 3 } else { 2 };
    let room = usize::from(area.width).saturating_sub(2);
    let shown = fitting(groups, room, gap);
    let mut x = area.x + 1;
    for group in shown {
        let left = usize::from(area.right().saturating_sub(x));
        let used = canvas.pieces(x, area.y, left, &group.pieces);
        x = x.saturating_add(used).saturating_add(u16::try_from(gap).unwrap_or(2));
    }
}

fn fitting(mut groups: Vec<Group>, room: usize, gap: usize) -> Vec<Group> {
    groups.retain(|group| !group.pieces.is_empty());
    while groups.iter().map(|group| group.width() + gap).sum::<usize>().saturating_sub(gap) > room {
        let Some((at, _)) = groups.iter().enumerate().max_by_key(|(_, group)| group.rank).filter(|(_, group)| group.rank > 0) else { break };
        groups.remove(at);
    }
    groups
}

fn path(canvas: &Canvas<'_>, crumbs: &[String]) -> Vec<Piece> {
    let mut pieces = vec![("opsctl".to_owned(), Role::Muted)];
    let last = crumbs.len().saturating_sub(1);
    for (at, crumb) in crumbs.iter().enumerate() {
        pieces.push((format!(" {} ", canvas.look().signs().crumb), Role::Muted));
        pieces.push((visible(crumb), if at == last { Role::Accent } else { Role::Text }));
    }
    pieces
}

/// The environment so that it cannot be overlooked; with a question mark where nobody said it.
fn banner(environment: Environment, assumed: bool) -> Piece {
    (format!("[{}{}]", environment.word().to_uppercase(), if assumed { "?" } else { "" }), of_environment(environment))
}

/// The role of an environment.
#[must_use]
pub const fn of_environment(environment: Environment) -> Role {
    match environment {
        Environment::Prod => Role::Prod,
        Environment::Staging => Role::Staging,
        Environment::Dev => Role::Dev,
    }
}

fn clock(at: Moment) -> String {
    at.wall.strftime("%H:%M:%SZ").to_string()
}

fn fresh(canvas: &Canvas<'_>, freshness: Freshness) -> Piece {
    let seconds = |age: std::time::Duration| seconds_text(age.as_secs_f64().floor());
    match freshness {
        Freshness::Waiting => canvas.state(Mark::Pending, "first answers are out"),
        Freshness::Fresh { oldest } => canvas.state(Mark::Healthy, &format!("data {}", seconds(oldest))),
        Freshness::Partly { silent, of } => canvas.state(Mark::Warning, &format!("{silent} of {of} silent")),
        Freshness::Dead { last: Some(age) } => canvas.state(Mark::Stale, &format!("nothing answers, last {} ago", seconds(age))),
        Freshness::Dead { last: None } => canvas.state(Mark::Critical, "nothing answers"),
    }
}
