-- tier: fast  on: any
-- Who this server is, and what our role may see there. pg_control_checkpoint() lags behind a promotion, so the timeline comes from the WAL in use.
-- On a replica without a WAL receiver nobody can tell it.
select current_setting('server_version_num')::int as server_version_num,
  pg_is_in_recovery() as in_recovery,
  (select system_identifier from pg_control_system()) as system_identifier,
  case when pg_is_in_recovery() then (select received_tli from pg_stat_wal_receiver) else ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int end as timeline,
  case when not pg_is_in_recovery() then pg_current_wal_lsn() end as write_lsn,
  pg_postmaster_start_time() as started_at,
  pg_conf_load_time() as conf_loaded_at,
  current_setting('synchronous_standby_names') as sync_names,
  current_setting('cluster_name') as cluster_name,
  clock_timestamp() as clock,
  current_user as role,
  current_setting('is_superuser') = 'on' as superuser,
  pg_has_role(current_user, 'pg_monitor', 'usage') as monitors,
  pg_has_role(current_user, 'pg_read_all_stats', 'usage') as reads_all_stats,
  pg_has_role(current_user, 'pg_read_all_settings', 'usage') as reads_all_settings,
  to_regclass('pg_stat_statements') is not null as has_statements
