-- tier: slow  on: any  min: 170000
select c.num_timed as timed, c.num_requested as requested, to_jsonb(c) ->> 'num_done' as num_done_pg18, c.restartpoints_timed, c.restartpoints_req, c.restartpoints_done,
  c.write_time as write_ms, c.sync_time as sync_ms, c.buffers_written, b.buffers_clean, b.maxwritten_clean, b.buffers_alloc, c.stats_reset
from pg_stat_checkpointer c, pg_stat_bgwriter b
