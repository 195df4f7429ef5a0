-- tier: rare  on: any  needs: stats  extension: pg_stat_statements
select queryid, calls, round(total_exec_time::numeric, 1) as total_ms, round(mean_exec_time::numeric, 2) as mean_ms, rows, shared_blks_hit, shared_blks_read, temp_blks_written, wal_bytes::bigint as wal_bytes,
  left(query, 200) as query
from pg_stat_statements order by total_exec_time desc limit 20
