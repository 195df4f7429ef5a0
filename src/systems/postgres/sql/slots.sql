-- tier: fast  on: any
select s.slot_name, s.slot_type, s.database, s.active, s.active_pid, s.temporary, s.wal_status, s.safe_wal_size, s.restart_lsn, s.confirmed_flush_lsn,
  pg_wal_lsn_diff(l.lsn, s.restart_lsn)::bigint as retained_bytes,
  pg_wal_lsn_diff(l.lsn, s.confirmed_flush_lsn)::bigint as unconfirmed_bytes,
  age(s.xmin) as xmin_age, age(s.catalog_xmin) as catalog_xmin_age,
  to_jsonb(s) ->> 'inactive_since' as inactive_since_pg17,
  to_jsonb(s) ->> 'invalidation_reason' as invalidation_reason_pg17,
  to_jsonb(s) ->> 'failover' as failover_pg17
from pg_replication_slots s,
  lateral (select case when pg_is_in_recovery() then pg_last_wal_receive_lsn() else pg_current_wal_lsn() end as lsn) l
order by 1
