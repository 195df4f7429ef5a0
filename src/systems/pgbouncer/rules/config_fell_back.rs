//! Several settings fell back to the compiled defaults at once: the mark of a RELOAD of a file with one bad line. Before 1.25 it answers success.

use crate::config::Quantity;
use crate::model::Severity;
use crate::systems::contract::{Knob, Knobs, Raised, Rule, RuleInfo, Verdict, View};
use crate::systems::pgbouncer::settings::SettingChange;
use crate::systems::pgbouncer::snapshot::PoolerSnapshot;

/// Settings named in the sentence, the ones that hurt most first.
const TELLING: &[&str] = &["pool_mode", "max_client_conn", "client_tls_sslmode", "server_tls_sslmode", "default_pool_size", "server_login_retry"];

pub(super) const RULE: Rule<PoolerSnapshot> = Rule {
    info: RuleInfo {
        id: "config-fell-back",
        sentence: "a RELOAD damaged the configuration: settings fell back to the compiled defaults",
        required: false,
        knobs: &[Knob { name: "settings", default: Quantity::Count(3), doc: "raise when this many fell back while this session watched" }],
        cure: "repair the file, RELOAD, and compare SHOW CONFIG; clients keep the new limits until then",
    },
    judge,
};

fn judge(view: &View<'_, PoolerSnapshot>, knobs: &Knobs<'_>) -> Verdict {
    view.snapshot.settings.known(format!("settings of {}", view.name()))?;
    let fallen = &view.snapshot.fallen_back;
    if u64::try_from(fallen.len()).unwrap_or(u64::MAX) < knobs.count("settings") {
        return Ok(Vec::new());
    }
    let taken_at = view.snapshot.settings.taken_at().unwrap_or(view.taken_at);
    let rank = |name: &str| TELLING.iter().position(|telling| *telling == name).unwrap_or(TELLING.len());
    let mut sorted: Vec<_> = fallen.iter().collect();
    sorted.sort_by_key(|change| rank(change.name.raw()));
    let change = |change: &&SettingChange| {
        let word = |text: &str| if text.is_empty() { "unset".to_owned() } else { text.to_owned() };
        format!("{} {} -> {}", change.name.raw(), word(change.before.raw()), word(change.after.raw()))
    };
    let named: Vec<String> = sorted.iter().take(3).map(change).collect();
    let sentence =
        format!("RELOAD damaged the configuration of {}, {} settings fell back to defaults: {}", view.name(), fallen.len(), named.join(", "));
    let mut finding = Raised::new(Severity::Critical, sentence);
    for line in sorted.iter().map(change) {
        finding = finding.seen(format!("SHOW CONFIG of {}", view.name()), line, taken_at);
    }
    Ok(vec![finding])
}
