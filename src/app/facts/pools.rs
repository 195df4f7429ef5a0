//! `write_pools` and `pool`: what PgBouncer says of its databases, one record for each.

use super::told::{Told, fact, older};
use crate::config::EndpointSpec;
use crate::engine::Fact;
use crate::model::{Moment, Reading, Reason};
use crate::systems::pgbouncer::settings::Settings;
use crate::systems::pgbouncer::snapshot::{Database, Pool, PoolerSnapshot};
use crate::systems::pgbouncer::{concerns, is_paused, is_seen_paused};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Puts them.
pub(super) fn put(told: &Told<'_>, all: &mut BTreeMap<String, Fact>) {
    let (mut writes, mut named, mut at) = (Ok(Vec::new()), Map::new(), told.now);
    for (spec, heard) in told.poolers() {
        let route = spec.body.text("route");
        let writing = route != Some("read");
        if route.is_none() {
            // it may be one, and would not be paused
            writes = Err(Reason::NotConfigured(format!("`route = \"write\"` or `\"read\"` of {}", spec.id)));
        }
        match heard.and_then(|(snapshot, asked)| Ok((records(spec, snapshot, told.since)?, asked))) {
            Ok((records, asked)) => {
                at = older(at, asked);
                for (key, record) in records {
                    if let (true, Ok(writes)) = (writing, &mut writes) {
                        writes.push(record.clone());
                    }
                    named.insert(key, record);
                }
            }
            // one that is left out would not be paused
            Err(reason) if writing && writes.is_ok() => writes = Err(Reason::Untold(format!("{}: {}", spec.id.name, reason.phrase()))),
            Err(_) => {}
        }
    }
    all.insert("write_pools".to_owned(), fact(writes.map(|pools| (Value::Array(pools), at))));
    all.insert("pool".to_owned(), fact(Ok((Value::Object(named), at))));
}

/// The databases of one pooler that belong to the cluster, by POOLER/DATABASE.
fn records(spec: &EndpointSpec, snapshot: &PoolerSnapshot, since: Moment) -> Result<Vec<(String, Value)>, Reason> {
    let part = |reason: &Reason| reason.clone();
    let databases = match &snapshot.databases {
        Reading::Known(sample) => &sample.value,
        Reading::Unknown { reason, .. } => return Err(part(reason)),
    };
    let pools = match &snapshot.pools {
        Reading::Known(sample) => &sample.value,
        Reading::Unknown { reason, .. } => return Err(part(reason)),
    };
    // read less often than the rest: what the session found at first says nothing of what was set meanwhile
    let settings = match &snapshot.settings {
        Reading::Known(sample) if sample.taken_at.mono >= since.mono => Some(&sample.value),
        _ => None,
    };
    let of = |database: &Database| {
        let pools: Vec<&Pool> = pools.iter().filter(|pool| pool.database == database.name).collect();
        let key = format!("{}/{}", spec.id.name, database.name.raw());
        let record = record((spec, snapshot, settings), database, &pools, &key);
        (key, Value::Object(record))
    };
    Ok(databases.iter().filter(|database| concerns(spec, &database.name)).map(of).collect())
}

fn record(pooler: (&EndpointSpec, &PoolerSnapshot, Option<&Settings>), database: &Database, pools: &[&Pool], key: &str) -> Map<String, Value> {
    let (spec, snapshot, settings) = pooler;
    let mut record = Map::new();
    let mut set = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            record.insert(name.to_owned(), value);
        }
    };
    set("key", Some(json!(key)));
    set("pooler", Some(json!(spec.id.name)));
    set("database", Some(json!(database.name.raw())));
    let mode = database.mode.as_ref().or_else(|| pools.iter().find_map(|pool| pool.mode.as_ref()));
    let mode = mode.or_else(|| settings.and_then(|settings| settings.text("pool_mode")));
    set("mode", mode.map(|mode| json!(mode.raw())));
    set("paused", is_paused(snapshot, database).map(Value::from));
    set("seen_paused", is_seen_paused(spec, snapshot, database).map(Value::from));
    let sum = |pick: &dyn Fn(&Pool) -> Option<u64>| pools.iter().map(|pool| pick(pool)).sum::<Option<u64>>().map(Value::from);
    // one that is being checked belongs to a client or is about to
    set("sv_active", sum(&|pool| pool.servers_active?.checked_add(pool.servers_tested?)));
    set("sv_login", sum(&|pool| pool.servers_login));
    set("cl_waiting", sum(&|pool| pool.clients_waiting));
    set("server_login_retry_seconds", settings.and_then(|settings| settings.count("server_login_retry")).map(Value::from));
    set("query_wait_timeout_seconds", settings.and_then(|settings| settings.count("query_wait_timeout")).map(Value::from));
    record
}
