-- tier: fast  on: any
select a.archived_count, a.last_archived_wal, a.last_archived_time, extract(epoch from clock_timestamp() - a.last_archived_time)::float8 as last_archived_age_s,
  a.failed_count, a.last_failed_wal, a.last_failed_time, extract(epoch from clock_timestamp() - a.last_failed_time)::float8 as last_failed_age_s,
  coalesce(a.last_failed_time > a.last_archived_time, a.last_failed_time is not null) as failing_now,
  current_setting('archive_mode') as archive_mode, a.stats_reset
from pg_stat_archiver a
