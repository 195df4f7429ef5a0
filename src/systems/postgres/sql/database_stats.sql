-- tier: slow  on: any
select datname, numbackends, xact_commit, xact_rollback, blks_hit, blks_read, round(100.0 * blks_hit / nullif(blks_hit + blks_read, 0), 3) as cache_hit_pct,
  tup_returned, tup_fetched, tup_inserted, tup_updated, tup_deleted, conflicts, deadlocks, temp_files, temp_bytes,
  checksum_failures, checksum_last_failure, stats_reset,
  to_jsonb(d) ->> 'sessions_fatal' as sessions_fatal_pg14, to_jsonb(d) ->> 'sessions_killed' as sessions_killed_pg14
from pg_stat_database d where datname is not null order by 1
