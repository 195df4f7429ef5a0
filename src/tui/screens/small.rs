//! A window too small for a screen: one line, the worst first, as much of it as there is room for.
//!
//! ```text
//! ✗ 1 critical  ● 3 healthy  orders-eu: pg1 and pg2 both accept writes
//! opsctl needs 60x16 for a whole screen; q leaves
//! ```

use super::{LEAST, fleet};
use crate::model::Severity;
use crate::text::untrusted::visible;
use crate::theme::Role;
use crate::tui::picture::Mode;
use crate::tui::state::State;
use crate::tui::widgets::Canvas;

/// Draws as much as there is room for.
pub(super) fn draw(canvas: &mut Canvas<'_>, state: &State) {
    let area = canvas.area();
    let observed = state.picture.shown();
    let clusters = state.scope.worst_first(&observed);
    let mut pieces = fleet::counts(canvas, &observed, &clusters);
    let shown = |name: &str| clusters.iter().any(|cluster| cluster.spec.name == name);
    let worst = observed.judgement.findings.iter().find(|finding| finding.severity >= Severity::Warning && shown(&finding.subject.cluster));
    if let Some(finding) = worst {
        pieces.push((format!("  {}: ", visible(&finding.subject.cluster)), Role::Strong));
        pieces.push((finding.sentence.shown(), Role::Text));
    } else if let Some((cluster, why)) = clusters.iter().find_map(|cluster| Some((cluster, fleet::blind(&observed, cluster)?))) {
        pieces.push((format!("  {}: ", visible(&cluster.spec.name)), Role::Strong));
        pieces.push((why, Role::Unknown));
    }
    let still = match state.picture.mode() {
        Mode::Live => None,
        Mode::Still(_) => Some("FROZEN "),
        Mode::Past { .. } => Some("REWOUND "),
        Mode::Replay { .. } => Some("REPLAY "),
    };
    if let Some(word) = still {
        pieces.insert(0, (word.to_owned(), Role::Frozen));
    }
    canvas.pieces(area.x, area.y, usize::from(area.width), &pieces);
    if area.height > 1 {
        let told = format!("opsctl needs {}x{} for a whole screen; q leaves", LEAST.0, LEAST.1);
        canvas.put(area.x, area.y + 1, usize::from(area.width), &told, Role::Muted);
    }
}
