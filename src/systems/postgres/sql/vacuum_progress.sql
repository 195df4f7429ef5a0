-- tier: slow  on: primary  needs: stats
select p.pid, p.datname, case when p.datname = current_database() then p.relid::regclass::text else p.relid::text end as rel, p.phase,
  p.heap_blks_total, p.heap_blks_scanned, p.index_vacuum_count,
  to_jsonb(p) ->> 'max_dead_tuples' as max_dead_until_pg16, to_jsonb(p) ->> 'dead_tuple_bytes' as dead_bytes_pg17
from pg_stat_progress_vacuum p order by p.pid
