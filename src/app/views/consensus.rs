//! `consensus`: the members of the store that elects the leader.

use super::{BadPick, Pick, ViewDef, parts, picked, sources};
use crate::app::Observed;
use crate::systems::contract::System;
use crate::systems::etcd::Etcd;
use crate::systems::registry;
use crate::systems::view::Page;

pub(super) const VIEW: ViewDef =
    ViewDef { name: "consensus", doc: "The members of the store that elects the leader: who leads, quorum, size, alarms", argument: None, page };

fn page(observed: &Observed, pick: &Pick) -> Result<Page, BadPick> {
    let clusters = picked(observed, pick)?;
    let mut page = Page::new("Consensus");
    page.tables.extend(registry::find(Etcd::NAME).map(|system| parts::panel(observed, &clusters, system)));
    page.sources = sources(&clusters, &[Etcd::NAME]);
    Ok(page)
}
