//! The first line: where one is, in which environment, whether anything can be changed, what time it is, how fresh the data is.

use super::canvas::{Canvas, Piece};
use crate::app::cells::seconds_text;
use crate::app::views::holder;
use crate::fleet::Cluster;
use crate::model::{Environment, Gap, Moment};
use crate::text::Untrusted;
use crate::text::untrusted::visible;
use crate::text::width::{columns, fit};
use crate::theme::{Role, State as Mark};
use crate::tui::picture::{Freshness, Mode, freshness};
use crate::tui::state::State;
use ratatui::layout::Rect;

/// A group of pieces that is shown or left out as a whole; those with the highest rank go first.
struct Group {
    rank: u8,
    pieces: Vec<Piece>,
    /// What says less in fewer columns, the longest first: taken before the way is cut.
    shorter: Vec<Vec<Piece>>,
}

/// The rank of how everything stands, and of the time.
const COUNTS: u8 = 1;
const CLOCK: u8 = 4;
/// Of a lock that is held: it goes before how everything stands does.
const HELD: u8 = 2;
/// Of the lock, and of why it is not known.
const LOCK: u8 = 5;
const WHY: u8 = 6;
/// Columns of who holds the lock, or why that is not known.
const HOLDER: usize = 40;
/// Columns of the name of a cluster that stay in every window: what is seen of an unknown cluster helps nobody.
const NAME: usize = 16;

impl Group {
    fn new(rank: u8, pieces: Vec<Piece>) -> Group {
        Group { rank, pieces, shorter: Vec::new() }
    }

    fn width(&self) -> usize {
        self.pieces.iter().map(|(text, _)| columns(text)).sum()
    }
}

/// Draws the header of `clusters`; `counts` say how they stand.
pub fn draw(canvas: &mut Canvas<'_>, area: Rect, state: &State, crumbs: &[String], clusters: &[&Cluster], counts: Vec<Piece>) {
    let now = state.picture.shown().now;
    // whether what one sees is live, and where, is said in every window: the way there is shortened before that goes
    let mut groups = vec![Group::new(0, path(canvas, crumbs))];
    if let [cluster] = clusters {
        groups.push(Group::new(0, vec![banner(cluster.spec.environment, cluster.spec.environment_assumed)]));
    }
    groups.push(writing(canvas, state));
    let mode = state.picture.mode();
    let rank = if mode.is_live() { CLOCK } else { 0 };
    groups.push(Group { shorter: of_mode_in_short(mode, now), ..Group::new(rank, vec![of_mode(mode, now)]) });
    groups.extend(damaged(canvas, state.travel.damage().len()));
    if state.picture.has_ended() {
        groups.push(Group::new(0, vec![canvas.state(Mark::Critical, "polling has ended")]));
    }
    groups.push(Group::new(0, vec![fresh(canvas, mode, freshness(clusters, now))]));
    groups.push(Group::new(COUNTS, counts));
    if let [cluster] = clusters {
        groups.extend(lock(&holder::of(cluster, now)));
    }
    let gap = if area.width >= 100 { 3 } else { 2 };
    let room = usize::from(area.width).saturating_sub(2);
    // what can go goes before the way is shortened
    for rank in [WHY, LOCK, CLOCK] {
        if total(&groups, gap) > room {
            groups.retain(|group| group.rank < rank);
        }
    }
    let over = total(&groups, gap) > room;
    if let Some(way) = groups.first_mut().filter(|_| over) {
        way.pieces = end_of_path(canvas, crumbs);
    }
    let mut shown = fitting(groups, room, gap);
    shorten(&mut shown, room, gap);
    cut(&mut shown, room, gap, crumbs.len() <= 2);
    let used = total(&shown, gap);
    let mut x = area.x + 1;
    for group in shown {
        let left = usize::from(area.right().saturating_sub(x));
        let used = canvas.pieces(x, area.y, left, &group.pieces);
        x = x.saturating_add(used).saturating_add(u16::try_from(gap).unwrap_or(2));
    }
    // who sits here, at the right, where there is room for it
    if let Some(user) = state.user.as_deref().map(visible).filter(|user| used + gap + columns(user) <= room) {
        let x = area.right().saturating_sub(1).saturating_sub(u16::try_from(columns(&user)).unwrap_or(u16::MAX));
        canvas.pieces(x, area.y, room, &[(user, Role::Muted)]);
    }
}

/// Whether anything can be changed from here, and for how long: that goes last.
fn writing(canvas: &Canvas<'_>, state: &State) -> Group {
    match state.writes_for() {
        None => Group::new(3, vec![("RO".to_owned(), Role::ReadOnly)]),
        Some(left) => {
            let seconds = left.as_secs();
            Group::new(0, vec![canvas.state(Mark::Warning, &format!("RW {:02}:{:02}", seconds / 60, seconds % 60))])
        }
    }
}

/// Of a recording with holes, that it has some: where they are was said when it was opened, and is said by `replay` before it draws.
fn damaged(canvas: &Canvas<'_>, places: usize) -> Option<Group> {
    let told = match places {
        0 => return None,
        1 => "damaged in 1 place".to_owned(),
        places => format!("damaged in {places} places"),
    };
    let shorter = vec![vec![canvas.state(Mark::Warning, "damaged")]];
    Some(Group { shorter, ..Group::new(0, vec![canvas.state(Mark::Warning, &told)]) })
}

/// Who holds the lock of the cluster against other runs: nobody, this one, or why it is not known; the reason goes before the rest.
fn lock(holder: &Result<Option<Untrusted>, Gap>) -> Vec<Group> {
    let group = |rank, text: String, role| Group::new(rank, vec![(text, role)]);
    match holder {
        Ok(None) => vec![group(LOCK, "lock -".to_owned(), Role::Muted)],
        Ok(Some(who)) => vec![group(HELD, format!("lock {}", fit(&who.shown(), HOLDER)), Role::Warning)],
        Err(gap) => vec![
            group(LOCK, "lock ?".to_owned(), Role::Unknown),
            group(WHY, format!("({})", fit(&visible(&gap.reason.phrase()), HOLDER)), Role::Muted),
        ],
    }
}

fn fitting(mut groups: Vec<Group>, room: usize, gap: usize) -> Vec<Group> {
    groups.retain(|group| !group.pieces.is_empty());
    while total(&groups, gap) > room {
        let Some((at, _)) = groups.iter().enumerate().max_by_key(|(_, group)| group.rank).filter(|(_, group)| group.rank > 0) else { break };
        // of how everything stands, the worst is said first and goes last: a state, and the blanks before it
        match groups.get_mut(at) {
            Some(group) if group.rank == COUNTS && group.pieces.len() > 2 => group.pieces.truncate(group.pieces.len() - 2),
            _ => {
                groups.remove(at);
            }
        }
    }
    groups
}

fn total(groups: &[Group], gap: usize) -> usize {
    groups.iter().map(|group| group.width() + gap).sum::<usize>().saturating_sub(gap)
}

/// Says less in what can say less, as far as room is short.
fn shorten(groups: &mut [Group], room: usize, gap: usize) {
    for at in 0..groups.len() {
        while total(groups, gap) > room {
            let Some(group) = groups.get_mut(at).filter(|group| !group.shorter.is_empty()) else { break };
            group.pieces = group.shorter.remove(0);
        }
    }
}

/// Cuts the last word of the way, when nothing else can go; where that `names` the cluster, enough of it stays.
fn cut(groups: &mut [Group], room: usize, gap: usize, names: bool) {
    let over = total(groups, gap).saturating_sub(room);
    if let Some((name, _)) = groups.first_mut().and_then(|way| way.pieces.last_mut()).filter(|_| over > 0) {
        let least = if names { NAME } else { 1 };
        *name = fit(name, columns(name).saturating_sub(over).max(least.min(columns(name))));
    }
}

/// The way without its beginning, which is the same everywhere: `▸ orders-eu ▸ split-brain`.
fn end_of_path(canvas: &Canvas<'_>, crumbs: &[String]) -> Vec<Piece> {
    let kept = crumbs.get(1..).filter(|kept| !kept.is_empty()).unwrap_or(crumbs);
    let mut pieces = path(canvas, kept).split_off(1);
    if let Some((sign, _)) = pieces.first_mut() {
        *sign = sign.trim_start().to_owned();
    }
    pieces
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

/// Which time is on the screen. Whatever is not now says so on a ground of its own.
fn of_mode(mode: Mode, now: Moment) -> Piece {
    let seconds = |time: std::time::Duration| seconds_text(time.as_secs_f64().floor());
    match mode {
        Mode::Live => (clock(now), Role::Text),
        Mode::Still(at) => (format!(" FROZEN {} ", clock(at)), Role::Frozen),
        // of another day, the day is said: a time alone would be read as today's
        Mode::Past { at, behind } if is_another_day(at, now) => (format!(" REWOUND {} -{} ", day(at), seconds(behind)), Role::Frozen),
        Mode::Past { at, behind } => (format!(" REWOUND {} -{} ", clock(at), seconds(behind)), Role::Frozen),
        Mode::Replay { at, of: (first, last) } => {
            let (passed, whole) = (seconds(at.since(first)), seconds(last.since(first)));
            (format!(" REPLAY {} {passed} of {whole} ", day(at)), Role::Frozen)
        }
    }
}

/// The same in fewer columns; which instant it is stays.
fn of_mode_in_short(mode: Mode, now: Moment) -> Vec<Vec<Piece>> {
    let piece = |text: String| vec![(text, Role::Frozen)];
    match mode {
        Mode::Live | Mode::Still(_) => Vec::new(),
        Mode::Past { at, .. } if is_another_day(at, now) => vec![piece(format!(" REWOUND {} ", day(at)))],
        Mode::Past { at, .. } => vec![piece(format!(" REWOUND {} ", clock(at)))],
        // nobody takes the time of a replay for today's
        Mode::Replay { at, .. } => vec![piece(format!(" REPLAY {} ", day(at))), piece(format!(" REPLAY {} ", clock(at)))],
    }
}

fn is_another_day(at: Moment, now: Moment) -> bool {
    at.wall.strftime("%F").to_string() != now.wall.strftime("%F").to_string()
}

fn day(at: Moment) -> String {
    at.wall.strftime("%Y-%m-%d %H:%M:%SZ").to_string()
}

fn clock(at: Moment) -> String {
    at.wall.strftime("%H:%M:%SZ").to_string()
}

/// How old the data is; in a picture that stands still, how old it was then.
fn fresh(canvas: &Canvas<'_>, mode: Mode, freshness: Freshness) -> Piece {
    let (mark, text) = told(freshness);
    if mode.is_live() {
        return canvas.state(mark, &text);
    }
    let mark = if mark == Mark::Healthy { Mark::Stale } else { mark };
    canvas.state(mark, &format!("{text} then"))
}

fn told(freshness: Freshness) -> (Mark, String) {
    let seconds = |age: std::time::Duration| seconds_text(age.as_secs_f64().floor());
    match freshness {
        Freshness::Waiting => (Mark::Pending, "first answers are out".to_owned()),
        Freshness::Fresh { oldest } => (Mark::Healthy, format!("data {}", seconds(oldest))),
        Freshness::Partly { silent, of, oldest } => (Mark::Warning, format!("data {}, {silent} of {of} silent", seconds(oldest))),
        Freshness::Dead { last: Some(age) } => (Mark::Stale, format!("nothing answers, last {} ago", seconds(age))),
        Freshness::Dead { last: None } => (Mark::Critical, "nothing answers".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn what_is_not_now_says_which_time_it_is() {
        let at = Moment { mono: Duration::from_hours(25), wall: "2026-11-20T14:03:22Z".parse().expect("a time") };
        let later = |minutes: u64| at.plus(Duration::from_mins(minutes));
        let cases = [
            (Mode::Live, "14:33:22Z", Role::Text),
            (Mode::Still(at), " FROZEN 14:03:22Z ", Role::Frozen),
            (Mode::Past { at, behind: Duration::from_secs(250) }, " REWOUND 14:03:22Z -4m 10s ", Role::Frozen),
            (Mode::Replay { at: later(5), of: (at, later(30)) }, " REPLAY 2026-11-20 14:08:22Z 5m of 30m ", Role::Frozen),
        ];
        for (mode, text, role) in cases {
            assert_eq!(of_mode(mode, later(30)), (text.to_owned(), role));
        }
    }
}
