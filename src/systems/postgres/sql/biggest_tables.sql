-- tier: rare  on: primary
-- Sizes are read for the twenty that the statistics call largest: reading the size of every table takes a system call for each file.
select t.nspname || '.' || t.relname as rel, pg_total_relation_size(t.oid) as total_bytes, pg_indexes_size(t.oid) as index_bytes, t.reltuples::bigint as est_rows
from (
  select c.oid, n.nspname, c.relname, c.reltuples from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'm') and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')
  order by c.relpages desc, c.oid limit 20
) t
order by 2 desc nulls last, 1
