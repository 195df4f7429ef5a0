//! `doctor`: can opsctl do its work here? Each endpoint with what was tried, the rules that lack an input, and who is told when a verdict changes.

use super::{BadPick, Pick, ViewDef, endpoints, explain, picked, sources};
use crate::app::{Observed, targets};
use crate::health::judge::every_rule;
use crate::systems::view::Page;

pub(super) const VIEW: ViewDef =
    ViewDef { name: "doctor", doc: "Can opsctl do its work here: reach, credentials, privileges, clocks, and what to try", argument: None, page };

fn page(observed: &Observed, pick: &Pick) -> Result<Page, BadPick> {
    let clusters = picked(observed, pick)?;
    let mut page = Page::new("Doctor");
    page.tables.push(endpoints::table(observed, &clusters));
    page.tables.push(explain::missing(observed, &clusters, &every_rule()));
    page.tables.push(targets::table(&observed.notices));
    page.sources = sources(&clusters, &[]);
    Ok(page)
}
