-- tier: fast  on: any  of: lock-waiters  needs: stats
-- Edges and nodes of the blocking graph; the tree is made on our side. A recursion over paths would double with every session in a queue.
-- pg_blocking_pids() locks the lock table for a moment: it is called for waiting sessions alone, and for the oldest 200 of them.
with waiting as materialized (
  select pid, pg_blocking_pids(pid) as blockers from pg_stat_activity where wait_event_type = 'Lock' order by query_start limit 200
), involved as (
  select pid from waiting union select unnest(blockers) from waiting
)
select i.pid, w.blockers, a.backend_start, a.backend_type, a.usename, a.application_name, a.datname, host(a.client_addr) as client_addr, a.state, a.wait_event_type, a.wait_event,
  a.xact_start, extract(epoch from clock_timestamp() - a.xact_start)::float8 as xact_age_s,
  extract(epoch from clock_timestamp() - a.query_start)::float8 as query_age_s,
  extract(epoch from clock_timestamp() - (to_jsonb(l) ->> 'waitstart')::timestamptz)::float8 as wait_age_s_pg14,
  to_jsonb(l) ->> 'waitstart' as waitstart_pg14,
  l.locktype, l.mode, l.relation::regclass::text as relation,
  left(a.query, 200) as query
from involved i
  left join waiting w using (pid)
  left join pg_stat_activity a using (pid)
  left join (select distinct on (pid) * from pg_locks where not granted order by pid) l on l.pid = i.pid and w.pid is not null
order by i.pid
