//! Panels one below the other in one frame, where there is room a second frame at their right, and below them what is told of the selected row. Those that do not
//! fit keep their heading with how their rows stand, and say how many rows are not seen, so that nothing is hidden at 80x24.
//!
//! ```text
//! ┌ FINDINGS  ✗ 1 critical  ? 2 rules cannot judge: role of pg3: … ─────────┐┌ etcd  ● 3 ok ───────┐
//! │     RULE      MEMBER  FOR     WHAT                                      ││   NAME    ROLE      │
//! │ ▸ ✗ critical  no-leader  -  3m 12s  nobody holds the leader lock        ││   etcd-1  leader    │
//! ├ EXPLAIN ────────────────────────────────────────────────────────────────┤├ EVENTS ─────────────┤
//! │ RULE  no-leader                                                         ││   3m 12s  finding   │
//! └─────────────────────────────────────────────────────────────────────────┘└─────────────────────┘
//! ```

use super::{Around, PaneDef, Sight, find, fleet};
use crate::app::Observed;
use crate::app::cells::{missing, seconds_text, words};
use crate::systems::view::{Cell, Kind, Row, Table};
use crate::text::untrusted::visible;
use crate::text::width::columns;
use crate::theme::{Role, State as Mark};
use crate::tui::arranged::{Arranged, focused};
use crate::tui::hit::Hit;
use crate::tui::panel::{FINDINGS, PANE};
use crate::tui::widgets::prose::{self, Paragraph};
use crate::tui::widgets::table::{self as widget, Hidden};
use crate::tui::widgets::{Canvas, Piece};
use ratatui::layout::Rect;

/// Columns of a window from which there is room for a second frame.
const SIDED: u16 = 110;
/// Heads of columns and two rows: what a panel has before another has more.
const USEFUL: usize = 3;

/// How a screen places its panels.
#[derive(Default)]
pub(super) struct Plan {
    /// Keys of the panels that stand at the right where there is room, and in their order among the others where there is none.
    pub(super) sides: &'static [&'static str],
    /// Columns of the frame at the right.
    pub(super) width: u16,
    /// Keys of the panels of which others tell already: they have rows when the others have some, or when they are in trouble.
    pub(super) minor: &'static [&'static str],
    /// Keys of the panels that one is here for: they have all of their rows before others have any, and what is well beside them keeps its heading alone
    /// where room is short.
    pub(super) lead: &'static [&'static str],
}

/// What is told below the panels.
struct Told {
    title: &'static str,
    paragraphs: Vec<Paragraph>,
    /// Keys scroll it.
    focused: bool,
    /// First line.
    scroll: usize,
}

impl Told {
    fn of(canvas: &Canvas<'_>, sight: &Sight<'_>) -> Option<Told> {
        let PaneDef { title, told } = find(sight.screen.place)?.pane?;
        let paragraphs = told(sight.observed, sight.screen, sight.panels, canvas.look().glyphs());
        let focused = sight.screen.focus == Some(PANE);
        (!paragraphs.is_empty()).then_some(Told { title: title(sight.screen), paragraphs, focused, scroll: sight.screen.scroll })
    }
}

/// Lines of what is told below `panels` in a frame of `height`, its heading included, when all of it has `lines`: half of the frame, or what they leave.
pub(super) fn pane_height(panels: &[Arranged], height: usize, lines: usize) -> usize {
    let list: usize = panels.iter().map(|panel| if panel.is_empty() { 1 } else { 2 + panel.len() }).sum();
    (lines + 1).min((height / 2).max(height.saturating_sub(list + 1)))
}

/// Draws the panels of the screen; says what is selected.
pub(super) fn draw(canvas: &mut Canvas<'_>, area: Rect, sight: &Sight<'_>, plan: &Plan) -> Around {
    let focus = focused(sight.screen, sight.panels);
    let at_side = |at: &usize| sight.panels.get(*at).is_some_and(|panel| plan.sides.contains(&panel.table().key));
    let all = || 0..sight.panels.len();
    let wide = !sight.screen.zoomed && area.width >= SIDED && all().any(|at| at_side(&at)) && all().any(|at| !at_side(&at));
    if !wide {
        let told = Told::of(canvas, sight);
        let alone = told.as_ref().is_some_and(|told| told.focused);
        return match sight.screen.zoomed {
            true if alone => column(canvas, area, sight, &[], &Plan::default(), told.as_ref()),
            true => column(canvas, area, sight, &[focus], &Plan::default(), None),
            false => column(canvas, area, sight, &all().collect::<Vec<_>>(), plan, told.as_ref()),
        };
    }
    let side = plan.width.min(area.width / 2);
    let left = Rect { width: area.width - side, ..area };
    let right = Rect { x: left.right(), width: side, ..area };
    let (sides, main): (Vec<usize>, Vec<usize>) = all().partition(at_side);
    let told = Told::of(canvas, sight);
    let around = column(canvas, left, sight, &main, plan, told.as_ref());
    let other = column(canvas, right, sight, &sides, &Plan::default(), None);
    if sides.contains(&focus) { other } else { around }
}

/// The panels at the places `shown` in one frame, and the pane below them.
fn column(canvas: &mut Canvas<'_>, area: Rect, sight: &Sight<'_>, shown: &[usize], plan: &Plan, pane: Option<&Told>) -> Around {
    let (panels, screen) = (sight.panels, sight.screen);
    let focus = focused(screen, panels);
    let width = area.width.saturating_sub(2);
    let wants: Vec<usize> = shown.iter().filter_map(|at| panels.get(*at)).map(|panel| wants(canvas, panel, width)).collect();
    let weight = |at: &usize| match panels.get(*at) {
        Some(panel) => {
            let summary = &panel.panel.summary;
            let (key, trouble) = (panel.table().key, summary.iter().any(|(state, _, _)| is_trouble(*state)));
            let well = !plan.lead.is_empty() && !trouble && !summary.is_empty();
            match (trouble, plan.minor.contains(&key) || well) {
                _ if plan.lead.contains(&key) => Weight::Lead,
                (true, false) => Weight::Trouble,
                (false, true) => Weight::Minor,
                // others tell of the trouble of a minor one, and those come before it
                (true, true) | (false, false) => Weight::Plain,
            }
        }
        None => Weight::Plain,
    };
    let first = shown.iter().position(|at| *at == focus);
    let weights: Vec<Weight> = shown.iter().map(weight).collect();
    let lines = pane.map_or(0, |pane| prose::lines(&pane.paragraphs, usize::from(width.saturating_sub(2))).len());
    let listed: Vec<Arranged> = shown.iter().filter_map(|at| panels.get(*at)).cloned().collect();
    let told = pane.map_or(0, |_| pane_height(&listed, usize::from(area.height), lines));
    let room = usize::from(area.height).saturating_sub(told);
    let heights = heights(&wants, first, &weights, room);
    let used = heights.iter().sum::<usize>() + told + 1;
    let frame = Rect { height: u16::try_from(used).unwrap_or(u16::MAX).min(area.height), ..area };
    canvas.frame(frame, Role::Border);
    let mut around = Around::default();
    let mut y = area.y;
    for (at, height) in shown.iter().zip(heights) {
        let Some(panel) = panels.get(*at) else { continue };
        let height = u16::try_from(height).unwrap_or(u16::MAX);
        let place = Rect { y, height, ..frame };
        let selected = panel.selected(&screen.cursor(panel.table().key)).filter(|_| *at == focus);
        // the header of the fleet has its own way to say it
        let cluster = screen.cluster.as_ref().filter(|_| panel.table().key == FINDINGS).and_then(|name| sight.observed.fleet.cluster(name));
        let focused = *at == focus && pane.is_none_or(|pane| !pane.focused);
        let heading = Heading { first: y == area.y, focused, blind: cluster.and_then(|cluster| fleet::blind(sight.observed, cluster)) };
        one(canvas, place, panel, &heading, selected);
        if *at == focus {
            around.detail = selected.and_then(|row| panel.row(row)).map(|row| detail(sight.observed, panel.table(), row)).unwrap_or_default();
            around.position = selected.map(|row| (row, panel.len()));
        }
        y = y.saturating_add(height);
    }
    if let Some(pane) = pane.filter(|_| told > 1) {
        below(canvas, frame, y, pane, lines);
    }
    around
}

/// What is told below the panels, from line `y` of the frame on.
fn below(canvas: &mut Canvas<'_>, frame: Rect, y: u16, pane: &Told, lines: usize) {
    let inside = Rect { x: frame.x + 2, y: y + 1, width: frame.width.saturating_sub(4), height: frame.bottom().saturating_sub(y + 2) };
    if y > frame.y {
        canvas.across(frame, y, Role::Border);
    }
    canvas.hit(Rect { y, height: frame.bottom().saturating_sub(y), ..frame }, Hit::Panel(PANE));
    let role = if pane.focused { Role::Focus } else { Role::Strong };
    canvas.put(frame.x + 1, y, usize::from(frame.width), &format!(" {} ", pane.title), role);
    prose::draw(canvas, inside, &pane.paragraphs, pane.scroll);
    let most = lines.saturating_sub(usize::from(inside.height));
    let (above, left) = (pane.scroll.min(most), most.saturating_sub(pane.scroll));
    let key = if pane.focused { "pgdn" } else { "tab" };
    let said = match (above, left) {
        (0, 0) => return,
        (above, 0) => format!(" {above} lines above "),
        (_, 1) => format!(" 1 more line below: {key} "),
        (_, left) => format!(" {left} more lines below: {key} "),
    };
    at_right(canvas, frame, y, &said);
}

/// Says something at the right end of a heading.
fn at_right(canvas: &mut Canvas<'_>, area: Rect, y: u16, said: &str) {
    let x = area.right().saturating_sub(u16::try_from(columns(said) + 2).unwrap_or(2));
    canvas.put(x, y, columns(said), said, Role::Muted);
}

/// Whether somebody should look at it.
const fn is_trouble(state: Mark) -> bool {
    matches!(state, Mark::Critical | Mark::Warning | Mark::Unknown)
}

/// Which panels have their rows first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Weight {
    /// It is seen whole before others have rows.
    Lead,
    Trouble,
    Plain,
    Minor,
}

/// Lines for each panel, headings included, so that all of them and the line below fit into `room`: every heading, then a few rows of the panel in focus, all of
/// those that lead, a few of those in trouble and of the others; then all of the panel in focus, then the others as far as they go.
fn heights(wants: &[usize], focus: Option<usize>, weights: &[Weight], room: usize) -> Vec<usize> {
    let mut heights = vec![1; wants.len()];
    let mut left = room.saturating_sub(wants.len() + 1);
    let of = |weight: Weight| {
        let others = (0..wants.len()).filter(move |at| Some(*at) != focus);
        others.filter(move |at| weights.get(*at).copied().unwrap_or(Weight::Plain) == weight).collect::<Vec<_>>()
    };
    let major = [of(Weight::Trouble), of(Weight::Plain)].concat();
    let (lead, minor) = (of(Weight::Lead), of(Weight::Minor));
    let mut give = |at: usize, most: usize| {
        let (Some(height), Some(want)) = (heights.get_mut(at), wants.get(at)) else { return };
        let more = want.min(&(most + 1)).saturating_sub(*height);
        // the heads of columns without a row below them say nothing
        let given = if *height > 1 || left >= 2 { more.min(left) } else { 0 };
        *height += given;
        left -= given;
    };
    if let Some(focus) = focus {
        let share = if lead.is_empty() { room / 4 } else { room / 5 };
        give(focus, if weights.get(focus) == Some(&Weight::Lead) { room / 2 } else { share.max(USEFUL) });
    }
    for at in &lead {
        give(*at, room / 2);
    }
    for (group, steps) in [(&major, [USEFUL - 1, USEFUL, USEFUL + 2]), (&minor, [USEFUL - 1, USEFUL, USEFUL])] {
        for least in steps {
            for at in group {
                give(*at, least);
            }
        }
    }
    for at in focus.into_iter().chain(lead.iter().chain(&major).chain(&minor).copied()) {
        give(at, usize::MAX - 1);
    }
    heights
}

/// How a panel begins.
struct Heading {
    /// It lies on the frame.
    first: bool,
    focused: bool,
    /// What keeps rules from judging.
    blind: Option<String>,
}

/// Lines it takes to show all of `panel` in `width` columns: its heading, which says when there are no rows, the heads of the columns, the rows.
fn wants(canvas: &Canvas<'_>, panel: &Arranged, width: u16) -> usize {
    if panel.is_empty() { 1 } else { 1 + widget::height(canvas, panel, width) }
}

fn one(canvas: &mut Canvas<'_>, area: Rect, arranged: &Arranged, heading: &Heading, selected: Option<usize>) {
    let table = arranged.table();
    // the first heading lies on the frame
    let (role, title) = if heading.focused { (Role::Focus, Role::Focus) } else { (Role::Border, Role::Strong) };
    if !heading.first {
        canvas.across(area, area.y, Role::Border);
    }
    canvas.hit(area, Hit::Panel(table.key));
    let rows = arranged.len();
    let inside = Rect { x: area.x + 1, y: area.y + 1, width: area.width.saturating_sub(2), height: area.height.saturating_sub(1) };
    let hidden = if rows > 0 { widget::draw(canvas, inside, arranged, selected) } else { Hidden::default() };
    let mut pieces: Vec<Piece> = vec![(format!(" {} ", table.title), title)];
    for (state, count, word) in &arranged.panel.summary {
        pieces.push((" ".to_owned(), role));
        pieces.push(canvas.state(*state, &format!("{count} {word}")));
        pieces.push((" ".to_owned(), role));
    }
    // nothing found by who cannot look is not the same as nothing wrong
    match &heading.blind {
        Some(why) => {
            pieces.push((" ".to_owned(), role));
            pieces.push(canvas.state(Mark::Unknown, &format!("{why} ")));
        }
        None if rows == 0 => pieces.push((format!(" {} ", arranged.when_empty()), Role::Muted)),
        None => {}
    }
    // what is well and counted in its heading is not missed
    let counted = hidden.below == rows && !arranged.panel.summary.is_empty();
    let said = if counted { String::new() } else { missed(hidden, rows) };
    canvas.pieces(area.x + 1, area.y, usize::from(area.width).saturating_sub(3 + columns(&said)), &pieces);
    if !said.is_empty() {
        at_right(canvas, area, area.y, &said);
    }
}

/// How many of the rows are not seen, in words that nobody takes for how many of them are well; nothing where all are.
fn missed(hidden: Hidden, rows: usize) -> String {
    match hidden {
        Hidden { above: 0, below: 0 } => String::new(),
        Hidden { below, .. } if below == rows => format!(" {rows} not shown "),
        Hidden { above: 0, below } => format!(" {below} more below "),
        Hidden { above, below: 0 } => format!(" {above} more above "),
        Hidden { above, below } => format!(" {above} more above, {below} below "),
    }
}

/// What the selected row is called: its first text that is known, else the last word of its key.
fn name(table: &Table, row: &Row) -> String {
    let known = table.columns.iter().zip(&row.cells).find(|(column, cell)| column.kind == Kind::Text && matches!(cell, Cell::Text(_)));
    known.map_or_else(|| visible(row.key.rsplit('/').next().unwrap_or(&row.key)), |(_, cell)| words(cell).0)
}

/// Why something in the selected row is not known.
fn detail(observed: &Observed, table: &Table, row: &Row) -> Vec<Piece> {
    let name = name(table, row);
    let error = table.columns.iter().zip(&row.cells).find(|(column, cell)| column.key == "error" && !matches!(cell, Cell::Nothing));
    if let Some((_, cell)) = error {
        return vec![(format!("{name}: "), Role::Strong), (words(cell).0, Role::Text)];
    }
    let unknown = table.columns.iter().zip(&row.cells).find_map(|(column, cell)| Some((column, missing(cell, column.key)?)));
    let Some((column, gap)) = unknown else { return Vec::new() };
    let last = gap.last_good.map(|at| format!(", last known {} ago", seconds_text(observed.now.since(at).as_secs_f64().floor()))).unwrap_or_default();
    let why = format!("? {}: {}{last}", column.title, visible(&gap.reason.phrase()));
    vec![(format!("{name}: "), Role::Strong), (why, Role::Unknown)]
}

#[cfg(test)]
mod tests {
    use super::Weight::{self, Lead, Minor, Plain, Trouble};
    use super::{Hidden, heights, missed};

    #[test]
    fn rows_that_are_not_seen_cannot_be_read_as_rows_that_are_down() {
        let said = |above, below| missed(Hidden { above, below }, 3);
        assert_eq!(
            [said(0, 0), said(0, 1), said(2, 0), said(1, 1), said(0, 3)],
            ["", " 1 more below ", " 2 more above ", " 1 more above, 1 below ", " 3 not shown "]
        );
    }

    #[test]
    fn every_member_is_seen_before_what_is_well_elsewhere() {
        // findings, routes, three members, a healthy store, poolers, balancers and events at 80x24
        assert_eq!(heights(&[3, 4, 5, 5, 6, 4, 22], Some(0), &[Trouble, Plain, Lead, Minor, Minor, Minor, Minor], 21), [3, 4, 5, 3, 3, 1, 1]);
        assert_eq!(heights(&[9, 4, 5, 5, 6, 4, 22], Some(0), &[Trouble, Plain, Lead, Minor, Minor, Minor, Minor], 21)[2], 5);
    }

    #[test]
    fn every_heading_is_seen_the_focus_has_most_and_each_panel_a_row() {
        // many wrapped findings and four systems at 80x24
        assert_eq!(heights(&[15, 5, 4, 4, 5], Some(0), &[Plain; 5], 21), [6, 4, 4, 3, 3]);
        assert_eq!(heights(&[15, 5, 4, 4, 5], Some(4), &[Plain; 5], 21), [4, 4, 4, 3, 5]);
        // what is in trouble is seen before what is well, and what others tell of comes last
        assert_eq!(heights(&[15, 5, 5, 5, 5], Some(0), &[Plain, Plain, Minor, Minor, Trouble], 17), [5, 4, 1, 1, 5]);
        assert_eq!(heights(&[40, 5], Some(0), &[Plain; 2], 20), [14, 5]);
        assert_eq!(heights(&[1, 40], Some(0), &[Plain; 2], 20), [1, 18]);
        assert_eq!(heights(&[9, 9], None, &[Plain; 2], 12), [6, 5]);
    }

    #[test]
    fn what_is_given_never_exceeds_the_room() {
        for room in 3..40 {
            for count in 1..12 {
                for focus in 0..count {
                    let wants: Vec<usize> = (0..count).map(|at| [1, 3, 9, 4, 14][at % 5]).collect();
                    let weights: Vec<Weight> = (0..count).map(|at| [Plain, Trouble, Minor][at % 3]).collect();
                    let given = heights(&wants, Some(focus), &weights, room);
                    assert!(given.iter().sum::<usize>() < room.max(count + 2), "{wants:?} in {room}: {given:?}");
                    assert!(given.iter().zip(&wants).all(|(given, want)| given <= want && *given != 2), "{wants:?} in {room}: {given:?}");
                }
            }
        }
    }
}
