//! The rules over a cluster: one file a rule, one line here.

use super::rule::ClusterRule;

mod api_url_suspicious;
mod endpoint_unreachable;

/// All rules over clusters.
pub static RULES: &[ClusterRule] = &[endpoint_unreachable::RULE, api_url_suspicious::RULE];
