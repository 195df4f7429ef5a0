//! All clusters, the worst first, and above them what needs somebody now. At 80 columns the table drops columns by their rank, the box has three lines.
//!
//! ```text
//!  opsctl ▸ fleet   RO   14:03:22Z   ▲ 2 of 13 silent   ✗ 1 critical  ● 3 healthy
//! ┌ NEEDS YOU NOW ────────────────────────────────────────────────────────────────┐
//! │ ✗ critical  orders-eu  pg1 and pg2 both accept writes      3m 12s   X explain │
//! │ ▲ warning   billing    replay of pg3 is paused               41s              │
//! └───────────────────────────────────────────────────────────────────────────────┘
//!   CLUSTER    STATUS      ENV   CRITICAL  WARNINGS  SILENT  OLDEST
//! ▸ orders-eu  ✗ critical  PROD       1 ✗         0       0      0s
//!   search     ● healthy   PROD         0         0       0      0s
//!  orders-eu: patroni pg3 does not answer: connection refused
//!  ⏎ open   X explain   f freeze   ? help   q quit                             1/6
//! ```

use super::{Around, ScreenDef, Sight};
use crate::app::Observed;
use crate::app::cells::seconds_text;
use crate::fleet::Cluster;
use crate::health::Standing;
use crate::model::{Finding, Severity, Since};
use crate::text::untrusted::visible;
use crate::text::width::{columns, pad};
use crate::theme::{Role, State as Mark};
use crate::tui::panel;
use crate::tui::picture::{Freshness, freshness};
use crate::tui::place::Place;
use crate::tui::scope::standing;
use crate::tui::widgets::{Canvas, Piece, table};
use ratatui::layout::Rect;

/// Widest name of a cluster in the box.
const NAME: usize = 20;

pub(super) static DEF: ScreenDef = ScreenDef {
    place: Place::Fleet,
    doc: "All clusters, the worst first, and what needs somebody now",
    tab: None,
    panels: |observed, scope, _| vec![panel::of_fleet(observed, scope)],
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

/// The box with the worst findings; gives the lines it took, at most those of `area`.
fn needs(canvas: &mut Canvas<'_>, area: Rect, observed: &Observed, clusters: &[&Cluster], chosen: Option<&Cluster>) -> u16 {
    let urgent =
        |finding: &&Finding| finding.severity >= Severity::Warning && clusters.iter().any(|cluster| cluster.spec.name == finding.subject.cluster);
    let findings: Vec<&Finding> = observed.judgement.findings.iter().filter(urgent).collect();
    let room = usize::from(area.height.saturating_sub(2));
    let lines = findings.len().clamp(1, room.max(1));
    let height = u16::try_from(lines + 2).unwrap_or(u16::MAX).min(area.height);
    let area = Rect { height, ..area };
    canvas.frame(area, Role::Border);
    canvas.put(area.x + 1, area.y, usize::from(area.width.saturating_sub(2)), " NEEDS YOU NOW ", Role::Strong);
    let inside = Rect { x: area.x + 2, y: area.y + 1, width: area.width.saturating_sub(4), height: height.saturating_sub(2) };
    if findings.is_empty() {
        let piece = quiet(canvas, observed, clusters);
        canvas.pieces(inside.x, inside.y, usize::from(inside.width), &[piece]);
        return height;
    }
    let names = findings.iter().take(lines).map(|finding| columns(&visible(&finding.subject.cluster))).max().unwrap_or(0).min(NAME);
    let explained = findings.iter().position(|finding| chosen.is_some_and(|cluster| cluster.spec.name == finding.subject.cluster));
    for ((at, finding), y) in findings.iter().enumerate().take(lines).zip(inside.y..) {
        let line = Rect { y, height: 1, ..inside };
        need(canvas, line, observed, finding, names, explained == Some(at));
    }
    if findings.len() > lines {
        let more = format!(" +{} more ", findings.len() - lines);
        let x = area.right().saturating_sub(u16::try_from(columns(&more) + 2).unwrap_or(2));
        canvas.put(x, area.bottom() - 1, columns(&more), &more, Role::Warning);
    }
    height
}

/// One finding: how bad, where, what, since when, and the key that says more.
fn need(canvas: &mut Canvas<'_>, line: Rect, observed: &Observed, finding: &Finding, names: usize, explained: bool) {
    let since = pad(&lasting(canvas, observed, finding), 8, true);
    // where room is short, the footer alone names the key
    let (key, hint) = if line.width < 100 { ("", 0) } else { (if explained { "X explain" } else { "" }, 12) };
    let right = format!("{since}{}", " ".repeat(hint));
    let wide = columns(&right);
    let room = usize::from(line.width).saturating_sub(wide + 1);
    let doubt = if finding.confirmed { "" } else { panel::DOUBT };
    let (word, role) = canvas.state(mark(finding.severity), finding.severity.word());
    let pieces = [
        (pad(&word, 12, false), role),
        (format!("{}  ", pad(&visible(&finding.subject.cluster), names, false)), Role::Strong),
        (format!("{doubt}{}", finding.sentence.shown()), Role::Text),
    ];
    canvas.pieces(line.x, line.y, room, &pieces);
    let x = line.right().saturating_sub(u16::try_from(wide).unwrap_or(u16::MAX));
    canvas.pieces(x.max(line.x), line.y, wide, &[(since, Role::Text), ("   ".to_owned(), Role::Text), (key.to_owned(), Role::Key)]);
}

/// How long a finding has held; at least so long, when the beginning was not seen.
pub(super) fn lasting(canvas: &Canvas<'_>, observed: &Observed, finding: &Finding) -> String {
    let passed = observed.now.wall.duration_since(finding.since.at()).as_secs_f64().max(0.0).floor();
    let sign = match finding.since {
        Since::Server(_) => "",
        Since::FirstSeen(_) => canvas.look().signs().at_least,
    };
    format!("{sign}{}", seconds_text(passed))
}

/// What the box says when there is no finding in it. Nothing found is not the same as nothing wrong.
fn quiet(canvas: &Canvas<'_>, observed: &Observed, clusters: &[&Cluster]) -> Piece {
    let blind = clusters.iter().filter(|cluster| matches!(standing(observed, cluster), Standing::Unknown | Standing::Unreadable)).count();
    match (clusters.len(), blind) {
        (0, _) => ("no cluster is configured".to_owned(), Role::Muted),
        _ if freshness(clusters, observed.now) == Freshness::Waiting => canvas.state(Mark::Pending, "the first answers are still out"),
        (_, 0) => canvas.state(Mark::Healthy, "nothing needs you"),
        (of, blind) => canvas.state(Mark::Unknown, &format!("{blind} of {of} clusters cannot be judged: a fact that is needed is not known")),
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
    let mut missing = observed.judgement.outcomes.iter().filter(|outcome| outcome.rule.required && outcome.subject.cluster == cluster.spec.name);
    let gap = missing.find_map(|outcome| outcome.found.as_ref().err());
    gap.map(|gap| vec![(name, Role::Strong), (format!("{}: {}", visible(&gap.fact), visible(&gap.reason.phrase())), Role::Unknown)])
        .unwrap_or_default()
}
