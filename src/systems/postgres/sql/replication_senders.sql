-- tier: fast  on: any  of: walsenders  needs: stats
-- The time of a reply is the standby's clock: it is compared with itself, never with ours.
-- Lag against what this server itself has: its write position, or what it received when it passes WAL on.
select coalesce(s.application_name, '') as name, r.slot_name, r.slot_type, s.pid, s.usename, host(s.client_addr) as client_addr, s.state, s.sync_state, s.sync_priority,
  s.sent_lsn, s.flush_lsn, s.replay_lsn,
  pg_wal_lsn_diff(l.lsn, s.sent_lsn)::bigint as sent_lag_bytes,
  pg_wal_lsn_diff(l.lsn, s.flush_lsn)::bigint as flush_lag_bytes,
  pg_wal_lsn_diff(l.lsn, s.replay_lsn)::bigint as replay_lag_bytes,
  extract(epoch from s.write_lag)::float8 as write_lag_s,
  extract(epoch from s.flush_lag)::float8 as flush_lag_s,
  extract(epoch from s.replay_lag)::float8 as replay_lag_s,
  s.reply_time,
  extract(epoch from clock_timestamp() - s.backend_start)::float8 as connected_s
from pg_stat_replication s left join pg_replication_slots r on r.active_pid = s.pid,
  lateral (select case when pg_is_in_recovery() then pg_last_wal_receive_lsn() else pg_current_wal_lsn() end as lsn) l
order by 1, s.pid
