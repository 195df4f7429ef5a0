-- tier: rare  on: primary
select schemaname || '.' || sequencename as seq, last_value, max_value, round(100.0 * last_value / max_value, 2) as pct
from pg_sequences where last_value is not null and increment_by > 0 and not cycle order by 4 desc, 1 limit 10
