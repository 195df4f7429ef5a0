//! `findings`: what the rules found, worst first.

use super::{BadPick, Pick, ViewDef, parts, picked, sources};
use crate::app::Observed;
use crate::systems::view::Page;

pub(super) const VIEW: ViewDef = ViewDef { name: "findings", doc: "What is wrong, worst first, since when, and what to do", argument: None, page };

fn page(observed: &Observed, pick: &Pick) -> Result<Page, BadPick> {
    let clusters = picked(observed, pick)?;
    let mut page = Page::new("Findings");
    page.tables.push(parts::findings(observed, &clusters));
    page.sources = sources(&clusters, &[]);
    Ok(page)
}
