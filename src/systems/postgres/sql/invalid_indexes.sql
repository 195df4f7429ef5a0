-- tier: rare  on: primary
-- Of this database alone. An index that is being built concurrently looks the same until it is done.
select i.indexrelid::regclass::text as index, i.indrelid::regclass::text as "table", i.indisready, i.indislive, count(*) over () as total
from pg_index i where not i.indisvalid order by 1 limit 100
