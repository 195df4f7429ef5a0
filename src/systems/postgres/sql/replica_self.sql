-- tier: fast  on: any
-- The replica's own view. A receiver that starts anew begins at its segment, behind what was replayed: hence <=. The age of the last replayed transaction alone would make an idle primary look like growing lag.
select pg_is_in_recovery() as in_recovery,
  pg_last_wal_receive_lsn() as receive_lsn,
  pg_last_wal_replay_lsn() as replay_lsn,
  pg_wal_lsn_diff(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn())::bigint as apply_lag_bytes,
  case when not pg_is_in_recovery() then null
    when pg_last_wal_receive_lsn() <= pg_last_wal_replay_lsn() then 0
    else extract(epoch from clock_timestamp() - pg_last_xact_replay_timestamp()) end::float8 as apply_lag_s,
  case when pg_is_in_recovery() then pg_is_wal_replay_paused() end as replay_paused,
  extract(epoch from clock_timestamp() - pg_last_xact_replay_timestamp())::float8 as last_replayed_xact_age_s
