-- tier: rare  on: primary
-- The position of a sequence that we may not select from is NULL, as that of one never used: the two are told apart, or the hidden would read as fresh.
select seq, last_value, max_value, round(100.0 * last_value / max_value, 2) as pct, readable,
  count(*) filter (where not readable) over () as unreadable, count(*) over () as total
from (
  select schemaname || '.' || sequencename as seq, last_value, max_value,
    coalesce(has_sequence_privilege(to_regclass(format('%I.%I', schemaname, sequencename)), 'usage, select'), false) as readable
  from pg_sequences where increment_by > 0 and not cycle
) s
where last_value is not null or not readable
order by 4 desc nulls last, 1 limit 10
