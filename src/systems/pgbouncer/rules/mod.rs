//! What one pooler alone can tell. One rule a file, one line in the list.

mod clients_waiting;
mod config_fell_back;
mod database_disabled;
mod max_client_connections_near_limit;
mod pool_login_failing;
mod pool_paused;
mod pooler_not_active;

use super::snapshot::PoolerSnapshot;
use crate::systems::contract::Rule;

pub(super) const ALL: &[Rule<PoolerSnapshot>] = &[
    clients_waiting::RULE,
    pool_paused::RULE,
    pool_login_failing::RULE,
    max_client_connections_near_limit::RULE,
    database_disabled::RULE,
    pooler_not_active::RULE,
    config_fell_back::RULE,
];
