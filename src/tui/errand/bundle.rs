//! Writing a bundle of an incident into the working directory, or where it is wanted: it reads, unpacks and writes, so it is done beside the loop.

use crate::app::bundle::{self, Parts};
use crate::model::Moment;
use crate::text::untrusted::visible;
use crate::tui::Hands;
use crate::tui::notice::Notice;
use std::path::PathBuf;

/// What is wanted of a bundle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BundleOrder {
    /// Where its folder is made.
    pub below: PathBuf,
    /// The newest moment: it gives the folder its name.
    pub at: Moment,
}

/// Writes it; the notice says where it is, or why it is not.
#[must_use]
pub fn write(hands: &Hands, order: &BundleOrder) -> Notice {
    let Some(history) = hands.history.as_deref() else { return Notice::warning("there is nothing remembered here that a bundle could hold") };
    let parts = Parts { history, wanted: hands.wanted.as_ref(), log: hands.log.as_deref(), at: order.at };
    match bundle::write(&order.below, &parts) {
        Ok(written) => {
            let name = visible(&written.folder.display().to_string());
            Notice::info(format!("wrote {name}: {} files, {} instants, without statements and secrets", written.files, written.instants))
        }
        Err(error) => Notice::warning(visible(&error.to_string())),
    }
}
