//! What a system is to the rest of the house: how it is configured, asked, judged and shown. One folder implements [`System`], one line registers it.
//!
//! A system must never name another system, ratatui or a face; its `wire`, `snapshot`, `rules` and `present` do no IO and take `now` as an argument.

mod endpoint;
mod erased;
mod kv;
mod rule;
mod system;
mod told;

pub use endpoint::{Field, Form, Tier, Wiring};
pub use erased::{AnyClient, AnySnapshot, AnySystem, Erased, Judged};
pub use kv::{Kv, Pending};
pub use rule::{HOLDS, Knob, Knobs, Raised, Rule, RuleInfo, Verdict, View, settled};
pub use system::System;
pub use told::{Discovered, MOST_TRENDS, Roll, Trend};
