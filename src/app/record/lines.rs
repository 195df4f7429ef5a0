//! What is worth a line over time, as a document of its own in each instant: half an hour of lines is there without reading half an hour of answers.

use crate::app::observe;
use crate::fleet::record::{Docs, state};
use crate::fleet::{Fleet, Rings};
use crate::model::{EndpointId, Moment};
use crate::systems::view::Kind;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

const TRENDS: &str = "trends";

#[derive(Serialize, Deserialize)]
struct TrendsText<'a> {
    id: Cow<'a, EndpointId>,
    taken_at: Moment,
    values: Vec<(Cow<'a, str>, Kind, f64)>,
}

/// Adds the document of the trends of `fleet`, or of one cluster.
pub(super) fn write(fleet: &Fleet, only: Option<&str>, now: Moment, docs: &mut Docs) {
    let mut all = Vec::new();
    for cluster in fleet.clusters.iter().filter(|cluster| only.is_none_or(|only| cluster.spec.name == only)) {
        for entry in &cluster.entries {
            let Some(good) = &entry.good else { continue };
            let trends = observe::trends(cluster, entry, now).into_iter().filter(|trend| trend.value.is_finite());
            let values = trends.map(|trend| (trend.key, trend.unit, trend.value)).collect();
            all.push(TrendsText { id: Cow::Borrowed(&entry.spec.id), taken_at: good.taken_at, values });
        }
    }
    docs.insert(TRENDS.to_owned(), state::text(&all));
}

/// Notes the trends of `docs`.
///
/// # Errors
/// The document makes no sense.
pub(super) fn note(docs: &Docs, rings: &mut Rings) -> Result<(), String> {
    let all: Vec<TrendsText<'static>> = state::read(docs, TRENDS)?;
    for TrendsText { id, taken_at, values } in all {
        for (key, unit, value) in values {
            rings.note(&id, &key, unit, taken_at, value);
        }
    }
    Ok(())
}
