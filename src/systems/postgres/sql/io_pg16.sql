-- tier: rare  on: any  min: 160000
select backend_type, object, context, reads, writes, extends, hits, evictions, fsyncs
from pg_stat_io where reads > 0 or writes > 0 or extends > 0
order by coalesce(reads, 0) + coalesce(writes, 0) desc limit 20
