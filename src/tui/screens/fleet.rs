//! All clusters, the worst first, and above them what needs somebody now: six lines of it, three at 80x24, the worst told to its last word. At 80 columns the table
//! drops its columns in the order AGE, TPS, POOLQ, 5 MIN, TL.
//!
//! ```text
//!  opsctl ▸ fleet   RO   14:03:22Z   ▲ data 1s, 2 of 13 silent   ✗ 1 critical  ● 3 healthy
//! ┌ NEEDS YOU NOW ────────────────────────────────────────────────────────────────────────────────────┐
//! │ ✗ critical  orders-eu  pg1 and pg2 both accept writes                          3m 12s   X explain │
//! │ ▲ warning   billing    replay of pg3 is paused                                    41s             │
//! └───────────────────────────────────────────────────────────────────────────────────────────────────┘
//!   CLUSTER    STATUS      ENV   LEADER  TL  MEMB   SYNC   LAG MAX       5 MIN   TPS  POOLQ  SILENT  AGE
//! ▸ orders-eu  ✗ critical  PROD  pg1     42  2/3 ▲  none  41.0 MiB  ▁▁▂▅▇█▇█▇█  3100   12 ▲     1 ✗   1s
//!   search     ● healthy   PROD  pg1      9  3/3    pg3        0 B  ▁▁▁▂▁▁▁▁▁▁   640      0       0   1s
//!  orders-eu: patroni pg3 does not answer: connection refused
//!  ⏎ open   X explain   f freeze   ? help   q quit                                                 1/6
//! ```

use super::{Around, Panels, ScreenDef, Sight};
use crate::app::Observed;
use crate::app::cells::seconds_text;
use crate::app::views::{lines, parts, status};
use crate::fleet::Cluster;
use crate::health::Standing;
use crate::model::{Cure, EndpointId, Finding, Gap, Severity};
use crate::systems::view::{Cell, Column, Kind, Row, Table};
use crate::text::Untrusted;
use crate::text::untrusted::visible;
use crate::text::width::{columns, fit, pad, wrap};
use crate::theme::{Role, State as Mark};
use crate::tui::panel;
use crate::tui::picture::{Freshness, freshness};
use crate::tui::place::Place;
use crate::tui::scope::{Scope, standing};
use crate::tui::widgets::{Canvas, Piece, table};
use ratatui::layout::Rect;
use std::collections::BTreeSet;

/// Widest name of a cluster in the box.
const NAME: usize = 20;
/// Columns for how bad it is, and for how long it lasts.
const WORD: usize = 12;
const SINCE: usize = 8;

/// The key that says more of a need.
const EXPLAIN: &str = "X explain";

pub(super) static DEF: ScreenDef = ScreenDef {
    place: Place::Fleet,
    doc: "All clusters, the worst first, and what needs somebody now",
    tab: None,
    panels: Panels::Tables(|observed, scope, _| vec![table_of(observed, scope)]),
    pane: None,
    draw,
};

fn draw(canvas: &mut Canvas<'_>, area: Rect, sight: &Sight<'_>) -> Around {
    let observed = sight.observed;
    let clusters = sight.state.scope.worst_first(observed);
    let Some(list) = sight.panels.first() else { return Around::default() };
    let selected = list.selected(&sight.screen.cursor(list.table().key));
    let chosen = selected.and_then(|at| observed.fleet.cluster(&list.row(at)?.key));
    let most: u16 = if area.height >= 27 { 6 } else { 3 };
    let used = needs(canvas, Rect { height: most + 2, ..area }, observed, &clusters, chosen);
    let below = Rect { y: area.y + used, height: area.height.saturating_sub(used), ..area };
    table::draw(canvas, below, list, selected);
    Around {
        detail: chosen.map(|cluster| detail(observed, cluster)).unwrap_or_default(),
        counts: counts(canvas, observed, &clusters),
        position: selected.map(|at| (at, list.len())),
    }
}

/// The columns of a cluster with their ranks: at 80 columns the highest go first.
const SHOWN: [(&str, u8); 13] = [
    ("cluster", 0),
    ("standing", 0),
    ("environment", 0),
    ("leader", 0),
    ("timeline", 1),
    ("members_running", 0),
    ("sync_standbys", 0),
    ("replay_lag_max_bytes", 0),
    ("lag_series", 2),
    ("transactions_per_second", 4),
    ("clients_waiting", 3),
    ("endpoints_silent", 5),
    ("oldest_seconds", 5),
];

/// The clusters as rows, worst first.
fn table_of(observed: &Observed, scope: &Scope) -> Table {
    let clusters = scope.worst_first(observed);
    let mut told = status::cluster_table(observed, &clusters);
    let all = told.columns.iter().position(|column| column.key == "members");
    let up = told.columns.iter().position(|column| column.key == "members_running");
    for row in &mut told.rows {
        let of = all.and_then(|at| row.cells.get(at)).cloned();
        if let (Some(running), Some(of)) = (up.and_then(|at| row.cells.get_mut(at)), of) {
            *running = of_all(running, &of);
        }
    }
    if let Some(at) = told.columns.iter().position(|column| column.key == "standing") {
        for row in &mut told.rows {
            let warnings = observed.fleet.cluster(&row.key).map_or(0, |cluster| warnings_behind_unknown(observed, cluster));
            if let Some(cell) = row.cells.get_mut(at).filter(|_| warnings > 0) {
                *cell = Cell::word(format!("unknown, {warnings} warn"), cell.tone());
            }
        }
    }
    let line = lines::column("lag_series", 2, "lag of the worst member in the last five minutes");
    panel::add_column(&mut told, "replay_lag_max_bytes", line, |row| {
        observed.fleet.cluster(&row.key).map_or(Cell::Nothing, |cluster| lines::worst(observed, cluster))
    });
    let places: Vec<(usize, Column)> = SHOWN
        .iter()
        .filter_map(|(key, drop)| {
            let at = told.columns.iter().position(|column| column.key == *key)?;
            let column = *told.columns.get(at)?;
            let column = match *key {
                "members_running" => Column { title: "MEMB", kind: Kind::Text, ..column },
                "oldest_seconds" => Column { title: "AGE", ..column },
                _ => column,
            };
            Some((at, Column { drop: *drop, ..column }))
        })
        .collect();
    let rows =
        told.rows.into_iter().map(|row| Row { cells: places.iter().filter_map(|(at, _)| row.cells.get(*at).cloned()).collect(), ..row }).collect();
    Table { columns: places.into_iter().map(|(_, column)| column).collect(), rows, ..told }
}

/// `2/3`, as unknown as either.
fn of_all(running: &Cell, all: &Cell) -> Cell {
    match (running, all) {
        (Cell::Toned(running, tone), all) => match of_all(running, all) {
            share @ Cell::Text(_) => share.toned(*tone),
            other => other,
        },
        (Cell::Count(running), Cell::Count(all)) => Cell::text(format!("{running}/{all}")),
        (other, _) => other.clone(),
    }
}

/// One thing that needs somebody.
struct Need {
    mark: Mark,
    word: &'static str,
    cluster: String,
    text: String,
    since: String,
}

/// The box with what needs somebody, the worst first; gives the lines it took, at most those of `area`.
fn needs(canvas: &mut Canvas<'_>, area: Rect, observed: &Observed, clusters: &[&Cluster], chosen: Option<&Cluster>) -> u16 {
    let needs = needed(canvas, observed, clusters);
    let explained = needs.iter().position(|need| chosen.is_some_and(|cluster| visible(&cluster.spec.name) == need.cluster));
    // where room is short, the key stands on the frame
    let hint = if area.width < 104 { 0 } else { 12 };
    let names = needs.iter().map(|need| columns(&need.cluster)).max().unwrap_or(0).min(NAME);
    let wide = usize::from(area.width.saturating_sub(4));
    let told = wide.saturating_sub(WORD + names + 2 + 1 + SINCE + hint).max(1);
    let room = usize::from(area.height.saturating_sub(2)).max(1);
    let mut lines: Vec<(usize, Vec<String>)> = Vec::new();
    let mut used = 0;
    for (at, need) in needs.iter().enumerate().take(room) {
        // the worst is told to its last word, the others as far as a line goes
        let text = if at == 0 { first_of(&need.text, told, room) } else { vec![fit(&need.text, told)] };
        if used > 0 && used + text.len() > room {
            break;
        }
        used += text.len();
        lines.push((at, text));
    }
    let height = u16::try_from(used.clamp(1, room) + 2).unwrap_or(u16::MAX).min(area.height);
    let area = Rect { height, ..area };
    canvas.frame(area, Role::Border);
    canvas.put(area.x + 1, area.y, usize::from(area.width.saturating_sub(2)), " NEEDS YOU NOW ", Role::Strong);
    let inside = Rect { x: area.x + 2, y: area.y + 1, width: area.width.saturating_sub(4), height: height.saturating_sub(2) };
    if needs.is_empty() {
        let piece = quiet(canvas, observed, clusters);
        canvas.pieces(inside.x, inside.y, usize::from(inside.width), &[piece]);
        return height;
    }
    if hint == 0 && explained.is_some() {
        let x = area.right().saturating_sub(u16::try_from(columns(EXPLAIN) + 4).unwrap_or(4));
        canvas.pieces(x, area.y, columns(EXPLAIN) + 2, &[(format!(" {EXPLAIN} "), Role::Key)]);
    }
    let mut y = inside.y;
    let shown = lines.len();
    for (at, text) in lines {
        let Some(need) = needs.get(at) else { continue };
        let place = Rect { y, height: u16::try_from(text.len()).unwrap_or(u16::MAX), ..inside }.intersection(inside);
        one(canvas, place, need, &text, names, (hint, if explained == Some(at) { EXPLAIN } else { "" }));
        y = place.bottom();
    }
    if needs.len() > shown {
        let more = format!(" +{} more ", needs.len() - shown);
        let x = area.right().saturating_sub(u16::try_from(columns(&more) + 2).unwrap_or(2));
        canvas.put(x, area.bottom() - 1, columns(&more), &more, Role::Warning);
    }
    height
}

/// A sentence in at most `room` lines; what does not fit is cut.
fn first_of(text: &str, width: usize, room: usize) -> Vec<String> {
    let mut lines = wrap(text, width);
    if lines.len() > room {
        let rest = lines.split_off(room.saturating_sub(1)).join(" ");
        lines.push(fit(&rest, width));
    }
    lines
}

/// What is critical, then what cannot be judged, behind the silences that it follows from, then the warnings. The silence of a part of something that is silent as a
/// whole is told with it, and takes no line of its own.
fn needed(canvas: &Canvas<'_>, observed: &Observed, clusters: &[&Cluster]) -> Vec<Need> {
    let mine =
        |finding: &&Finding| clusters.iter().any(|cluster| cluster.spec.name == finding.subject.cluster) && told_with(observed, finding).is_none();
    let of = |severity: Severity| observed.judgement.findings.iter().filter(mine).filter(move |finding| finding.severity == severity);
    let need = |finding: &Finding| {
        let doubt = if finding.confirmed { "" } else { panel::DOUBT };
        Need {
            mark: mark(finding.severity),
            word: finding.severity.word(),
            cluster: visible(&finding.subject.cluster),
            text: format!("{doubt}{}{}", whose(finding), finding.sentence.shown()),
            since: lasting(canvas, observed, finding),
        }
    };
    let whole: BTreeSet<(&str, &str)> = observed.judgement.findings.iter().filter_map(|finding| told_with(observed, finding)).collect();
    let tells = |finding: &Finding| whole.contains(&(finding.subject.cluster.as_str(), finding.rule.as_str())) && dark(observed, finding);
    let (silences, others): (Vec<&Finding>, Vec<&Finding>) =
        of(Severity::Warning).partition(|finding| tells(finding) || is_silence(observed, finding) && dark(observed, finding));
    let waiting = freshness(clusters, observed.now) == Freshness::Waiting;
    let blind = clusters.iter().filter(|_| !waiting).filter_map(|cluster| {
        let text = blind(observed, cluster).filter(|_| matches!(standing(observed, cluster), Standing::Unknown | Standing::Unreadable))?;
        Some(Need { mark: Mark::Unknown, word: Standing::Unknown.word(), cluster: visible(&cluster.spec.name), text, since: String::new() })
    });
    let first = of(Severity::Critical).chain(silences).map(need);
    first.chain(blind).chain(others.into_iter().map(need)).collect()
}

/// The member that it is about, where its sentence does not name it: two pools of one name, at two poolers, are two needs.
fn whose(finding: &Finding) -> String {
    let member = finding.subject.member.as_deref().filter(|member| !finding.sentence.raw().contains(member));
    member.map(|member| format!("{}: ", visible(member))).unwrap_or_default()
}

/// The finding, by its cluster and rule, that tells of the silence that `finding` is about as a part of its own.
fn told_with<'a>(observed: &Observed, finding: &'a Finding) -> Option<(&'a str, &'a str)> {
    match &finding.cure {
        Cure::Follows { from, .. } if is_silence(observed, finding) => Some((&finding.subject.cluster, from)),
        _ => None,
    }
}

/// Whether it is about a cluster that cannot be judged: then a silence says more than that something is not known.
fn dark(observed: &Observed, finding: &Finding) -> bool {
    let cluster = observed.fleet.cluster(&finding.subject.cluster);
    cluster.is_some_and(|cluster| matches!(standing(observed, cluster), Standing::Unknown | Standing::Unreadable))
}

/// Whether it is about an endpoint that is silent.
fn is_silence(observed: &Observed, finding: &Finding) -> bool {
    let subject = &finding.subject;
    let Some(cluster) = observed.fleet.cluster(&subject.cluster) else { return false };
    // a rule about endpoints of any system names the system as its object
    let system = subject.system.as_deref().or(subject.object.as_ref().map(Untrusted::raw));
    let its = |id: &EndpointId| Some(id.system.as_str()) == system && Some(&id.name) == subject.member.as_ref();
    cluster.entries.iter().any(|entry| its(&entry.spec.id) && entry.is_silent(observed.now))
}

/// How many rules that have to judge cannot, with the first fact that they lack and why: `2 rules cannot judge: role of pg3: connection refused`.
pub(super) fn blind(observed: &Observed, cluster: &Cluster) -> Option<String> {
    let mine = observed.judgement.outcomes_of(&cluster.spec.name).filter(|outcome| outcome.rule.required);
    let gaps: Vec<&Gap> = mine.filter_map(|outcome| outcome.found.as_ref().err()).collect();
    let first = gaps.first()?;
    let rules = if gaps.len() == 1 { "1 rule cannot judge".to_owned() } else { format!("{} rules cannot judge", gaps.len()) };
    // an endpoint is named as everywhere on the screen: its cluster stands beside it
    let own = first.fact.strip_prefix(cluster.spec.name.as_str()).and_then(|rest| rest.strip_prefix('/'));
    let fact = own.map_or_else(|| first.fact.clone(), |rest| rest.replacen('/', " ", 1));
    Some(format!("{rules}: {}: {}", visible(&fact), visible(&first.reason.phrase())))
}

/// One of them: how bad, where, what, since when, and the key that says more.
fn one(canvas: &mut Canvas<'_>, area: Rect, need: &Need, text: &[String], names: usize, (hint, key): (usize, &str)) {
    let (word, role) = canvas.state(need.mark, need.word);
    // what is reversed ends with its word
    let blank = (" ".repeat(WORD.saturating_sub(columns(&word))), Role::Text);
    let head = [(word, role), blank, (format!("{}  ", pad(&need.cluster, names, false)), Role::Strong)];
    let used = canvas.pieces(area.x, area.y, usize::from(area.width), &head);
    for (line, y) in text.iter().zip(area.top()..area.bottom()) {
        canvas.put(area.x + used, y, usize::from(area.width.saturating_sub(used)), line, Role::Text);
    }
    let right = [(pad(&need.since, SINCE, true), Role::Text), (format!("   {key}"), Role::Key)];
    let wide = SINCE + hint;
    let x = area.right().saturating_sub(u16::try_from(wide).unwrap_or(u16::MAX));
    canvas.pieces(x.max(area.x), area.y, wide, &right);
}

/// How long a finding has held; at least so long, when the beginning was not seen.
pub(super) fn lasting(canvas: &Canvas<'_>, observed: &Observed, finding: &Finding) -> String {
    match parts::lasting(observed, finding) {
        Cell::AtLeast(seconds) => format!("{}{}", canvas.look().signs().at_least, seconds_text(seconds.max(0.0).floor())),
        Cell::Seconds(seconds) => seconds_text(seconds.floor()),
        // its clock is ahead of ours: what it says has not passed yet
        _ => "?".to_owned(),
    }
}

/// What the box says when nothing is in it. Nothing found is not the same as nothing wrong: what cannot be judged is in it.
fn quiet(canvas: &Canvas<'_>, observed: &Observed, clusters: &[&Cluster]) -> Piece {
    if clusters.is_empty() {
        return ("no cluster is configured".to_owned(), Role::Muted);
    }
    if freshness(clusters, observed.now) == Freshness::Waiting {
        return canvas.state(Mark::Pending, "the first answers are still out");
    }
    let dark = clusters.iter().filter(|cluster| matches!(standing(observed, cluster), Standing::Unknown | Standing::Unreadable)).count();
    match dark {
        0 => canvas.state(Mark::Healthy, "nothing needs you"),
        dark => canvas.state(Mark::Unknown, &format!("{dark} of {} clusters cannot be judged", clusters.len())),
    }
}

/// The mark of a severity.
pub(super) const fn mark(severity: Severity) -> Mark {
    match severity {
        Severity::Critical => Mark::Critical,
        Severity::Warning => Mark::Warning,
        Severity::Info => Mark::Info,
    }
}

/// The mark of a standing.
pub(super) const fn mark_of(standing: Standing) -> Mark {
    match standing {
        Standing::Healthy => Mark::Healthy,
        Standing::Warning => Mark::Warning,
        Standing::Unknown => Mark::Unknown,
        Standing::Critical | Standing::Unreadable => Mark::Critical,
    }
}

/// How `cluster` stands, for the line at the top.
pub(super) fn stands(canvas: &Canvas<'_>, observed: &Observed, cluster: &Cluster) -> Vec<Piece> {
    let stands = standing(observed, cluster);
    let mut pieces = vec![canvas.state(mark_of(stands), stands.word())];
    pieces.extend(worst_known(canvas, observed, cluster));
    pieces
}

/// What is known to be wrong with a cluster that cannot be judged as a whole: what is not known does not hide it.
pub(super) fn worst_known(canvas: &Canvas<'_>, observed: &Observed, cluster: &Cluster) -> Vec<Piece> {
    let warnings = warnings_behind_unknown(observed, cluster);
    if warnings == 0 {
        return Vec::new();
    }
    vec![(", ".to_owned(), Role::Muted), canvas.state(Mark::Warning, &warnings.to_string())]
}

/// Warnings of a cluster whose standing is that it is not known.
fn warnings_behind_unknown(observed: &Observed, cluster: &Cluster) -> usize {
    let unknown = standing(observed, cluster) == Standing::Unknown;
    let warnings = observed.judgement.of(&cluster.spec.name).filter(|finding| unknown && finding.severity == Severity::Warning);
    warnings.count()
}

/// How many clusters stand how, worst first.
pub(super) fn counts(canvas: &Canvas<'_>, observed: &Observed, clusters: &[&Cluster]) -> Vec<Piece> {
    let all = [Standing::Unreadable, Standing::Critical, Standing::Unknown, Standing::Warning, Standing::Healthy];
    let mut pieces = Vec::new();
    for one in all {
        let count = clusters.iter().filter(|cluster| standing(observed, cluster) == one).count();
        if count > 0 {
            let gap = if pieces.is_empty() { "" } else { "  " };
            pieces.push((gap.to_owned(), Role::Text));
            pieces.push(canvas.state(mark_of(one), &format!("{count} {}", one.word())));
        }
    }
    pieces
}

/// Which endpoints of the selected cluster are silent, and why; or which fact is missing.
pub(super) fn detail(observed: &Observed, cluster: &Cluster) -> Vec<Piece> {
    let name = format!("{}: ", visible(&cluster.spec.name));
    let silent = cluster.entries.iter().filter(|entry| entry.is_silent(observed.now));
    let told: Vec<String> = silent
        .filter_map(|entry| {
            let gap = entry.current(observed.now).err()?;
            let id = &entry.spec.id;
            Some(format!("{} {}: {}", visible(&id.system), visible(&id.name), visible(&gap.reason.phrase())))
        })
        .collect();
    if !told.is_empty() {
        return vec![(name, Role::Strong), (told.join("; "), Role::Text)];
    }
    blind(observed, cluster).map(|why| vec![(name, Role::Strong), (why, Role::Unknown)]).unwrap_or_default()
}
