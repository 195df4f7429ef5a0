-- tier: fast  on: any  needs: stats
-- Who does or holds something, the oldest transaction first. Sessions that are merely idle are counted elsewhere.
select pid, backend_start, backend_type, usename, application_name, datname, host(client_addr) as client_addr, client_port, state, wait_event_type, wait_event,
  xact_start, query_start,
  extract(epoch from clock_timestamp() - xact_start)::float8 as xact_age_s,
  extract(epoch from clock_timestamp() - query_start)::float8 as query_age_s,
  extract(epoch from clock_timestamp() - state_change)::float8 as in_state_s,
  age(backend_xmin) as xmin_age,
  left(query, 200) as query,
  count(*) over () as total
from pg_stat_activity
where pid <> pg_backend_pid() and (state <> 'idle' or xact_start is not null) and backend_type in ('client backend', 'autovacuum worker', 'parallel worker', 'background worker')
order by xact_start nulls last, pid
limit 200
