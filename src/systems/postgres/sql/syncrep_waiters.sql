-- tier: fast  on: primary  needs: stats
-- Commits that are durable here and wait for a standby. The wait itself has no start time: the statement's is the nearest there is.
select pid, usename, application_name, query_start,
  extract(epoch from clock_timestamp() - query_start)::float8 as query_age_s,
  count(*) over () as waiting
from pg_stat_activity
where wait_event_type = 'IPC' and wait_event = 'SyncRep'
order by query_start
limit 50
