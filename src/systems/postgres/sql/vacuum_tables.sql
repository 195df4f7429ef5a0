-- tier: rare  on: primary
select s.schemaname, s.relname, s.n_live_tup, s.n_dead_tup, round(100.0 * s.n_dead_tup / nullif(s.n_live_tup + s.n_dead_tup, 0), 2) as dead_pct, s.n_mod_since_analyze,
  s.last_vacuum, s.last_autovacuum, s.last_autoanalyze, age(c.relfrozenxid) as xid_age
from pg_stat_user_tables s join pg_class c on c.oid = s.relid
order by s.n_dead_tup desc, 1, 2 limit 20
